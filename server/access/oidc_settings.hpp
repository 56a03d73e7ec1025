// What an operator says of a provider of single sign-on ([[sso]] in the settings file).
#pragma once

#include <string>
#include <vector>

#include "base/ids.hpp"

namespace footprint::access {

/// Whoever has `value` among the values of `claim` gets these roles in the plan for the
/// organisation. The claim "email_domain" is what stands behind the '@' of an address that is
/// believed.
struct OidcMembershipRule {
  std::string claim;
  std::string value;
  PlanId plan;
  OrganisationId organisation;
  std::vector<std::string> roles;  // at least one
};

struct OidcSettings {
  std::string key;    // in addresses: /api/v1/sso/KEY/start
  std::string title;  // on the button: "NHSmail"
  std::string issuer;
  std::string client_id;
  std::string client_secret_file;
  std::string scopes = "openid profile email";
  /// Whose addresses this provider may speak for: an account or an invitation with such an address
  /// becomes the person's who signs in with it.
  std::vector<std::string> email_domains;
  /// The provider gives addresses of those domains only to who owns them, though its tokens lack
  /// "email_verified".
  bool emails_verified = false;
  /// Also people whom no rule gives a membership and nobody has invited get an account.
  bool new_accounts = false;
  std::vector<OidcMembershipRule> memberships;
};

}  // namespace footprint::access
