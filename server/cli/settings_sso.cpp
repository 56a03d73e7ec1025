// Single sign-on in the settings file: [[sso]] and, below each, [[sso.memberships]].
#include <toml++/toml.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "access/oidc_http.hpp"
#include "cli/settings.hpp"
#include "plan/names.hpp"

namespace footprint::cli {
namespace {

using access::OidcMembershipRule;
using access::OidcSettings;

template <typename Into>
struct Rule {
  const char* name;
  const char* allowed;
  bool required;
  std::function<bool(Into&, const toml::node&)> set;
};

template <typename Into>
auto text_into(std::string Into::*member, const std::function<bool(const std::string&)>& check) {
  return [member, check](Into& into, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    if (!text || !check(*text)) return false;
    into.*member = *text;
    return true;
  };
}

template <typename Into, typename Name>
auto name_into(Name Into::*member) {
  return [member](Into& into, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    if (!text || !is_valid_name(*text)) return false;
    into.*member = Name(*text);
    return true;
  };
}

auto bool_into(bool OidcSettings::*member) {
  return [member](OidcSettings& into, const toml::node& node) {
    const auto flag = node.value_exact<bool>();
    if (flag) into.*member = *flag;
    return flag.has_value();
  };
}

std::optional<std::vector<std::string>> list_of(
    const toml::node& node, const std::function<bool(const std::string&)>& check) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const toml::node& one : *list) {
    const auto text = one.value_exact<std::string>();
    if (!text || !check(*text)) return std::nullopt;
    texts.push_back(*text);
  }
  return texts;
}

bool is_plain(const std::string& text) {
  return !text.empty() && text.size() <= 500 &&
         std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c < ' ' || c == 127; });
}

bool is_word(const std::string& text) {
  return is_plain(text) && text.find(' ') == std::string::npos;
}

bool is_domain(const std::string& text) {
  return is_word(text) && text.find('@') == std::string::npos &&
         text.find('.') != std::string::npos;
}

bool is_issuer(const std::string& text) {
  return access::is_provider_url(text) && text.find('?') == std::string::npos;
}

bool is_role(const std::string& text) {
  return plan::from_name<plan::Role>(plan::kRoleNames, text).has_value();
}

bool set_scopes(OidcSettings& into, const toml::node& node) {
  const auto scopes = list_of(node, is_word);
  if (!scopes) return false;
  into.scopes = "openid";
  for (const std::string& scope : *scopes)
    if (scope != "openid") into.scopes += " " + scope;
  return true;
}

bool set_domains(OidcSettings& into, const toml::node& node) {
  auto domains = list_of(node, is_domain);
  if (domains) into.email_domains = std::move(*domains);
  return domains.has_value();
}

bool set_roles(OidcMembershipRule& into, const toml::node& node) {
  auto roles = list_of(node, is_role);
  if (!roles || roles->empty()) return false;
  into.roles = std::move(*roles);
  return true;
}

const std::vector<Rule<OidcMembershipRule>>& membership_rules() {
  static const std::vector<Rule<OidcMembershipRule>> rules{
      {"claim", "the name of a claim, or email_domain", true,
       text_into(&OidcMembershipRule::claim, is_word)},
      {"value", "the value that the claim must have", true,
       text_into(&OidcMembershipRule::value, is_plain)},
      {"plan", "the id of a plan, as in its address", true, name_into(&OidcMembershipRule::plan)},
      {"organisation", "the id of an organisation of that plan", true,
       name_into(&OidcMembershipRule::organisation)},
      {"roles",
       "a list of footprint_lead, pmo, section_lead, author, board_signatory, reviewer, "
       "lay_reviewer, observer",
       true, set_roles},
  };
  return rules;
}

std::string place_of(const std::string& path, const toml::source_region& at) {
  return path + ":" + std::to_string(at.begin.line);
}

tl::unexpected<Error> not_allowed(const std::string& place, const std::string& name,
                                  const std::string& allowed) {
  return fail(ErrorKind::kInvalid, "settings.value",
              place + ": " + name + ": this is not allowed here. Allowed: " + allowed + ".");
}

