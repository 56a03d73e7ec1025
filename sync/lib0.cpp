#include "sync/lib0.hpp"

#include "sync/utf8.hpp"

namespace footprint::sync {

namespace {
constexpr std::size_t kVarBytesMax = 8;
}

void Reader::fail(ReadFailure failure) {
  if (failure_ == ReadFailure::kNone) failure_ = failure;
  position_ = bytes_.size();
}

std::uint8_t Reader::u8() {
  if (at_end()) {
    fail(ReadFailure::kTruncated);
    return 0;
  }
  return bytes_[position_++];
}

std::uint64_t Reader::long_var_uint() {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kVarBytesMax; ++i) {
    if (at_end()) {
      fail(ReadFailure::kTruncated);
      return 0;
    }
    std::uint8_t byte = bytes_[position_++];
    value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      if (value <= kVarUintMax) return value;
      break;
    }
  }
  fail(ReadFailure::kNumberRange);
  return 0;
}

SignedMagnitude Reader::var_int() {
  std::uint8_t byte = u8();
  SignedMagnitude value{byte & 0x3FU, (byte & 0x40) != 0};
  for (std::size_t i = 0; (byte & 0x80) != 0; ++i) {
    if (i + 1 == kVarBytesMax) {
      fail(ReadFailure::kNumberRange);
      return {};
    }
    byte = u8();
    value.magnitude |= static_cast<std::uint64_t>(byte & 0x7F) << (6 + 7 * i);
  }
  if (value.magnitude > kVarUintMax) {
    fail(ReadFailure::kNumberRange);
    return {};
  }
  return ok() ? value : SignedMagnitude{};
}

std::uint64_t Reader::count(std::size_t bytes_each) {
  std::uint64_t value = var_uint();
  if (value > remaining() / bytes_each) {
    fail(ReadFailure::kTruncated);
    return 0;
  }
  return value;
}

ByteView Reader::take(std::uint64_t length) {
  if (length > remaining()) {
    fail(ReadFailure::kTruncated);
    return {};
  }
  ByteView view = bytes_.subspan(position_, length);
  position_ += length;
  return view;
}

std::string_view Reader::var_string(std::size_t* utf16_units) {
  std::string_view text = as_text(var_bytes());
  if (!is_valid_utf8(text, utf16_units)) {
    fail(ReadFailure::kMalformed);
    return {};
  }
  return text;
}

std::uint64_t Reader::big_endian(std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::uint8_t byte : take(bytes)) value = value << 8 | byte;
  return value;
}

void Reader::skip_any(std::size_t depth_max) {
  switch (std::uint8_t tag = u8(); tag) {
    case any_tag::kUndefined:
    case any_tag::kNull:
    case any_tag::kTrue:
    case any_tag::kFalse:
      return;
    case any_tag::kInteger:
      var_int();
      return;
    case any_tag::kFloat32:
      take(4);
      return;
    case any_tag::kFloat64:
    case any_tag::kBigInt:
      take(8);
      return;
    case any_tag::kString:
      var_string();
      return;
    case any_tag::kBytes:
      var_bytes();
      return;
    case any_tag::kArray:
    case any_tag::kObject: {
      bool object = tag == any_tag::kObject;
      std::uint64_t length = count(object ? 2 : 1);
      if (depth_max == 0) return fail(ReadFailure::kDepth);
      for (std::uint64_t i = 0; i < length && ok(); ++i) {
        if (object) var_string();
        skip_any(depth_max - 1);
      }
      return;
    }
    default:
      fail(ReadFailure::kMalformed);
  }
}

void Writer::var_int(SignedMagnitude value) {
  std::uint64_t rest = value.magnitude;
  std::uint8_t sign = value.negative ? 0x40 : 0;
  bytes_.push_back(static_cast<std::uint8_t>((rest > 0x3F ? 0x80U : 0U) | sign | (rest & 0x3F)));
  rest >>= 6;
  while (rest > 0) {
    bytes_.push_back(static_cast<std::uint8_t>((rest > 0x7F ? 0x80U : 0U) | (rest & 0x7F)));
    rest >>= 7;
  }
}

void Writer::var_int(std::int64_t value) {
  bool negative = value < 0;
  auto bits = static_cast<std::uint64_t>(value);
  var_int(SignedMagnitude{negative ? 0 - bits : bits, negative});
}

void Writer::big_endian(std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;)
    bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace footprint::sync
