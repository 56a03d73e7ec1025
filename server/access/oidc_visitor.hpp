// What somebody's claims mean here, by the operator's settings. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/directory.hpp"
#include "access/oidc_provider.hpp"
#include "access/oidc_settings.hpp"

namespace footprint::access {

/// A role in a plan that single sign-on gives, or has given.
struct OidcGrant {
  PlanId plan;
  OrganisationId organisation;
  std::string role;
  auto operator<=>(const OidcGrant&) const = default;
};

/// Somebody whom a provider has just signed in.
struct OidcVisitor {
  Identity identity;  // its e-mail only where the provider may say it
  std::string sid;
  std::vector<OidcGrant> grants;     // by the rules that match
  std::vector<OidcGrant> unsettled;  // by rules whose claim the provider did not send this time
};

/// An address counts only if it is verified and of a domain that the provider may speak for: others
/// are as if they were not there.
OidcVisitor visitor_of(const OidcSettings& settings, const OidcSignedIn& signed_in);

/// Whether a browser may be sent there after signing in: a path of this server, whatever a browser
/// makes of it.
bool is_own_path(std::string_view next);

}  // namespace footprint::access
