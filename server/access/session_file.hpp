// Sessions on disk, so that a restart of the server signs nobody out.
//
// An append-only text file, readable by the server's own user alone: the key of the digests, then a
// line for every session that began or ended. It holds no tokens, only keyed digests of them. Not
// thread-safe.
//
//   footprint-sessions 1 KEY
//   + DIGEST EXPIRES_MS PERSON
//   - DIGEST
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace footprint::access {

using SessionDigest = std::array<std::uint8_t, 32>;

struct StoredSession {
  SessionDigest digest{};
  UnixMs expires_ms = 0;
  PersonId person;
};

class SessionFile {
 public:
  struct Content {
    SessionDigest key{};
    std::vector<StoredSession> sessions;  // those that have not ended and expire after `now_ms`
  };
  /// Reads the file, or makes a new one with `fresh_key` where there is none, and drops what has
  /// expired from it. Errors: "sessions.unreadable" (kCorrupt, kIo): nothing of the file was
  /// changed.
  Result<Content> open(const std::string& path, const SessionDigest& fresh_key, UnixMs now_ms);

  /// Not synced: losing the last lines to a power cut makes somebody sign in again.
  Status began(const StoredSession& session);
  Status ended(const SessionDigest& digest);

 private:
  Status append_line(const std::string& line);
  std::string path_;
};

}  // namespace footprint::access
