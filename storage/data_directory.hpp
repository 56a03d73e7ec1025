// The data directory: who holds it, which format it has, and the anchors beside the database.
// Internal to storage/.
//
//   DIR/FORMAT    "footprint data 1\n": the format version, checked before anything else is touched
//   DIR/LOCK      held with flock() by the one process that uses the directory; a killed process
//   holds nothing DIR/log/      RocksDB DIR/anchors   the head of every plan as of about a second
//   ago, outside the database
//
// A database that lost its newest file or the end of it still looks whole to itself. The anchors
// are what it is compared with, so that the loss of acknowledged events is found when the log is
// opened and never passes for peace.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "storage/record_format.hpp"

namespace rocksdb {
class FileSystem;
}

namespace footprint::storage {

class DataDirectory {
 public:
  /// Creates the directory where there is none (unless `must_exist`), locks it and checks its
  /// format. Errors: "data.in_use", "data.missing", "data.foreign" (files that are not ours),
  /// "data.newer", "data.io".
  static Result<std::unique_ptr<DataDirectory>> open(const std::string& path, bool must_exist);
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  std::string database_path() const { return path_ + "/log"; }
  std::string anchors_path() const { return path_ + "/anchors"; }

 private:
  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;
};

/// No anchors yet is an empty list. "data.corrupt" when the file is damaged, "data.io" when it
/// cannot be read.
Result<std::vector<Anchor>> read_anchors(rocksdb::FileSystem& files, const std::string& path);
/// Replaces the file as a whole; synced when it returns.
Status write_anchors(rocksdb::FileSystem& files, const std::string& path,
                     const std::vector<Anchor>& anchors);

/// Calls `keep` about once a second while there is something new, and at the end. One thread;
/// `changed` is thread-safe.
class AnchorKeeper {
 public:
  explicit AnchorKeeper(std::function<void()> keep);
  ~AnchorKeeper() { close(); }
  void changed();
  void close();

 private:
  void run();

  const std::function<void()> keep_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool dirty_ = false;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace footprint::storage
