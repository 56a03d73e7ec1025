// Single sign-on by OpenID Connect: the authorisation code flow with PKCE, from the button to
// somebody who is known.
//
// What one attempt needs to remember travels in the browser, sealed, in a cookie of ten minutes:
// nothing is kept here for who only begins, and an answer that another browser brings belongs to no
// attempt.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/oidc_provider.hpp"
#include "access/oidc_visitor.hpp"

namespace footprint::access {

struct OidcOptions {
  std::vector<OidcSettings> providers;
  std::string public_url;   // "https://plans.example.org"; where providers send browsers back to
  bool behind_tls = false;  // the cookie is called __Host-footprint_sso and marked Secure
  std::shared_ptr<const Clock> clock;
  OidcFetch fetch;  // none: over the network
  /// What went wrong, for the operator: never with a secret or a token in it. From any thread.
  std::function<void(const std::string& provider, const Error&)> on_problem;
};

/// Thread-safe. begin(), finish() and check_logout() may wait for a provider: call them on a pool
/// for blocking work.
class SingleSignOn {
 public:
  /// Reads the files with the client secrets. Errors: "settings.sso" (kInvalid).
  static Result<std::unique_ptr<SingleSignOn>> open(OidcOptions options);

  struct Offer {
    std::string key, title;
  };
  std::vector<Offer> offers() const;

  struct Begun {
    std::string location;    // where the browser goes
    std::string set_cookie;  // value of the Set-Cookie header
  };
  /// `next`: the path to end at; "/" where that is none of ours. Errors: "sso.unknown_provider",
  /// "sso.unavailable".
  Result<Begun> begin(const std::string& provider, std::string_view next);

  /// What the provider sent the browser back with.
  struct Callback {
    std::string code, state, error, issuer;  // of the query
    std::string_view cookies;                // the Cookie header
  };
  struct Finished {
    std::string provider;
    OidcVisitor visitor;
    std::string next;
  };
  /// Errors, for the sign-in page: "sso.unknown_provider", "sso.expired" (too late, used before, or
  /// begun in another browser), "sso.cancelled", "sso.unavailable", "sso.failed".
  Result<Finished> finish(const std::string& provider, const Callback& callback);
  /// The Set-Cookie value that clears the attempt's cookie.
  std::string no_cookie() const;

  /// Errors: "sso.unknown_provider" (kNotFound), "provider.unavailable", "token.*" (kMalformed,
  /// kConflict).
  Result<LogoutToken> check_logout(const std::string& provider, const std::string& token);

  /// Whoever waits for a provider stops waiting.
  void stop() { *stopping_ = true; }

  void report(const std::string& provider, const Error& error) const;
  const OidcSettings* settings(const std::string& provider) const;

  /// Held by a request while it waits for a provider. None: too many wait already.
  std::shared_ptr<void> take_place();

 private:
  struct Attempt {
    std::string provider, next;
    OidcSecrets secrets;
    UnixMs expires_ms = 0;
  };
  using Key = std::array<std::uint8_t, 32>;

  explicit SingleSignOn(OidcOptions options);
  OidcProvider* find(const std::string& key);
  std::string seal(const Attempt& attempt) const;
  std::optional<Attempt> unseal(std::string_view cookies) const;
  std::string cookie(std::string_view value, int max_age_s) const;
  /// The error for the page, after the operator has been told the real one.
  tl::unexpected<Error> problem(const std::string& provider, const Error& error) const;

  const std::shared_ptr<std::atomic<bool>> stopping_ = std::make_shared<std::atomic<bool>>(false);
  OidcOptions options_;
  std::vector<std::unique_ptr<OidcProvider>> providers_;
  Key key_{};
  UsedOnce used_{100'000};
  std::shared_ptr<std::atomic<int>> waiting_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace footprint::access
