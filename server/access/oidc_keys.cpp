#include "access/oidc_keys.hpp"

#include <cjose/cjose.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace footprint::access {

namespace {

using nlohmann::json;

constexpr std::size_t kTokenBytesMax = 64u << 10;
constexpr std::size_t kKeysMax = 64;
constexpr std::size_t kRsaBitsMin = 2048;
constexpr std::size_t kRsaBitsMax = 8192;

struct Algorithm {
  std::string_view name;
  std::string_view kind;        // of the key: kty
  std::string_view curve;       // crv, for EC
  std::size_t signature_bytes;  // 0: as long as the key
};

// What is not here is not accepted: neither "none" nor HMAC, whose key would be the client secret
// or, in a known attack, the public key itself.
constexpr std::array kAlgorithms = {
    Algorithm{"RS256", "RSA", "", 0},       Algorithm{"RS384", "RSA", "", 0},
    Algorithm{"RS512", "RSA", "", 0},       Algorithm{"PS256", "RSA", "", 0},
    Algorithm{"PS384", "RSA", "", 0},       Algorithm{"PS512", "RSA", "", 0},
    Algorithm{"ES256", "EC", "P-256", 64},  Algorithm{"ES384", "EC", "P-384", 96},
    Algorithm{"ES512", "EC", "P-521", 132},
};

const Algorithm* find_algorithm(std::string_view name) {
  auto found = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                            [&](const Algorithm& each) { return each.name == name; });
  return found == kAlgorithms.end() ? nullptr : &*found;
}

