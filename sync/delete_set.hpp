// Which ids are deleted: for each client sorted, disjoint, merged clock ranges.
#pragma once

#include <map>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sync/id.hpp"

namespace footprint::sync {

struct DeleteRange {
  Clock clock = 0;
  Clock length = 0;
  bool operator==(const DeleteRange&) const = default;
};

/// Joins ranges that touch or overlap; they come sorted by clock.
void join_ranges(std::vector<DeleteRange>& ranges);

class DeleteSet {
 public:
  using RangesByClient = std::map<ClientId, std::vector<DeleteRange>>;
  /// Of ranges in any order.
  static DeleteSet gathered(RangesByClient ranges);

  void add(ClientId client, Clock clock, Clock length);  // keeps ranges sorted and merged
  /// Many ranges of one client in any order, in O(n log n).
  void add_all(ClientId client, std::vector<DeleteRange> ranges);
  void merge(const DeleteSet& other);
  /// Takes out a client's ranges, and parts of ranges, below `end`.
  std::vector<DeleteRange> take_below(ClientId client, Clock end);
  bool contains(Id id) const;
  bool empty() const { return ranges_.empty(); }
  const RangesByClient& ranges() const { return ranges_; }

  bool operator==(const DeleteSet&) const = default;

 private:
  RangesByClient ranges_;
};

class Reader;
class Writer;

/// As an update or a snapshot ends with it. Clients go out in descending order. A failed read
/// leaves the reader failed: ReadFailure::kNumberRange stands for a clock out of range, too.
void write_delete_set(Writer& writer, const DeleteSet& deletes, Format format);
DeleteSet read_delete_set(Reader& reader, Format format);

}  // namespace footprint::sync
