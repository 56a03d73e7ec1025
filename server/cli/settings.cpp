#include "cli/settings.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

namespace footprint::cli {
namespace {

using net::ServerSettings;

struct Rule {
  SettingInfo info;
  std::function<bool(ServerSettings&, const SettingValue&)> set;
};

/// A whole number from the file's integer or the flag's text.
std::optional<std::int64_t> number(const SettingValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return std::nullopt;
  std::int64_t parsed = 0;
  const char* end = text->data() + text->size();
  const auto [stopped, error] = std::from_chars(text->data(), end, parsed);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return parsed;
}

bool is_ip_address(const std::string& text) {
  unsigned char parsed[16];
  return ::inet_pton(AF_INET, text.c_str(), parsed) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), parsed) == 1;
}

bool set_listen(ServerSettings& settings, const SettingValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return false;
  const std::size_t colon = text->rfind(':');
  if (colon == std::string::npos) return false;
  std::string address = text->substr(0, colon);
  const auto port = number(text->substr(colon + 1));
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    return false;  // an IPv6 address without brackets: the last group could be a port
  }
  if (address == "localhost") address = "127.0.0.1";
  if (!port || *port < 0 || *port > 65535 || !is_ip_address(address)) return false;
  settings.listen_address = address;
  settings.listen_port = static_cast<std::uint16_t>(*port);
  return true;
}

auto text_into(std::string ServerSettings::*member) {
  return [member](ServerSettings& settings, const SettingValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || text->empty()) return false;
    settings.*member = *text;
    return true;
  };
}

auto bool_into(bool ServerSettings::*member) {
  return [member](ServerSettings& settings, const SettingValue& value) {
    const auto* flag = std::get_if<bool>(&value);
    if (flag == nullptr) return false;
    settings.*member = *flag;
    return true;
  };
}

template <typename T>
auto number_into(T ServerSettings::*member, std::int64_t least, std::int64_t most) {
  return [=](ServerSettings& settings, const SettingValue& value) {
    const auto parsed = number(value);
    if (!parsed || *parsed < least || *parsed > most) return false;
    settings.*member = static_cast<T>(*parsed);
    return true;
  };
}

bool set_log_level(ServerSettings& settings, const SettingValue& value) {
  static const std::vector<std::string> levels{"trace", "debug", "info", "warn", "error", "off"};
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || std::find(levels.begin(), levels.end(), *text) == levels.end())
    return false;
  settings.log_level = *text;
  return true;
}

bool is_origin(const std::string& text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view host = std::string_view(text).substr(scheme.size());
    return !host.empty() && host.find_first_of("/?# ") == std::string_view::npos;
  }
  return false;
}

bool set_public_url(ServerSettings& settings, const SettingValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || !is_origin(*text)) return false;
  settings.public_url = *text;
  return true;
}

bool set_origins(ServerSettings& settings, const SettingValue& value) {
  const auto* origins = std::get_if<std::vector<std::string>>(&value);
  if (origins == nullptr || !std::all_of(origins->begin(), origins->end(), is_origin)) return false;
  settings.allowed_origins = *origins;
  return true;
}

access::MailSettings& mail_of(ServerSettings& settings) {
  if (!settings.mail) settings.mail.emplace();
  return *settings.mail;
}

auto mail_text_into(std::string access::MailSettings::*member) {
  return [member](ServerSettings& settings, const SettingValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    // No text of these may end a line of what is said to the mail server.
    if (text == nullptr || text->empty() || text->find_first_of("\r\n/ ") != std::string::npos)
      return false;
    mail_of(settings).*member = *text;
    return true;
  };
}

auto mail_path_into(std::string access::MailSettings::*member) {
  return [member](ServerSettings& settings, const SettingValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || text->empty()) return false;
    mail_of(settings).*member = *text;
    return true;
  };
}

bool set_mail_from(ServerSettings& settings, const SettingValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  auto address = text ? access::normalised_email(*text) : std::nullopt;
  if (address) mail_of(settings).from = *address;
  return address.has_value();
}

bool set_mail_port(ServerSettings& settings, const SettingValue& value) {
  const auto parsed = number(value);
  if (!parsed || *parsed < 1 || *parsed > 65535) return false;
  mail_of(settings).port = static_cast<std::uint16_t>(*parsed);
  return true;
}

