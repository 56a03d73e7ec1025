#include "access/oidc_token.hpp"

#include <sodium.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

namespace footprint::access {

namespace {

using nlohmann::json;

constexpr std::size_t kSubjectBytesMax = 255;
constexpr std::size_t kNameBytesMax = 512;  // of sid and jti
constexpr const char* kLogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

tl::unexpected<Error> refused(const char* code, const char* message) {
  return fail(ErrorKind::kMalformed, code, message);
}

std::optional<std::string> value_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return value.dump();
  return std::nullopt;
}

OidcClaims claims_of(const json& object) {
  OidcClaims claims;
  for (const auto& [name, value] : object.items()) {
    if (auto text = value_text(value)) claims[name] = {std::move(*text)};
    if (!value.is_array()) continue;
    std::vector<std::string>& texts = claims[name];
    for (const json& each : value)
      if (auto text = value_text(each)) texts.push_back(std::move(*text));
  }
  return claims;
}

/// A time claim (seconds since 1970) in milliseconds; nullopt if it is missing or no time.
std::optional<UnixMs> time_of(const json& claims, const char* name) {
  constexpr double kSecondsMax = 1e11;
  auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kSecondsMax) return std::nullopt;
  return static_cast<UnixMs>(seconds * 1000);
}

std::string text_of(const json& claims, const char* name, std::size_t bytes_max) {
  auto found = claims.find(name);
  if (found == claims.end() || !found->is_string()) return {};
  std::string text = found->get<std::string>();
  return text.size() <= bytes_max ? text : std::string();
}

/// Ours must be among the audiences; if there are others too, the token must have been issued to
/// us.
bool is_for(const json& claims, const std::string& client_id) {
  auto audience = claims.find("aud");
  if (audience == claims.end()) return false;
  bool several = false;
  if (audience->is_array()) {
    if (std::find(audience->begin(), audience->end(), client_id) == audience->end()) return false;
    several = audience->size() > 1;
  } else if (*audience != client_id) {
    return false;
  }
  auto issued_to = claims.find("azp");
  return issued_to == claims.end() ? !several : *issued_to == client_id;
}

/// What both kinds of token have in common.
Result<json> check_common(const OidcKeys& keys, std::string_view token,
                          const OidcExpectation& expected) {
  auto payload = keys.verify(token);
  if (!payload) return forward_error(payload.error());
  json claims = json::parse(*payload, nullptr, false);
  if (!claims.is_object()) return refused("token.malformed", "The token holds no claims.");
  if (auto issuer = claims.find("iss"); issuer == claims.end() || *issuer != expected.issuer)
    return refused("token.issuer", "The token is from somebody else.");
  if (!is_for(claims, expected.client_id))
    return refused("token.audience", "The token is for somebody else.");
  const auto expires = time_of(claims, "exp");
  const auto issued = time_of(claims, "iat");
  if (!expires || !issued) return refused("token.malformed", "The token has no times.");
  if (expected.now_ms >= *expires + kClockSkewMs)
    return refused("token.expired", "The token has expired, or the clocks differ.");
  const bool early = claims.contains("nbf") &&
                     time_of(claims, "nbf").value_or(INT64_MAX) > expected.now_ms + kClockSkewMs;
  if (early || *issued > expected.now_ms + kClockSkewMs)
    return refused("token.not_yet", "The token is from the future: the clocks differ.");
  return claims;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Result<OidcClaims> parse_claims(std::string_view text) {
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return refused("token.malformed", "These are no claims.");
  return claims_of(parsed);
}

std::string single_claim(const OidcClaims& claims, const std::string& name) {
  auto found = claims.find(name);
  return found != claims.end() && found->second.size() == 1 ? found->second.front() : std::string();
}

Result<IdToken> check_id_token(const OidcKeys& keys, std::string_view token,
                               const OidcExpectation& expected, std::string_view nonce) {
  auto claims = check_common(keys, token, expected);
  if (!claims) return forward_error(claims.error());
  IdToken checked;
  checked.subject = text_of(*claims, "sub", kSubjectBytesMax);
  if (checked.subject.empty()) return refused("token.subject", "The token names nobody.");
  const std::string given = text_of(*claims, "nonce", kNameBytesMax);
  if (nonce.empty() || !equal(given, nonce))
    return refused("token.nonce", "The token belongs to another sign-in.");
  checked.sid = text_of(*claims, "sid", kNameBytesMax);
  checked.claims = claims_of(*claims);
  // Distributed claims (OpenID Connect Core 5.6.2): with Azure the groups of who is in very many.
  if (auto names = claims->find("_claim_names"); names != claims->end() && names->is_object())
    for (const auto& [name, source] : names->items()) checked.elsewhere.insert(name);
  return checked;
}

Result<LogoutToken> check_logout_token(const OidcKeys& keys, std::string_view token,
                                       const OidcExpectation& expected) {
  auto claims = check_common(keys, token, expected);
  if (!claims) return forward_error(claims.error());
  auto events = claims->find("events");
  if (events == claims->end() || !events->is_object() || !events->contains(kLogoutEvent) ||
      !events->at(kLogoutEvent).is_object())
    return refused("token.events", "The token is no logout token.");
  // An ID token must never pass for one.
  if (claims->contains("nonce")) return refused("token.nonce", "A logout token has no nonce.");
  LogoutToken checked;
  checked.id = text_of(*claims, "jti", kNameBytesMax);
  if (checked.id.empty()) return refused("token.replay_id", "The token has no name of its own.");
  checked.subject = text_of(*claims, "sub", kSubjectBytesMax);
  checked.sid = text_of(*claims, "sid", kNameBytesMax);
  if (checked.subject.empty() && checked.sid.empty())
    return refused("token.subject", "The token names neither a person nor a session.");
  checked.expires_ms = *time_of(*claims, "exp") + kClockSkewMs;
  return checked;
}

bool UsedOnce::use(const std::string& name, UnixMs expires_ms, UnixMs now_ms) {
  std::lock_guard lock(mutex_);
  auto forget_first = [this] {
    expires_.erase(by_time_.begin()->second);
    by_time_.erase(by_time_.begin());
  };
  while (!by_time_.empty() && by_time_.begin()->first <= now_ms) forget_first();
  if (!expires_.emplace(name, expires_ms).second) return false;
  if (by_time_.size() >= names_max_) forget_first();
  by_time_.emplace(expires_ms, name);
  return true;
}

}  // namespace footprint::access