struct JwkFree {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
};
struct JwsFree {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
struct RawFree {
  void operator()(std::uint8_t* bytes) const { cjose_get_dealloc()(bytes); }
};
using Jwk = std::unique_ptr<cjose_jwk_t, JwkFree>;
using Jws = std::unique_ptr<cjose_jws_t, JwsFree>;

std::string text_of(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_for_signatures(const json& key) {
  if (auto use = key.find("use"); use != key.end() && *use != "sig") return false;
  auto operations = key.find("key_ops");
  if (operations == key.end()) return true;
  return operations->is_array() &&
         std::find(operations->begin(), operations->end(), "verify") != operations->end();
}

/// Only the public parts: cjose never sees what else a key set may carry.
Jwk import_key(const json& key, const std::string& kind) {
  json parts = {{"kty", kind}};
  for (const char* name : {"n", "e", "crv", "x", "y"}) {
    if (std::string value = text_of(key, name); !value.empty()) parts[name] = value;
  }
  const std::string text = parts.dump(-1, ' ', false, json::error_handler_t::replace);
  cjose_err error{};
  return Jwk(cjose_jwk_import(text.data(), text.size(), &error));
}

bool is_strong(const cjose_jwk_t* key, const std::string& kind) {
  cjose_err error{};
  const std::size_t bits = cjose_jwk_get_keysize(key, &error);
  return kind != "RSA" || (bits >= kRsaBitsMin && bits <= kRsaBitsMax);
}

tl::unexpected<Error> malformed(const char* code, const char* message) {
  return fail(ErrorKind::kMalformed, code, message);
}

bool is_base64url(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

/// Three parts of base64url and nothing else: cjose itself is more lenient.
bool is_compact_jws(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return false;
  const std::size_t second = token.find('.', first + 1);
  return second != std::string_view::npos && is_base64url(token.substr(0, first)) &&
         is_base64url(token.substr(first + 1, second - first - 1)) &&
         is_base64url(token.substr(second + 1));
}

std::optional<std::string> header_text(cjose_header_t* header, const char* name) {
  cjose_err error{};
  const char* value = cjose_header_get(header, name, &error);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// cjose knows no critical headers and passes over them, in whatever form they come.
bool demands_more(std::string_view token) {
  std::uint8_t* decoded = nullptr;
  std::size_t size = 0;
  cjose_err error{};
  if (!cjose_base64url_decode(token.data(), token.find('.'), &decoded, &size, &error)) return true;
  const std::unique_ptr<std::uint8_t, RawFree> owned(decoded);
  const json header = json::parse(decoded, decoded + size, nullptr, false);
  return !header.is_object() || header.contains("crit");
}

}  // namespace

struct OidcKeys::Key {
  std::string id;         // kid; may be empty
  std::string kind;       // kty
  std::string curve;      // crv
  std::string algorithm;  // alg; empty: any of its kind
  Jwk key;

  bool suits(const Algorithm& wanted) const {
    return kind == wanted.kind && curve == wanted.curve &&
           (algorithm.empty() || algorithm == wanted.name);
  }
};

struct OidcKeys::Keys {
  std::vector<Key> all;
};

OidcKeys::OidcKeys() : keys_(std::make_shared<Keys>()) {}
OidcKeys::OidcKeys(std::shared_ptr<const Keys> keys) : keys_(std::move(keys)) {}
OidcKeys::~OidcKeys() = default;
OidcKeys::OidcKeys(const OidcKeys&) = default;
OidcKeys& OidcKeys::operator=(const OidcKeys&) = default;

std::size_t OidcKeys::size() const {
  return keys_->all.size();
}

Result<OidcKeys> OidcKeys::parse(std::string_view jwks) {
  const json parsed = json::parse(jwks, nullptr, false);
  const auto list = parsed.is_object() ? parsed.find("keys") : parsed.end();
  if (!parsed.is_object() || list == parsed.end() || !list->is_array() || list->size() > kKeysMax)
    return malformed("jwks.malformed", "The provider's key set is not one.");
  auto keys = std::make_shared<Keys>();
  for (const json& entry : *list) {
    if (!entry.is_object() || !is_for_signatures(entry)) continue;
    const std::string kind = text_of(entry, "kty");
    if (kind != "RSA" && kind != "EC") continue;
    Jwk key = import_key(entry, kind);
    if (!key || !is_strong(key.get(), kind)) continue;
    keys->all.push_back({text_of(entry, "kid"), kind, kind == "EC" ? text_of(entry, "crv") : "",
                         text_of(entry, "alg"), std::move(key)});
  }
  return OidcKeys(std::move(keys));
}

Result<std::string> OidcKeys::verify(std::string_view token) const {
  if (token.size() > kTokenBytesMax)
    return malformed("token.too_large", "The provider's token is too large.");
  if (!is_compact_jws(token)) return malformed("token.malformed", "This is no signed token.");
  cjose_err error{};
  Jws jws(cjose_jws_import(token.data(), token.size(), &error));
  if (!jws) return malformed("token.malformed", "This is no signed token.");
  // The header as cjose reads it, so that what is checked here is what it goes by.
  cjose_header_t* header = cjose_jws_get_protected(jws.get());
  const std::optional<std::string> name = header_text(header, CJOSE_HDR_ALG);
  const Algorithm* algorithm = name ? find_algorithm(*name) : nullptr;
  if (algorithm == nullptr)
    return malformed("token.algorithm", "The token is signed in a way that is not accepted.");
  if (demands_more(token))
    return malformed("token.malformed", "The token demands something that is not known.");
  const std::optional<std::string> id = header_text(header, CJOSE_HDR_KID);
  std::vector<const Key*> suitable;
  for (const Key& key : keys_->all)
    if (key.suits(*algorithm) && (!id || key.id == *id)) suitable.push_back(&key);
  // Without a name there must be no doubt which key is meant (OpenID Connect Core 10.1).
  if (suitable.empty() || (!id && suitable.size() > 1))
    return malformed("token.unknown_key", "The token names no key that the provider publishes.");
  const std::size_t digits = token.size() - token.rfind('.') - 1;
  if (algorithm->signature_bytes != 0 && digits != (algorithm->signature_bytes * 4 + 2) / 3)
    return malformed("token.signature", "The token's signature is not right.");
  for (const Key* key : suitable) {
    if (!cjose_jws_verify(jws.get(), key->key.get(), &error)) continue;
    std::uint8_t* payload = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(jws.get(), &payload, &size, &error)) break;
    return std::string(reinterpret_cast<const char*>(payload), size);
  }
  return malformed("token.signature", "The token's signature is not right.");
}

}  // namespace footprint::access
