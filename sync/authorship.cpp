#include "sync/authorship.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "sync/lib0.hpp"
#include "sync/text_runs.hpp"
#include "sync/update.hpp"

namespace footprint::sync {

namespace {

using Range = UpdateContents::Range;

/// Runs that stand side by side in one text, as one string.
struct Passage {
  std::u16string text;
  std::vector<Id> ids;  // of each unit
  std::vector<bool> taken;
};

std::vector<Passage> passages(const std::vector<TextRun>& runs) {
  std::vector<Passage> out;
  const TextRun* last = nullptr;
  for (const TextRun& run : runs) {
    if (last == nullptr || !(last->parent == run.parent) ||
        last->place + last->text.size() != run.place)
      out.emplace_back();
    Passage& passage = out.back();
    passage.text += run.text;
    for (Clock i = 0; i < run.text.size(); ++i)
      passage.ids.push_back({run.id.client, run.id.clock + i});
    last = &run;
  }
  for (Passage& passage : out) passage.taken.resize(passage.text.size());
  return out;
}

std::vector<Range> ranges_of(const DeleteSet& deletes) {
  std::vector<Range> out;
  for (const auto& [client, ranges] : deletes.ranges())
    for (const DeleteRange& range : ranges)
      out.push_back({client, range.clock, range.clock + range.length});
  return out;
}

std::vector<Range> inserted_by(const ApplyOutcome& outcome) {
  std::vector<Range> out;
  for (const auto& [client, to] : outcome.after.clocks()) {
    const Clock from = outcome.before.get(client);
    if (from < to) out.push_back({client, from, to});
  }
  return out;
}

/// Finds in what was deleted the runs that were inserted again.
class Moves {
 public:
  explicit Moves(std::vector<Passage> deleted) : deleted_(std::move(deleted)) {
    for (std::uint32_t p = 0; p < deleted_.size(); ++p) {
      const std::u16string& text = deleted_[p].text;
      whole_.emplace(text, p);
      for (std::uint32_t at = 0; at + kMin <= text.size(); ++at) {
        auto& places = starts_[key(text, at)];
        if (places.size() < kCandidatesMax) places.push_back({p, at});
      }
    }
  }

  /// Calls `moved` with each unit of `inserted` that was moved there, and the id it had before.
  template <typename Moved>
  void find(const Passage& inserted, Moved moved) {
    const std::u16string& text = inserted.text;
    if (auto found = whole_.find(text); found != whole_.end()) {
      Passage& from = deleted_[found->second];
      whole_.erase(found);
      if (std::find(from.taken.begin(), from.taken.end(), true) == from.taken.end())
        return take(inserted, 0, from, 0, text.size(), moved);
    }
    for (std::size_t at = 0; at + kMin <= text.size();) {
      const Match best = longest(text, at);
      if (best.length >= kMin)
        take(inserted, at, deleted_[best.place.passage], best.place.at, best.length, moved);
      at += std::max<std::size_t>(best.length, 1);
    }
  }

 private:
  static constexpr std::size_t kMin = Authorship::kMovedUnitsMin;
  static_assert(kMin == 4, "a key holds four units");
  // Of text that repeats itself only the first places are tried: the cost stays linear.
  static constexpr std::size_t kCandidatesMax = 16;

  struct Place {
    std::uint32_t passage = 0;
    std::uint32_t at = 0;
  };
  struct Match {
    Place place;
    std::size_t length = 0;
  };

  static std::uint64_t key(const std::u16string& text, std::size_t at) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < kMin; ++i) out = out << 16 | text[at + i];
    return out;
  }

  Match longest(const std::u16string& text, std::size_t at) const {
    Match best;
    auto found = starts_.find(key(text, at));
    if (found == starts_.end()) return best;
    for (const Place& place : found->second) {
      const Passage& from = deleted_[place.passage];
      std::size_t length = 0;
      while (at + length < text.size() && place.at + length < from.text.size() &&
             text[at + length] == from.text[place.at + length] && !from.taken[place.at + length])
        ++length;
      if (length > best.length) best = {place, length};
    }
    return best;
  }

  template <typename Moved>
  static void take(const Passage& to, std::size_t to_at, Passage& from, std::size_t from_at,
                   std::size_t length, Moved& moved) {
    for (std::size_t i = 0; i < length; ++i) {
      from.taken[from_at + i] = true;
      moved(to.ids[to_at + i], from.ids[from_at + i]);
    }
  }

