// Accounts over REST, each answer held against its definition: what the suite `accounts` tries with
// the whole server is not repeated here.
#include "api_testing.hpp"

#include "access/totp.hpp"

using namespace footprint;
using namespace footprint::api;
using namespace footprint::api::testing;

namespace {

constexpr const char* kPassword = "three warm oat biscuits";

struct Sent {
  std::string person;  // empty: nobody is signed in
  std::vector<Header> headers = {};
  bool by_cookie = false;
  bool by_token = false;
  bool read_only = false;
  std::string token_plan = {};
};

HttpResponse ask(TestApi& t, const Sent& sent, const std::string& method, const std::string& path,
                 const json& body = nullptr) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  request.headers = sent.headers;
  request.client_address = "192.0.2.1";
  request.by_cookie = sent.by_cookie;
  request.by_token = sent.by_token;
  request.read_only = sent.read_only;
  request.token_plan = PlanId(sent.token_plan);
  if (!body.is_null()) {
    request.headers.emplace_back("content-type", "application/json");
    request.body = body.dump();
  }
  if (!sent.person.empty()) request.person = PersonId(sent.person);
  return t.send(std::move(request));
}

std::string add(TestApi& t, const std::string& name, const std::string& email, bool admin = false) {
  auto hash = t.accounts->sign_in().hash_new(kPassword, name, email);
  REQUIRE(hash);
  auto made = t.accounts->directory().create({name, email, *hash, admin});
  REQUIRE(made);
  return made->id.value;
}

std::string token_in(const std::string& link) {
  return link.substr(link.find('#') + 1);
}

const json kInvitation = {{"email", "tom@example.org"},
                          {"name", "Tom Reed"},
                          {"memberships", {{{"organisation", "cuh"}, {"roles", {"author"}}}}}};

}  // namespace

TEST_CASE("signing in with a password gives a session; what is wrong has its status and code") {
  TestApi t(false);
  std::string priya = add(t, "Priya Menon", "priya@example.org");
  json wanted = {{"email", "priya@example.org"}, {"password", kPassword}};
  auto in = ask(t, {}, "POST", "/api/v1/session", wanted);
  json body = body_of(in, "SignedIn");
  CHECK(body["session"]["person"]["id"] == priya);
  CHECK(body["session"]["setup"] == true);
  CHECK_FALSE(body.contains("token"));
  CHECK(in.headers[0].first == "set-cookie");
  wanted["password"] = "another one entirely";
  CHECK(error_of(ask(t, {}, "POST", "/api/v1/session", wanted), 401) == "session.wrong");
  for (int i = 0; i < 4; ++i) ask(t, {}, "POST", "/api/v1/session", wanted);
  auto late = ask(t, {}, "POST", "/api/v1/session", wanted);
  CHECK(error_of(late, 429) == "session.too_many");
  CHECK(late.headers[0] == Header{"retry-after", "300"});
  CHECK(error_of(ask(t, {}, "POST", "/api/v1/session", {{"email", 7}}), 422) == "request.schema");
}

TEST_CASE("an account answers as described, for people of a demo too") {
  TestApi t;
  std::string priya = add(t, "Priya Menon", "priya@example.org");
  t.sessions.create(PersonId(priya), {"192.0.2.1", "Firefox", {}, {}});
  json account = body_of(ask(t, {priya}, "GET", "/api/v1/account"), "Account");
  CHECK(account["person"]["email"] == "priya@example.org");
  CHECK(account["sessions"].size() == 1);
  json demo = body_of(ask(t, {"u-fin"}, "GET", "/api/v1/account"), "Account");
  CHECK(demo["person"]["name"] == "Priya Menon");
  CHECK(demo["person"]["email"] == "");
  CHECK(error_of(ask(t, {"u-fin"}, "PATCH", "/api/v1/account", {{"name", "X"}}), 409) ==
        "account.none");
  CHECK(ask(t, {priya}, "PATCH", "/api/v1/account", {{"name", "P. Menon"}}).status == 204);
  CHECK(error_of(ask(t, {}, "GET", "/api/v1/account"), 401) == "sign-in");
}