bool set_mail_tls(ServerSettings& settings, const SettingValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return false;
  if (*text == "starttls")
    mail_of(settings).tls = access::MailTls::kStartTls;
  else if (*text == "tls")
    mail_of(settings).tls = access::MailTls::kTls;
  else if (*text == "none")
    mail_of(settings).tls = access::MailTls::kNone;
  else
    return false;
  return true;
}

constexpr const char* kLinkSeconds = "a whole number of seconds from 1 to 31622400";
constexpr std::int64_t kYearS = 366LL * 24 * 3600;

auto seconds_into(std::int64_t access::LinkLifetimes::*member) {
  return [member](ServerSettings& settings, const SettingValue& value) {
    const auto parsed = number(value);
    if (!parsed || *parsed < 1 || *parsed > kYearS) return false;
    settings.link_lifetimes.*member = *parsed * 1000;
    return true;
  };
}

bool set_session_lifetime(ServerSettings& settings, const SettingValue& value) {
  const auto parsed = number(value);
  if (!parsed || *parsed < 1 || *parsed > 30LL * 24 * 3600) return false;
  settings.session_lifetime_ms = *parsed * 1000;
  return true;
}

bool set_second_factor_roles(ServerSettings& settings, const SettingValue& value) {
  static const std::vector<std::string> roles{
      "footprint_lead",  "pmo",      "section_lead", "author",
      "board_signatory", "reviewer", "lay_reviewer", "observer"};
  const auto* wanted = std::get_if<std::vector<std::string>>(&value);
  if (wanted == nullptr || !std::all_of(wanted->begin(), wanted->end(), [](const auto& role) {
        return std::find(roles.begin(), roles.end(), role) != roles.end();
      }))
    return false;
  settings.require_second_factor_for = *wanted;
  return true;
}

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all{
      {{"listen", "an IP address and a port, like 127.0.0.1:8080 or [::1]:8080", "where to listen",
        false, false},
       set_listen},
      {{"data", "the path of a directory", "data directory; made when there is none", false, false},
       text_into(&ServerSettings::data_dir)},
      {{"web", "the path of a directory", "the built web application (web/dist)", false, false},
       text_into(&ServerSettings::web_dir)},
      {{"demo", "true or false",
        "sign in as any of a plan's people, on this machine only; imports the worked example", true,
        false},
       bool_into(&ServerSettings::demo)},
      {{"bench", "true or false", "add /yjs/bench/{room} without rights, on this machine only",
        true, false},
       bool_into(&ServerSettings::bench)},
      {{"io_threads", "a whole number from 0 to 64; 0 means one a core, at most 8",
        "threads that own plans", false, false},
       number_into(&ServerSettings::io_threads, 0, 64)},
      {{"log_level", "one of trace, debug, info, warn, error, off", "how much is logged", false,
        false},
       set_log_level},
      {{"allowed_origins", "a list of origins, like \"https://plans.example.org\"",
        "origins besides the server's own host; the flag may be given several times", false, true},
       set_origins},
      {{"public_url", "an origin, like \"https://plans.example.org\"",
        "how browsers reach this server; for links in mail and for single sign-on", false, false},
       set_public_url},
      {{"behind_tls_proxy", "true or false", "TLS ends at a proxy in front of this server", true,
        false},
       bool_into(&ServerSettings::behind_tls_proxy)},
      {{"shutdown_timeout_ms", "a whole number of milliseconds from 100 to 600000",
        "how long stopping may wait for clients", false, false},
       number_into(&ServerSettings::shutdown_timeout_ms, 100, 600'000)},
      {{"session_lifetime_s", "a whole number of seconds from 1 to 2592000",
        "how long a session lasts from signing in; 43200 if not set", false, false},
       set_session_lifetime},
      {{"require_second_factor_for", "a list of roles, like \"board_signatory\"",
        "roles of a plan that nobody acts in without a second factor", false, true},
       set_second_factor_roles},
      {{"links.setup_s", kLinkSeconds, "how long the link for the first administrator works", false,
        false},
       seconds_into(&access::LinkLifetimes::setup_ms)},
      {{"links.invitation_s", kLinkSeconds, "how long an invitation works", false, false},
       seconds_into(&access::LinkLifetimes::invitation_ms)},
      {{"links.reset_s", kLinkSeconds, "how long a link for a new password works", false, false},
       seconds_into(&access::LinkLifetimes::reset_ms)},
      {{"mail.host", "the name or address of a mail server", "where to hand in mail (SMTP)", false,
        false},
       mail_text_into(&access::MailSettings::host)},
      {{"mail.port", "a whole number from 1 to 65535", "its port; 587 if not set", false, false},
       set_mail_port},
      {{"mail.from", "an e-mail address", "whom mail comes from", false, false}, set_mail_from},
      {{"mail.user", "a name without spaces", "to sign in to the mail server; none if not set",
        false, false},
       mail_text_into(&access::MailSettings::user)},
      {{"mail.password_file", "the path of a file", "its first line is the password", false, false},
       mail_path_into(&access::MailSettings::password_file)},
      {{"mail.tls", "one of starttls, tls, none; none only to a mail server on this machine",
        "how the way to the mail server is kept private", false, false},
       set_mail_tls},
      {{"mail.ca_file", "the path of a file", "certificates to trust instead of the system's",
        false, false},
       mail_path_into(&access::MailSettings::ca_file)},
  };
  return all;
}

std::string shown(const SettingValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return "\"" + *text + "\"";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  std::string list;
  for (const std::string& one : std::get<std::vector<std::string>>(value)) {
    list += (list.empty() ? "\"" : ", \"") + one + "\"";
  }
  return "[" + list + "]";
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

Status check_mail(const ServerSettings& settings) {
  if (!settings.mail) return {};
  const access::MailSettings& mail = *settings.mail;
  auto refuse = [](const char* message) {
    return fail(ErrorKind::kInvalid, "settings.mail", message);
  };
  if (mail.host.empty() || mail.from.empty())
    return refuse("[mail] needs both a host and a from address.");
  if (mail.user.empty() != mail.password_file.empty())
    return refuse("[mail] needs both a user and a password_file, or neither.");
  bool here = is_loopback(mail.host) || mail.host == "localhost";
  if (mail.tls == access::MailTls::kNone && !here)
    return refuse(
        "[mail] with tls = \"none\" would send links in the clear, so it takes a mail "
        "server on this machine only. Allowed: starttls, tls.");
  return {};
}

Status check_together(const ServerSettings& settings, const SettingValues& merged) {
  if (settings.data_dir.empty()) {
    return fail(
        ErrorKind::kInvalid, "settings.missing",
        "serve needs a data directory. Give --data DIR, or data = \"DIR\" in the settings file.");
  }
  if (Status mail = check_mail(settings); !mail) return mail;
  if ((settings.demo || settings.bench) && !is_loopback(settings.listen_address)) {
    const std::string name = settings.demo ? "demo" : "bench";
    return fail(ErrorKind::kInvalid, "settings.not_loopback",
                merged.at("listen").place + ": with " + merged.at(name).place +
                    " anybody who reaches the server may act as anybody, so it listens on this "
                    "machine only; " +
                    settings.listen_address +
                    " is refused. Allowed: 127.0.0.1 or [::1], with a port.");
  }
  return {};
}

}  // namespace

const std::vector<SettingInfo>& all_settings() {
  static const std::vector<SettingInfo> infos = [] {
    std::vector<SettingInfo> made;
    for (const Rule& rule : rules()) made.push_back(rule.info);
    return made;
  }();
  return infos;
}

std::string flag_of(const std::string& setting) {
  std::string flag = "--" + setting;
  std::replace(flag.begin(), flag.end(), '_', '-');
  std::replace(flag.begin(), flag.end(), '.', '-');
  return flag;
}

Result<ServerSettings> make_settings(const SettingValues& file, const SettingValues& flags) {
  SettingValues merged = flags;
  merged.insert(file.begin(), file.end());
  ServerSettings settings;
  for (const Rule& rule : rules()) {
    auto found = merged.find(rule.info.name);
    if (found == merged.end()) continue;
    if (!rule.set(settings, found->second.value)) {
      return fail(ErrorKind::kInvalid, "settings.value",
                  found->second.place + ": " + shown(found->second.value) +
                      " is not allowed here. Allowed: " + rule.info.allowed + ".");
    }
  }
  if (Status ok = check_together(settings, merged); !ok) return forward_error(ok.error());
  return settings;
}

}  // namespace footprint::cli
