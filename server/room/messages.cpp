#include "room/messages.hpp"

#include <array>
#include <initializer_list>

#include "sync/lib0.hpp"

namespace footprint::room {

namespace {

std::size_t var_uint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

void append_var_uint(Bytes& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<std::uint8_t>(value | 0x80));
  to.push_back(static_cast<std::uint8_t>(value));
}

void append_plain(Bytes& to, ByteView prefix, std::initializer_list<std::uint8_t> head) {
  append_frame_header(to, prefix.size() + head.size());
  append(to, prefix);
  to.insert(to.end(), head.begin(), head.end());
}

void append_with_body(Bytes& to, ByteView prefix, std::initializer_list<std::uint8_t> head,
                      ByteView body) {
  append_frame_header(to, prefix.size() + head.size() + var_uint_size(body.size()) + body.size());
  append(to, prefix);
  to.insert(to.end(), head.begin(), head.end());
  append_var_uint(to, body.size());
  append(to, body);
}

constexpr std::uint8_t number(MessageType type) {
  return static_cast<std::uint8_t>(type);
}

// Sub-types of Auth as the Hocuspocus dialect numbers them.
constexpr std::uint8_t kAuthToken = 0, kAuthDenied = 1, kAuthAuthenticated = 2;

}  // namespace

Bytes address_prefix(std::string_view address) {
  Bytes prefix;
  append_var_uint(prefix, address.size());
  append(prefix, as_bytes(address));
  return prefix;
}

void append_sync(Bytes& to, ByteView prefix, SyncType type, ByteView body) {
  append_with_body(to, prefix, {number(MessageType::kSync), static_cast<std::uint8_t>(type)}, body);
}

void append_awareness(Bytes& to, ByteView prefix, ByteView awareness_update) {
  append_with_body(to, prefix, {number(MessageType::kAwareness)}, awareness_update);
}

void append_filler(Bytes& to, ByteView prefix) {
  constexpr std::array<std::uint8_t, 1> kNobody{0};
  append_awareness(to, prefix, kNobody);
}

void append_sync_status(Bytes& to, ByteView prefix, bool applied) {
  append_plain(to, prefix,
               {number(MessageType::kSyncStatus), static_cast<std::uint8_t>(applied ? 1 : 0)});
}

void append_stateless(Bytes& to, ByteView prefix, std::string_view payload) {
  append_with_body(to, prefix, {number(MessageType::kStateless)}, as_bytes(payload));
}

void append_token_request(Bytes& to, ByteView prefix) {
  append_plain(to, prefix, {number(MessageType::kAuth), kAuthToken});
}

void append_denied(Bytes& to, ByteView prefix, std::string_view reason) {
  append_with_body(to, prefix, {number(MessageType::kAuth), kAuthDenied}, as_bytes(reason));
}

void append_authenticated(Bytes& to, ByteView prefix, bool read_write) {
  append_with_body(to, prefix, {number(MessageType::kAuth), kAuthAuthenticated},
                   as_bytes(read_write ? "read-write" : "readonly"));
}

void append_close(Bytes& to, ByteView prefix, std::string_view reason) {
  append_with_body(to, prefix, {number(MessageType::kClose)}, as_bytes(reason));
}

void append_ping(Bytes& to) {
  append_plain(to, {}, {number(MessageType::kPing)});
}
void append_pong(Bytes& to) {
  append_plain(to, {}, {number(MessageType::kPong)});
}

}  // namespace footprint::room