/// Reads one table by its rules. `nested`: a key that is somebody else's to read.
template <typename Into>
Result<Into> read_table(const toml::node& node, const std::vector<Rule<Into>>& rules,
                        const std::string& path, const std::string& section, const char* nested) {
  const std::string at = place_of(path, node.source());
  const toml::table* table = node.as_table();
  if (table == nullptr) return not_allowed(at, section, "tables, written [[" + section + "]]");
  Into read;
  for (const auto& [key, value] : *table) {
    const std::string name(key.str());
    if (name == nested) continue;
    auto rule = std::find_if(rules.begin(), rules.end(),
                             [&](const auto& each) { return each.name == name; });
    const std::string here = place_of(path, key.source());
    if (rule == rules.end()) {
      std::string names;
      for (const auto& each : rules) names += (names.empty() ? "" : ", ") + std::string(each.name);
      return fail(ErrorKind::kInvalid, "settings.unknown",
                  here + ": there is no setting \"" + name + "\" in [[" + section +
                      "]]. Allowed: " + names + ".");
    }
    if (!rule->set(read, value)) return not_allowed(here, section + "." + name, rule->allowed);
  }
  for (const auto& rule : rules)
    if (rule.required && !table->contains(rule.name))
      return fail(ErrorKind::kInvalid, "settings.missing",
                  at + ": [[" + section + "]] needs " + rule.name + ": " + rule.allowed + ".");
  return read;
}

const std::vector<Rule<OidcSettings>>& provider_rules() {
  static const std::vector<Rule<OidcSettings>> rules{
      {"key", "a short name of a-z, 0-9, - and _", true,
       text_into(&OidcSettings::key,
                 [](const std::string& text) { return is_valid_name(text) && text.size() <= 40; })},
      {"title", "what stands on the button, up to 60 characters", true,
       text_into(&OidcSettings::title,
                 [](const std::string& text) { return is_plain(text) && text.size() <= 60; })},
      {"issuer", "the https address that the provider calls its issuer", true,
       text_into(&OidcSettings::issuer, is_issuer)},
      {"client_id", "the id that the provider gave this server", true,
       text_into(&OidcSettings::client_id, is_plain)},
      {"client_secret_file", "the path of a file with the client secret", true,
       text_into(&OidcSettings::client_secret_file, is_plain)},
      {"scopes", "a list of scopes, like [\"openid\", \"profile\", \"email\"]", false, set_scopes},
      {"email_domains", "a list of domains, like [\"nhs.net\"]", false, set_domains},
      {"emails_verified", "true or false", false, bool_into(&OidcSettings::emails_verified)},
      {"new_accounts", "true or false", false, bool_into(&OidcSettings::new_accounts)},
  };
  return rules;
}

Result<OidcSettings> read_provider(const toml::node& node, const std::string& path) {
  auto provider = read_table(node, provider_rules(), path, "sso", "memberships");
  if (!provider) return provider;
  const toml::node* memberships = node.as_table()->get("memberships");
  if (memberships == nullptr) return provider;
  const toml::array* list = memberships->as_array();
  if (list == nullptr)
    return not_allowed(place_of(path, memberships->source()), "sso.memberships",
                       "tables, written [[sso.memberships]]");
  for (const toml::node& each : *list) {
    auto rule = read_table(each, membership_rules(), path, "sso.memberships", "");
    if (!rule) return forward_error(rule.error());
    const auto& domains = provider->email_domains;
    if (rule->claim == "email_domain" &&
        std::find(domains.begin(), domains.end(), rule->value) == domains.end())
      return not_allowed(place_of(path, each.source()), "sso.memberships.value",
                         "with email_domain, one of the provider's email_domains");
    provider->memberships.push_back(std::move(*rule));
  }
  return provider;
}

Result<std::vector<OidcSettings>> read_providers(const toml::table& file, const std::string& path) {
  std::vector<OidcSettings> providers;
  const toml::node* section = file.get("sso");
  if (section == nullptr) return providers;
  const toml::array* list = section->as_array();
  if (list == nullptr)
    return not_allowed(place_of(path, section->source()), "sso", "tables, written [[sso]]");
  for (const toml::node& each : *list) {
    auto provider = read_provider(each, path);
    if (!provider) return forward_error(provider.error());
    if (std::any_of(providers.begin(), providers.end(),
                    [&](const auto& known) { return known.key == provider->key; }))
      return not_allowed(place_of(path, each.source()), "sso.key",
                         "a key that no other [[sso]] has");
    providers.push_back(std::move(*provider));
  }
  return providers;
}

}  // namespace

Result<std::vector<OidcSettings>> read_sso_settings(const std::string& path) {
  try {
    return read_providers(toml::parse_file(path), path);
  } catch (const toml::parse_error& bad) {
    return fail(ErrorKind::kInvalid, "settings.file",
                place_of(path, bad.source()) +
                    ": this is no valid TOML: " + std::string(bad.description()) + ".");
  }
}

}  // namespace footprint::cli
