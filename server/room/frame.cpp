#include "room/frame.hpp"

namespace footprint::room {

namespace {
constexpr std::uint8_t kFinalBinary = 0x82;
constexpr std::size_t kHeaderBytesMax = 10;

void append_frame_header(Bytes& to, std::size_t payload_size) {
  to.push_back(kFinalBinary);
  if (payload_size < 126) {
    to.push_back(static_cast<std::uint8_t>(payload_size));
    return;
  }
  int length_bytes = payload_size <= 0xffff ? 2 : 8;
  to.push_back(length_bytes == 2 ? 126 : 127);
  for (int shift = (length_bytes - 1) * 8; shift >= 0; shift -= 8) {
    to.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(payload_size) >> shift));
  }
}

}  // namespace

void append_frame(Bytes& to, const sync::Outgoing& message) {
  append_frame_header(to, message.size());
  message.append_to(to);
}

Frame make_frame(const sync::Outgoing& message) {
  Bytes bytes;
  bytes.reserve(message.size() + kHeaderBytesMax);
  append_frame(bytes, message);
  return to_frame(std::move(bytes));
}

}  // namespace footprint::room
