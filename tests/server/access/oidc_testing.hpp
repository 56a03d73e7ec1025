// A provider's keys and tokens, made in the test.
#pragma once

#include <cjose/cjose.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "access/oidc_token.hpp"
#include "catch.hpp"

namespace footprint::access::testing {

using nlohmann::json;

inline std::string base64url(const std::string& text) {
  char* out = nullptr;
  std::size_t size = 0;
  cjose_err error{};
  REQUIRE(cjose_base64url_encode(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                 &out, &size, &error));
  std::string encoded(out, size);
  cjose_get_dealloc()(out);
  return encoded;
}

class SigningKey {
 public:
  static SigningKey rsa(const std::string& id, std::size_t bits = 2048) {
    return {cjose_jwk_create_RSA_random(bits, reinterpret_cast<const std::uint8_t*>("\x01\x00\x01"),
                                        3, nullptr),
            id};
  }
  static SigningKey ec(const std::string& id, cjose_jwk_ec_curve curve = CJOSE_JWK_EC_P_256) {
    return {cjose_jwk_create_EC_random(curve, nullptr), id};
  }
  static SigningKey secret(const std::string& bytes, const std::string& id) {
    return {cjose_jwk_create_oct_spec(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                      bytes.size(), nullptr),
            id};
  }

  json jwk(bool with_private = false) const {
    char* text = cjose_jwk_to_json(key_.get(), with_private, nullptr);
    json out = json::parse(text);
    cjose_get_dealloc()(text);
    return out;
  }

  /// Signed by this key. `header` may say anything besides.
  std::string sign(const std::string& payload, json header) const {
    if (!header.contains("kid") && !id_.empty()) header["kid"] = id_;
    cjose_header_t* made = cjose_header_new(nullptr);
    for (const auto& [name, value] : header.items()) {
      if (value.is_string())
        REQUIRE(cjose_header_set(made, name.c_str(), value.get<std::string>().c_str(), nullptr));
      else if (!value.is_null())
        REQUIRE(cjose_header_set_raw(made, name.c_str(), value.dump().c_str(), nullptr));
    }
    cjose_err error{};
    cjose_jws_t* jws =
        cjose_jws_sign(key_.get(), made, reinterpret_cast<const std::uint8_t*>(payload.data()),
                       payload.size(), &error);
    INFO((error.message == nullptr ? "" : error.message));
    REQUIRE(jws != nullptr);
    const char* text = nullptr;
    REQUIRE(cjose_jws_export(jws, &text, nullptr));
    std::string token(text);
    cjose_jws_release(jws);
    cjose_header_release(made);
    return token;
  }
  std::string sign(const json& claims, const char* algorithm) const {
    return sign(claims.dump(), json{{"alg", algorithm}});
  }

 private:
  struct Free {
    void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  };
  SigningKey(cjose_jwk_t* key, std::string id) : key_(key), id_(std::move(id)) {
    REQUIRE(key_);
    if (!id_.empty()) REQUIRE(cjose_jwk_set_kid(key_.get(), id_.data(), id_.size(), nullptr));
  }
  std::unique_ptr<cjose_jwk_t, Free> key_;
  std::string id_;
};

inline std::string jwks(const std::vector<json>& keys) {
  return json{{"keys", keys}}.dump();
}

inline std::string code_of(const auto& result) {
  return result ? "accepted" : result.error().code;
}

}  // namespace footprint::access::testing
