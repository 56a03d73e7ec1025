// Settings: flags over file over defaults, and every mistake named with its place and with what is
// allowed.
#include "cli/settings.hpp"

#include <fstream>

#include "catch.hpp"
#include "storage/log_testing.hpp"

using namespace footprint;
using namespace footprint::cli;

namespace {

std::string write_toml(const storage::testing::ScratchDirectory& scratch, const std::string& text) {
  const std::string path = scratch.path() + "/footprint.toml";
  std::ofstream(path) << text;
  return path;
}

Result<net::ServerSettings> from_file(const std::string& text, const SettingValues& flags = {}) {
  storage::testing::ScratchDirectory scratch;
  auto values = read_settings_file(write_toml(scratch, text));
  if (!values) return forward_error(values.error());
  return make_settings(*values, flags);
}

/// The message without the scratch directory before the file's name.
std::string message_of(const std::string& text) {
  auto settings = from_file(text);
  REQUIRE_FALSE(settings);
  CHECK(settings.error().kind == ErrorKind::kInvalid);
  const std::string& message = settings.error().message;
  return message.substr(std::min(message.size(), message.find("footprint.toml")));
}

}  // namespace

TEST_CASE("accounts, links and mail are set in tables of their own") {
  auto settings = from_file(R"(
data = "d"
public_url = "https://plans.example.org"
session_lifetime_s = 60
require_second_factor_for = ["board_signatory"]
[links]
setup_s = 1
invitation_s = 2
reset_s = 3
[mail]
host = "smtp.example.org"
port = 465
from = "Plans@Example.org"
user = "plans"
password_file = "/run/secret"
tls = "tls"
ca_file = "/etc/ca.pem"
)");
  REQUIRE(settings);
  CHECK(settings->public_url == "https://plans.example.org");
  CHECK(settings->session_lifetime_ms == 60'000);
  CHECK(settings->require_second_factor_for == std::vector<std::string>{"board_signatory"});
  CHECK(settings->link_lifetimes.setup_ms == 1000);
  CHECK(settings->link_lifetimes.invitation_ms == 2000);
  CHECK(settings->link_lifetimes.reset_ms == 3000);
  REQUIRE(settings->mail);
  CHECK(settings->mail->host == "smtp.example.org");
  CHECK(settings->mail->port == 465);
  CHECK(settings->mail->from == "plans@example.org");
  CHECK(settings->mail->user == "plans");
  CHECK(settings->mail->password_file == "/run/secret");
  CHECK(settings->mail->tls == access::MailTls::kTls);
  CHECK(settings->mail->ca_file == "/etc/ca.pem");
  CHECK_FALSE(from_file("data = \"d\"")->mail);
  CHECK(flag_of("mail.password_file") == "--mail-password-file");
}

TEST_CASE("mail that would go in the clear, or from nobody, is refused") {
  const std::string start = "data = \"d\"\n[mail]\n";
  auto code = [&](const std::string& mail) {
    auto settings = from_file(start + mail);
    return settings ? "" : settings.error().code;
  };
  CHECK(code("host = \"127.0.0.1\"\nfrom = \"a@b.c\"\ntls = \"none\"").empty());
  CHECK(code("host = \"smtp.test\"\nfrom = \"a@b.c\"").empty());
  CHECK(code("host = \"smtp.test\"\nfrom = \"a@b.c\"\ntls = \"none\"") == "settings.mail");
  CHECK(code("host = \"smtp.test\"") == "settings.mail");
  CHECK(code("host = \"smtp.test\"\nfrom = \"a@b.c\"\nuser = \"u\"") == "settings.mail");
  CHECK(code("host = \"a b\"\nfrom = \"a@b.c\"") == "settings.value");
  CHECK(code("host = \"a\"\nfrom = \"nobody\"") == "settings.value");
  CHECK(code("hosts = \"a\"") == "settings.unknown");
}

TEST_CASE("a settings file sets everything") {
  auto settings = from_file(R"(
listen = "[::1]:9000"
data = "/tmp/d"
web = "web/dist"
demo = true
bench = true
io_threads = 3
log_level = "debug"
allowed_origins = ["https://a.example", "http://b.example:81"]
behind_tls_proxy = true
shutdown_timeout_ms = 900
)");
  REQUIRE(settings);
  CHECK(settings->listen_address == "::1");
  CHECK(settings->listen_port == 9000);
  CHECK(settings->data_dir == "/tmp/d");
  CHECK(settings->web_dir == "web/dist");
  CHECK(settings->demo);
  CHECK(settings->bench);
  CHECK(settings->io_threads == 3);
  CHECK(settings->log_level == "debug");
  CHECK(settings->allowed_origins.size() == 2);
  CHECK(settings->behind_tls_proxy);
  CHECK(settings->shutdown_timeout_ms == 900);
}

TEST_CASE("flags win over the file") {
  auto settings = from_file("data = \"/a\"\nio_threads = 2\n",
                            {{"data", {std::string("/b"), "--data"}},
                             {"listen", {std::string("localhost:0"), "--listen"}}});
  REQUIRE(settings);
  CHECK(settings->data_dir == "/b");
  CHECK(settings->io_threads == 2);
  CHECK(settings->listen_address == "127.0.0.1");
  CHECK(settings->listen_port == 0);
}

TEST_CASE("a bad value is named with file, line and what is allowed") {
  CHECK(message_of("data = \"/a\"\nio_threads = 65\n") ==
        "footprint.toml:2: io_threads: 65 is not allowed here. Allowed: a whole number from 0 to "
        "64; 0 means one a core, "
        "at most 8.");
  CHECK(message_of("data = \"/a\"\n\nlisten = \"example.org:80\"") ==
        "footprint.toml:3: listen: \"example.org:80\" is not allowed here. Allowed: an IP address "
        "and a port, like "
        "127.0.0.1:8080 or [::1]:8080.");
  CHECK(message_of("data = 5").starts_with("footprint.toml:1: data: 5 is not allowed here."));
  CHECK(message_of("demo = \"yes\"")
            .starts_with("footprint.toml:1: demo: \"yes\" is not allowed here."));
  CHECK(message_of("log_level = \"loud\"")
            .ends_with("Allowed: one of trace, debug, info, warn, error, off."));
  CHECK(message_of("allowed_origins = [\"plans.example\"]")
            .find("[\"plans.example\"] is not allowed") != std::string::npos);
  CHECK(message_of("data = 1979-05-27")
            .starts_with("footprint.toml:1: data: this kind of value is not allowed here."));
}

TEST_CASE("an unknown key, bad TOML and a missing file are named") {
  CHECK(message_of("data = \"/a\"\nprot = 80\n")
            .starts_with(
                "footprint.toml:2: there is no setting \"prot\". Allowed: listen, data, web,"));
  CHECK(message_of("data = \n").starts_with("footprint.toml:1: this is no valid TOML: "));
  auto missing = read_settings_file("/nowhere/footprint.toml");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "/nowhere/footprint.toml: there is no such settings file.");
}

