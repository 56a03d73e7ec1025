#include "storage/data_directory.hpp"

#include <fcntl.h>
#include <rocksdb/file_system.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

namespace footprint::storage {
namespace {

constexpr std::string_view kFormatLine = "footprint data ";
constexpr int kDataVersion = 1;
constexpr std::chrono::milliseconds kAnchorInterval{1000};

tl::unexpected<Error> io_error(const std::string& doing, const std::string& why) {
  return fail(ErrorKind::kIo, "data.io", doing + " failed: " + why + ".");
}

std::string errno_text() {
  return std::strerror(errno);
}

/// A descriptor that closes itself.
struct File {
  int fd;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

Status sync_directory(const std::string& path) {
  File directory{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.fd < 0 || ::fsync(directory.fd) != 0)
    return io_error("Syncing " + path, errno_text());
  return {};
}

Status write_format(const std::string& path) {
  const std::string name = path + "/FORMAT",
                    text = std::string(kFormatLine) + std::to_string(kDataVersion) + "\n";
  File file{::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (file.fd < 0 ||
      ::write(file.fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file.fd) != 0) {
    return io_error("Writing " + name, errno_text());
  }
  return sync_directory(path);
}

/// Whether the directory holds anything but our own lock.
bool has_files(const std::string& path) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.path().filename() != "LOCK") return true;
  }
  return false;
}

Status check_format(const std::string& path) {
  const std::string name = path + "/FORMAT";
  File file{::open(name.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0 && errno == ENOENT) {
    if (!has_files(path)) return write_format(path);
    return fail(ErrorKind::kInvalid, "data.foreign",
                path +
                    " has files in it, but is not a footprint data directory (it has no file "
                    "FORMAT). Choose an "
                    "empty directory or one that footprint made.");
  }
  char text[64] = {};
  const ssize_t size = file.fd < 0 ? -1 : ::read(file.fd, text, sizeof text - 1);
  if (size < 0) return io_error("Reading " + name, errno_text());
  const std::string_view line(text, static_cast<std::size_t>(size));
  int version = 0;
  if (line.starts_with(kFormatLine)) version = std::atoi(text + kFormatLine.size());
  if (version == 0) {
    return fail(ErrorKind::kCorrupt, "data.foreign",
                name +
                    " does not say \"footprint data\" and a version. Choose "
                    "a directory that footprint made.");
  }
  if (version > kDataVersion) {
    return fail(ErrorKind::kInvalid, "data.newer",
                path + " was written by a newer footprint (data format " + std::to_string(version) +
                    "; this one knows up to " + std::to_string(kDataVersion) +
                    "). Use that newer version.");
  }
  return {};
}

std::string lock_holder(int lock) {
  char text[32] = {};
  const ssize_t size = ::pread(lock, text, sizeof text - 1, 0);
  const long pid = size > 0 ? std::atol(text) : 0;
  return pid > 0 ? " (process " + std::to_string(pid) + ")" : std::string();
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::string& path,
                                                           bool must_exist) {
  std::error_code error;
  const bool exists = std::filesystem::is_directory(path, error);
  if (must_exist && !(exists && std::filesystem::exists(path + "/FORMAT", error))) {
    return fail(ErrorKind::kNotFound, "data.missing",
                path + " is not a footprint data directory. Check the path.");
  }
  if (!exists) {
    std::filesystem::create_directories(path, error);
    if (error) return io_error("Making the data directory " + path, error.message());
    // What people write is theirs: nobody else on the machine reads it.
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  }
  const std::string name = path + "/LOCK";
  const int lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return io_error("Opening " + name, errno_text());
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return io_error("Locking " + name, errno_text());
    return fail(ErrorKind::kUnavailable, "data.in_use",
                "The data directory " + path + " is already in use by another footprint process" +
                    lock_holder(lock) + ". Stop that one, or choose another directory.");
  }
  // Only for the message above, so a failure to note it matters to nobody.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) == 0) [[maybe_unused]]
    ssize_t noted = ::pwrite(lock, pid.data(), pid.size(), 0);
  if (Status ok = check_format(path); !ok) return forward_error(ok.error());
  return directory;
}

DataDirectory::~DataDirectory() {
  ::close(lock_);
}

Result<std::vector<Anchor>> read_anchors(rocksdb::FileSystem& files, const std::string& path) {
  const rocksdb::IOOptions io;
  if (files.FileExists(path, io, nullptr).IsNotFound()) return std::vector<Anchor>{};
  std::uint64_t size = 0;
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  rocksdb::IOStatus status = files.GetFileSize(path, io, &size, nullptr);
  if (status.ok()) status = files.NewSequentialFile(path, {}, &file, nullptr);
  std::string bytes(size, '\0');
  rocksdb::Slice read;
  if (status.ok()) status = file->Read(size, io, &read, bytes.data(), nullptr);
  if (!status.ok()) return io_error("Reading " + path, status.ToString());
  return decode_anchors({read.data(), read.size()});
}

Status write_anchors(rocksdb::FileSystem& files, const std::string& path,
                     const std::vector<Anchor>& anchors) {
  const rocksdb::IOOptions io;
  const std::string scratch = path + ".new", folder = std::filesystem::path(path).parent_path();
  const std::string bytes = encode_anchors(anchors);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  rocksdb::IOStatus status = files.NewWritableFile(scratch, {}, &file, nullptr);
  if (status.ok()) status = file->Append(bytes, io, nullptr);
  if (status.ok()) status = file->Fsync(io, nullptr);
  if (file != nullptr) {
    const rocksdb::IOStatus closed = file->Close(io, nullptr);
    if (status.ok()) status = closed;
  }
  if (status.ok()) status = files.RenameFile(scratch, path, io, nullptr);
  std::unique_ptr<rocksdb::FSDirectory> directory;
  if (status.ok()) status = files.NewDirectory(folder, io, &directory, nullptr);
  if (status.ok()) status = directory->Fsync(io, nullptr);
  if (!status.ok()) return io_error("Writing " + path, status.ToString());
  return {};
}

AnchorKeeper::AnchorKeeper(std::function<void()> keep)
    : keep_(std::move(keep)), thread_([this] { run(); }) {}

void AnchorKeeper::changed() {
  std::lock_guard lock(mutex_);
  if (dirty_) return;
  dirty_ = true;
  wake_.notify_one();
}

void AnchorKeeper::close() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void AnchorKeeper::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return dirty_ || closing_; });
    if (dirty_) {
      dirty_ = false;
      lock.unlock();
      keep_();
      lock.lock();
    }
    if (closing_ && !dirty_) return;
    wake_.wait_for(lock, kAnchorInterval, [this] { return closing_; });
  }
}

}  // namespace footprint::storage
