// The bytes of the plan log at rest. Reader and writer share this file; storage/README.md shows the
// grammar to people.
//
// Integers are little-endian unless marked be (big-endian, so that keys sort by position).
//
//   log family    key   = plan 0x00 last:u64be
//                 value = run
//   run           = header header_crc:u32 record{count}
//   header        = version:u8(1) count:u16 first:u64 previous:32B length:u32{count}
//   record        = kind:u16 at_ms:u64 hash:32B payload crc:u32      `length` counts all of it
//
//   meta family   key   = "head" 0x00 plan
//                 value = version:u8(1) position:u64 hash:32B at_ms:u64 crc:u32
//
//   snap family   key   = plan 0x00 name 0x00 position:u64be
//                 value = version:u8(1) position:u64 raw_size:u64 zstd_frame crc:u32
//
//   anchors file  = "FPANCHOR" version:u8(1) count:u32 entry{count} crc:u32
//   entry         = name_length:u8 plan position:u64 hash:32B
//
// A run holds the neighbouring events of one plan that one synced write made durable: one key a
// plan and write, not one an event, because a key costs more than its bytes. It is filed under its
// last position, so that "the first key at or after n" is the run that holds n. The header has its
// own checksum and the length of every record, so one damaged record costs only itself. `previous`
// is the hash of the event before the run; within the run it is the neighbour's.
//
// hash = SHA-256(previous || position:u64be || at_ms:u64be || kind:u16be || payload). crc = CRC-32
// (zlib) of all bytes before it in the same record or value; a record's begins with its
// position:u64, so that it cannot stand elsewhere.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/plan_log.hpp"

namespace footprint::storage {

inline constexpr std::uint8_t kFormatVersion = 1;

/// What the log keeps in memory and in the meta family for each plan.
struct StoredHead {
  Head head;
  UnixMs at_ms = 0;
};

struct Anchor {
  PlanId plan;
  Head head;
};

Hash hash_event(const Hash& previous, Position position, UnixMs at_ms, std::uint16_t kind,
                ByteView payload);

std::string log_key(const PlanId& plan, Position last);
/// The position of a log key of `plan`; nullopt when the key is not one.
std::optional<Position> position_of_log_key(const PlanId& plan, std::string_view key);

/// Neighbouring events of one plan, at most limits::kLogRunEventsMax of them.
std::string encode_run(const Hash& previous, std::span<const Event* const> events);

/// A run whose header has been checked. Views the value's bytes, which must outlive it.
class RunReader {
 public:
  /// "log.corrupt" when the header is damaged or does not end at `last`.
  static Result<RunReader> open(std::string_view value, Position last);

  Position first() const { return first_; }
  Position last() const { return first_ + offsets_.size() - 2; }
  const Hash& previous() const { return previous_; }
  /// The event at a position of this run, checked against its checksum and its hash; "log.corrupt"
  /// otherwise.
  Result<Event> event(Position position) const;
  /// The hash as it is stored, checked by nothing.
  Hash stored_hash(Position position) const;

 private:
  ByteView record(Position position) const;
  bool intact(Position position) const;

  ByteView value_;
  Position first_ = 0;
  Hash previous_{};
  std::vector<std::size_t> offsets_;  // of each record in value_, and the end
};

std::string head_key(const PlanId& plan);
std::optional<PlanId> plan_of_head_key(std::string_view key);
std::string encode_head(const StoredHead& head);
Result<StoredHead> decode_head(std::string_view value);

std::string snapshot_key(const PlanId& plan, const std::string& name, Position position);
/// Name and position of a snapshot key of `plan`.
std::optional<std::pair<std::string, Position>> split_snapshot_key(const PlanId& plan,
                                                                   std::string_view key);
Result<std::string> encode_snapshot(const Snapshot& snapshot);
Result<Snapshot> decode_snapshot(std::string_view value);

std::string encode_anchors(std::span<const Anchor> anchors);
Result<std::vector<Anchor>> decode_anchors(std::string_view bytes);

}  // namespace footprint::storage
