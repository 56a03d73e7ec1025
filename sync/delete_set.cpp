#include "sync/delete_set.hpp"

#include <algorithm>

#include "sync/lib0.hpp"

namespace footprint::sync {
namespace {

Clock end_of(const DeleteRange& range) {
  return range.clock + range.length;
}

}  // namespace

void join_ranges(std::vector<DeleteRange>& ranges) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    DeleteRange& left = ranges[kept];
    const DeleteRange right = ranges[i];
    if (end_of(left) >= right.clock) {
      left.length = std::max(end_of(left), end_of(right)) - left.clock;
    } else {
      ranges[++kept] = right;
    }
  }
  if (!ranges.empty()) ranges.resize(kept + 1);
}

void DeleteSet::add(ClientId client, Clock clock, Clock length) {
  if (length == 0) return;
  std::vector<DeleteRange>& ranges = ranges_[client];
  if (ranges.empty() || end_of(ranges.back()) < clock) {
    ranges.push_back({clock, length});
    return;
  }
  // All ranges that touch the new one become one with it.
  Clock end = clock + length;
  auto first =
      std::lower_bound(ranges.begin(), ranges.end(), clock,
                       [](const DeleteRange& range, Clock at) { return end_of(range) < at; });
  auto last = first;
  while (last != ranges.end() && last->clock <= end) {
    clock = std::min(clock, last->clock);
    end = std::max(end, end_of(*last));
    ++last;
  }
  if (first == last) {
    ranges.insert(first, {clock, length});
  } else {
    *first = {clock, end - clock};
    ranges.erase(first + 1, last);
  }
}

void DeleteSet::add_all(ClientId client, std::vector<DeleteRange> more) {
  std::erase_if(more, [](const DeleteRange& range) { return range.length == 0; });
  if (more.empty()) return;
  std::vector<DeleteRange>& ranges = ranges_[client];
  // A few are put in their places; for many it pays to look at all.
  constexpr std::size_t kFew = 8;
  if (more.size() <= kFew) {
    for (const DeleteRange& range : more) add(client, range.clock, range.length);
    return;
  }
  ranges.insert(ranges.end(), more.begin(), more.end());
  auto by_clock = [](const DeleteRange& a, const DeleteRange& b) { return a.clock < b.clock; };
  if (!std::is_sorted(ranges.begin(), ranges.end(), by_clock)) {
    std::sort(ranges.begin(), ranges.end(), by_clock);
  }
  join_ranges(ranges);
}

void DeleteSet::merge(const DeleteSet& other) {
  for (const auto& [client, ranges] : other.ranges_) add_all(client, ranges);
}

std::vector<DeleteRange> DeleteSet::take_below(ClientId client, Clock end) {
  auto found = ranges_.find(client);
  if (found == ranges_.end()) return {};
  std::vector<DeleteRange>& ranges = found->second;
  auto rest = std::lower_bound(ranges.begin(), ranges.end(), end,
                               [](const DeleteRange& range, Clock at) { return range.clock < at; });
  std::vector<DeleteRange> out(ranges.begin(), rest);
  ranges.erase(ranges.begin(), rest);
  if (!out.empty() && end_of(out.back()) > end) {
    ranges.insert(ranges.begin(), {end, end_of(out.back()) - end});
    out.back().length = end - out.back().clock;
  }
  if (ranges.empty()) ranges_.erase(found);
  return out;
}

DeleteSet DeleteSet::gathered(RangesByClient ranges) {
  DeleteSet out;
  for (auto& [client, list] : ranges) out.add_all(client, std::move(list));
  return out;
}

bool DeleteSet::contains(Id id) const {
  auto found = ranges_.find(id.client);
  if (found == ranges_.end()) return false;
  const std::vector<DeleteRange>& ranges = found->second;
  auto after =
      std::upper_bound(ranges.begin(), ranges.end(), id.clock,
                       [](Clock at, const DeleteRange& range) { return at < range.clock; });
  return after != ranges.begin() && id.clock < end_of(*std::prev(after));
}

void write_delete_set(Writer& writer, const DeleteSet& deletes, Format format) {
  writer.var_uint(deletes.ranges().size());
  for (auto it = deletes.ranges().rbegin(); it != deletes.ranges().rend(); ++it) {
    writer.var_uint(it->first);
    writer.var_uint(it->second.size());
    Clock before = 0;
    for (const DeleteRange& range : it->second) {
      if (format == Format::kV1) {
        writer.var_uint(range.clock);
        writer.var_uint(range.length);
      } else {
        writer.var_uint(range.clock - before);
        writer.var_uint(range.length - 1);
        before = end_of(range);
      }
    }
  }
}

DeleteSet read_delete_set(Reader& reader, Format format) {
  // A client may be named again and again; its ranges are sorted once.
  DeleteSet::RangesByClient gathered;
  std::uint64_t clients = reader.count(2);
  for (std::uint64_t i = 0; i < clients && reader.ok(); ++i) {
    ClientId client = reader.var_uint();
    std::uint64_t count = reader.count(2);
    std::vector<DeleteRange>& ranges = gathered[client];
    std::uint64_t before = 0;
    for (std::uint64_t k = 0; k < count && reader.ok(); ++k) {
      std::uint64_t clock = reader.var_uint() + before;
      std::uint64_t length = reader.var_uint() + (format == Format::kV2 ? 1 : 0);
      if (clock > kClockMax || length > kClockMax - clock) {
        reader.fail(ReadFailure::kNumberRange);
        break;
      }
      if (format == Format::kV2) before = clock + length;
      ranges.push_back({static_cast<Clock>(clock), static_cast<Clock>(length)});
    }
  }
  return DeleteSet::gathered(std::move(gathered));
}

}  // namespace footprint::sync
