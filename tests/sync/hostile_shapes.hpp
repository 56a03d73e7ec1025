// Updates made to cost much: well formed, and of the size asked for. The tests bound the work they
// cause, the bench times it (`footprint-bench hostile MEGABYTES`).
#pragma once

#include <string>
#include <vector>

#include "crafted_update.hpp"

namespace footprint::sync::testing {

/// To apply in turn to a new document.
struct HostileUpdates {
  std::vector<Bytes> updates;
};

namespace shapes {

// `n` scales a shape: its structs, ranges or units.
constexpr ClientId kBase = 1;          // lowest: integrated last unless something needs it
constexpr ClientId kHigh = 1'000'000;  // clients from here on take four bytes

inline std::string repeated(std::string_view unit, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; i++) out += unit;
  return out;
}
inline Bytes base_text(std::string_view text, Clock units) {
  CraftedUpdate base;
  CraftedUpdate::text(at_root(base.add(kBase), "text"), text, units);
  return base.write();
}

/// One place, every right origin another: nothing stops the scans.
inline HostileUpdates other_rights(std::size_t n) {
  n /= 2;
  HostileUpdates out;
  out.updates.push_back(base_text(std::string(n + 1, 'a'), static_cast<Clock>(n + 1)));
  CraftedUpdate update;
  for (std::size_t i = 0; i < n; i++)
    before(update.add(kHigh + i), {kBase, static_cast<Clock>(i + 1)});
  out.updates.push_back(update.write());
  return out;
}

/// One place, clients ascending although updates are integrated in descending order: each waits
/// for a struct of the one below.
inline HostileUpdates ascending(std::size_t n) {
  CraftedUpdate update;
  for (std::size_t i = 0; i < n / 2; i++) {
    WireStruct& wait = update.add(kHigh + i);
    if (i == 0) {
      at_root(wait, "waits");
    } else {
      after(wait, {kHigh + i - 1, 1});
    }
    at_root(update.add(kHigh + i), "text");
  }
  return {{update.write()}};
}

/// Each writer's item goes behind all that hangs on the first one's.
inline HostileUpdates subtree(std::size_t n) {
  CraftedUpdate update;
  at_root(update.add(kBase + 1), "text");
  for (std::size_t i = 1; i < n / 2; i++)
    after(update.add(kBase + 1 + i % 2),
          {kBase + 1 + (i - 1) % 2, static_cast<Clock>((i - 1) / 2)});
  for (std::size_t i = 0; i < n / 2; i++)
    before(at_root(update.add(kHigh), "text"), {kBase + 1, 0});
  HostileUpdates out{{update.write()}};
  for (std::size_t i = 0; i < 2; i++) {
    CraftedUpdate probe;
    for (std::size_t k = 0; k < n / 8; k++) at_root(probe.add(kHigh + 1 + i * n + k), "text");
    out.updates.push_back(probe.write());
  }
  return out;
}

/// Siblings that each stand before another item of the first one's subtree: arcs cross everywhere.
inline HostileUpdates crossing(std::size_t n) {
  HostileUpdates out;
  CraftedUpdate chain;
  at_root(chain.add(kBase + 2), "text");
  for (std::size_t i = 1; i < n / 3; i++)
    after(chain.add(kBase + 1 + (i + 1) % 2), {kBase + 1 + i % 2, static_cast<Clock>((i - 1) / 2)});
  out.updates.push_back(chain.write());
  CraftedUpdate rights;
  for (std::size_t i = 1; i < n / 3; i++)
    before(rights.add(kHigh * 2), {kBase + 1 + (i + 1) % 2, static_cast<Clock>(i / 2)});
  out.updates.push_back(rights.write());
  CraftedUpdate probes;
  for (std::size_t i = 0; i < n / 3; i++) at_root(probes.add(kHigh + i), "text");
  out.updates.push_back(probes.write());
  return out;
}

/// Many values of one map key, none of which knows of another.
inline HostileUpdates one_key(std::size_t n) {
  CraftedUpdate update;
  for (std::size_t i = 0; i < n / 2; i++) {
    WireStruct& wait = update.add(kHigh + i);
    if (i == 0) {
      at_root(wait, "waits");
    } else {
      after(wait, {kHigh + i - 1, 1});
    }
    at_key(at_root(update.add(kHigh + i), "map"), "key");
  }
  return {{update.write()}};
}

/// Every other unit of a client is deleted with one parent, highest clock first.
inline HostileUpdates deletes_descending(std::size_t n) {
  CraftedUpdate update;
  as_type(at_root(update.add(kBase), "text"), TypeRef::kArray);
  as_type(at_root(update.add(kBase), "text"), TypeRef::kArray);
  for (std::size_t i = 0; i < n; i++) {
    WireStruct& item = update.add(kBase);
    if (i < 2) {
      in_type(item, {kBase, static_cast<Clock>(i)});
    } else {
      before(item, {kBase, static_cast<Clock>(i)});
    }
  }
  update.erase(kBase, 0, 1);
  return {{update.write()}};
}

/// A delete set that names its one client again for every range.
inline HostileUpdates scattered_deletes(std::size_t n) {
  CraftedUpdate one;
  at_root(one.add(kBase), "text");
  Bytes update = one.write();
  update.pop_back();
  auto put = [&](std::uint64_t value) {
    for (; value > 127; value >>= 7) update.push_back(static_cast<std::uint8_t>(value | 128));
    update.push_back(static_cast<std::uint8_t>(value));
  };
  put(n);
  for (std::size_t i = 0; i < n; i++) {
    put(2);
    put(1);
    put(2 * (n - i));
    put(1);
  }
  return {{update}};
}

/// Ranges that overlap and repeat.
inline HostileUpdates overlapping_deletes(std::size_t n) {
  HostileUpdates out;
  out.updates.push_back(base_text(std::string(n, 'a'), static_cast<Clock>(n)));
  Bytes update{0, 1, kBase};
  auto put = [&](std::uint64_t value) {
    for (; value > 127; value >>= 7) update.push_back(static_cast<std::uint8_t>(value | 128));
    update.push_back(static_cast<std::uint8_t>(value));
  };
  put(n);
  for (std::size_t i = 0; i < n; i++) {
    put(i * 7919 % n);
    put(n / 2);
  }
  out.updates.push_back(update);
  return out;
}

/// Cuts one long content again and again, from its end to its start; nothing is put in between, so
/// all of it is joined again.
inline HostileUpdates cuts(std::size_t n, ContentKind kind, std::string_view unit, Clock units) {
  HostileUpdates out;
  std::string content = repeated(unit, n);
  CraftedUpdate base;
  WireStruct& item = at_root(base.add(kBase + 1), "text");
  auto length = static_cast<Clock>(n * units);
  CraftedUpdate::content(item, kind, as_bytes(content), length);
  out.updates.push_back(base.write());
  CraftedUpdate update;
  for (std::size_t i = 1; i < n / 2; i++)
    before(update.add(kBase), {kBase + 1, static_cast<Clock>(length - 2 * i * units + 1)});
  out.updates.push_back(update.write());
  return out;
}
inline HostileUpdates cuts_ascii(std::size_t n) {
  return cuts(n, ContentKind::kString, "a", 1);
}
inline HostileUpdates cuts_accents(std::size_t n) {
  return cuts(n, ContentKind::kString, "\xC3\xA9", 1);
}
/// In the middle of a surrogate pair each time.
inline HostileUpdates cuts_pairs(std::size_t n) {
  return cuts(n / 2, ContentKind::kString, "\xF0\x9F\x98\x80", 2);
}
inline HostileUpdates cuts_any(std::size_t n) {
  return cuts(n, ContentKind::kAny, "\x7E", 1);
}
inline HostileUpdates cuts_json(std::size_t n) {
  return cuts(n, ContentKind::kJson,
              std::string_view("\x01"
                               "1",
                               2),
              1);
}

}  // namespace shapes

struct HostileShape {
  const char* name;
  HostileUpdates (*make)(std::size_t n);
  std::size_t unit_bytes;  // about what each of the `n` adds to the updates
};

inline const std::vector<HostileShape>& hostile_shapes() {
  static const std::vector<HostileShape> all = {
      {"other_rights", shapes::other_rights, 7},
      {"ascending", shapes::ascending, 11},
      {"subtree", shapes::subtree, 10},
      {"crossing", shapes::crossing, 10},
      {"one_key", shapes::one_key, 12},
      {"deletes_descending", shapes::deletes_descending, 7},
      {"overlapping_deletes", shapes::overlapping_deletes, 8},
      {"cuts_ascii", shapes::cuts_ascii, 5},
      {"cuts_accents", shapes::cuts_accents, 6},
      {"cuts_pairs", shapes::cuts_pairs, 4},
      {"cuts_any", shapes::cuts_any, 5},
      {"cuts_json", shapes::cuts_json, 6},
  };
  return all;
}

}  // namespace footprint::sync::testing
