// The byte primitives of lib0, which everything Yjs sends is made of (protocol.md 3.2).
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace footprint::sync {

/// Largest integer a varUint may hold: JavaScript's largest safe integer.
inline constexpr std::uint64_t kVarUintMax = (1ULL << 53) - 1;

enum class ReadFailure : std::uint8_t {
  kNone,
  kTruncated,    // the bytes end too early, or a count promises more than is left
  kMalformed,    // invalid UTF-8, an unknown tag
  kNumberRange,  // an integer above 2^53 - 1
  kDepth,        // nested too deep
};

/// A varInt: JavaScript tells 0 from -0, and the v2 columns use that.
struct SignedMagnitude {
  std::uint64_t magnitude = 0;
  bool negative = false;
  std::int64_t value() const {
    auto positive = static_cast<std::int64_t>(magnitude);
    return negative ? -positive : positive;
  }
};

/// Reads from bytes that somebody else keeps. A failure sticks: every later read gives 0 or
/// nothing, so callers may read a whole record and ask ok() once before they act on it.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  bool ok() const { return failure_ == ReadFailure::kNone; }
  ReadFailure failure() const { return failure_; }
  void fail(ReadFailure failure);

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  bool at_end() const { return position_ == bytes_.size(); }
  /// The bytes between two positions already read.
  ByteView between(std::size_t from, std::size_t to) const {
    return bytes_.subspan(from, to - from);
  }

  std::uint8_t u8();
  /// The fallback covers what the one-byte case does not.
  std::uint64_t var_uint() {
    if (position_ < bytes_.size() && bytes_[position_] < 0x80) return bytes_[position_++];
    return long_var_uint();
  }
  SignedMagnitude var_int();
  /// A count of things that take at least `bytes_each` bytes; more than can be left is a failure.
  std::uint64_t count(std::size_t bytes_each);
  ByteView take(std::uint64_t length);
  ByteView var_bytes() { return take(var_uint()); }
  /// Valid UTF-8, else a failure. `utf16_units` (may be null) gets its length.
  std::string_view var_string(std::size_t* utf16_units = nullptr);
  std::uint64_t big_endian(std::size_t bytes);

  /// Walks over one `any` value, checking it wholly.
  void skip_any(std::size_t depth_max);

 private:
  std::uint64_t long_var_uint();

  ByteView bytes_;
  std::size_t position_ = 0;
  ReadFailure failure_ = ReadFailure::kNone;
};

/// Appends to a buffer it owns.
class Writer {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(value); }
  void var_uint(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }
  void var_int(SignedMagnitude value);
  void var_int(std::int64_t value);
  void raw(ByteView bytes) { append(bytes_, bytes); }
  void var_bytes(ByteView bytes) {
    var_uint(bytes.size());
    raw(bytes);
  }
  void var_string(std::string_view text) { var_bytes(as_bytes(text)); }
  void big_endian(std::uint64_t value, std::size_t bytes);

  std::size_t size() const { return bytes_.size(); }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  const Bytes& bytes() const { return bytes_; }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// The tag bytes of lib0's `any`.
namespace any_tag {
inline constexpr std::uint8_t kBytes = 116, kArray = 117, kObject = 118, kString = 119, kTrue = 120,
                              kFalse = 121, kBigInt = 122, kFloat64 = 123, kFloat32 = 124,
                              kInteger = 125, kNull = 126, kUndefined = 127;
}

}  // namespace footprint::sync
