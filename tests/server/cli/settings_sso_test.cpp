// [[sso]] in the settings file: what it may say, and how a mistake is named.
#include <fstream>

#include "catch.hpp"
#include "cli/settings.hpp"
#include "storage/log_testing.hpp"

using namespace footprint;
using namespace footprint::cli;

namespace {

const std::string kProvider = R"([[sso]]
key = "nhsmail"
title = "NHSmail"
issuer = "https://login.example.org/tenant/v2.0"
client_id = "a-client"
client_secret_file = "/etc/footprint/nhsmail.secret"
)";
const std::string kRule = R"([[sso.memberships]]
claim = "tid"
value = "a-tenant"
plan = "a-plan"
organisation = "ccg"
roles = ["author", "reviewer"]
)";

Result<std::vector<access::OidcSettings>> read(const std::string& text) {
  storage::testing::ScratchDirectory scratch;
  const std::string path = scratch.path() + "/footprint.toml";
  std::ofstream(path) << text;
  return read_sso_settings(path);
}

std::string message_of(const std::string& text) {
  auto settings = read(text);
  REQUIRE_FALSE(settings);
  CHECK(settings.error().kind == ErrorKind::kInvalid);
  const std::string& message = settings.error().message;
  return message.substr(message.find("footprint.toml"));
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  text.replace(text.find(what), what.size(), with);
  return text;
}

}  // namespace

TEST_CASE("a settings file names providers of single sign-on and what their claims give") {
  CHECK(read("data = \"/tmp\"\n")->empty());
  auto settings =
      read(kProvider +
           "scopes = [\"email\", \"openid\", \"groups\"]\nemail_domains = "
           "[\"nhs.net\"]\nemails_verified = true\nnew_accounts = true\n" +
           kRule + replaced(replaced(kRule, "tid", "email_domain"), "a-tenant", "nhs.net") +
           replaced(kProvider, "nhsmail", "other"));
  REQUIRE(settings);
  REQUIRE(settings->size() == 2);
  const access::OidcSettings& first = settings->front();
  CHECK(first.key == "nhsmail");
  CHECK(first.title == "NHSmail");
  CHECK(first.issuer == "https://login.example.org/tenant/v2.0");
  CHECK(first.client_id == "a-client");
  CHECK(first.client_secret_file == "/etc/footprint/nhsmail.secret");
  CHECK(first.scopes == "openid email groups");
  CHECK(first.email_domains == std::vector<std::string>{"nhs.net"});
  CHECK(first.emails_verified);
  CHECK(first.new_accounts);
  REQUIRE(first.memberships.size() == 2);
  CHECK(first.memberships[0].claim == "tid");
  CHECK(first.memberships[0].value == "a-tenant");
  CHECK(first.memberships[0].plan == PlanId("a-plan"));
  CHECK(first.memberships[0].organisation == OrganisationId("ccg"));
  CHECK(first.memberships[0].roles == std::vector<std::string>{"author", "reviewer"});
  const access::OidcSettings& second = settings->back();
  CHECK(second.key == "other");
  CHECK(second.scopes == "openid profile email");
  CHECK_FALSE(second.emails_verified);
  CHECK_FALSE(second.new_accounts);
  CHECK(second.memberships.empty());
}

TEST_CASE("a mistake in single sign-on is named with its line and what is allowed") {
  CHECK(message_of(replaced(kProvider, "https://", "http://")) ==
        "footprint.toml:4: sso.issuer: this is not allowed here. Allowed: the https address that "
        "the provider calls its issuer.");
  CHECK(message_of(kProvider + "colour = 1\n")
            .starts_with("footprint.toml:7: there is no setting \"colour\" in [[sso]]. Allowed: "
                         "key, title, issuer,"));
  CHECK(message_of(replaced(kProvider, "client_id = \"a-client\"\n", ""))
            .starts_with("footprint.toml:1: [[sso]] needs client_id: "));
  CHECK(message_of(kProvider + kProvider)
            .starts_with("footprint.toml:7: sso.key: this is not allowed here."));
  CHECK(message_of(kProvider + replaced(kRule, "reviewer", "administrator"))
            .starts_with("footprint.toml:12: sso.memberships.roles: "));
  CHECK(message_of(kProvider + replaced(kRule, "a-plan", "A plan"))
            .starts_with("footprint.toml:10: sso.memberships.plan: "));
  // An address is no proof of a domain that the provider may not speak for.
  CHECK(message_of(kProvider + replaced(kRule, "tid", "email_domain"))
            .starts_with("footprint.toml:7: sso.memberships.value: "));
  CHECK(message_of("[sso]\nkey = \"x\"\n").starts_with("footprint.toml:1: sso: "));
  CHECK(message_of("sso = 1\n").starts_with("footprint.toml:1: sso: "));
  CHECK(message_of(kProvider + "memberships = 1\n").starts_with("footprint.toml:7: "));
  CHECK(message_of(replaced(kProvider, "nhsmail", "NHS mail")).find("sso.key") !=
        std::string::npos);
  CHECK(message_of(kProvider + "email_domains = [\"@nhs.net\"]\n").find("email_domains") !=
        std::string::npos);
  CHECK(message_of("[[sso]\n").find("no valid TOML") != std::string::npos);
}
