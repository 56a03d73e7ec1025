// Memberships by single sign-on: what its rules give at a sign-in, and take back when a claim is
// gone.
//
// What single sign-on gave is written down, role by role. Only that is ever taken back: what a
// person gave stays, and what a person took away is not given again while the claim lasts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/directory.hpp"
#include "access/oidc_visitor.hpp"
#include "plan/state.hpp"

namespace footprint::access {

/// What comes of one person's memberships in one plan.
struct OidcSettlement {
  std::vector<plan::Membership> memberships;  // all of them from now on
  std::vector<OidcGrant> given;               // to be written down
  std::vector<OidcGrant> taken;               // no longer
};

/// Pure. `visitor`: its grants in other plans are passed over, as are those of `given_before`: what
/// was written down. A plan keeps its last footprint lead.
OidcSettlement settle_grants(const plan::PlanState& state, const PersonId& person,
                             const OidcVisitor& visitor,
                             const std::vector<OidcGrant>& given_before);

// Blocking; errors as those of the directory.

Result<std::vector<OidcGrant>> grants_of(Directory& directory, const PersonId& person,
                                         const std::string& provider);
Status write_settlement(Directory& directory, const PersonId& person, const std::string& provider,
                        const OidcSettlement& settlement);
/// Whose identity it is.
Result<std::optional<PersonId>> person_of_identity(Directory& directory, const std::string& issuer,
                                                   const std::string& subject);

/// Marks an invitation as used, for somebody who is known to have its address without its link;
/// false if it is used or has expired by now.
Result<bool> take_invitation(Directory& directory, const std::string& id);

}  // namespace footprint::access
