#include "access/oidc_provider.hpp"

#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace footprint::access {

namespace {

using nlohmann::json;

constexpr std::int64_t kFreshMs = 3'600'000;  // what is published is asked for anew after this
constexpr std::int64_t kUsableMs = 24 * 3'600'000;  // and used for so long where that fails
constexpr std::int64_t kFailureMs = 3'000;          // a provider that is down is left alone so long
constexpr double kAllowanceMax = 5;
constexpr double kAllowancePerMs = 1.0 / 30'000;

tl::unexpected<Error> unusable(const std::string& what) {
  return fail(ErrorKind::kUnavailable, "provider.unavailable", "The provider's " + what + ".");
}

std::string text_of(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool lists(const json& object, const char* name, const char* value) {
  auto found = object.find(name);
  return found != object.end() && found->is_array() &&
         std::find(found->begin(), found->end(), value) != found->end();
}

std::string base64url(const unsigned char* bytes, std::size_t size, int variant) {
  std::string text(sodium_base64_encoded_len(size, variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes, size, variant);
  text.pop_back();
  return text;
}

std::string challenge_of(const std::string& verifier) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(verifier.data()),
                     verifier.size());
  return base64url(digest, sizeof digest, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string basic(const std::string& name, const std::string& secret) {
  const std::string pair = percent_encoded(name) + ":" + percent_encoded(secret);
  return "Authorization: Basic " + base64url(reinterpret_cast<const unsigned char*>(pair.data()),
                                             pair.size(), sodium_base64_VARIANT_ORIGINAL);
}

}  // namespace

bool OidcProvider::Allowance::take(UnixMs now_ms) {
  left = std::min(kAllowanceMax, left + static_cast<double>(now_ms - at_ms) * kAllowancePerMs);
  at_ms = now_ms;
  if (left < 1) return false;
  left -= 1;
  return true;
}

OidcProvider::OidcProvider(OidcSettings settings, std::string client_secret,
                           std::string redirect_uri, std::shared_ptr<const Clock> clock,
                           OidcFetch fetch)
    : settings_(std::move(settings)),
      client_secret_(std::move(client_secret)),
      redirect_uri_(std::move(redirect_uri)),
      clock_(std::move(clock)),
      fetch_(std::move(fetch)) {}

OidcExpectation OidcProvider::expected() const {
  return {settings_.issuer, settings_.client_id, clock_->now_ms()};
}

/// A provider on the network cannot send us to services of this machine.
bool OidcProvider::is_endpoint(const std::string& url) const {
  return is_provider_url(url) && (!is_loopback_url(url) || is_loopback_url(settings_.issuer));
}

Result<std::string> OidcProvider::get(const std::string& url,
                                      const std::string& authorization) const {
  OidcRequest request{url, {}, {"Accept: application/json"}};
  if (!authorization.empty()) request.headers.push_back(authorization);
  auto answer = fetch_(request);
  if (!answer) return forward_error(answer.error());
  if (answer->status != 200) return unusable("answer had status " + std::to_string(answer->status));
  return std::move(answer->body);
}

Result<OidcProvider::Metadata> OidcProvider::discover() const {
  std::string base = settings_.issuer;
  while (base.ends_with('/')) base.pop_back();
  auto text = get(base + "/.well-known/openid-configuration");
  if (!text) return forward_error(text.error());
  const json parsed = json::parse(*text, nullptr, false);
  if (!parsed.is_object()) return unusable("configuration is not JSON");
  if (text_of(parsed, "issuer") != settings_.issuer)
    return unusable("configuration is another issuer's than the settings name");
  Metadata found;
  found.authorization_endpoint = text_of(parsed, "authorization_endpoint");
  found.token_endpoint = text_of(parsed, "token_endpoint");
  found.userinfo_endpoint = text_of(parsed, "userinfo_endpoint");
  found.jwks_uri = text_of(parsed, "jwks_uri");
  for (const std::string* url :
       {&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri})
    if (!is_endpoint(*url)) return unusable("configuration lacks an address that can be used");
  if (!is_endpoint(found.userinfo_endpoint)) found.userinfo_endpoint.clear();
  // client_secret_basic is meant where nothing is said (Discovery 3).
  constexpr const char* kMethods = "token_endpoint_auth_methods_supported";
  found.secret_in_body = parsed.contains(kMethods) &&
                         !lists(parsed, kMethods, "client_secret_basic") &&
                         lists(parsed, kMethods, "client_secret_post");
  auto named = parsed.find("authorization_response_iss_parameter_supported");
  found.names_itself = named != parsed.end() && *named == true;
  return found;
}

Result<OidcProvider::Metadata> OidcProvider::metadata() {
  std::lock_guard lock(mutex_);
  const UnixMs now_ms = clock_->now_ms();
  if (metadata_ && now_ms - metadata_at_ms_ < kFreshMs) return *metadata_;
  const bool usable = metadata_ && now_ms - metadata_at_ms_ < kUsableMs;
  if (failure_ && now_ms - failed_at_ms_ < kFailureMs)
    return usable ? Result<Metadata>(*metadata_) : forward_error(*failure_);
  auto found = discover();
  failure_.reset();
  if (found) {
    metadata_ = *found;
    metadata_at_ms_ = now_ms;
    return found;
  }
  failure_ = found.error();
  failed_at_ms_ = clock_->now_ms();
  return usable ? Result<Metadata>(*metadata_) : found;
}

/// `anew`: the keys at hand did not do; they are fetched again as far as that allows.
Result<OidcKeys> OidcProvider::keys(Allowance* anew) {
  auto published = metadata();
  if (!published) return forward_error(published.error());
  std::lock_guard lock(mutex_);
  const UnixMs now_ms = clock_->now_ms();
  const bool fresh = keys_ && now_ms - keys_at_ms_ < kFreshMs;
  if (fresh && (anew == nullptr || !anew->take(now_ms))) return *keys_;
  auto text = get(published->jwks_uri);
  auto parsed = text ? OidcKeys::parse(*text) : Result<OidcKeys>(forward_error(text.error()));
  if (!parsed) {
    if (keys_ && now_ms - keys_at_ms_ < kUsableMs) return *keys_;
    return text ? unusable("keys cannot be read") : parsed;
  }
  keys_ = *parsed;
  keys_at_ms_ = now_ms;
  return parsed;
}

template <typename Check>
auto OidcProvider::with_keys(Allowance& allowance, Check check) -> decltype(check(OidcKeys())) {
  auto known = keys(nullptr);
  if (!known) return forward_error(known.error());
  auto checked = check(*known);
  if (checked || checked.error().code != "token.unknown_key") return checked;
  auto fetched = keys(&allowance);
  if (!fetched) return forward_error(fetched.error());
  return check(*fetched);
}

Result<std::string> OidcProvider::authorize_url(const OidcSecrets& secrets) {
  auto published = metadata();
  if (!published) return forward_error(published.error());
  std::string url = published->authorization_endpoint;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += "response_type=code&client_id=" + percent_encoded(settings_.client_id) +
         "&redirect_uri=" + percent_encoded(redirect_uri_) +
         "&scope=" + percent_encoded(settings_.scopes) +
         "&state=" + percent_encoded(secrets.state) + "&nonce=" + percent_encoded(secrets.nonce) +
         "&code_challenge=" + challenge_of(secrets.verifier) + "&code_challenge_method=S256";
  return url;
}

Result<bool> OidcProvider::names_itself() {
  auto published = metadata();
  if (!published) return forward_error(published.error());
  return published->names_itself;
}

OidcRequest OidcProvider::token_request(const Metadata& published, const std::string& code,
                                        const std::string& verifier) const {
  OidcRequest request{published.token_endpoint, {}, {"Accept: application/json"}};
  request.form = "grant_type=authorization_code&code=" + percent_encoded(code) +
                 "&redirect_uri=" + percent_encoded(redirect_uri_) +
                 "&code_verifier=" + percent_encoded(verifier);
  if (published.secret_in_body) {
    request.form += "&client_id=" + percent_encoded(settings_.client_id) +
                    "&client_secret=" + percent_encoded(client_secret_);
  } else {
    request.headers.push_back(basic(settings_.client_id, client_secret_));
  }
  return request;
}

bool OidcProvider::lacks_claims(const OidcClaims& claims) const {
  if (!claims.contains("email") || !claims.contains("name")) return true;
  return std::any_of(settings_.memberships.begin(), settings_.memberships.end(),
                     [&](const auto& rule) {
                       return rule.claim != "email_domain" && !claims.contains(rule.claim);
                     });
}

Result<OidcClaims> OidcProvider::userinfo(const Metadata& published,
                                          const std::string& access_token,
                                          const std::string& subject) const {
  // The token becomes a header: it must not end its line.
  const bool clean =
      !access_token.empty() && std::all_of(access_token.begin(), access_token.end(),
                                           [](char c) { return c > ' ' && c < 127; });
  if (published.userinfo_endpoint.empty() || !clean) return OidcClaims{};
  auto text = get(published.userinfo_endpoint, "Authorization: Bearer " + access_token);
  if (!text) return forward_error(text.error());
  auto claims = parse_claims(*text);
  if (!claims) return unusable("answer about the person cannot be read");
  if (single_claim(*claims, "sub") != subject)
    return fail(ErrorKind::kMalformed, "token.subject",
                "The provider answered about somebody else.");
  return claims;
}

Result<OidcSignedIn> OidcProvider::redeem(const std::string& code, const OidcSecrets& secrets) {
  auto published = metadata();
  if (!published) return forward_error(published.error());
  auto answer = fetch_(token_request(*published, code, secrets.verifier));
  if (!answer) return forward_error(answer.error());
  const json parsed = json::parse(answer->body, nullptr, false);
  if (answer->status >= 400 && answer->status < 500) {
    const std::string why = parsed.is_object() ? text_of(parsed, "error").substr(0, 60) : "";
    return fail(ErrorKind::kForbidden, "provider.refused",
                "The provider refused the code with status " + std::to_string(answer->status) +
                    " " + why + ".");
  }
  if (answer->status != 200 || !parsed.is_object()) return unusable("answer to the code is none");
  const std::string id_token = text_of(parsed, "id_token");
  auto token = with_keys(sign_in_allowance_, [&](const OidcKeys& known) {
    return check_id_token(known, id_token, expected(), secrets.nonce);
  });
  if (!token) return forward_error(token.error());
  OidcSignedIn signed_in{token->subject, token->sid, std::move(token->claims),
                         std::move(token->elsewhere)};
  if (!lacks_claims(signed_in.claims)) return signed_in;
  auto more = userinfo(*published, text_of(parsed, "access_token"), signed_in.subject);
  if (!more) return forward_error(more.error());
  // What the signed token says stands, and an address is verified by who gives it.
  if (signed_in.claims.contains("email")) more->erase("email_verified");
  signed_in.claims.merge(*more);
  return signed_in;
}

Result<LogoutToken> OidcProvider::check_logout(const std::string& token) {
  auto checked = with_keys(logout_allowance_, [&](const OidcKeys& known) {
    return check_logout_token(known, token, expected());
  });
  if (!checked) return checked;
  if (!logouts_.use(checked->id, checked->expires_ms, clock_->now_ms()))
    return fail(ErrorKind::kConflict, "token.replayed", "This token was used before.");
  return checked;
}

}  // namespace footprint::access
