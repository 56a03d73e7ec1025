// What goes out to one socket, with the bound that protects the server from a reader who does not
// read.
#pragma once

#include "base/clock.hpp"
#include "room/connection.hpp"

namespace footprint::room {

/// Belongs to a door; the members of its documents share it. Own thread only.
class Outbox {
 public:
  Outbox(Connection& connection, const Clock& clock) : connection_(connection), clock_(clock) {}

  /// Queues frames. A reader with more than limits::kSendQueueBytesMax waiting is closed with
  /// kTryLater instead.
  void send(Frame frames);
  /// Whether the reader keeps up, so that a document's state may be sent. If not,
  /// Door::on_drained() follows: who asks for many documents gets them at the pace at which it
  /// reads.
  bool ready_for_state();
  /// The same for a document's whole state, which may be larger than the bound: it raises the bound
  /// until drained.
  void send_state(Frame frames);
  /// Presence is dropped first: false when the reader lags, who then needs the whole of it later.
  bool send_presence(Frame frames);

  void close(CloseCode code, std::string_view reason);
  bool closed() const { return closed_; }
  /// When the last message went out; for keep-alive fillers.
  UnixMs last_sent_ms() const { return last_sent_ms_; }
  Connection& connection() { return connection_; }

 private:
  bool too_slow();

  Connection& connection_;
  const Clock& clock_;
  std::size_t state_bytes_ = 0;
  UnixMs last_sent_ms_ = 0;
  bool closed_ = false;
};

}  // namespace footprint::room
