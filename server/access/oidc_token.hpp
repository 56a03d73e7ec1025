// What a provider's tokens must say to be believed: ID tokens (OpenID Connect Core 3.1.3.7) and
// logout tokens (Back-Channel Logout 2.6). Pure: the keys, the time and what is expected are handed
// in.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "access/oidc_keys.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace footprint::access {

/// How far a provider's clock may be from ours, either way.
constexpr std::int64_t kClockSkewMs = 60'000;

/// Claims by name: texts, numbers and truth values as text, arrays of them as several values.
/// Objects are left out.
using OidcClaims = std::map<std::string, std::vector<std::string>>;

/// The claims of a JSON object. Errors (kMalformed): "token.malformed".
Result<OidcClaims> parse_claims(std::string_view json);
/// The only value of a claim; empty if there is none or more than one.
std::string single_claim(const OidcClaims& claims, const std::string& name);

struct OidcExpectation {
  std::string issuer;
  std::string client_id;
  UnixMs now_ms = 0;
};

struct IdToken {
  std::string subject;
  std::string sid;  // the provider's session; empty if it has none
  OidcClaims claims;
  std::set<std::string> elsewhere;  // claims that the person has but the token was too small for
};

/// Errors (kMalformed): those of OidcKeys::verify, and "token.issuer", "token.audience",
/// "token.expired", "token.not_yet", "token.subject", "token.nonce".
Result<IdToken> check_id_token(const OidcKeys& keys, std::string_view token,
                               const OidcExpectation& expected, std::string_view nonce);

struct LogoutToken {
  std::string subject;  // may be empty if `sid` is not
  std::string sid;
  std::string id;  // jti
  UnixMs expires_ms = 0;
};

/// As above, and "token.events", "token.nonce" (it must have none), "token.replay_id" (jti is
/// missing).
Result<LogoutToken> check_logout_token(const OidcKeys& keys, std::string_view token,
                                       const OidcExpectation& expected);

/// Which one-time names have been used already, until they expire. Bounded; thread-safe.
class UsedOnce {
 public:
  explicit UsedOnce(std::size_t names_max) : names_max_(names_max) {}
  /// False if the name was used before and would still be accepted. Beyond the bound those that
  /// expire first are forgotten first.
  bool use(const std::string& name, UnixMs expires_ms, UnixMs now_ms);

 private:
  const std::size_t names_max_;
  std::mutex mutex_;  // guards both
  std::map<std::string, UnixMs> expires_;
  std::multimap<UnixMs, std::string> by_time_;
};

}  // namespace footprint::access
