#include "access/oidc.hpp"

#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/assert.hpp"

namespace footprint::access {

namespace {

using nlohmann::json;

constexpr int kAttemptSeconds = 600;
constexpr std::size_t kCookieBytesMax = 4096;
constexpr int kWaitingMax = 64;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSecretFileBytesMax = 4096;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string base64url(const std::vector<unsigned char>& bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();
  return text;
}

std::string new_secret() {
  std::vector<unsigned char> bytes(kSecretBytes);
  randombytes_buf(bytes.data(), bytes.size());
  return base64url(bytes);
}

Result<std::string> read_secret(const OidcSettings& settings) {
  std::ifstream file(settings.client_secret_file, std::ios::binary);
  std::string secret(kSecretFileBytesMax, '\0');
  file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  secret.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty())
    return fail(ErrorKind::kInvalid, "settings.sso",
                "The client secret of the single sign-on \"" + settings.key +
                    "\" cannot be read from " + settings.client_secret_file + ".");
  return secret;
}

Error unknown_provider() {
  return {ErrorKind::kNotFound, "sso.unknown_provider",
          "This server knows no such way to sign in."};
}

Error expired() {
  return {ErrorKind::kConflict, "sso.expired",
          "Signing in took too long, or was begun in another browser."};
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    std::string_view pair = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(pair.size() + 1, cookies.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
      return pair.substr(name.size() + 1);
  }
  return {};
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view cookie_name(bool behind_tls) {
  return behind_tls ? "__Host-footprint_sso" : "footprint_sso";
}

}  // namespace

SingleSignOn::SingleSignOn(OidcOptions options) : options_(std::move(options)) {
  FP_ASSERT(sodium_init() >= 0);
  randombytes_buf(key_.data(), key_.size());
}

Result<std::unique_ptr<SingleSignOn>> SingleSignOn::open(OidcOptions options) {
  if (!options.clock) options.clock = std::make_shared<SystemClock>();
  std::unique_ptr<SingleSignOn> made(new SingleSignOn(std::move(options)));
  if (!made->options_.fetch)
    made->options_.fetch = [stopping = made->stopping_](const OidcRequest& request) {
      return fetch_by_curl(request, stopping.get());
    };
  const OidcOptions& kept = made->options_;
  for (const OidcSettings& each : kept.providers) {
    auto secret = read_secret(each);
    if (!secret) return forward_error(secret.error());
    made->providers_.push_back(std::make_unique<OidcProvider>(
        each, std::move(*secret), kept.public_url + "/api/v1/sso/" + each.key + "/callback",
        kept.clock, kept.fetch));
  }
  return made;
}

std::vector<SingleSignOn::Offer> SingleSignOn::offers() const {
  std::vector<Offer> offers;
  for (const auto& each : providers_)
    offers.push_back({each->settings().key, each->settings().title});
  return offers;
}

OidcProvider* SingleSignOn::find(const std::string& key) {
  auto found = std::find_if(providers_.begin(), providers_.end(),
                            [&](const auto& each) { return each->settings().key == key; });
  return found == providers_.end() ? nullptr : found->get();
}

const OidcSettings* SingleSignOn::settings(const std::string& provider) const {
  for (const auto& each : providers_)
    if (each->settings().key == provider) return &each->settings();
  return nullptr;
}

std::shared_ptr<void> SingleSignOn::take_place() {
  auto waiting = waiting_;
  if (++*waiting > kWaitingMax) {
    --*waiting;
    return nullptr;
  }
  return {waiting.get(), [waiting](void*) { --*waiting; }};
}

void SingleSignOn::report(const std::string& provider, const Error& error) const {
  if (options_.on_problem) options_.on_problem(provider, error);
}

tl::unexpected<Error> SingleSignOn::problem(const std::string& provider, const Error& error) const {
  report(provider, error);
  if (error.kind == ErrorKind::kUnavailable)
    return fail(ErrorKind::kUnavailable, "sso.unavailable", "The provider cannot be reached.");
  return fail(ErrorKind::kForbidden, "sso.failed", "The provider's answer cannot be trusted.");
}

std::string SingleSignOn::cookie(std::string_view value, int max_age_s) const {
  std::string text(cookie_name(options_.behind_tls));
  // Lax: it comes along when the provider sends the browser back, and on no request inside another
  // site's page.
  text += "=" + std::string(value) +
          "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(max_age_s);
  if (options_.behind_tls) text += "; Secure";
  return text;
}

std::string SingleSignOn::no_cookie() const {
  return cookie("", 0);
}

std::string SingleSignOn::seal(const Attempt& attempt) const {
  const std::string plain =
      json::array({attempt.provider, attempt.next, attempt.secrets.state, attempt.secrets.nonce,
                   attempt.secrets.verifier, attempt.expires_ms})
          .dump();
  std::vector<unsigned char> sealed(kNonceBytes + plain.size() + kTagBytes);
  randombytes_buf(sealed.data(), kNonceBytes);
  unsigned long long written = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed.data() + kNonceBytes, &written, reinterpret_cast<const unsigned char*>(plain.data()),
      plain.size(), nullptr, 0, nullptr, sealed.data(), key_.data());
  return base64url(sealed);
}

