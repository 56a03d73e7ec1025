// WebSocket server frames (RFC 6455), built once and shared by every socket that gets them.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "sync/y_protocol.hpp"

namespace footprint::room {

/// One or more whole frames, ready for the socket; immutable, so any number of sockets may share
/// it.
using Frame = std::shared_ptr<const Bytes>;

/// Appends a whole, unmasked, final binary frame with `message`.
void append_frame(Bytes& to, const sync::Outgoing& message);
Frame make_frame(const sync::Outgoing& message);

inline Frame to_frame(Bytes frames) {
  return std::make_shared<const Bytes>(std::move(frames));
}

}  // namespace footprint::room
