// Where items go that claim one place: the answer is that of yjs's scan, and the work is bounded
// whatever arrives.
#include <algorithm>
#include <stdexcept>

#include "base/random.hpp"
#include "catch.hpp"
#include "doc_testing.hpp"
#include "hostile_shapes.hpp"
#include "sync/doc_store.hpp"

using namespace footprint;
using namespace footprint::sync;
using namespace footprint::sync::testing;

namespace {

/// yjs's Item.integrate, word for word, on a plain list of single units.
class PlainSequence {
 public:
  struct Unit {
    Id id;
    std::optional<Id> origin, right_origin;
  };

  void integrate(const Unit& fresh) {
    std::size_t left = fresh.origin ? index_of(*fresh.origin) + 1 : 0;  // insert before this
    std::vector<Id> before_origin, conflicting;
    auto has = [](const std::vector<Id>& ids, Id id) {
      return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    for (std::size_t o = left; o < units_.size(); o++) {
      const Unit& other = units_[o];
      if (fresh.right_origin == other.id) break;
      before_origin.push_back(other.id);
      conflicting.push_back(other.id);
      if (other.origin == fresh.origin) {
        if (other.id.client < fresh.id.client) {
          left = o + 1;
          conflicting.clear();
        } else if (other.right_origin == fresh.right_origin) {
          break;
        }
      } else if (other.origin && has(before_origin, *other.origin)) {
        if (!has(conflicting, *other.origin)) {
          left = o + 1;
          conflicting.clear();
        }
      } else {
        break;
      }
    }
    units_.insert(units_.begin() + static_cast<std::ptrdiff_t>(left), fresh);
  }

  const std::vector<Unit>& units() const { return units_; }

 private:
  std::size_t index_of(Id id) const {
    for (std::size_t i = 0; i < units_.size(); i++) {
      if (units_[i].id == id) return i;
    }
    throw std::logic_error("an origin that is not there");
  }
  std::vector<Unit> units_;
};

/// How neighbours are picked: over the whole sequence, near its start, near its end, among the
/// newest, as an honest writer would, a little to the right of the origin, or among few origins.
enum class Picks { kAnywhere, kFront, kBack, kNewest, kAdjacent, kNear, kFew };

class Rivalry {
 public:
  Rivalry(std::uint64_t seed, ScanLimits limits, bool map_key)
      : random_(seed), map_key_(map_key), clients_(1 + random_.below(40)) {
    doc_.store().scan_limits = limits;
  }

  void step() {
    const auto& units = plain_.units();
    if (random_.chance(0.1)) picks_ = static_cast<Picks>(random_.below(7));
    ClientId client = 1 + random_.below(clients_);
    PlainSequence::Unit fresh{{client, next_[client]++}, {}, {}};
    if (!units.empty()) choose(fresh);
    plain_.integrate(fresh);
    CraftedUpdate update;
    update.begin_at(fresh.id.client, fresh.id.clock);
    WireStruct& item = update.add(fresh.id.client);
    if (!fresh.origin && !fresh.right_origin) {
      at_root(item, "text");
      if (map_key_) at_key(item, "key");
    }
    if (fresh.origin) after(item, *fresh.origin);
    if (fresh.right_origin) before(item, *fresh.right_origin);
    REQUIRE(doc_.apply_update(update.write()));
    if (random_.chance(0.05)) erase_some();
  }

  /// All units in document order, as the document has them.
  std::string order() {
    DocStore& store = doc_.store();
    TypeIndex type = store.root("text");
    SequenceIndex sequence =
        map_key_ ? store.find_entry(type, "key").value() : store.types[type].list;
    std::string ids;
    store.order.each(store.sequences[sequence].root, [&](Handle h) {
      Id id = store.id_of(h);
      for (Clock i = 0; i < store.items[h].length; i++) ids += name({id.client, id.clock + i});
    });
    return ids;
  }
  std::string expected() const {
    std::string ids;
    for (const auto& unit : plain_.units()) ids += name(unit.id);
    return ids;
  }
  const DocStore& store() const { return doc_.store(); }

 private:
  static std::string name(Id id) {
    return std::to_string(id.client) + "." + std::to_string(id.clock) + " ";
  }

  std::size_t pick(std::size_t count) {
    std::size_t few = std::min<std::size_t>(count, 5);
    switch (picks_) {
      case Picks::kFront:
        return random_.below(few);
      case Picks::kBack:
        return count - 1 - random_.below(few);
      default:
        return random_.below(count);
    }
  }

