// RFC 6455 frames from a client, out of whatever pieces the socket gives. Pure: no sockets, no
// clock.
//
//   parser.feed(bytes just received);
//   while (auto item = parser.next()) ...;   // payloads are valid until the next call of any
//   method parser.park();                           // before the receive buffer is used again
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"

namespace footprint::net {

/// Not thread-safe. After kFailed nothing more comes.
class FrameParser {
 public:
  enum class Kind {
    kBinary,  // a whole message, fragments joined, unmasked
    kText,    // the same; the payload is not checked to be UTF-8
    kPing,
    kPong,
    kClose,   // code and reason as sent; 1005 when none was
    kFailed,  // the peer broke the protocol: `code` to close with (1002, 1009), `reason` why
  };
  struct Item {
    Kind kind = Kind::kFailed;
    ByteView payload;
    std::uint16_t code = 0;
    std::string_view reason;
  };

  explicit FrameParser(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  /// `chunk` is unmasked in place and must stay until park().
  void feed(std::span<std::uint8_t> chunk);
  std::optional<Item> next();
  /// Copies what has not been consumed, so that the chunk may go.
  void park();
  /// Takes what has been fed but not consumed, to go on with another parser. Only between messages.
  Bytes take_rest();

  void set_message_bytes_max(std::size_t bytes) { message_bytes_max_ = bytes; }
  /// Bytes held between calls, for metrics and limits.
  std::size_t held_bytes() const { return parked_.size() + message_.size(); }

 private:
  struct Header {
    bool final = false;
    std::uint8_t opcode = 0;
    std::uint64_t payload_bytes = 0;
    std::size_t header_bytes = 0;
    std::uint8_t mask[4] = {};
  };

  std::optional<Item> failed(std::uint16_t code, std::string_view reason);
  /// Reads a header at the front of `rest_`; nullopt when more bytes are needed or it is refused
  /// (`failure`).
  std::optional<Header> read_header(std::optional<Item>& failure) const;
  std::optional<Item> check(const Header& header) const;
  std::optional<Item> control(const Header& header, std::span<std::uint8_t> payload);
  std::optional<Item> data(const Header& header, std::span<std::uint8_t> payload);

  std::size_t message_bytes_max_;
  std::span<std::uint8_t> rest_;  // of the chunk, or of parked_
  Bytes parked_;
  Bytes message_;  // fragments so far
  std::uint8_t fragmented_opcode_ = 0;
  bool message_given_ = false;  // message_ was handed out and is to be cleared
  bool failed_ = false;
};

/// The bytes of an unmasked control frame (ping, pong, close) from a server.
Bytes control_frame(std::uint8_t opcode, ByteView payload);
inline constexpr std::uint8_t kOpClose = 0x8;
inline constexpr std::uint8_t kOpPing = 0x9;
inline constexpr std::uint8_t kOpPong = 0xa;
/// A close frame; `reason` is cut at 123 bytes, not inside a UTF-8 sequence.
Bytes close_frame(std::uint16_t code, std::string_view reason);

}  // namespace footprint::net
