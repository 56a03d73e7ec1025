#include "sync/y_protocol.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "sync/lib0.hpp"

namespace footprint::sync {
namespace {

// The first number of a message, after the address where there is one.
constexpr std::uint8_t kSync = 0, kAwareness = 1, kAuth = 2, kQueryAwareness = 3, kSyncReply = 4,
                       kStateless = 5, kBroadcastStateless = 6, kClose = 7, kSyncStatus = 8,
                       kPing = 9, kPong = 10;
// Of Auth, as Hocuspocus numbers them.
constexpr std::uint8_t kToken = 0, kDenied = 1, kAuthenticated = 2;

tl::unexpected<Error> refused(const Reader& reader) {
  bool truncated = reader.failure() == ReadFailure::kTruncated;
  return fail(ErrorKind::kMalformed, truncated ? "frame.truncated" : "frame.malformed",
              "The message cannot be understood.");
}

SyncMessage read_sync(Reader& reader) {
  std::uint64_t type = reader.var_uint();
  if (type > static_cast<std::uint64_t>(SyncType::kUpdate)) reader.fail(ReadFailure::kMalformed);
  return {static_cast<SyncType>(type), reader.var_bytes()};
}

Result<Message> finished(Reader& reader, Message message) {
  if (!reader.ok()) return refused(reader);
  message.rest = reader.take(reader.remaining());
  return message;
}

void read_hocuspocus_auth(Reader& reader, Message& message) {
  switch (reader.var_uint()) {
    case kToken:
      message.kind = MessageKind::kToken;
      if (!reader.at_end()) message.text = reader.var_string();
      if (!reader.at_end()) message.version = reader.var_string();
      return;
    case kDenied:
      message.kind = MessageKind::kAuthDenied;
      message.text = reader.var_string();
      return;
    case kAuthenticated:
      message.kind = MessageKind::kAuthenticated;
      message.text = reader.var_string();
      return;
    default:
      reader.fail(ReadFailure::kMalformed);
  }
}

std::size_t var_uint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

void append_var_uint(Bytes& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<std::uint8_t>(value | 0x80));
  to.push_back(static_cast<std::uint8_t>(value));
}

void read_text(Reader& reader, Message& message, MessageKind kind) {
  message.kind = kind;
  message.text = reader.var_string();
}

/// What follows the address and the type.
void read_hocuspocus_body(Reader& reader, Message& message) {
  switch (message.number) {
    case kSync:
    case kSyncReply:
      message.kind = message.number == kSync ? MessageKind::kSync : MessageKind::kSyncReply;
      message.sync = read_sync(reader);
      return;
    case kAwareness:
      message.kind = MessageKind::kAwareness;
      message.body = reader.var_bytes();
      return;
    case kAuth:
      return read_hocuspocus_auth(reader, message);
    case kQueryAwareness:
      message.kind = MessageKind::kQueryAwareness;
      return;
    case kStateless:
      return read_text(reader, message, MessageKind::kStateless);
    case kBroadcastStateless:
      return read_text(reader, message, MessageKind::kBroadcastStateless);
    case kClose:
      message.kind = MessageKind::kClose;
      if (!reader.at_end()) message.text = reader.var_string();
      return;
    case kSyncStatus:
      message.kind = MessageKind::kSyncStatus;
      message.applied = reader.var_uint() == 1;
      return;
    default:
      message.kind = MessageKind::kUnknown;
  }
}

}  // namespace

Bytes encode_sync(const SyncMessage& message) {
  Writer writer;
  writer.reserve(message.body.size() + 10);
  writer.var_uint(static_cast<std::uint64_t>(message.type));
  writer.var_bytes(message.body);
  return writer.take();
}

Result<SyncMessage> decode_sync(ByteView bytes) {
  Reader reader(bytes);
  SyncMessage message = read_sync(reader);
  if (reader.ok() && !reader.at_end()) reader.fail(ReadFailure::kMalformed);
  if (!reader.ok()) return refused(reader);
  return message;
}

