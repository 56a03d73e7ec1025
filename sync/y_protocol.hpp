// The messages of y-protocols inside WebSocket frames, as two dialects wrap them
// (docs/protocol.md): y-websocket starts with the message type, Hocuspocus with the document's
// address. Pure functions; views point into the frame.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace footprint::sync {

enum class SyncType : std::uint8_t { kStep1 = 0, kStep2 = 1, kUpdate = 2 };

/// A sync message without the outer message type. `body`: a state vector (step 1) or a v1 update.
struct SyncMessage {
  SyncType type = SyncType::kStep1;
  ByteView body;
};
Bytes encode_sync(const SyncMessage& message);
/// Errors: "frame.truncated", "frame.malformed".
Result<SyncMessage> decode_sync(ByteView bytes);

enum class MessageKind : std::uint8_t {
  kSync,
  kAwareness,       // body: an awareness update
  kQueryAwareness,  // asks for all states
  kAuthDenied,      // text: reason (y-protocols numbers it 0, Hocuspocus 1)
  kToken,  // Hocuspocus: text: token, version: of the provider, empty before v4; from the server: a
           // request
  kAuthenticated,  // Hocuspocus: text: scope, "read-write" or "readonly"
  kSyncReply,      // Hocuspocus, between servers: like kSync
  kStateless,      // Hocuspocus: text: payload
  kBroadcastStateless,
  kClose,       // Hocuspocus: text: reason, empty from a client
  kSyncStatus,  // Hocuspocus: applied
  kPing,
  kPong,
  kUnknown,  // number: the type nobody defined; the rest cannot be read
};

struct Message {
  MessageKind kind = MessageKind::kUnknown;
  std::string_view address;  // Hocuspocus; as it stood, with a session id after NUL if there is one
  SyncMessage sync;
  ByteView body;
  std::string_view text;
  std::string_view version;
  bool applied = false;
  std::uint64_t number = 0;
  ByteView rest;  // of the frame, after this message
};

/// Errors: "frame.truncated", "frame.malformed".
Result<Message> parse_y_websocket(ByteView frame);
Result<Message> parse_hocuspocus(ByteView frame);

/// An address taken apart: the document's name, and the session id of Hocuspocus' session awareness
/// if any.
struct Address {
  std::string_view document;
  std::string_view session;
};
/// Error: "frame.malformed" for an empty or blank name.
Result<Address> split_address(std::string_view address);

/// A message that is not bytes yet. Its size is known, so it can be written straight behind the
/// header of a frame. `prefix` stands in front: nothing in y-websocket, address_prefix() in
/// Hocuspocus. Prefix and body are views, which must live until append_to().
class Outgoing {
 public:
  Outgoing(ByteView prefix, std::initializer_list<std::uint8_t> head,
           std::optional<ByteView> body = std::nullopt);
  std::size_t size() const;
  void append_to(Bytes& to) const;

 private:
  ByteView prefix_;
  std::array<std::uint8_t, 2> head_{};
  std::uint8_t head_size_ = 0;
  std::optional<ByteView> body_;
};

Bytes address_prefix(std::string_view address);

Outgoing step1_message(ByteView prefix, ByteView state_vector);
Outgoing step2_message(ByteView prefix, ByteView update);
Outgoing update_message(ByteView prefix, ByteView update);
Outgoing awareness_message(ByteView prefix, ByteView awareness_update);
/// An awareness update of nobody: keeps clients alive that close when no message comes.
Outgoing filler_message(ByteView prefix);

// Hocuspocus only.
Outgoing sync_status_message(ByteView prefix, bool applied);
Outgoing stateless_message(ByteView prefix, std::string_view payload);
Outgoing token_request_message(ByteView prefix);
Outgoing denied_message(ByteView prefix, std::string_view reason);
Outgoing authenticated_message(ByteView prefix, bool read_write);
Outgoing close_message(ByteView prefix, std::string_view reason);
Outgoing ping_message();
Outgoing pong_message();

}  // namespace footprint::sync
