// Tokens with which a person's scripts act in their name: scoped, expiring, shown once.
//
// Look-ups are answered from memory and never block. Thread-safe; what makes or ends a token writes
// to the database: call it on a pool for blocking work.
#pragma once

#include <atomic>
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

struct TokenEntry {
  std::string id;
  PersonId person;
  std::string name;
  bool read_only = true;
  PlanId plan;  // empty: every plan of the person
  UnixMs created_ms = 0;
  UnixMs last_used_ms = 0;  // to the minute or so; 0: never
  UnixMs expires_ms = 0;
};

struct LiveToken {
  PersonId person;
  std::shared_ptr<const std::atomic<UnixMs>> ends_ms;
  std::string id;
  bool read_only = true;
  PlanId plan;
};

class ApiTokens {
 public:
  /// `database` outlives this.
  static Result<std::unique_ptr<ApiTokens>> open(Database& database,
                                                 std::shared_ptr<const Clock> clock);

  /// Whether it has the form of one; sessions have another.
  static bool is_one(std::string_view token);

  struct Made {
    std::string token;  // a secret
    TokenEntry entry;
  };
  /// `wanted` says person, name, scope, plan and when it expires. Errors: "token.too_many"
  /// (kConflict).
  Result<Made> create(TokenEntry wanted);
  std::optional<LiveToken> find(std::string_view token) const;
  /// Of one person, newest first.
  std::vector<TokenEntry> of(const PersonId& person) const;
  /// Ends the person's token of that id, or all with an empty one; how many.
  Result<std::size_t> end(const PersonId& person, std::string_view id = {});
  /// Writes down when tokens were used last, and forgets those that have expired.
  Status tidy();

 private:
  struct Token {
    TokenEntry entry;
    std::shared_ptr<std::atomic<UnixMs>> ends_ms;
    std::shared_ptr<std::atomic<UnixMs>> last_used_ms;
  };
  ApiTokens(Database& database, const DigestKey& key, std::shared_ptr<const Clock> clock)
      : database_(database), key_(key), clock_(std::move(clock)) {}
  static Token new_token(TokenEntry entry);
  template <typename Which>
  Result<std::size_t> end_where(Which which);

  Database& database_;
  DigestKey key_;
  std::shared_ptr<const Clock> clock_;
  mutable std::mutex mutex_;  // guards tokens_; never held while the database works
  std::unordered_map<Digest, Token, DigestHash> tokens_;
};

}  // namespace footprint::access
