#include "net/frame_parser.hpp"

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"

namespace footprint::net {

namespace {

constexpr std::uint8_t kOpContinuation = 0x0;
constexpr std::uint8_t kOpText = 0x1;
constexpr std::uint8_t kOpBinary = 0x2;
constexpr std::size_t kControlBytesMax = 125;
constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kTooBig = 1009;
constexpr std::uint16_t kNoCode = 1005;

bool is_control(std::uint8_t opcode) {
  return (opcode & 0x8) != 0;
}

void unmask(std::span<std::uint8_t> payload, const std::uint8_t (&mask)[4]) {
  std::uint32_t mask32;
  std::memcpy(&mask32, mask, 4);
  std::uint64_t mask64 = (static_cast<std::uint64_t>(mask32) << 32) | mask32;
  std::size_t i = 0;
  for (; i + 8 <= payload.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, payload.data() + i, 8);
    word ^= mask64;
    std::memcpy(payload.data() + i, &word, 8);
  }
  for (; i < payload.size(); ++i) payload[i] ^= mask[i & 3];
}

bool may_be_sent_in_close(std::uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

}  // namespace

void FrameParser::feed(std::span<std::uint8_t> chunk) {
  if (failed_) return;
  if (parked_.empty()) {
    rest_ = chunk;
    return;
  }
  parked_.insert(parked_.end(), chunk.begin(), chunk.end());
  rest_ = parked_;
}

void FrameParser::park() {
  if (message_given_) {
    message_given_ = false;
    message_ = Bytes();
  }
  if (rest_.empty()) {
    parked_ = Bytes();
  } else if (!parked_.empty() && rest_.data() >= parked_.data() &&
             rest_.data() < parked_.data() + parked_.size()) {
    parked_.erase(parked_.begin(), parked_.end() - static_cast<std::ptrdiff_t>(rest_.size()));
  } else {
    parked_.assign(rest_.begin(), rest_.end());
  }
  rest_ = parked_;
}

Bytes FrameParser::take_rest() {
  FP_ASSERT(fragmented_opcode_ == 0);
  Bytes rest(rest_.begin(), rest_.end());
  rest_ = {};
  parked_ = Bytes();
  return rest;
}

std::optional<FrameParser::Item> FrameParser::failed(std::uint16_t code, std::string_view reason) {
  failed_ = true;
  rest_ = {};
  return Item{Kind::kFailed, {}, code, reason};
}

std::optional<FrameParser::Header> FrameParser::read_header(std::optional<Item>& failure) const {
  auto refuse = [&](std::uint16_t code, std::string_view reason) {
    failure = Item{Kind::kFailed, {}, code, reason};
    return std::nullopt;
  };
  if (rest_.size() < 2) return std::nullopt;
  Header header;
  header.final = (rest_[0] & 0x80) != 0;
  header.opcode = rest_[0] & 0x0f;
  if ((rest_[0] & 0x70) != 0) return refuse(kProtocolError, "reserved bits are set");
  if ((rest_[1] & 0x80) == 0) return refuse(kProtocolError, "frame is not masked");
  std::size_t length_bytes = 0;
  header.payload_bytes = rest_[1] & 0x7f;
  if (header.payload_bytes == 126) length_bytes = 2;
  if (header.payload_bytes == 127) length_bytes = 8;
  header.header_bytes = 2 + length_bytes + 4;
  if (rest_.size() >= 2 + length_bytes && length_bytes != 0) {
    header.payload_bytes = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) {
      header.payload_bytes = (header.payload_bytes << 8) | rest_[2 + i];
    }
    std::uint64_t least = length_bytes == 2 ? 126 : 65536;
    if (header.payload_bytes < least) return refuse(kProtocolError, "length is not minimal");
    if (header.payload_bytes >> 63) return refuse(kProtocolError, "length has its top bit set");
  } else if (length_bytes != 0 && !is_control(header.opcode)) {
    return std::nullopt;
  }
  if (auto bad = check(header)) {
    failure = bad;
    return std::nullopt;
  }
  if (rest_.size() < header.header_bytes) return std::nullopt;
  std::memcpy(header.mask, rest_.data() + 2 + length_bytes, 4);
  return header;
}