  void choose(PlainSequence::Unit& fresh) {
    const auto& units = plain_.units();
    std::size_t left = pick(units.size());
    std::size_t right = pick(units.size());
    if (picks_ == Picks::kFew) left %= 3;
    if (picks_ == Picks::kAdjacent) right = left + 1;
    if (picks_ == Picks::kNear) right = left + 1 + random_.below(8);
    if (picks_ == Picks::kNewest) left = std::min(newest_, units.size() - 1);
    bool has_left = random_.chance(0.8), has_right = right < units.size() && random_.chance(0.8);
    if (has_left) fresh.origin = units[left].id;
    if (has_right) fresh.right_origin = units[right].id;
    // Sometimes exactly what an item beside it has: rivals.
    if (random_.chance(0.2)) {
      fresh.origin = units[left].origin;
      fresh.right_origin = random_.chance(0.5) ? units[left].right_origin : fresh.right_origin;
    }
    if (random_.chance(0.3)) newest_ = left + 1;
  }

  void erase_some() {
    CraftedUpdate update;
    const auto& unit = plain_.units()[random_.below(plain_.units().size())];
    update.erase(unit.id.client, unit.id.clock, 1 + static_cast<Clock>(random_.below(3)));
    REQUIRE(doc_.apply_update(update.write()));
  }

  SeededRandom random_;
  bool map_key_;
  std::uint64_t clients_;
  Picks picks_ = Picks::kAnywhere;
  std::size_t newest_ = 0;
  std::map<ClientId, Clock> next_;
  PlainSequence plain_;
  Doc doc_ = doc_of(1'000'000);
};

void compare_with_plain_scan(std::uint64_t seeds, int steps, ScanLimits limits) {
  std::size_t looked_up = 0;
  for (std::uint64_t seed = 1; seed <= seeds; seed++) {
    Rivalry rivalry(seed, limits, seed % 5 == 0);
    for (int i = 0; i < steps; i++) {
      rivalry.step();
      if (i % 10 == 9 || i < 20) {
        INFO("seed " << seed << ", step " << i);
        REQUIRE(rivalry.order() == rivalry.expected());
      }
    }
    if (rivalry.store().contention) looked_up++;
  }
  CHECK(looked_up > seeds / 2);
}

}  // namespace

TEST_CASE("places found in trees are those of yjs's scan") {
  compare_with_plain_scan(600, 120, {1000000, 1000000});
}

TEST_CASE("places are those of yjs's scan where scans and trees take turns") {
  compare_with_plain_scan(300, 200, {4, 2});
}

TEST_CASE("long sequences of rivals are in the order of yjs's scan") {
  compare_with_plain_scan(6, 1500, {0, 0});
}

TEST_CASE("crafted updates cause few scan steps") {
  using Make = HostileUpdates (*)(std::size_t);
  const std::pair<const char*, Make> makers[] = {{"other rights", shapes::other_rights},
                                                 {"ascending", shapes::ascending},
                                                 {"subtree", shapes::subtree},
                                                 {"crossing", shapes::crossing},
                                                 {"one key", shapes::one_key}};
  constexpr std::size_t kStructs = 20'000;
  for (const auto& [name, make] : makers) {
    INFO(name);
    Doc doc = doc_of(9);
    for (const Bytes& update : make(kStructs).updates) REQUIRE(doc.apply_update(update));
    CHECK_FALSE(doc.has_pending_structs());
    CHECK(doc.store().contention);
    // 64 for each short scan, 32 an item before the trees; a scan each would be 50 million.
    CHECK(doc.store().scan_steps < 100 * kStructs);
  }
}

TEST_CASE("a longer form of a known struct goes on where the known part stands") {
  for (bool other_is_empty : {false, true}) {
    CraftedUpdate first, second;
    at_root(first.add(9), "here");
    if (!other_is_empty) at_root(first.add(5), "there");
    CraftedUpdate::text(at_root(second.add(9), "there"), "xyz", 3);
    Doc doc = doc_of(1);
    REQUIRE(doc.apply_update(first.write()));
    REQUIRE(doc.apply_update(second.write()));
    CHECK(text_string(doc, find_root(doc, "here")) == "xyz");
  }
}

TEST_CASE("a right origin that is no later than the origin ends no scan") {
  for (bool merged : {true, false}) {
    CraftedUpdate first, second;
    CraftedUpdate::text(at_root(first.add(5), "text"), "ab", 2);
    if (!merged) at_root(second.add(4), "elsewhere");
    after(before(second.add(9), {5, 1}), {5, 1});
    Doc doc = doc_of(1);
    REQUIRE(doc.apply_update(first.write()));
    REQUIRE(doc.apply_update(second.write()));
    CHECK(text_in(doc) == "abx");
  }
}
