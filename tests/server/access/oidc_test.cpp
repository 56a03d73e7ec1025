#include "access/oidc.hpp"

#include <sodium.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/access/oidc_testing.hpp"

using namespace footprint;
using namespace footprint::access;
using namespace footprint::access::testing;

namespace {

const std::string kIssuer = "https://login.example.org/tenant";
const std::string kKeysUrl = kIssuer + "/keys", kTokenUrl = kIssuer + "/token",
                  kPersonUrl = kIssuer + "/me";

OidcSettings nhsmail() {
  OidcSettings settings;
  settings.key = "nhsmail";
  settings.title = "NHSmail";
  settings.issuer = kIssuer;
  settings.client_id = "foot print";
  settings.email_domains = {"nhs.net"};
  settings.memberships = {
      {"tid", "t-1", PlanId("plan"), OrganisationId("ccg"), {"author", "observer"}},
      {"email_domain", "nhs.net", PlanId("plan"), OrganisationId("trust"), {"observer"}},
      {"groups", "g-1", PlanId("other"), OrganisationId("ccg"), {"author"}}};
  return settings;
}

/// Answers as a provider does, and remembers what it was asked.
struct FakeProvider {
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'480'000'000'000);
  SigningKey key = SigningKey::ec("k-1");
  json configuration = {{"issuer", kIssuer},
                        {"authorization_endpoint", kIssuer + "/auth"},
                        {"token_endpoint", kTokenUrl},
                        {"userinfo_endpoint", kPersonUrl},
                        {"jwks_uri", kKeysUrl}};
  std::map<std::string, OidcAnswer> answers;  // instead of the usual ones
  std::vector<OidcRequest> asked;
  bool down = false;
  json claims = {{"email", "Priya@NHS.net"},
                 {"email_verified", true},
                 {"name", "Priya Menon"},
                 {"tid", "t-1"},
                 {"groups", json::array()}};
  json person = {{"sub", "priya"}};
  std::string nonce;
  std::vector<std::string> problems;

  Result<OidcAnswer> answer(const OidcRequest& request) {
    asked.push_back(request);
    if (down) return fail(ErrorKind::kUnavailable, "provider.unavailable", "Down.");
    if (auto found = answers.find(request.url); found != answers.end()) return found->second;
    auto reply = [](const json& body) { return OidcAnswer{200, "application/json", body.dump()}; };
    if (request.url == kKeysUrl) return reply({{"keys", {key.jwk()}}});
    if (request.url == kPersonUrl) return reply(person);
    if (request.url == kTokenUrl) return reply({{"id_token", id_token()}, {"access_token", "a-1"}});
    if (request.url == kIssuer + "/.well-known/openid-configuration") return reply(configuration);
    return OidcAnswer{404, "text/plain", "?"};
  }

  json base_claims() const {
    const std::int64_t now_s = clock->now_ms() / 1000;
    return {{"iss", kIssuer},
            {"aud", "foot print"},
            {"sub", "priya"},
            {"iat", now_s},
            {"exp", now_s + 300}};
  }

  std::string id_token() const {
    json all = base_claims();
    all["nonce"] = nonce;
    all["sid"] = "s-1";
    all.update(claims);
    return key.sign(all, "ES256");
  }

  std::string logout_token(const json& more = {{"sid", "s-1"}}) const {
    json all = base_claims();
    all["jti"] = "j-1";
    all["events"] = {{"http://schemas.openid.net/event/backchannel-logout", json::object()}};
    all.update(more);
    return key.sign(all, "ES256");
  }

  std::size_t times_asked(const std::string& url) const {
    return static_cast<std::size_t>(std::count_if(
        asked.begin(), asked.end(), [&](const auto& each) { return each.url == url; }));
  }
};

struct Secret {
  Secret() : path("/tmp/footprint-sso-secret-" + std::to_string(::getpid())) {
    std::ofstream(path) << "s%cret:\n";
  }
  ~Secret() { std::filesystem::remove(path); }
  std::string path;
};

std::unique_ptr<SingleSignOn> make(FakeProvider& fake, OidcSettings settings = nhsmail(),
                                   bool behind_tls = true) {
  const Secret secret;
  settings.client_secret_file = secret.path;
  OidcOptions options;
  options.providers = {std::move(settings)};
  options.public_url = "https://plans.example.org";
  options.behind_tls = behind_tls;
  options.clock = fake.clock;
  options.fetch = [&fake](const OidcRequest& request) { return fake.answer(request); };
  options.on_problem = [&fake](const std::string&, const Error& error) {
    fake.problems.push_back(error.code);
  };
  auto made = SingleSignOn::open(std::move(options));
  REQUIRE(made);
  return std::move(*made);
}

