// The awareness protocol of y-protocols (protocol.md 3.5): who is here, by client id, each with a
// JSON state and a clock that only rises. Holds no policy: who may show which id is for the caller
// to decide.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "sync/id.hpp"

namespace footprint::sync {

struct AwarenessEntry {
  ClientId client = 0;
  std::uint64_t clock = 0;
  std::string_view state;  // JSON text; "null" means gone
  bool gone() const { return state == "null"; }
};

/// Of one update; no honest one comes near.
inline constexpr std::size_t kAwarenessEntriesMax = 10'000;

/// Views point into `update`. Error: "awareness.malformed" (also for a state that is not JSON, and
/// for too many).
Result<std::vector<AwarenessEntry>> decode_awareness(ByteView update);
Bytes encode_awareness(std::span<const AwarenessEntry> entries);

/// Client ids by what happened to them.
struct AwarenessChange {
  std::vector<ClientId> added;
  std::vector<ClientId> updated;
  std::vector<ClientId> removed;
};

/// One replica's table. Not thread-safe.
class AwarenessTable {
 public:
  static constexpr std::int64_t kExpiryMs = 30'000;

  /// Takes an update in, wholly or (on an error) not at all. An entry counts if its clock is above
  /// the known one (an unknown client's is 0), or equal and it takes away a state that is here.
  Result<AwarenessChange> apply(ByteView update, UnixMs now_ms);
  /// Sets a state under a clock of our own, one above the last; "null" removes.
  void set(ClientId client, std::string state, UnixMs now_ms);
  /// Removes what nobody has renewed for kExpiryMs, with a clock one higher; gives the ids.
  std::vector<ClientId> expire(UnixMs now_ms);

  /// JSON text, or nullptr when the client is not here.
  const std::string* state(ClientId client) const;
  std::uint64_t clock(ClientId client) const;
  std::vector<ClientId> here() const;
  /// An update of these clients, removed ones as null; unknown ones are left out.
  Bytes encode(std::span<const ClientId> clients) const;

 private:
  struct Record {
    std::uint64_t clock = 0;
    std::string state = "null";
    UnixMs renewed_ms = 0;
    bool here() const { return state != "null"; }
  };
  std::map<ClientId, Record> records_;
};

}  // namespace footprint::sync
