#include "storage/record_format.hpp"

#include <sodium.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"
#include "base/limits.hpp"

namespace footprint::storage {
namespace {

constexpr std::string_view kHeadPrefix{"head\0", 5};
constexpr std::string_view kAnchorMagic = "FPANCHOR";
constexpr std::size_t kRunHeaderBytes = 1 + 2 + 8 + 32;
constexpr std::size_t kRecordOverheadBytes = 2 + 8 + 32 + 4;

template <typename T>
void put(std::string& to, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    to.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
}

void put_be64(std::string& to, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) to.push_back(static_cast<char>(value >> shift));
}

void put_hash(std::string& to, const Hash& hash) {
  to.append(reinterpret_cast<const char*>(hash.data()), hash.size());
}

template <typename T>
T get(ByteView from, std::size_t at) {
  FP_ASSERT(at + sizeof(T) <= from.size());
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value |= static_cast<std::uint64_t>(from[at + i]) << (8 * i);
  return static_cast<T>(value);
}

std::uint64_t get_be64(std::string_view from) {
  std::uint64_t value = 0;
  for (char c : from.substr(0, 8)) value = (value << 8) | static_cast<std::uint8_t>(c);
  return value;
}

Hash get_hash(ByteView from, std::size_t at) {
  FP_ASSERT(at + 32 <= from.size());
  Hash hash;
  std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), 32, hash.begin());
  return hash;
}

std::uint32_t crc_of(ByteView bytes, std::uint32_t start = 0) {
  return static_cast<std::uint32_t>(crc32_z(start, bytes.data(), bytes.size()));
}

std::uint32_t record_crc(Position position, ByteView record_without_crc) {
  std::string at;
  put(at, position);
  return crc_of(record_without_crc, crc_of(as_bytes(at)));
}

void close_with_crc(std::string& value) {
  put(value, crc_of(as_bytes(value)));
}

/// Whether the last four bytes are the checksum of those before.
bool crc_matches(ByteView value) {
  if (value.size() < 4) return false;
  const std::size_t end = value.size() - 4;
  return get<std::uint32_t>(value, end) == crc_of(value.first(end));
}

tl::unexpected<Error> corrupt(std::string message) {
  return fail(ErrorKind::kCorrupt, "log.corrupt", std::move(message));
}

}  // namespace

Hash hash_event(const Hash& previous, Position position, UnixMs at_ms, std::uint16_t kind,
                ByteView payload) {
  std::string fixed;
  put_be64(fixed, position);
  put_be64(fixed, static_cast<std::uint64_t>(at_ms));
  fixed.push_back(static_cast<char>(kind >> 8));
  fixed.push_back(static_cast<char>(kind & 0xff));
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, previous.data(), previous.size());
  crypto_hash_sha256_update(&state, as_bytes(fixed).data(), fixed.size());
  crypto_hash_sha256_update(&state, payload.data(), payload.size());
  Hash hash;
  crypto_hash_sha256_final(&state, hash.data());
  return hash;
}

std::string log_key(const PlanId& plan, Position last) {
  std::string key = plan.value;
  key.push_back('\0');
  put_be64(key, last);
  return key;
}

std::optional<Position> position_of_log_key(const PlanId& plan, std::string_view key) {
  const std::size_t name = plan.value.size();
  if (key.size() != name + 9 || key.substr(0, name) != plan.value || key[name] != '\0')
    return std::nullopt;
  return get_be64(key.substr(name + 1));
}

std::string encode_run(const Hash& previous, std::span<const Event* const> events) {
  FP_ASSERT(!events.empty() && events.size() <= limits::kLogRunEventsMax);
  std::string value;
  std::size_t bytes = kRunHeaderBytes + 4 + events.size() * (4 + kRecordOverheadBytes);
  for (const Event* event : events) bytes += event->payload.size();
  value.reserve(bytes);
  put(value, kFormatVersion);
  put(value, static_cast<std::uint16_t>(events.size()));
  put(value, events.front()->position);
  put_hash(value, previous);
  for (const Event* event : events) {
    put(value, static_cast<std::uint32_t>(kRecordOverheadBytes + event->payload.size()));
  }
  close_with_crc(value);
  for (const Event* event : events) {
    const std::size_t start = value.size();
    put(value, event->kind);
    put(value, event->at_ms);
    put_hash(value, event->hash);
    value.append(as_text(event->payload));
    put(value, record_crc(event->position, as_bytes(std::string_view(value).substr(start))));
  }
  FP_ASSERT(value.size() == bytes);
  return value;
}