std::string query_of(const std::string& url, const std::string& name) {
  std::size_t at = url.find("&" + name + "=");
  REQUIRE(at != std::string::npos);
  at += name.size() + 2;
  return url.substr(at, url.find('&', at) - at);
}

std::string pair_of(const std::string& set_cookie) {
  return set_cookie.substr(0, set_cookie.find(';'));
}

struct Attempt {
  std::string cookies;
  SingleSignOn::Callback callback;
};

Attempt begin(SingleSignOn& sso, FakeProvider& fake, const std::string& next = "/plans") {
  auto begun = sso.begin("nhsmail", next);
  REQUIRE(begun);
  fake.nonce = query_of(begun->location, "nonce");
  Attempt attempt{"theme=dark; " + pair_of(begun->set_cookie), {}};
  attempt.callback.code = "c-1";
  attempt.callback.state = query_of(begun->location, "state");
  return attempt;
}

auto finish(SingleSignOn& sso, Attempt& attempt) {
  attempt.callback.cookies = attempt.cookies;
  return sso.finish("nhsmail", attempt.callback);
}

auto sign_in(SingleSignOn& sso, FakeProvider& fake) {
  Attempt attempt = begin(sso, fake);
  return finish(sso, attempt);
}

}  // namespace

TEST_CASE("signing in takes a code for somebody with a name, an address and grants") {
  FakeProvider fake;
  auto sso = make(fake);
  CHECK(sso->offers().front().title == "NHSmail");
  auto begun = sso->begin("nhsmail", "/plans/one?tab=2");
  REQUIRE(begun);
  CHECK(begun->location.starts_with(
      kIssuer +
      "/auth?response_type=code&client_id=foot%20print&redirect_uri="
      "https%3A%2F%2Fplans.example.org%2Fapi%2Fv1%2Fsso%2Fnhsmail%2Fcallback"
      "&scope=openid%20profile%20email&state="));
  CHECK(query_of(begun->location, "code_challenge").size() == 43);
  CHECK(begun->location.ends_with("&code_challenge_method=S256"));
  CHECK(begun->set_cookie.starts_with("__Host-footprint_sso="));
  CHECK(begun->set_cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure"));
  CHECK(begun->set_cookie.find(query_of(begun->location, "state")) == std::string::npos);

  fake.nonce = query_of(begun->location, "nonce");
  SingleSignOn::Callback callback{"c/1", query_of(begun->location, "state"), "", "", ""};
  const std::string cookies = pair_of(begun->set_cookie);
  callback.cookies = cookies;
  auto finished = sso->finish("nhsmail", callback);
  REQUIRE(finished);
  CHECK(finished->next == "/plans/one?tab=2");
  const OidcVisitor& visitor = finished->visitor;
  CHECK(visitor.identity.issuer == kIssuer);
  CHECK(visitor.identity.subject == "priya");
  CHECK(visitor.identity.name == "Priya Menon");
  CHECK(visitor.identity.email == "priya@nhs.net");
  CHECK(visitor.identity.may_link);
  CHECK(visitor.sid == "s-1");
  CHECK(visitor.grants ==
        std::vector<OidcGrant>{{PlanId("plan"), OrganisationId("ccg"), "author"},
                               {PlanId("plan"), OrganisationId("ccg"), "observer"},
                               {PlanId("plan"), OrganisationId("trust"), "observer"}});
  CHECK(fake.times_asked(kPersonUrl) == 0);

  // The exchange proves that it is the server which began.
  const OidcRequest& exchange = fake.asked[1];
  CHECK(exchange.url == kTokenUrl);
  CHECK(exchange.headers[1] == "Authorization: Basic Zm9vdCUyMHByaW50OnMlMjVjcmV0JTNB");
  CHECK(exchange.form.starts_with(
      "grant_type=authorization_code&code=c%2F1&redirect_uri=https%3A%2F%2Fplans"));
  const std::string verifier = query_of(exchange.form, "code_verifier");
  unsigned char digest[32];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(verifier.data()),
                     verifier.size());
  CHECK(base64url({reinterpret_cast<char*>(digest), 32}) ==
        query_of(begun->location, "code_challenge"));
}

