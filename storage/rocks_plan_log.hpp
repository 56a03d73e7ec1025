// The plan log on disk, in RocksDB: what a server of one machine uses.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "storage/plan_log.hpp"

namespace rocksdb {
class FileSystem;
}

namespace footprint::storage {

struct RocksPlanLogOptions {
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  /// Refuse to make a new data directory.
  bool must_exist = false;
  /// Change nothing: appends and snapshots are refused with "log.closed". For verifying and
  /// exporting.
  bool read_only = false;
  /// Called once, on the log's thread, after the first failed write. The process should end then:
  /// only a restart, which reads back what the disk really holds, makes the log writable again.
  std::function<void(const Error&)> on_write_failure;
  /// Called from any of the log's threads about what an operator should see, though nothing is lost
  /// by it.
  std::function<void(const Error&)> on_warning;
  /// For fault injection: nullptr is the machine's own file system.
  std::shared_ptr<rocksdb::FileSystem> files;
  /// Only for the negative control of the crash tests: commits without waiting for the disk.
  bool sync_for_test = true;
};

/// Opens or makes the data directory `path` and holds its lock until the log is destroyed. Errors:
/// those of DataDirectory::open ("data.in_use", "data.missing", "data.foreign", "data.newer",
/// "data.io") and "data.corrupt" when the journal is damaged in the middle. Damage to one plan is
/// no error here: that plan refuses appends and head().
Result<std::unique_ptr<PlanLog>> open_rocks_plan_log(const std::string& path,
                                                     RocksPlanLogOptions options = {});

}  // namespace footprint::storage
