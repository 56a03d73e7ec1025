// Who is signed in: random tokens, kept as hashes, that stand for a person until they expire.
//
// A session names a person only; what the person may do is the plan's to say, at every message.
// With a file they outlive a restart of the server. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/session_file.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"

namespace footprint::access {

struct SessionOptions {
  std::shared_ptr<const Clock> clock;         // none: the system's
  std::int64_t lifetime_ms = 12 * 3'600'000;  // from signing in; use does not extend it
  std::size_t sessions_max = 100'000;         // beyond it the one that expires first ends
  /// Behind TLS the cookie is called __Host-footprint_session and marked Secure.
  bool behind_tls = false;
};

struct NewSession {
  std::string token;       // 64 hexadecimal digits; a secret
  std::string set_cookie;  // value of the Set-Cookie header
};

/// A session that was live when it was asked for. Whoever goes on acting for it looks at its end
/// now and then: signing out brings the end forward.
struct LiveSession {
  PersonId person;
  std::shared_ptr<const std::atomic<UnixMs>> ends_ms;
};

class Sessions {
 public:
  explicit Sessions(SessionOptions options = {});
  ~Sessions();
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  /// Keeps sessions in `file` too, and takes up those it holds. Once, before any other call.
  /// `on_warning` hears of a file that cannot be read or written; sessions then live in memory
  /// alone.
  void keep_in(const std::string& file, std::function<void(const Error&)> on_warning);

  NewSession create(const PersonId& person);
  /// Ends the session if there is one; gives the Set-Cookie value that clears the cookie.
  std::string end(std::string_view token);
  std::optional<LiveSession> find(std::string_view token) const;
  /// The person of a live session.
  std::optional<PersonId> identify(std::string_view token) const;
  /// The person of the first that is a live session: an Authorization header ("Bearer ..."), a
  /// Cookie header, the `token` of a query. Empty ones are passed over.
  std::optional<PersonId> identify(std::string_view authorization, std::string_view cookies,
                                   std::string_view query_token) const;

  /// The session token in a Cookie header or in an Authorization header; empty if there is none.
  std::string_view token_of_cookies(std::string_view cookies) const;
  static std::string_view token_of_authorization(std::string_view authorization);
  std::string_view cookie_name() const { return cookie_name_; }
  std::size_t count() const;

 private:
  // A keyed hash of the token: neither memory nor the file nor the time that a look-up takes tells
  // a token.
  using Digest = SessionDigest;
  struct DigestHash {
    std::size_t operator()(const Digest& digest) const noexcept;
  };
  struct Session {
    PersonId person;
    std::shared_ptr<std::atomic<UnixMs>> ends_ms;
  };
  static Session new_session(const StoredSession& stored);

  Digest digest_of(std::string_view token) const;
  std::string cookie(std::string_view value, std::int64_t max_age_s) const;
  void make_room(UnixMs now_ms);
  void warn(const Status& status) const;

  SessionOptions options_;
  std::string_view cookie_name_;
  Digest key_{};
  mutable std::mutex mutex_;  // guards file_ and sessions_
  SessionFile file_;
  std::function<void(const Error&)> on_warning_;
  std::unordered_map<Digest, Session, DigestHash> sessions_;
};

}  // namespace footprint::access
