// Every bound of the product in one place. A new queue, cache or buffer names its bound here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace footprint::limits {

// One update from a client, as it arrives.
inline constexpr std::size_t kUpdateBytesMax = 4u << 20;
// One WebSocket message; an update and its envelope fit.
inline constexpr std::size_t kMessageBytesMax = kUpdateBytesMax + 4096;
static_assert(kMessageBytesMax > kUpdateBytesMax);
// Encoded state of one section; beyond it writes are refused with the limit and the size.
inline constexpr std::size_t kSectionBytesMax = 32u << 20;
// Updates that wait for others, per section document.
inline constexpr std::size_t kPendingBytesMax = 8u << 20;

// Bytes waiting for one reader before it is closed with 1013.
inline constexpr std::size_t kSendQueueBytesMax = 4u << 20;
// Awareness state of one client (JSON).
inline constexpr std::size_t kAwarenessStateBytesMax = 4096;
inline constexpr std::size_t kAwarenessClientsMax =
    8;  // client ids one connection may show at once

// Before a connection has proved who it is.
inline constexpr std::size_t kUnauthenticatedBytesMax = 1u << 20;
inline constexpr std::size_t kUnauthenticatedFramesMax = 200;
inline constexpr std::size_t kUnauthenticatedDocumentsMax = 64;
inline constexpr std::uint32_t kAuthenticationDeadlineMs = 30'000;

inline constexpr std::size_t kHttpBodyBytesMax = 1u << 20;
inline constexpr std::size_t kHttpHeaderBytesMax = 16u << 10;
inline constexpr std::uint32_t kHttpIdleTimeoutMs = 30'000;
inline constexpr std::uint32_t kHttpRequestTimeoutMs =
    15'000;  // from its first byte to its last, however slowly it drips
inline constexpr std::uint32_t kHttpWriteTimeoutMs = 30'000;  // one answer
inline constexpr std::size_t kConnectionsMax = 60'000;        // sockets open at once, in all
inline constexpr std::size_t kEventStreamBytesMax =
    1u << 20;  // server-sent events waiting for one reader
inline constexpr std::size_t kWebFilesBytesMax = 64u << 20;  // the built web app, held in memory
inline constexpr std::size_t kLogLinesWaitingMax =
    8192;  // lines of the process's own log; the oldest go

// Accounts.
inline constexpr std::size_t kThrottleKeysMax = 100'000;  // counted failures; beyond it old ones go
inline constexpr std::size_t kAccountCallsMax = 256;      // waiting for a thread; beyond it: later
inline constexpr std::size_t kTokensPerPersonMax = 20;
inline constexpr std::size_t kInvitationsPerPlanMax = 1'000;  // pending
inline constexpr std::size_t kMailWaitingMax = 10'000;        // in the queue

// WebSockets.
inline constexpr std::uint32_t kPingIntervalMs = 30'000;  // no answer until the next one: gone
inline constexpr std::uint32_t kCloseTimeoutMs =
    3'000;  // for the peer's half of the close handshake
inline constexpr std::uint32_t kSendStallTimeoutMs = 30'000;    // bytes wait and none is taken
inline constexpr std::size_t kReceiveBufferBytes = 256u << 10;  // one a thread

// A plan-log payload; larger appends are refused before they are written.
inline constexpr std::size_t kLogPayloadBytesMax = 8u << 20;
static_assert(kLogPayloadBytesMax > kUpdateBytesMax);
inline constexpr std::size_t kLogReadEventsMax = 10'000;  // one read() call
inline constexpr std::size_t kLogReadBytesMax =
    64u << 20;  // payloads of one read() call; one more may pass it
// Appends that wait for the disk; beyond it they are refused as overloaded.
inline constexpr std::size_t kLogQueueBytesMax = 256u << 20;
inline constexpr std::size_t kLogRoundBytesMax =
    16u << 20;  // payloads of one synced write; a bigger append goes alone
// Events of one plan and synced write share a stored run, up to these.
inline constexpr std::size_t kLogRunEventsMax = 512;
inline constexpr std::size_t kLogRunBytesMax = 1u << 20;
inline constexpr std::size_t kSnapshotBytesMax = 2 * kSectionBytesMax;  // before compression

}  // namespace footprint::limits