TEST_CASE("the second factor over REST") {
  TestApi t;
  std::string priya = add(t, "Priya Menon", "priya@example.org");
  const std::string path = "/api/v1/account/second-factor";
  body_of(ask(t, {priya}, "POST", path, {{"password", kPassword}}), "SecondFactorBegun");
  CHECK(error_of(ask(t, {priya}, "POST", path + "/confirm", {{"code", "000000"}}), 422) ==
        "second_factor.code");
  auto secret = t.accounts->directory().database().read(
      [](access::Connection& c) { return c.rows("SELECT totp_pending FROM accounts"); });
  std::string code =
      access::totp_code(secret->front().blob(0), access::totp_step(SystemClock().now_ms()));
  json on = body_of(ask(t, {priya}, "POST", path + "/confirm", {{"code", code}}), "RecoveryCodes");
  CHECK(on["recovery_codes"].size() == 10);
  json both = {{"password", kPassword}, {"code", on["recovery_codes"][0]}};
  CHECK(ask(t, {priya}, "DELETE", path, both).status == 204);
}

TEST_CASE("roles that need a second factor look until they have one") {
  TestApi t(true, {"pmo"});
  const std::string figures = kPlanPath + "/figures";
  json body = {{"changes", json::array()}};
  CHECK(error_of(ask(t, {"u-pmo"}, "POST", figures, body), 403) == "session.second_factor_needed");
  CHECK(ask(t, {"u-pmo"}, "GET", kPlanPath).status == 200);
  CHECK(error_of(ask(t, {"u-lead"}, "POST", figures, body), 422) == "request.schema");
  json session = body_of(ask(t, {"u-pmo"}, "GET", "/api/v1/session"), "Session");
  CHECK(session["person"]["second_factor_needed"] == true);
}

TEST_CASE("an invitation from making to accepting, and what stands in its way") {
  TestApi t;
  const std::string path = kPlanPath + "/invitations";
  CHECK(error_of(ask(t, {"u-fin"}, "POST", path, kInvitation), 403) == "right.role");
  auto made = ask(t, {"u-lead"}, "POST", path, kInvitation);
  CHECK(made.status == 201);
  json invitation = body_of(made, "InvitationMade");
  CHECK(invitation["mailed"] == true);
  t.accounts->send_mail();
  REQUIRE(t.mail.size() == 1);
  CHECK(t.mail[0].first == "tom@example.org");
  CHECK(t.mail[0].second.find(invitation["link"].get<std::string>()) != std::string::npos);
  json pending = body_of(ask(t, {"u-lead"}, "GET", path), "InvitationList");
  CHECK(pending["invitations"].size() == 1);
  std::string id = pending["invitations"][0]["id"];
  json renewed = body_of(ask(t, {"u-lead"}, "POST", path + "/" + id + "/renew"), "InvitationMade");
  std::string token = token_in(renewed["link"]);
  json look = body_of(ask(t, {}, "POST", "/api/v1/links/look", {{"token", token}}), "LinkShown");
  CHECK(look["memberships"][0]["organisation_name"] == "Ousefen University Hospitals");

  json use = {{"token", token}, {"name", "Tom Reed"}, {"password", kPassword}};
  json used = body_of(ask(t, {}, "POST", "/api/v1/links/use", use), "LinkUsed");
  std::string tom = used["session"]["person"]["id"];
  CHECK(used["session"]["person"]["roles"] == json{"author"});
  CHECK(ask(t, {tom}, "GET", kPlanPath).status == 200);
  json people = body_of(ask(t, {"u-lead"}, "GET", kPlanPath + "/people"), "PersonList");
  CHECK(people["people"].dump().find("Tom Reed") != std::string::npos);
  CHECK(error_of(ask(t, {}, "POST", "/api/v1/links/use", use), 409) == "link.used");
}

TEST_CASE("an invitation is void once its inviter may not invite any more") {
  TestApi t;
  json made =
      body_of(ask(t, {"u-pmo"}, "POST", kPlanPath + "/invitations", kInvitation), "InvitationMade");
  CHECK(ask(t, {"u-lead"}, "PUT", kPlanPath + "/members/u-pmo", {{"memberships", json::array()}})
            .status == 200);
  json use = {{"token", token_in(made["link"])}, {"name", "Tom"}, {"password", kPassword}};
  CHECK(error_of(ask(t, {}, "POST", "/api/v1/links/use", use), 403) == "invitation.void");
  CHECK(t.accounts->directory().all()->empty());  // and no account was made for it
}

