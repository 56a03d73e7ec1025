// Who is signed in: random tokens, kept as hashes, that stand for a person until they expire.
//
// A session names a person only; what the person may do is the plan's to say, at every message.
// Look-ups are answered from memory and never block; with a database sessions outlive a restart of
// the server. Thread-safe. What begins or ends a session writes to the database: call it on a pool
// for blocking work.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/secrets.hpp"
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

/// Where a session comes from, for the list that its person sees.
struct SessionOrigin {
  std::string address;           // without the port
  std::string browser;           // the User-Agent header; cut where it is long
  std::string provider;          // key of the single sign-on that began it; empty: none
  std::string provider_session;  // its `sid`, or empty
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
  std::string id;            // names it in lists; no secret
  bool by_provider = false;  // single sign-on began it
};

struct SessionEntry {
  std::string id;
  PersonId person;
  UnixMs began_ms = 0;
  UnixMs last_used_ms = 0;  // to the minute or so
  UnixMs expires_ms = 0;
  SessionOrigin origin;
};

class Sessions {
 public:
  explicit Sessions(SessionOptions options = {});
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  /// Keeps sessions in `database` too, and takes up those it holds. Once, before any other call;
  /// `database` outlives this. `on_warning` hears of what could not be written: such a session
  /// lives in memory alone.
  Status keep_in(Database& database, std::function<void(const Error&)> on_warning);

  /// Always a new token, whoever was signed in before.
  NewSession create(const PersonId& person, const SessionOrigin& origin = {});
  /// Ends the session if there is one; gives the Set-Cookie value that clears the cookie.
  std::string end(std::string_view token);
  /// Whether the person had a session of that id, which has ended now.
  bool end_one(const PersonId& person, std::string_view id);
  /// Ends all sessions of the person but the one of id `but`; how many.
  std::size_t end_all(const PersonId& person, std::string_view but = {});
  /// Back-channel logout: ends the sessions that a provider began, those of `provider_session` or,
  /// where that is empty, all of the person; how many.
  std::size_t end_of_provider(std::string_view provider, std::string_view provider_session,
                              const PersonId& person);

  std::optional<LiveSession> find(std::string_view token) const;
  /// The live sessions of a person, newest first.
  std::vector<SessionEntry> of(const PersonId& person) const;
  /// The person of a live session.
  std::optional<PersonId> identify(std::string_view token) const;

  /// Writes down when sessions were used last, and forgets those that have expired. Now and then.
  void tidy();

  /// The session token in a Cookie header or in an Authorization header; empty if there is none.
  std::string_view token_of_cookies(std::string_view cookies) const;
  static std::string_view token_of_authorization(std::string_view authorization);
  std::string_view cookie_name() const { return cookie_name_; }
  /// The Set-Cookie value that clears the cookie.
  std::string no_cookie() const { return cookie("", 0); }
  std::size_t count() const;

 private:
  struct Session {
    SessionEntry entry;
    std::shared_ptr<std::atomic<UnixMs>> ends_ms;
    std::shared_ptr<std::atomic<UnixMs>> last_used_ms;
    UnixMs written_used_ms = 0;
  };
  using Map = std::unordered_map<Digest, Session, DigestHash>;

  static Session new_session(SessionEntry entry);
  std::string cookie(std::string_view value, std::int64_t max_age_s) const;
  void make_room(UnixMs now_ms);
  template <typename Which>
  std::size_t end_where(Which which);
  void write(const char* sql, std::vector<std::vector<SqlValue>> rows) const;

  SessionOptions options_;
  std::string_view cookie_name_;
  DigestKey key_;
  Database* database_ = nullptr;
  std::function<void(const Error&)> on_warning_;
  mutable std::mutex mutex_;  // guards sessions_; never held while the database works
  Map sessions_;
};

}  // namespace footprint::access
