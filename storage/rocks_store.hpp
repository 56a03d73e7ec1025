// The database under the plan log: families, options, reading runs with their damage. Internal to
// storage/.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "storage/committer.hpp"
#include "storage/plan_log.hpp"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Env;
class FileSystem;
class WriteBatch;
}  // namespace rocksdb

namespace footprint::storage {

/// Thread-safe where RocksDB is; store_round() is called by one thread only.
class RocksStore {
 public:
  static Result<std::unique_ptr<RocksStore>> open(const std::string& path, bool read_only,
                                                  bool sync,
                                                  std::shared_ptr<rocksdb::FileSystem> files);
  ~RocksStore();

  /// Every plan with a head record or an anchor, its head compared with its last run and its
  /// anchor.
  Result<std::map<PlanId, Committer::Opened>> open_plans(const std::vector<Anchor>& anchors) const;

  Status store_round(std::span<const PlanRun> runs);
  Scan scan(const PlanId& plan, Position from, Position last, std::size_t limit) const;

  Status write_snapshot(const PlanId& plan, const std::string& name, const Snapshot& snapshot);
  Result<std::optional<Snapshot>> read_snapshot(const PlanId& plan, const std::string& name) const;
  Result<std::vector<std::string>> snapshot_names(const PlanId& plan) const;

 private:
  RocksStore() = default;
  Result<std::map<PlanId, Committer::Opened>> read_heads() const;
  std::string check_last_run(const PlanId& plan, const Head& head) const;
  Position last_position(const PlanId& plan) const;
  bool continues(const PlanId& plan, const RunReader& run) const;
  Status write_batch(rocksdb::WriteBatch& batch, bool sync);
  Position end_of_damage(const PlanId& plan, Position first, Position last) const;
  bool readable_from(const PlanId& plan, Position position) const;

  // One write at a time: RocksDB would put a snapshot and a commit into one group, and a failing
  // group must not be shared. After a failed write it is not asked again.
  std::mutex write_mutex_;
  bool write_failed_ = false;

  bool sync_ = true;
  std::shared_ptr<rocksdb::FileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;  // outlives the database
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* default_ =
      nullptr;  // RocksDB insists on one of this name; it stays empty
  rocksdb::ColumnFamilyHandle* log_ = nullptr;
  rocksdb::ColumnFamilyHandle* snap_ = nullptr;
  rocksdb::ColumnFamilyHandle* meta_ = nullptr;
};

}  // namespace footprint::storage
