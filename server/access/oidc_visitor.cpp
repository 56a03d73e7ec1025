#include "access/oidc_visitor.hpp"

#include <algorithm>

namespace footprint::access {

namespace {

constexpr std::size_t kNextBytesMax = 1000;

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

std::string believed_email(const OidcSettings& settings, const OidcClaims& claims) {
  const auto email = normalised_email(single_claim(claims, "email"));
  if (!email) return {};
  const std::string domain = email->substr(email->find('@') + 1);
  const bool ours = std::any_of(settings.email_domains.begin(), settings.email_domains.end(),
                                [&](const std::string& each) { return lower(each) == domain; });
  const std::string verified = single_claim(claims, "email_verified");
  const bool is_verified =
      verified == "true" || (!claims.contains("email_verified") && settings.emails_verified);
  return ours && is_verified ? *email : std::string();
}

std::string name_of(const OidcClaims& claims) {
  if (auto name = normalised_name(single_claim(claims, "name"))) return *name;
  return normalised_name(single_claim(claims, "given_name") + " " +
                         single_claim(claims, "family_name"))
      .value_or("");
}

bool matches(const OidcMembershipRule& rule, const OidcClaims& claims, const std::string& email) {
  if (rule.claim == "email_domain")
    return !email.empty() && email.substr(email.find('@') + 1) == lower(rule.value);
  auto found = claims.find(rule.claim);
  return found != claims.end() &&
         std::find(found->second.begin(), found->second.end(), rule.value) != found->second.end();
}

}  // namespace

OidcVisitor visitor_of(const OidcSettings& settings, const OidcSignedIn& signed_in) {
  OidcVisitor visitor;
  const std::string email = believed_email(settings, signed_in.claims);
  visitor.identity = {settings.issuer, signed_in.subject, name_of(signed_in.claims), email,
                      !email.empty()};
  visitor.sid = signed_in.sid;
  for (const OidcMembershipRule& rule : settings.memberships) {
    const bool elsewhere =
        signed_in.elsewhere.contains(rule.claim) && !signed_in.claims.contains(rule.claim);
    if (!elsewhere && !matches(rule, signed_in.claims, email)) continue;
    auto& grants = elsewhere ? visitor.unsettled : visitor.grants;
    for (const std::string& role : rule.roles) {
      OidcGrant grant{rule.plan, rule.organisation, role};
      if (std::find(grants.begin(), grants.end(), grant) == grants.end())
        grants.push_back(std::move(grant));
    }
  }
  return visitor;
}

bool is_own_path(std::string_view next) {
  if (next.empty() || next.size() > kNextBytesMax || next.front() != '/') return false;
  // "//host" names another server, and browsers read '\' as '/' and drop tabs and line ends.
  if (next.size() > 1 && next[1] == '/') return false;
  const bool plain = std::all_of(next.begin(), next.end(), [](char c) {
    return c > ' ' && c < 127 && c != '\\' && c != '"' && c != '\'' && c != '<' && c != '>';
  });
  return plain && !next.starts_with("/api/v1/sso/");
}

}  // namespace footprint::access