  std::vector<Passage> deleted_;
  std::unordered_multimap<std::u16string, std::uint32_t> whole_;
  std::unordered_map<std::uint64_t, std::vector<Place>> starts_;
};

bool inserts_text(const UpdateContents& contents) {
  return std::find(contents.kinds.begin(), contents.kinds.end(), ContentKind::kString) !=
         contents.kinds.end();
}

}  // namespace

ClientId Authorship::author_of(Id unit) const {
  auto parts = moved_.find(unit.client);
  if (parts == moved_.end()) return unit.client;
  auto after = parts->second.upper_bound(unit.clock);
  if (after == parts->second.begin()) return unit.client;
  const Part& part = std::prev(after)->second;
  return unit.clock < part.to ? part.author : unit.client;
}

Clock Authorship::same_until(Id unit, Clock end) const {
  auto parts = moved_.find(unit.client);
  if (parts == moved_.end()) return end;
  auto after = parts->second.upper_bound(unit.clock);
  if (after != parts->second.begin()) {
    const Part& part = std::prev(after)->second;
    if (unit.clock < part.to) return std::min(end, part.to);
  }
  return after == parts->second.end() ? end : std::min(end, after->first);
}

Result<ApplyOutcome> Authorship::apply(Doc& doc, ByteView update, Format format) {
  auto contents = inspect_update(update, format);
  // What cannot be inspected is refused by the document, too.
  if (!contents || contents->deletes.empty() || !inserts_text(*contents))
    return doc.apply_update(update, format);
  auto deleted = text_runs(doc, ranges_of(contents->deletes), kUnitsMax);
  auto outcome = doc.apply_update(update, format);
  if (!outcome || !deleted || deleted->empty()) return outcome;
  auto inserted = text_runs(doc, inserted_by(*outcome), kUnitsMax);
  if (!inserted) return outcome;
  Moves moves(passages(*deleted));
  for (const Passage& passage : passages(*inserted)) {
    moves.find(passage, [this](Id now, Id then) {
      const ClientId author = author_of(then);
      if (author != now.client) note(now, 1, author);
    });
  }
  return outcome;
}

void Authorship::note(Id first, Clock length, ClientId author) {
  Parts& parts = moved_[first.client];
  auto after = parts.lower_bound(first.clock);
  if (after != parts.begin()) {
    auto& [from, part] = *std::prev(after);
    if (part.to == first.clock && part.author == author) {
      part.to += length;
      return;
    }
  }
  parts.insert_or_assign(first.clock, Part{first.clock + length, author});
}

Bytes Authorship::encode() const {
  Writer writer;
  writer.var_uint(moved_.size());
  for (const auto& [client, parts] : moved_) {
    writer.var_uint(client);
    writer.var_uint(parts.size());
    Clock last = 0;
    for (const auto& [from, part] : parts) {
      writer.var_uint(from - last);
      writer.var_uint(part.to - from);
      writer.var_uint(part.author);
      last = part.to;
    }
  }
  return writer.take();
}

Result<Authorship> Authorship::decode(ByteView bytes) {
  Authorship out;
  Reader reader(bytes);
  for (std::uint64_t clients = reader.count(2); clients > 0 && reader.ok(); --clients) {
    const ClientId client = reader.var_uint();
    Parts& parts = out.moved_[client];
    std::uint64_t last = 0;
    for (std::uint64_t left = reader.count(3); left > 0 && reader.ok(); --left) {
      const std::uint64_t gap = reader.var_uint(), length = reader.var_uint();
      const ClientId author = reader.var_uint();
      if (gap > kClockMax || length == 0 || length > kClockMax ||
          last + gap + length > kClockMax + 1 || author > kClientIdMax || client > kClientIdMax) {
        reader.fail(ReadFailure::kNumberRange);
        break;
      }
      const std::uint64_t from = last + gap, to = from + length;
      parts.emplace(static_cast<Clock>(from), Part{static_cast<Clock>(to), author});
      last = to;
    }
  }
  if (!reader.ok() || !reader.at_end())
    return fail(ErrorKind::kCorrupt, "authorship.malformed",
                "The record of who wrote which words does not follow its format.");
  return out;
}

}  // namespace footprint::sync
