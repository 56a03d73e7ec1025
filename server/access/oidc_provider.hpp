// One provider of single sign-on: what it publishes, cached, and the exchange of a code for who
// signed in.
//
// Thread-safe. Every function may wait for the provider (ten seconds a request): call them on a
// pool for blocking work. Requests for what is cached are made by one thread at a time; the others
// wait for it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "access/oidc_http.hpp"
#include "access/oidc_settings.hpp"
#include "access/oidc_token.hpp"
#include "base/clock.hpp"

namespace footprint::access {

/// The secrets of one attempt to sign in.
struct OidcSecrets {
  std::string state;
  std::string nonce;
  std::string verifier;  // of PKCE
};

struct OidcSignedIn {
  std::string subject;
  std::string sid;
  OidcClaims
      claims;  // of the ID token and, where it lacks what is needed, of the userinfo endpoint
  std::set<std::string>
      elsewhere;  // claims that the provider has but did not send ("_claim_names")
};

class OidcProvider {
 public:
  OidcProvider(OidcSettings settings, std::string client_secret, std::string redirect_uri,
               std::shared_ptr<const Clock> clock, OidcFetch fetch);

  const OidcSettings& settings() const { return settings_; }

  // Errors of all: "provider.unavailable" (kUnavailable): not reached, or what it publishes is not
  // usable.

  /// Where the browser goes to sign in.
  Result<std::string> authorize_url(const OidcSecrets& secrets);
  /// Also "provider.refused" (kForbidden: it does not take the code) and those of check_id_token.
  Result<OidcSignedIn> redeem(const std::string& code, const OidcSecrets& secrets);
  /// Also those of check_logout_token, and "token.replayed" (kConflict).
  Result<LogoutToken> check_logout(const std::string& token);
  /// Whether answers must say who they are from (RFC 9207).
  Result<bool> names_itself();

 private:
  struct Metadata {
    std::string authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri;
    bool secret_in_body = false;
    bool names_itself = false;
  };
  /// Allows a few at once, then one every half minute.
  struct Allowance {
    double left = 5;
    UnixMs at_ms = 0;
    bool take(UnixMs now_ms);
  };

  Result<Metadata> metadata();
  Result<Metadata> discover() const;
  Result<OidcKeys> keys(Allowance* anew);
  Result<std::string> get(const std::string& url, const std::string& authorization = {}) const;
  Result<OidcClaims> userinfo(const Metadata& metadata, const std::string& access_token,
                              const std::string& subject) const;
  bool lacks_claims(const OidcClaims& claims) const;
  bool is_endpoint(const std::string& url) const;
  OidcRequest token_request(const Metadata& metadata, const std::string& code,
                            const std::string& verifier) const;
  OidcExpectation expected() const;
  template <typename Check>
  auto with_keys(Allowance& allowance, Check check) -> decltype(check(OidcKeys()));

  const OidcSettings settings_;
  const std::string client_secret_;
  const std::string redirect_uri_;
  const std::shared_ptr<const Clock> clock_;
  const OidcFetch fetch_;

  std::mutex mutex_;  // guards what follows; held while it is fetched
  std::optional<Metadata> metadata_;
  UnixMs metadata_at_ms_ = 0;
  std::optional<OidcKeys> keys_;
  UnixMs keys_at_ms_ = 0;
  std::optional<Error> failure_;  // of the last request, for a moment
  UnixMs failed_at_ms_ = 0;
  // Apart, because anybody may send a logout token that names an unknown key.
  Allowance sign_in_allowance_;
  Allowance logout_allowance_;

  UsedOnce logouts_{10'000};
};

}  // namespace footprint::access
