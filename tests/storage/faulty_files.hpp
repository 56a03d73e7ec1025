// A file system that loses what was not synced: power cuts, full disks and failing syncs, from a
// seed.
#pragma once

#include <rocksdb/file_system.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/random.hpp"

namespace footprint::storage::testing {

/// Passes everything on to the real file system and keeps, for each file written through it, how
/// much of it has been synced. Directory entries are taken as durable at once: what is tested is
/// the bytes. Thread-safe.
class FaultyFiles final : public rocksdb::FileSystemWrapper {
 public:
  struct Chances {
    double short_write = 0;  // part of the bytes are written, then "no space"
    double failed_sync = 0;  // an I/O error, and nothing is known about the bytes
  };

  FaultyFiles(std::uint64_t seed, Chances chances)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), random_(seed), chances_(chances) {}

  const char* Name() const override { return "FaultyFiles"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;

  /// From now on nothing reaches the disk: what a process does while the lights go out.
  void go_dark();
  /// Cuts every file to what was synced and a random part of the rest. Nothing may have the files
  /// open.
  void cut_power();
  int faults() const;

 private:
  class Writable;
  struct Lengths {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
  };

  enum class Verdict { kPass, kFail, kDark };
  Verdict decide(double chance);

  mutable std::mutex mutex_;
  SeededRandom random_;
  const Chances chances_;
  std::map<std::string, std::shared_ptr<Lengths>> files_;
  bool dark_ = false;
  int faults_ = 0;
};

}  // namespace footprint::storage::testing