std::optional<SingleSignOn::Attempt> SingleSignOn::unseal(std::string_view cookies) const {
  const std::string_view text = cookie_value(cookies, cookie_name(options_.behind_tls));
  std::vector<unsigned char> sealed(kCookieBytesMax);
  std::size_t size = 0;
  if (text.size() > kCookieBytesMax ||
      sodium_base642bin(sealed.data(), sealed.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, kVariant) != 0 ||
      size < kNonceBytes + kTagBytes)
    return std::nullopt;
  std::string plain(size - kNonceBytes - kTagBytes, '\0');
  unsigned long long written = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plain.data()),
                                                 &written, nullptr, sealed.data() + kNonceBytes,
                                                 size - kNonceBytes, nullptr, 0, sealed.data(),
                                                 key_.data()) != 0)
    return std::nullopt;
  // Only seal() can have written it.
  const json parts = json::parse(plain);
  return Attempt{parts[0], parts[1], {parts[2], parts[3], parts[4]}, parts[5]};
}

Result<SingleSignOn::Begun> SingleSignOn::begin(const std::string& provider,
                                                std::string_view next) {
  OidcProvider* found = find(provider);
  if (found == nullptr) return forward_error(unknown_provider());
  Attempt attempt{provider,
                  is_own_path(next) ? std::string(next) : "/",
                  {new_secret(), new_secret(), new_secret()},
                  options_.clock->now_ms() + kAttemptSeconds * 1000};
  auto location = found->authorize_url(attempt.secrets);
  if (!location) return problem(provider, location.error());
  return Begun{std::move(*location), cookie(seal(attempt), kAttemptSeconds)};
}

Result<SingleSignOn::Finished> SingleSignOn::finish(const std::string& provider,
                                                    const Callback& callback) {
  OidcProvider* found = find(provider);
  if (found == nullptr) return forward_error(unknown_provider());
  const std::optional<Attempt> attempt = unseal(callback.cookies);
  const UnixMs now_ms = options_.clock->now_ms();
  if (!attempt || attempt->provider != provider || attempt->expires_ms <= now_ms ||
      !equal(attempt->secrets.state, callback.state) ||
      !used_.use(attempt->secrets.state, attempt->expires_ms, now_ms))
    return forward_error(expired());
  auto named = found->names_itself();
  if (!named) return problem(provider, named.error());
  const bool other = !callback.issuer.empty() && callback.issuer != found->settings().issuer;
  if (other || (*named && callback.issuer.empty()))
    return problem(provider, {ErrorKind::kForbidden, "provider.other_issuer",
                              "The answer is from another provider than was asked."});
  if (callback.error == "access_denied")
    return fail(ErrorKind::kForbidden, "sso.cancelled", "The sign-in was cancelled.");
  if (callback.error == "temporarily_unavailable" || callback.error == "server_error")
    return problem(provider, {ErrorKind::kUnavailable, "provider.unavailable",
                              "The provider says that it cannot sign people in now."});
  if (!callback.error.empty() || callback.code.empty())
    return problem(provider, {ErrorKind::kForbidden, "provider.refused",
                              "The provider refused to sign the person in."});
  auto signed_in = found->redeem(callback.code, attempt->secrets);
  if (!signed_in) return problem(provider, signed_in.error());
  return Finished{provider, visitor_of(found->settings(), *signed_in), attempt->next};
}

Result<LogoutToken> SingleSignOn::check_logout(const std::string& provider,
                                               const std::string& token) {
  OidcProvider* found = find(provider);
  if (found == nullptr) return forward_error(unknown_provider());
  auto checked = found->check_logout(token);
  if (!checked) report(provider, checked.error());
  return checked;
}

}  // namespace footprint::access
