// A provider's public keys (JWKS, RFC 7517) and the check of a signature made with one of them
// (JWS, RFC 7515).
//
// Pure: no network, no clock. Only signatures by asymmetric keys are ever accepted; a token that is
// not signed, or signed with a shared secret, is refused before any key is looked at.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace footprint::access {

/// Immutable and thread-safe; copies share the keys.
class OidcKeys {
 public:
  OidcKeys();
  ~OidcKeys();
  OidcKeys(const OidcKeys&);
  OidcKeys& operator=(const OidcKeys&);

  /// Keys of a kind that is not known (OKP, oct), for encryption, or too weak (RSA below 2048 bits)
  /// are passed over, as are private parts. Errors (kMalformed): "jwks.malformed".
  static Result<OidcKeys> parse(std::string_view jwks);

  std::size_t size() const;

  /// The payload of a compact JWS whose signature is right. Errors (kMalformed): "token.too_large",
  /// "token.malformed", "token.algorithm", "token.unknown_key" (fetching the keys anew may help),
  /// "token.signature".
  Result<std::string> verify(std::string_view token) const;

 private:
  struct Key;
  struct Keys;
  explicit OidcKeys(std::shared_ptr<const Keys> keys);
  std::shared_ptr<const Keys> keys_;
};

}  // namespace footprint::access