std::optional<FrameParser::Item> FrameParser::check(const Header& header) const {
  auto refuse = [](std::uint16_t code, std::string_view reason) {
    return Item{Kind::kFailed, {}, code, reason};
  };
  if (is_control(header.opcode)) {
    if (header.opcode > kOpPong) return refuse(kProtocolError, "unknown control frame");
    if (!header.final) return refuse(kProtocolError, "control frame is fragmented");
    if (header.payload_bytes > kControlBytesMax) {
      return refuse(kProtocolError, "control frame is too long");
    }
    return std::nullopt;
  }
  if (header.opcode > kOpBinary) return refuse(kProtocolError, "unknown kind of frame");
  if (header.opcode == kOpContinuation && fragmented_opcode_ == 0) {
    return refuse(kProtocolError, "continuation without a start");
  }
  if (header.opcode != kOpContinuation && fragmented_opcode_ != 0) {
    return refuse(kProtocolError, "new message inside a fragmented one");
  }
  std::size_t held = fragmented_opcode_ != 0 ? message_.size() : 0;
  if (header.payload_bytes > message_bytes_max_ - std::min(held, message_bytes_max_)) {
    return refuse(kTooBig, "message is too large");
  }
  return std::nullopt;
}

std::optional<FrameParser::Item> FrameParser::next() {
  while (!failed_) {
    if (message_given_) {
      message_given_ = false;
      message_ = Bytes();
    }
    std::optional<Item> failure;
    auto header = read_header(failure);
    if (failure) return failed(failure->code, failure->reason);
    if (!header || rest_.size() - header->header_bytes < header->payload_bytes) return std::nullopt;
    auto payload =
        rest_.subspan(header->header_bytes, static_cast<std::size_t>(header->payload_bytes));
    rest_ = rest_.subspan(header->header_bytes + payload.size());
    unmask(payload, header->mask);
    if (is_control(header->opcode)) return control(*header, payload);
    if (auto item = data(*header, payload)) return item;
  }
  return std::nullopt;
}

std::optional<FrameParser::Item> FrameParser::control(const Header& header,
                                                      std::span<std::uint8_t> payload) {
  if (header.opcode == kOpPing) return Item{Kind::kPing, payload, 0, {}};
  if (header.opcode == kOpPong) return Item{Kind::kPong, payload, 0, {}};
  if (payload.empty()) return Item{Kind::kClose, {}, kNoCode, {}};
  if (payload.size() == 1) return failed(kProtocolError, "close code is cut short");
  auto code = static_cast<std::uint16_t>((payload[0] << 8) | payload[1]);
  if (!may_be_sent_in_close(code)) return failed(kProtocolError, "close code is not allowed");
  return Item{Kind::kClose, payload, code, as_text(payload.subspan(2))};
}

std::optional<FrameParser::Item> FrameParser::data(const Header& header,
                                                   std::span<std::uint8_t> payload) {
  std::uint8_t opcode = header.opcode == kOpContinuation ? fragmented_opcode_ : header.opcode;
  Kind kind = opcode == kOpText ? Kind::kText : Kind::kBinary;
  if (header.final && header.opcode != kOpContinuation) return Item{kind, payload, 0, {}};
  append(message_, payload);
  fragmented_opcode_ = header.final ? 0 : opcode;
  if (!header.final) return std::nullopt;
  message_given_ = true;
  return Item{kind, message_, 0, {}};
}

Bytes control_frame(std::uint8_t opcode, ByteView payload) {
  FP_ASSERT(payload.size() <= kControlBytesMax);
  Bytes bytes{static_cast<std::uint8_t>(0x80 | opcode), static_cast<std::uint8_t>(payload.size())};
  append(bytes, payload);
  return bytes;
}

Bytes close_frame(std::uint16_t code, std::string_view reason) {
  std::size_t size = std::min(reason.size(), kControlBytesMax - 2);
  if (size < reason.size()) {
    while (size > 0 && (static_cast<std::uint8_t>(reason[size]) & 0xc0) == 0x80) --size;
  }
  Bytes payload{static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code)};
  append(payload, as_bytes(reason.substr(0, size)));
  return control_frame(kOpClose, payload);
}

}  // namespace footprint::net
