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

class DeleteSet {
 public:
  void add(ClientId client, Clock clock, Clock length);  // keeps ranges sorted and merged
  void merge(const DeleteSet& other);
  bool contains(Id id) const;
  bool empty() const { return ranges_.empty(); }
  const std::map<ClientId, std::vector<DeleteRange>>& ranges() const { return ranges_; }

  bool operator==(const DeleteSet&) const = default;

 private:
  std::map<ClientId, std::vector<DeleteRange>> ranges_;
};

}  // namespace footprint::sync
