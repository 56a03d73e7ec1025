#include "access/oidc_token.hpp"

#include "server/access/oidc_testing.hpp"

using namespace footprint;
using namespace footprint::access;
using namespace footprint::access::testing;

namespace {

constexpr UnixMs kNow = 1'480'000'000'000;
constexpr std::int64_t kNowS = kNow / 1000;
const OidcExpectation kExpected{"https://login.example.org/tenant", "footprint", kNow};

const SigningKey& rsa() {
  static const SigningKey key = SigningKey::rsa("rsa-1");
  return key;
}
const SigningKey& ec() {
  static const SigningKey key = SigningKey::ec("ec-1");
  return key;
}
const OidcKeys& keys() {
  static const OidcKeys parsed = *OidcKeys::parse(jwks({rsa().jwk(), ec().jwk()}));
  return parsed;
}

json id_claims() {
  return {{"iss", kExpected.issuer},
          {"aud", "footprint"},
          {"sub", "priya"},
          {"nonce", "n-1"},
          {"iat", kNowS},
          {"exp", kNowS + 300},
          {"sid", "s-1"}};
}

std::string checked(const json& claims, const OidcExpectation& expected = kExpected) {
  return code_of(check_id_token(keys(), rsa().sign(claims, "RS256"), expected, "n-1"));
}

json with(json claims, const char* name, json value) {
  claims[name] = std::move(value);
  return claims;
}

json without(json claims, const char* name) {
  claims.erase(name);
  return claims;
}

json logout_claims() {
  json claims = without(id_claims(), "nonce");
  claims["jti"] = "j-1";
  claims["events"] = {{"http://schemas.openid.net/event/backchannel-logout", json::object()}};
  return claims;
}

std::string logout(const json& claims) {
  return code_of(check_logout_token(keys(), ec().sign(claims, "ES256"), kExpected));
}

}  // namespace

TEST_CASE("an ID token is believed under every algorithm of the list") {
  const SigningKey p384 = SigningKey::ec("ec-384", CJOSE_JWK_EC_P_384);
  const SigningKey p521 = SigningKey::ec("ec-521", CJOSE_JWK_EC_P_521);
  const OidcKeys all = *OidcKeys::parse(jwks({rsa().jwk(), ec().jwk(), p384.jwk(), p521.jwk()}));
  CHECK(all.size() == 4);
  auto accepted = [&](const SigningKey& key, const char* algorithm) {
    return code_of(check_id_token(all, key.sign(id_claims(), algorithm), kExpected, "n-1"));
  };
  for (const char* name : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}) {
    INFO(name);
    CHECK(accepted(rsa(), name) == "accepted");
  }
  CHECK(accepted(p384, "ES384") == "accepted");
  CHECK(accepted(p521, "ES512") == "accepted");
  // Numbers of a signature that begin with zeros come up about once in 128.
  for (int i = 0; i < 300; ++i) REQUIRE(accepted(ec(), "ES256") == "accepted");

  auto token = check_id_token(all, ec().sign(with(id_claims(), "groups", {"a", "b"}), "ES256"),
                              kExpected, "n-1");
  REQUIRE(token);
  CHECK(token->subject == "priya");
  CHECK(token->sid == "s-1");
  CHECK(token->claims.at("groups") == std::vector<std::string>{"a", "b"});
  CHECK(single_claim(token->claims, "sub") == "priya");
  CHECK(single_claim(token->claims, "groups").empty());
}

TEST_CASE("a token without a signature by the provider's key is refused") {
  const std::string good = rsa().sign(id_claims(), "RS256");
  auto verdict = [&](const std::string& token) {
    return code_of(check_id_token(keys(), token, kExpected, "n-1"));
  };
  const std::string payload = base64url(id_claims().dump());
  for (const char* name :
       {"none", "None", "NONE", "HS256", "HS384", "dir", "RS256 ", "ES256K", "EdDSA", ""}) {
    INFO(name);
    const std::string header = base64url(json{{"alg", name}, {"kid", "rsa-1"}}.dump());
    const std::string refusal = verdict(header + "." + payload + ".AAAA");
    CHECK((refusal == "token.algorithm" || refusal == "token.malformed"));
    CHECK(verdict(header + "." + payload + ".") == "token.malformed");
  }
  // The known attack: HMAC with the public key as the secret.
  for (const std::string& secret : {rsa().jwk().dump(), rsa().jwk().at("n").get<std::string>()})
    CHECK(verdict(SigningKey::secret(secret, "rsa-1").sign(id_claims(), "HS256")) ==
          "token.algorithm");

  const std::size_t first = good.find('.'), second = good.rfind('.');
  const std::string other = base64url(with(id_claims(), "sub", "somebody-else").dump());
  CHECK(verdict(good.substr(0, first + 1) + other + good.substr(second)) == "token.signature");
  std::string bent = good;
  bent[second + 10] = bent[second + 10] == 'A' ? 'B' : 'A';
  CHECK(verdict(bent) == "token.signature");
  // Another key under the same name.
  CHECK(verdict(SigningKey::rsa("rsa-1").sign(id_claims(), "RS256")) == "token.signature");
  CHECK(verdict(SigningKey::ec("ec-1").sign(id_claims(), "ES256")) == "token.signature");
  CHECK(verdict(ec().sign(id_claims(), "ES256").substr(0, 200)) != "accepted");
  CHECK(verdict(good + "AA") == "token.signature");
  // A key of its own in the header counts for nothing.
  const SigningKey own = SigningKey::rsa("own");
  CHECK(verdict(own.sign(id_claims().dump(), {{"alg", "RS256"}, {"jwk", own.jwk()}})) ==
        "token.unknown_key");
  for (const json& demand : {json::array({"b64"}), json("b64"), json::object()})
    CHECK(verdict(rsa().sign(id_claims().dump(), {{"alg", "RS256"}, {"crit", demand}})) ==
          "token.malformed");
}