Result<RunReader> RunReader::open(std::string_view value, Position last) {
  RunReader run;
  run.value_ = as_bytes(value);
  if (run.value_.size() < kRunHeaderBytes) return corrupt("the header of its run is cut short");
  if (run.value_[0] != kFormatVersion) {
    return corrupt("its run has format version " + std::to_string(run.value_[0]) +
                   ", which is unknown");
  }
  const std::size_t count = get<std::uint16_t>(run.value_, 1);
  const std::size_t header_end = kRunHeaderBytes + 4 * count;
  if (run.value_.size() < header_end + 4 || !crc_matches(run.value_.first(header_end + 4))) {
    return corrupt("the header of its run does not match its checksum");
  }
  run.first_ = get<std::uint64_t>(run.value_, 3);
  run.previous_ = get_hash(run.value_, 11);
  if (count == 0 || run.first_ == 0 || run.first_ + count - 1 != last) {
    return corrupt("its run stands under the wrong position");
  }
  run.offsets_.reserve(count + 1);
  run.offsets_.push_back(header_end + 4);
  for (std::size_t i = 0; i < count; ++i) {
    run.offsets_.push_back(run.offsets_.back() +
                           get<std::uint32_t>(run.value_, kRunHeaderBytes + 4 * i));
  }
  return run;
}

ByteView RunReader::record(Position position) const {
  const std::size_t index = position - first_;
  const std::size_t begin = offsets_[index], end = offsets_[index + 1];
  if (end > value_.size() || end - begin < kRecordOverheadBytes) return {};
  return value_.subspan(begin, end - begin);
}

bool RunReader::intact(Position position) const {
  const ByteView bytes = record(position);
  if (bytes.empty()) return false;
  const ByteView body = bytes.first(bytes.size() - 4);
  return get<std::uint32_t>(bytes, body.size()) == record_crc(position, body);
}

Hash RunReader::stored_hash(Position position) const {
  ByteView bytes = record(position);
  return bytes.empty() ? Hash{} : get_hash(bytes, 10);
}

Result<Event> RunReader::event(Position position) const {
  FP_ASSERT(position >= first() && position <= last());
  if (!intact(position)) return corrupt("the record does not match its checksum");
  const ByteView body = record(position).first(record(position).size() - 4);
  Event event;
  event.position = position;
  event.kind = get<std::uint16_t>(body, 0);
  event.at_ms = get<UnixMs>(body, 2);
  event.hash = get_hash(body, 10);
  event.payload = to_bytes(body.subspan(42));
  event.previous = position == first_ ? previous_ : stored_hash(position - 1);
  const bool chained =
      hash_event(event.previous, position, event.at_ms, event.kind, event.payload) == event.hash;
  // Where the neighbour is damaged its hash may be what is wrong; this record's own checksum has
  // vouched for it.
  if (!chained && (position == first_ || intact(position - 1))) {
    return corrupt("the record does not continue the chain of the one before it");
  }
  return event;
}

std::string head_key(const PlanId& plan) {
  return std::string(kHeadPrefix) + plan.value;
}

std::optional<PlanId> plan_of_head_key(std::string_view key) {
  if (!key.starts_with(kHeadPrefix) || !is_valid_name(key.substr(kHeadPrefix.size())))
    return std::nullopt;
  return PlanId(key.substr(kHeadPrefix.size()));
}

std::string encode_head(const StoredHead& head) {
  std::string value;
  put(value, kFormatVersion);
  put(value, head.head.position);
  put_hash(value, head.head.hash);
  put(value, head.at_ms);
  close_with_crc(value);
  return value;
}

Result<StoredHead> decode_head(std::string_view value) {
  ByteView bytes = as_bytes(value);
  if (bytes.size() != 1 + 8 + 32 + 8 + 4 || bytes[0] != kFormatVersion || !crc_matches(bytes)) {
    return corrupt("the plan's head record does not match its checksum");
  }
  return StoredHead{{get<Position>(bytes, 1), get_hash(bytes, 9)}, get<UnixMs>(bytes, 41)};
}

std::string encode_anchors(std::span<const Anchor> anchors) {
  std::string bytes(kAnchorMagic);
  put(bytes, kFormatVersion);
  put(bytes, static_cast<std::uint32_t>(anchors.size()));
  for (const Anchor& anchor : anchors) {
    put(bytes, static_cast<std::uint8_t>(anchor.plan.value.size()));
    bytes += anchor.plan.value;
    put(bytes, anchor.head.position);
    put_hash(bytes, anchor.head.hash);
  }
  close_with_crc(bytes);
  return bytes;
}

Result<std::vector<Anchor>> decode_anchors(std::string_view text) {
  ByteView bytes = as_bytes(text);
  const tl::unexpected<Error> damaged = fail(ErrorKind::kCorrupt, "data.corrupt",
                                             "The file \"anchors\" does not match its checksum.");
  if (!text.starts_with(kAnchorMagic) || bytes.size() < 17 || bytes[8] != kFormatVersion ||
      !crc_matches(bytes)) {
    return damaged;
  }
  std::vector<Anchor> anchors;
  const std::uint32_t count = get<std::uint32_t>(bytes, 9);
  const std::size_t end = bytes.size() - 4;
  std::size_t at = 13;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (at >= end) return damaged;
    const std::size_t name = bytes[at++];
    if (at + name + 40 > end) return damaged;
    PlanId plan(text.substr(at, name));
    anchors.push_back({plan, {get<Position>(bytes, at + name), get_hash(bytes, at + name + 8)}});
    at += name + 40;
  }
  return anchors;
}

}  // namespace footprint::storage