TEST_CASE("a bad flag is named as a flag") {
  auto settings = make_settings({}, {{"io_threads", {std::string("two"), "--io-threads"}}});
  REQUIRE_FALSE(settings);
  CHECK(settings.error().message.starts_with("--io-threads: \"two\" is not allowed here."));
  for (const char* listen :
       {"8080", "127.0.0.1", "127.0.0.1:70000", "::1:80", "[::1]", "127.0.0.1:8x", ":80"}) {
    CAPTURE(listen);
    CHECK_FALSE(make_settings({}, {{"data", {std::string("d"), "--data"}},
                                   {"listen", {std::string(listen), "--listen"}}}));
  }
}

TEST_CASE("serving needs a data directory, and demo stays on this machine") {
  CHECK(make_settings({}, {}).error().code == "settings.missing");
  for (const char* name : {"demo", "bench"}) {
    SettingValues flags{{"data", {std::string("d"), "--data"}},
                        {name, {true, flag_of(name)}},
                        {"listen", {std::string("0.0.0.0:8080"), "--listen"}}};
    auto settings = make_settings({}, flags);
    REQUIRE_FALSE(settings);
    CHECK(settings.error().code == "settings.not_loopback");
    CHECK(settings.error().message.find("0.0.0.0 is refused") != std::string::npos);
    flags["listen"].value = std::string("127.0.0.2:0");
    CHECK(make_settings({}, flags));
  }
}