TEST_CASE("keys are chosen by name, kind, curve and use") {
  auto with_keys = [](const std::string& set, const std::string& token) {
    auto parsed = OidcKeys::parse(set);
    REQUIRE(parsed);
    return code_of(check_id_token(*parsed, token, kExpected, "n-1"));
  };
  const std::string token = rsa().sign(id_claims(), "RS256");
  const std::string unnamed = rsa().sign(id_claims().dump(), {{"alg", "RS256"}, {"kid", nullptr}});
  CHECK(with_keys(jwks({ec().jwk()}), token) == "token.unknown_key");
  CHECK(with_keys(jwks({}), token) == "token.unknown_key");
  CHECK(with_keys(jwks({rsa().jwk(), ec().jwk()}), unnamed) == "accepted");
  CHECK(with_keys(jwks({rsa().jwk(), SigningKey::rsa("rsa-2").jwk()}), unnamed) ==
        "token.unknown_key");
  CHECK(with_keys(jwks({with(rsa().jwk(), "use", "enc")}), token) == "token.unknown_key");
  CHECK(with_keys(jwks({with(rsa().jwk(), "key_ops", {"encrypt"})}), token) == "token.unknown_key");
  CHECK(with_keys(jwks({with(rsa().jwk(), "alg", "PS256")}), token) == "token.unknown_key");
  CHECK(with_keys(jwks({with(rsa().jwk(), "alg", "RS256")}), token) == "accepted");
  // Keys that are no keys for signatures, or weak, are passed over.
  const SigningKey weak = SigningKey::rsa("weak", 1024);
  CHECK(OidcKeys::parse(jwks({weak.jwk(),
                              SigningKey::secret("secret", "s").jwk(true),
                              {{"kty", "OKP"}},
                              {{"kty", "RSA"}},
                              {{"kty", "EC"}, {"crv", "P-256"}, {"x", "AA"}, {"y", "AA"}},
                              1}))
            ->size() == 0);
  for (const char* bad : {"", "[]", "{}", "{\"keys\":1}", "nonsense", "null"})
    CHECK(code_of(OidcKeys::parse(bad)) == "jwks.malformed");
  // ES256 is P-256 alone.
  const SigningKey p384 = SigningKey::ec("ec-1", CJOSE_JWK_EC_P_384);
  CHECK(with_keys(jwks({ec().jwk()}), p384.sign(id_claims(), "ES384")) == "token.unknown_key");
}

TEST_CASE("an ID token says who, from whom, for whom and when") {
  CHECK(checked(id_claims()) == "accepted");
  CHECK(checked(with(id_claims(), "iss", "https://login.example.org/tenant/")) == "token.issuer");
  CHECK(checked(with(id_claims(), "iss", {kExpected.issuer})) == "token.issuer");
  CHECK(checked(without(id_claims(), "iss")) == "token.issuer");
  CHECK(checked(with(id_claims(), "aud", "another")) == "token.audience");
  CHECK(checked(with(id_claims(), "aud", json::array())) == "token.audience");
  CHECK(checked(with(id_claims(), "aud", {"footprint"})) == "accepted");
  CHECK(checked(with(id_claims(), "aud", {"another", "footprint"})) == "token.audience");
  CHECK(checked(with(with(id_claims(), "aud", {"another", "footprint"}), "azp", "footprint")) ==
        "accepted");
  CHECK(checked(with(with(id_claims(), "aud", {"another", "footprint"}), "azp", "another")) ==
        "token.audience");
  CHECK(checked(with(id_claims(), "azp", "another")) == "token.audience");
  CHECK(checked(without(id_claims(), "aud")) == "token.audience");
  for (const json& sub : {json(""), json(7), json(std::string(256, 'x')), json(nullptr)})
    CHECK(checked(with(id_claims(), "sub", sub)) == "token.subject");
  CHECK(checked(with(id_claims(), "nonce", "n-2")) == "token.nonce");
  CHECK(checked(without(id_claims(), "nonce")) == "token.nonce");
  CHECK(code_of(check_id_token(keys(), rsa().sign(without(id_claims(), "nonce"), "RS256"),
                               kExpected, "")) == "token.nonce");
}

