// The seam between the sockets (server/net) and the rooms: what a door may do with its socket, and
// what the socket tells its door. Everything here happens on the one thread that owns the plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "room/frame.hpp"

namespace footprint::room {

/// Close codes that the doors use (docs/protocol.md, "Close codes").
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kUnsupportedData = 1003,  // a text message
  kPolicy = 1008,
  kTooLarge = 1009,
  kTryLater = 1013,  // a slow reader, a room that failed, a server that stops: come back later
  kBadMessage = 4400,
  kSignIn = 4401,
  kNoRight = 4403,
  kNotFound = 4404,
  kTimeout = 4408,  // did not authenticate in time
  kEpochChanged = 4409,
  kUpdateRefused = 4422,  // y-websocket only: it has no message that could say so
  kClientTooOld = 4426,
};

/// One open WebSocket, as a door sees it. Owned by server/net; outlives its door.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Queues one or more whole server frames, to be written in order at the end of this loop turn.
  /// Copies nothing, never blocks, never calls the door. Ignored after close().
  virtual void send(Frame frames) = 0;
  /// Writes what is queued, then a close frame, then ends the socket. Door::on_close follows in a
  /// later turn, never from inside this call. Further calls are ignored. `reason` is cut at 123
  /// bytes.
  virtual void close(CloseCode code, std::string_view reason) = 0;
  /// Bytes handed to send() that the kernel has not taken yet.
  virtual std::size_t queued_bytes() const = 0;
  /// Asks for one Door::on_drained(), in a later turn, when the kernel has taken all of it.
  virtual void tell_when_drained() = 0;
  /// Whether to read from the socket: off while the log lags behind what this peer sends.
  virtual void set_reading(bool on) = 0;
  /// Unique in this process.
  virtual std::uint64_t id() const = 0;
  /// Remote address for the log, "127.0.0.1:4711"; lives as long as the connection.
  virtual std::string_view peer() const = 0;
};

/// What server/net calls, on the owning thread, never re-entrantly.
class Door {
 public:
  virtual ~Door() = default;

  /// One whole binary message (fragments joined, unmasked); `payload` is valid during the call
  /// only.
  virtual void on_message(ByteView payload) = 0;
  virtual void on_text() = 0;
  /// The socket is gone, whoever ended it. The last call before the door is destroyed.
  virtual void on_close() = 0;
  /// As asked for with Connection::tell_when_drained().
  virtual void on_drained() {}
  /// About once a second.
  virtual void on_tick(UnixMs now_ms) = 0;
};

}  // namespace footprint::room
