// WebSocket server frames (RFC 6455), built once and shared by every socket that gets them.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.hpp"

namespace footprint::room {

/// One or more whole frames, ready for the socket; immutable, so any number of sockets may share
/// it.
using Frame = std::shared_ptr<const Bytes>;

/// Appends the header of an unmasked, final binary frame of `payload_size` bytes.
void append_frame_header(Bytes& to, std::size_t payload_size);
/// Appends a whole binary frame.
void append_frame(Bytes& to, ByteView payload);
Frame make_frame(ByteView payload);

}  // namespace footprint::room