TEST_CASE("an answer belongs to one attempt of one browser, once, and not for long") {
  FakeProvider fake;
  auto sso = make(fake);
  Attempt first = begin(*sso, fake), second = begin(*sso, fake);
  auto code = [&](Attempt attempt) { return code_of(finish(*sso, attempt)); };
  CHECK(code({second.cookies, first.callback}) == "sso.expired");  // another browser's state
  CHECK(code({"", second.callback}) == "sso.expired");
  CHECK(code({"__Host-footprint_sso=AAAA", second.callback}) == "sso.expired");
  CHECK(code({"__Host-footprint_sso=", second.callback}) == "sso.expired");
  CHECK(code({second.cookies + "A", second.callback}) == "sso.expired");
  CHECK(code({"footprint_sso=" + second.cookies.substr(second.cookies.rfind('=') + 1),
              second.callback}) == "sso.expired");
  CHECK(code(second) == "accepted");
  CHECK(code(second) == "sso.expired");  // replayed
  CHECK(code(first) == "sso.failed");    // by now the provider gives another nonce
  CHECK(fake.problems.back() == "token.nonce");
  Attempt late = begin(*sso, fake);
  fake.clock->advance_ms(600'000);
  CHECK(code(late) == "sso.expired");
  CHECK(code_of(sso->begin("another", "/")) == "sso.unknown_provider");
  CHECK(code_of(sso->finish("another", {})) == "sso.unknown_provider");
  // Another server's seal opens nothing here.
  auto other = make(fake);
  Attempt foreign = begin(*other, fake);
  CHECK(code(foreign) == "sso.expired");
}

TEST_CASE("what the provider answers instead of a code has words of its own") {
  FakeProvider fake;
  auto sso = make(fake);
  auto answered = [&](const std::string& error) {
    Attempt attempt = begin(*sso, fake);
    attempt.callback.error = error;
    return code_of(finish(*sso, attempt));
  };
  CHECK(answered("access_denied") == "sso.cancelled");
  CHECK(answered("temporarily_unavailable") == "sso.unavailable");
  CHECK(answered("server_error") == "sso.unavailable");
  CHECK(answered("invalid_scope") == "sso.failed");
  Attempt empty = begin(*sso, fake);
  empty.callback.code.clear();
  CHECK(code_of(finish(*sso, empty)) == "sso.failed");

  Attempt other = begin(*sso, fake);
  other.callback.issuer = "https://evil.example.org";
  CHECK(code_of(finish(*sso, other)) == "sso.failed");
  CHECK(fake.problems.back() == "provider.other_issuer");
  Attempt named = begin(*sso, fake);
  named.callback.issuer = kIssuer;
  CHECK(finish(*sso, named));
  fake.configuration["authorization_response_iss_parameter_supported"] = true;
  auto strict = make(fake);
  CHECK(code_of(sign_in(*strict, fake)) == "sso.failed");
}

TEST_CASE("a provider that is down is asked again in a moment, and its keys outlive that") {
  FakeProvider fake;
  auto sso = make(fake);
  fake.down = true;
  CHECK(code_of(sso->begin("nhsmail", "/")) == "sso.unavailable");
  CHECK(code_of(sso->begin("nhsmail", "/")) == "sso.unavailable");
  CHECK(fake.asked.size() == 1);
  fake.down = false;
  fake.clock->advance_ms(3'001);
  CHECK(sign_in(*sso, fake));
  const std::size_t asked = fake.asked.size();
  CHECK(sign_in(*sso, fake));
  CHECK(fake.asked.size() == asked + 1);  // the exchange alone
  // An hour later configuration and keys are asked for anew, and stay usable where that fails.
  fake.clock->advance_ms(3'600'001);
  CHECK(sign_in(*sso, fake));
  CHECK(fake.times_asked(kKeysUrl) == 2);
  fake.clock->advance_ms(3'600'001);
  fake.answers[kKeysUrl] =
      fake.answers[kIssuer + "/.well-known/openid-configuration"] = {500, "", ""};
  CHECK(sign_in(*sso, fake));
  fake.answers[kTokenUrl] = {503, "", ""};
  CHECK(code_of(sign_in(*sso, fake)) == "sso.unavailable");
  fake.answers[kTokenUrl] = {400, "", R"({"error":"invalid_grant"})"};
  CHECK(code_of(sign_in(*sso, fake)) == "sso.failed");
  CHECK(fake.problems.back() == "provider.refused");
  fake.answers[kTokenUrl] = {302, "", ""};
  CHECK(code_of(sign_in(*sso, fake)) == "sso.unavailable");
  fake.answers[kTokenUrl] = {200, "", "{}"};
  CHECK(code_of(sign_in(*sso, fake)) == "sso.failed");
}

TEST_CASE("keys are fetched anew when a token names an unknown one, but not for ever") {
  FakeProvider fake;
  auto sso = make(fake);
  CHECK(sign_in(*sso, fake));
  fake.key = SigningKey::ec("k-2");
  CHECK(sign_in(*sso, fake));
  CHECK(fake.times_asked(kKeysUrl) == 2);
  fake.answers[kKeysUrl] = {200, "", R"({"keys":[]})"};
  fake.key = SigningKey::ec("k-3");
  // Whoever sends made-up logout tokens does not use up what people need to sign in.
  for (int i = 0; i < 20; ++i)
    CHECK(code_of(sso->check_logout("nhsmail", fake.logout_token())) == "token.unknown_key");
  CHECK(fake.times_asked(kKeysUrl) == 7);
  fake.answers.clear();
  CHECK(sign_in(*sso, fake));
  for (int i = 4; i < 20; ++i) {
    fake.key = SigningKey::ec("k-" + std::to_string(i));
    CHECK(code_of(sign_in(*sso, fake)) == (i < 7 ? "accepted" : "sso.failed"));
  }
  fake.clock->advance_ms(30'001);
  CHECK(sign_in(*sso, fake));
}

TEST_CASE("a configuration that cannot be trusted is not used") {
  auto begin_with = [](const char* name, const json& value) {
    FakeProvider fake;
    fake.configuration[name] = value;
    return code_of(make(fake)->begin("nhsmail", "/"));
  };
  CHECK(begin_with("issuer", kIssuer) == "accepted");
  CHECK(begin_with("issuer", kIssuer + "/") == "sso.unavailable");
  CHECK(begin_with("issuer", nullptr) == "sso.unavailable");
  for (const char* name : {"authorization_endpoint", "token_endpoint", "jwks_uri"})
    for (const char* url :
         {"", "http://login.example.org/x", "http://127.0.0.1/x", "https://localhost/x",
          "file:///etc/passwd", "javascript:alert(1)", "//login.example.org", "https://a@b/x"}) {
      INFO(name << " " << url);
      CHECK(begin_with(name, url) == "sso.unavailable");
    }
  FakeProvider fake;
  fake.configuration["token_endpoint_auth_methods_supported"] = {"client_secret_post"};
  fake.configuration["authorization_endpoint"] = kIssuer + "/auth?p=1";
  auto sso = make(fake);
  CHECK(
      sso->begin("nhsmail", "/")->location.starts_with(kIssuer + "/auth?p=1&response_type=code&"));
  CHECK(sign_in(*sso, fake));
  CHECK(fake.asked[1].form.ends_with("&client_id=foot%20print&client_secret=s%25cret%3A"));
  CHECK(fake.asked[1].headers.size() == 1);
}

TEST_CASE("claims that the token lacks come from the userinfo endpoint") {
  FakeProvider fake;
  fake.claims = {{"tid", "t-1"}};
  fake.person = {{"sub", "priya"},         {"name", "Priya Menon"}, {"email", "priya@nhs.net"},
                 {"email_verified", true}, {"groups", {"g-1"}},     {"tid", "t-2"}};
  auto sso = make(fake);
  auto finished = sign_in(*sso, fake);
  REQUIRE(finished);
  CHECK(fake.asked.back().headers.back() == "Authorization: Bearer a-1");
  CHECK(finished->visitor.identity.email == "priya@nhs.net");
  CHECK(finished->visitor.grants.size() == 4);  // tid of the token, not of userinfo; address; group
  // An address of the token is not verified by what is said of another.
  fake.claims = {{"email", "lead@nhs.net"}};
  CHECK(sign_in(*sso, fake)->visitor.identity.email.empty());
  fake.person["sub"] = "somebody-else";
  CHECK(code_of(sign_in(*sso, fake)) == "sso.failed");
  fake.answers[kPersonUrl] = {500, "", ""};
  CHECK(code_of(sign_in(*sso, fake)) == "sso.unavailable");
}

TEST_CASE("an address counts when it is verified and the provider may speak for its domain") {
  OidcSettings settings = nhsmail();
  auto email = [&](const OidcClaims& claims) {
    return visitor_of(settings, {"s", "", claims, {}}).identity.email;
  };
  CHECK(email({{"email", {"a@nhs.net"}}, {"email_verified", {"true"}}}) == "a@nhs.net");
  CHECK(email({{"email", {"a@nhs.net"}}, {"email_verified", {"false"}}}).empty());
  CHECK(email({{"email", {"a@nhs.net"}}}).empty());
  CHECK(email({{"email", {"a@sub.nhs.net"}}, {"email_verified", {"true"}}}).empty());
  CHECK(email({{"email", {"a@nhs.net.evil.org"}}, {"email_verified", {"true"}}}).empty());
  CHECK(email({{"email", {"a@evil.org@nhs.net"}}, {"email_verified", {"true"}}}).empty());
  CHECK(email({{"email", {"a@nhs.net", "b@nhs.net"}}, {"email_verified", {"true"}}}).empty());
  settings.emails_verified = true;
  CHECK(email({{"email", {"a@nhs.net"}}}) == "a@nhs.net");
  CHECK(email({{"email", {"a@nhs.net"}}, {"email_verified", {"false"}}}).empty());
  CHECK(email({{"email", {"a@gmail.com"}}}).empty());

  const OidcVisitor many = visitor_of(
      settings, {"s", "", {{"given_name", {"Ann"}}, {"family_name", {"Lee"}}}, {"groups"}});
  CHECK(many.identity.name == "Ann Lee");
  CHECK(many.grants.empty());
  CHECK(many.unsettled ==
        std::vector<OidcGrant>{{PlanId("other"), OrganisationId("ccg"), "author"}});
}

TEST_CASE("a logout token is taken once") {
  FakeProvider fake;
  auto sso = make(fake);
  auto token = sso->check_logout("nhsmail", fake.logout_token());
  REQUIRE(token);
  CHECK(token->sid == "s-1");
  CHECK(code_of(sso->check_logout("nhsmail", fake.logout_token())) == "token.replayed");
  CHECK(code_of(sso->check_logout("nhsmail", fake.id_token())) == "token.events");
  CHECK(code_of(sso->check_logout("nhsmail", "")) == "token.malformed");
  CHECK(code_of(sso->check_logout("another", "")) == "sso.unknown_provider");
}

TEST_CASE("a browser is only ever sent on to a path of this server") {
  for (const char* path : {"/", "/plans", "/plans/a/sections/b?x=1&y=%20#top", "/a//b"})
    CHECK(is_own_path(path));
  for (const char* path :
       {"", "plans", "//evil.org", "/\\evil.org", "\\\\evil.org", "https://evil.org",
        "javascript:alert(1)", "/\t/evil.org", "/\n/evil.org", "/ x", "/\"><script>", "/'", "/\x7f",
        "/\xc3\xa9", "/api/v1/sso/nhsmail/start"}) {
    INFO(path);
    CHECK_FALSE(is_own_path(path));
  }
  CHECK_FALSE(is_own_path("/" + std::string(1000, 'a')));
  FakeProvider fake;
  auto sso = make(fake, nhsmail(), false);
  auto begun = sso->begin("nhsmail", "//evil.org");
  REQUIRE(begun);
  CHECK(begun->set_cookie.starts_with("footprint_sso="));
  CHECK(begun->set_cookie.ends_with("Max-Age=600"));
}

TEST_CASE("requests of single sign-on wait in a bounded number") {
  FakeProvider fake;
  auto sso = make(fake);
  std::vector<std::shared_ptr<void>> places;
  while (auto place = sso->take_place()) places.push_back(place);
  CHECK(places.size() == 64);
  places.pop_back();
  CHECK(sso->take_place());
}

TEST_CASE("a provider whose secret cannot be read is no provider") {
  OidcOptions options;
  options.providers = {nhsmail()};
  options.providers[0].client_secret_file = "/nonexistent/secret";
  CHECK(code_of(SingleSignOn::open(options)) == "settings.sso");
}

TEST_CASE("providers are spoken to by https, or on this machine") {
  for (const char* url : {"https://login.example.org", "https://login.example.org:8443/x?y",
                          "http://127.0.0.1:99/x", "http://localhost/", "http://[::1]:99/"})
    CHECK(is_provider_url(url));
  for (const char* url :
       {"", "login.example.org", "http://login.example.org", "http://127.0.0.1.evil.org/",
        "https://user@login.example.org/", "https://login.example.org/#x", "ftp://localhost/",
        "http://localhost@evil.org/", "https://"})
    CHECK_FALSE(is_provider_url(url));
  CHECK(percent_encoded("a b&c=d/é~") == "a%20b%26c%3Dd%2F%C3%A9~");
  // Nobody listens there.
  CHECK(code_of(fetch_by_curl({"http://127.0.0.1:1/", {}, {}})) == "provider.unavailable");
  CHECK(code_of(fetch_by_curl({"http://login.example.org/", {}, {}})) == "provider.unavailable");
}