TEST_CASE("tokens are made in a session and reach plans only") {
  TestApi t;
  json wanted = {{"name", "Nightly"}, {"scope", "read"}, {"plan", "some-plan"}, {"days", 1}};
  auto answer = ask(t, {"u-fin"}, "POST", "/api/v1/account/tokens", wanted);
  CHECK(answer.status == 201);
  json made = body_of(answer, "TokenMade");
  CHECK(t.accounts->tokens().find(made["token"].get<std::string>()));
  Sent token{"u-fin", {}, false, true, true, "some-plan"};
  CHECK(error_of(ask(t, token, "GET", "/api/v1/account"), 403) == "token.not_here");
  CHECK(error_of(ask(t, token, "GET", kPlanPath + "/invitations"), 403) == "token.not_here");
  CHECK(error_of(ask(t, token, "POST", kPlanPath + "/figures", json::object()), 403) ==
        "token.read_only");
  CHECK(error_of(ask(t, token, "GET", kPlanPath), 403) == "token.other_plan");
  CHECK(body_of(ask(t, token, "GET", "/api/v1/plans"), "PlanList")["plans"].empty());
  CHECK(ask(t, {"u-fin"}, "DELETE",
            "/api/v1/account/tokens/" + made["entry"]["id"].get<std::string>())
            .status == 204);
  CHECK_FALSE(t.accounts->tokens().find(made["token"].get<std::string>()));
}

TEST_CASE("a page under another name changes nothing") {
  TestApi t;
  Sent page{"u-lead", {{"footprint-person", "u-fin"}}, true};
  CHECK(error_of(ask(t, page, "POST", kPlanPath + "/figures", json::object()), 409) ==
        "session.other_person");
  CHECK(ask(t, page, "GET", kPlanPath).status == 200);
  page.headers = {{"footprint-person", "u-lead"}};
  CHECK(ask(t, page, "POST", kPlanPath + "/figures", json::object()).status == 422);
}

TEST_CASE("administration: list, disable, export, erase") {
  TestApi t;
  std::string ada = add(t, "Ada Lin", "ada@example.org", true);
  json made = body_of(ask(t, {"u-lead"}, "POST", kPlanPath + "/invitations", kInvitation),
                      "InvitationMade");
  json use = {{"token", token_in(made["link"])}, {"name", "Tom Reed"}, {"password", kPassword}};
  std::string tom =
      body_of(ask(t, {}, "POST", "/api/v1/links/use", use), "LinkUsed")["session"]["person"]["id"];
  const std::string at = "/api/v1/admin/people/" + tom;
  CHECK(error_of(ask(t, {tom}, "GET", "/api/v1/admin/people"), 403) == "right.not_administrator");
  json list = body_of(ask(t, {ada}, "GET", "/api/v1/admin/people"), "AdministeredList");
  CHECK(list["people"].size() == 2);
  json off = body_of(ask(t, {ada}, "PATCH", at, {{"status", "disabled"}}), "AdministeredAccount");
  CHECK(off["status"] == "disabled");
  CHECK(t.sessions.of(PersonId(tom)).empty());
  CHECK(ask(t, {ada}, "PATCH", at, {{"status", "active"}}).status == 200);
  body_of(ask(t, {ada}, "POST", at + "/reset-link"), "ResetLinkMade");
  json held = body_of(ask(t, {ada}, "GET", at + "/export"), "PersonExport");
  CHECK(held["plans"].size() == 1);
  CHECK(error_of(ask(t, {ada}, "POST", at + "/erase", {{"confirm", "no"}}), 422) ==
        "account.confirm");
  CHECK(ask(t, {ada}, "POST", at + "/erase", {{"confirm", "Tom@Example.org"}}).status == 204);
  CHECK(t.accounts->directory().known(PersonId(tom))->name.empty());
  json people = body_of(ask(t, {"u-lead"}, "GET", kPlanPath + "/people"), "PersonList");
  CHECK(people["people"].dump().find("Tom Reed") == std::string::npos);
  CHECK(error_of(ask(t, {ada}, "GET", at + "/export"), 404) == "account.unknown");
}

TEST_CASE("a link for a new password is asked for in the same words by anybody, not too often") {
  TestApi t;
  add(t, "Priya Menon", "priya@example.org");
  auto reset = [&](const char* email) {
    return ask(t, {}, "POST", "/api/v1/links/reset", {{"email", email}});
  };
  CHECK(reset("priya@example.org").status == 202);
  CHECK(reset("nobody@example.org").body == reset("not an address").body);
  t.accounts->send_mail();
  CHECK(t.mail.size() == 1);
  for (int i = 0; i < 5; ++i) reset("priya@example.org");
  t.accounts->send_mail();
  CHECK(t.mail.size() == 3);  // so many an hour
  for (int i = 0; i < 12; ++i) reset("a@example.org");
  CHECK(error_of(reset("a@example.org"), 429) == "session.too_many");
}
