// A WebSocket after its handshake: frames in, frames out, liveness, the close handshake, and the
// move to the thread that owns the plan. Beast is not here: a connection is one small object,
// without a read buffer or a coroutine of its own (docs/architecture.md, "Sockets").
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "room/connection.hpp"

namespace footprint::net {

class EventLoop;

/// Where a socket's messages go: a door on a loop.
struct DoorTarget {
  EventLoop* loop = nullptr;
  std::function<std::unique_ptr<room::Door>(room::Connection&)> make_door;
};

/// A connected socket whose handshake is done.
struct NewSocket {
  int fd = -1;           // owned from here on
  std::uint64_t id = 0;  // unique in this process
  std::string peer;
  std::shared_ptr<void> slot;  // held as long as the connection counts
  Bytes received;              // bytes that came behind the handshake
  std::string door;            // for the log: "collab" or "yjs"

  // Exactly one of these three says what it is for:
  std::optional<DoorTarget> target;
  std::function<Result<DoorTarget>(ByteView first_message)> address;  // from its first message
  std::optional<Error> refusal;  // say so with `refusal_code`, then close
  room::CloseCode refusal_code = room::CloseCode::kNotFound;
};

/// Takes the socket over. From any thread; it lives on `target`'s loop, or on `loop` as long as it
/// has none.
void open_socket(EventLoop& loop, NewSocket socket);

}  // namespace footprint::net