Result<Message> parse_y_websocket(ByteView frame) {
  Reader reader(frame);
  Message message;
  message.number = reader.var_uint();
  if (!reader.ok()) return refused(reader);
  switch (message.number) {
    case kSync:
      message.kind = MessageKind::kSync;
      message.sync = read_sync(reader);
      break;
    case kAwareness:
      message.kind = MessageKind::kAwareness;
      message.body = reader.var_bytes();
      break;
    case kAuth:
      if (reader.var_uint() != 0) reader.fail(ReadFailure::kMalformed);
      read_text(reader, message, MessageKind::kAuthDenied);
      break;
    case kQueryAwareness:
      message.kind = MessageKind::kQueryAwareness;
      break;
    default:
      message.kind = MessageKind::kUnknown;
  }
  return finished(reader, message);
}

Result<Message> parse_hocuspocus(ByteView frame) {
  Message message;
  // Ping and pong have no address; no document's name is that short a frame.
  if (frame.size() == 1 && (frame[0] == kPing || frame[0] == kPong)) {
    message.number = frame[0];
    message.kind = frame[0] == kPing ? MessageKind::kPing : MessageKind::kPong;
    return message;
  }
  Reader reader(frame);
  message.address = reader.var_string();
  message.number = reader.var_uint();
  if (!reader.ok()) return refused(reader);
  read_hocuspocus_body(reader, message);
  return finished(reader, message);
}

Result<Address> split_address(std::string_view address) {
  std::size_t end = std::min(address.find('\0'), address.size());
  Address parts{address.substr(0, end), address.substr(std::min(end + 1, address.size()))};
  bool blank = parts.document.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (blank)
    return fail(ErrorKind::kMalformed, "frame.malformed", "The message names no document.");
  return parts;
}

Outgoing::Outgoing(ByteView prefix, std::initializer_list<std::uint8_t> head,
                   std::optional<ByteView> body)
    : prefix_(prefix), head_size_(static_cast<std::uint8_t>(head.size())), body_(body) {
  FP_ASSERT(head.size() <= head_.size());
  std::copy(head.begin(), head.end(), head_.begin());
}

std::size_t Outgoing::size() const {
  std::size_t size = prefix_.size() + head_size_;
  return body_ ? size + var_uint_size(body_->size()) + body_->size() : size;
}

void Outgoing::append_to(Bytes& to) const {
  append(to, prefix_);
  to.insert(to.end(), head_.begin(), head_.begin() + head_size_);
  if (!body_) return;
  append_var_uint(to, body_->size());
  append(to, *body_);
}

Bytes address_prefix(std::string_view address) {
  Bytes prefix;
  append_var_uint(prefix, address.size());
  append(prefix, as_bytes(address));
  return prefix;
}

Outgoing step1_message(ByteView prefix, ByteView state_vector) {
  return {prefix, {kSync, static_cast<std::uint8_t>(SyncType::kStep1)}, state_vector};
}
Outgoing step2_message(ByteView prefix, ByteView update) {
  return {prefix, {kSync, static_cast<std::uint8_t>(SyncType::kStep2)}, update};
}
Outgoing update_message(ByteView prefix, ByteView update) {
  return {prefix, {kSync, static_cast<std::uint8_t>(SyncType::kUpdate)}, update};
}

Outgoing awareness_message(ByteView prefix, ByteView awareness_update) {
  return {prefix, {kAwareness}, awareness_update};
}

Outgoing filler_message(ByteView prefix) {
  static constexpr std::array<std::uint8_t, 1> kNobody{0};
  return awareness_message(prefix, kNobody);
}

Outgoing sync_status_message(ByteView prefix, bool applied) {
  return {prefix, {kSyncStatus, static_cast<std::uint8_t>(applied ? 1 : 0)}};
}

Outgoing stateless_message(ByteView prefix, std::string_view payload) {
  return {prefix, {kStateless}, as_bytes(payload)};
}

Outgoing token_request_message(ByteView prefix) {
  return {prefix, {kAuth, kToken}};
}

Outgoing denied_message(ByteView prefix, std::string_view reason) {
  return {prefix, {kAuth, kDenied}, as_bytes(reason)};
}

Outgoing authenticated_message(ByteView prefix, bool read_write) {
  return {prefix,
          {kAuth, kAuthenticated},
          as_bytes(std::string_view(read_write ? "read-write" : "readonly"))};
}

Outgoing close_message(ByteView prefix, std::string_view reason) {
  return {prefix, {kClose}, as_bytes(reason)};
}

Outgoing ping_message() {
  return {{}, {kPing}};
}
Outgoing pong_message() {
  return {{}, {kPong}};
}

}  // namespace footprint::sync
