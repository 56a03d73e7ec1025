#include "room/outbox.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace footprint::room {

bool Outbox::too_slow() {
  std::size_t queued = connection_.queued_bytes();
  if (queued <= limits::kSendQueueBytesMax) {
    state_bytes_ = 0;
    return false;
  }
  if (queued <= limits::kSendQueueBytesMax + state_bytes_) return false;
  close(CloseCode::kTryLater, "reads too slowly");
  return true;
}

void Outbox::send(Frame frames) {
  if (closed_ || too_slow()) return;
  last_sent_ms_ = clock_.now_ms();
  connection_.send(std::move(frames));
}

bool Outbox::ready_for_state() {
  if (closed_ || connection_.queued_bytes() <= limits::kSendQueueBytesMax / 4) return true;
  connection_.tell_when_drained();
  return false;
}

void Outbox::send_state(Frame frames) {
  if (closed_ || too_slow()) return;
  state_bytes_ = std::max(state_bytes_, frames->size());
  last_sent_ms_ = clock_.now_ms();
  connection_.send(std::move(frames));
}

bool Outbox::send_presence(Frame frames) {
  if (closed_) return true;
  if (connection_.queued_bytes() > limits::kSendQueueBytesMax / 4) return false;
  send(std::move(frames));
  return true;
}

void Outbox::close(CloseCode code, std::string_view reason) {
  if (closed_) return;
  closed_ = true;
  connection_.close(code, reason);
}

}  // namespace footprint::room