TEST_CASE("times are taken with sixty seconds of difference between the clocks") {
  CHECK(checked(with(id_claims(), "exp", kNowS - 59)) == "accepted");
  CHECK(checked(with(id_claims(), "exp", kNowS - 60)) == "token.expired");
  CHECK(checked(with(id_claims(), "exp", 0)) == "token.expired");
  CHECK(checked(with(id_claims(), "iat", kNowS + 60)) == "accepted");
  CHECK(checked(with(id_claims(), "iat", kNowS + 61)) == "token.not_yet");
  CHECK(checked(with(id_claims(), "nbf", kNowS + 60)) == "accepted");
  CHECK(checked(with(id_claims(), "nbf", kNowS + 61)) == "token.not_yet");
  CHECK(checked(with(id_claims(), "nbf", "soon")) == "token.not_yet");
  CHECK(checked(with(id_claims(), "exp", static_cast<double>(kNowS) + 0.5)) == "accepted");
  for (const json& bad : {json("1480000300"), json(nullptr), json(1e300), json(-1)}) {
    CHECK(checked(with(id_claims(), "exp", bad)) == "token.malformed");
    CHECK(checked(with(id_claims(), "iat", bad)) == "token.malformed");
  }
}

TEST_CASE("a logout token names a session or a person, and is no ID token") {
  CHECK(logout(logout_claims()) == "accepted");
  CHECK(logout(without(logout_claims(), "sid")) == "accepted");
  CHECK(logout(without(logout_claims(), "sub")) == "accepted");
  CHECK(logout(without(without(logout_claims(), "sub"), "sid")) == "token.subject");
  CHECK(logout(with(logout_claims(), "nonce", "n-1")) == "token.nonce");
  CHECK(logout(without(logout_claims(), "jti")) == "token.replay_id");
  CHECK(logout(without(logout_claims(), "events")) == "token.events");
  CHECK(logout(with(logout_claims(), "events", {{"another", json::object()}})) == "token.events");
  CHECK(logout(with(logout_claims(), "aud", "another")) == "token.audience");
  CHECK(logout(with(logout_claims(), "exp", kNowS - 61)) == "token.expired");
  CHECK(logout(id_claims()) == "token.events");
  // And the other way round.
  CHECK(code_of(check_id_token(keys(), rsa().sign(logout_claims(), "RS256"), kExpected, "n-1")) ==
        "token.nonce");
}

TEST_CASE("garbage is no token") {
  auto verdict = [](const std::string& token) {
    return code_of(check_id_token(keys(), token, kExpected, "n-1"));
  };
  for (const char* text :
       {"", ".", "..", "...", "a.b.c", "a.b", "e30.e30.e30", "\xff.\xff.\xff", "a b.c.d"}) {
    INFO(text);
    CHECK(verdict(text).starts_with("token."));
  }
  CHECK(verdict(std::string("a\0b.c.d", 7)) == "token.malformed");
  CHECK(verdict(std::string(70'000, 'A')) == "token.too_large");
  CHECK(verdict(rsa().sign(with(id_claims(), "x", std::string(60'000, 'x')), "RS256")) ==
        "token.too_large");
  CHECK(verdict(rsa().sign(with(id_claims(), "x", std::string(20'000, 'x')), "RS256")) ==
        "accepted");
  for (const char* payload : {"", "[]", "null", "7", "\"x\"", "{", "\xff\xfe"}) {
    INFO(payload);
    CHECK(verdict(rsa().sign(std::string(payload), json{{"alg", "RS256"}})) == "token.malformed");
  }
  const std::string good = rsa().sign(id_claims(), "RS256");
  for (std::size_t i = 0; i < good.size(); i += 7) {
    std::string bent = good;
    bent[i] = bent[i] == '!' ? '?' : '!';
    CHECK(verdict(bent) == "token.malformed");
    CHECK(verdict(good.substr(0, i)) != "accepted");
  }
}

TEST_CASE("a name is used once") {
  UsedOnce used(2);
  CHECK(used.use("a", 100, 0));
  CHECK_FALSE(used.use("a", 100, 50));
  CHECK(used.use("b", 200, 50));
  CHECK(used.use("a", 300, 101));
  CHECK_FALSE(used.use("b", 300, 101));
  CHECK(used.use("c", 300, 102));  // b, the first to expire, makes room
  CHECK_FALSE(used.use("c", 300, 102));
}
