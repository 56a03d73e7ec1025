// The bytes of snapshots: the half of record_format.hpp that compresses.
#include <zlib.h>
#include <zstd.h>

#include "base/limits.hpp"
#include "storage/record_format.hpp"

namespace footprint::storage {
namespace {

// Fast enough to run beside the typing, and prose still shrinks to a third.
constexpr int kZstdLevel = 3;
constexpr std::size_t kFixedBytes = 1 + 8 + 8;

void put_u64(std::string& to, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) to.push_back(static_cast<char>(value >> shift));
}

std::uint64_t get_le(std::string_view from) {
  std::uint64_t value = 0;
  for (std::size_t i = from.size(); i > 0; --i)
    value = (value << 8) | static_cast<std::uint8_t>(from[i - 1]);
  return value;
}

std::uint32_t crc_of(std::string_view text) {
  return static_cast<std::uint32_t>(crc32_z(0, as_bytes(text).data(), text.size()));
}

tl::unexpected<Error> damaged() {
  return fail(ErrorKind::kCorrupt, "snapshot.corrupt", "The snapshot does not match its checksum.");
}

}  // namespace

std::string snapshot_key(const PlanId& plan, const std::string& name, Position position) {
  std::string key = plan.value;
  key.push_back('\0');
  key += name;
  key.push_back('\0');
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(position >> shift));
  return key;
}

std::optional<std::pair<std::string, Position>> split_snapshot_key(const PlanId& plan,
                                                                   std::string_view key) {
  const std::size_t name_at = plan.value.size() + 1;
  if (key.size() < name_at + 9 || key.substr(0, name_at - 1) != plan.value ||
      key[name_at - 1] != '\0') {
    return std::nullopt;
  }
  const std::size_t name_end = key.size() - 9;
  if (key[name_end] != '\0') return std::nullopt;
  Position position = 0;
  for (char c : key.substr(name_end + 1)) position = (position << 8) | static_cast<std::uint8_t>(c);
  return std::pair{std::string(key.substr(name_at, name_end - name_at)), position};
}

Result<std::string> encode_snapshot(const Snapshot& snapshot) {
  if (snapshot.content.size() > limits::kSnapshotBytesMax) {
    return fail(ErrorKind::kTooLarge, "snapshot.too_large",
                "The snapshot has " + std::to_string(snapshot.content.size()) +
                    " bytes; the limit is " + std::to_string(limits::kSnapshotBytesMax) + ".");
  }
  std::string value(1, static_cast<char>(kFormatVersion));
  put_u64(value, snapshot.position);
  put_u64(value, snapshot.content.size());
  const std::size_t bound = ZSTD_compressBound(snapshot.content.size());
  value.resize(kFixedBytes + bound);
  const std::size_t written =
      ZSTD_compress(value.data() + kFixedBytes, bound, snapshot.content.data(),
                    snapshot.content.size(), kZstdLevel);
  if (ZSTD_isError(written) != 0) {
    return fail(ErrorKind::kIo, "snapshot.failed",
                std::string("Compressing failed: ") + ZSTD_getErrorName(written));
  }
  value.resize(kFixedBytes + written);
  const std::uint32_t crc = crc_of(value);
  for (int shift = 0; shift < 32; shift += 8) value.push_back(static_cast<char>(crc >> shift));
  return value;
}

Result<Snapshot> decode_snapshot(std::string_view value) {
  if (value.size() < kFixedBytes + 4) return damaged();
  const std::string_view body = value.substr(0, value.size() - 4);
  if (get_le(value.substr(body.size())) != crc_of(body)) return damaged();
  if (static_cast<std::uint8_t>(body[0]) != kFormatVersion) return damaged();
  Snapshot snapshot;
  snapshot.position = get_le(body.substr(1, 8));
  const std::uint64_t raw_size = get_le(body.substr(9, 8));
  if (raw_size > limits::kSnapshotBytesMax) return damaged();
  snapshot.content.resize(raw_size);
  const std::string_view frame = body.substr(kFixedBytes);
  const std::size_t size =
      ZSTD_decompress(snapshot.content.data(), raw_size, frame.data(), frame.size());
  if (ZSTD_isError(size) != 0 || size != raw_size) return damaged();
  return snapshot;
}

}  // namespace footprint::storage
