// The server's messages in both dialects. They differ only by what stands in front: nothing in
// y-websocket, the document's address in Hocuspocus ("prefix"). docs/protocol.md has the table.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "room/frame.hpp"

namespace footprint::room {

/// First number of a message, after the address where there is one.
enum class MessageType : std::uint8_t {
  kSync = 0,
  kAwareness = 1,
  kAuth = 2,
  kQueryAwareness = 3,
  kSyncReply = 4,
  kStateless = 5,
  kBroadcastStateless = 6,
  kClose = 7,
  kSyncStatus = 8,
  kPing = 9,
  kPong = 10,
};

enum class SyncType : std::uint8_t { kStep1 = 0, kStep2 = 1, kUpdate = 2 };

/// The prefix of a Hocuspocus address.
Bytes address_prefix(std::string_view address);

/// All append one whole WebSocket frame.
void append_sync(Bytes& to, ByteView prefix, SyncType type, ByteView body);
void append_awareness(Bytes& to, ByteView prefix, ByteView awareness_update);
/// The keep-alive filler: an awareness update of nobody.
void append_filler(Bytes& to, ByteView prefix);

// Hocuspocus only.
void append_sync_status(Bytes& to, ByteView prefix, bool applied);
void append_stateless(Bytes& to, ByteView prefix, std::string_view payload);
void append_token_request(Bytes& to, ByteView prefix);
void append_denied(Bytes& to, ByteView prefix, std::string_view reason);
void append_authenticated(Bytes& to, ByteView prefix, bool read_write);
void append_close(Bytes& to, ByteView prefix, std::string_view reason);
void append_ping(Bytes& to);
void append_pong(Bytes& to);

inline Frame to_frame(Bytes bytes) {
  return std::make_shared<const Bytes>(std::move(bytes));
}

}  // namespace footprint::room
