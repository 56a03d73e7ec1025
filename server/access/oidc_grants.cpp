#include "access/oidc_grants.hpp"

#include <algorithm>

#include "plan/names.hpp"

namespace footprint::access {

namespace {

using plan::Membership;
using plan::Role;

bool contains(const std::vector<OidcGrant>& grants, const OidcGrant& grant) {
  return std::find(grants.begin(), grants.end(), grant) != grants.end();
}

bool has(const std::vector<Membership>& memberships, const OidcGrant& grant, Role role) {
  return std::any_of(memberships.begin(), memberships.end(), [&](const Membership& each) {
    return each.organisation == grant.organisation && each.has(role);
  });
}

void add(std::vector<Membership>& memberships, const OidcGrant& grant, Role role) {
  for (Membership& each : memberships)
    if (each.organisation == grant.organisation) return each.roles.push_back(role);
  memberships.push_back({grant.organisation, {role}});
}

void remove(std::vector<Membership>& memberships, const OidcGrant& grant, Role role) {
  for (Membership& each : memberships)
    if (each.organisation == grant.organisation) std::erase(each.roles, role);
  std::erase_if(memberships, [](const Membership& each) { return each.roles.empty(); });
}

bool is_only_lead(const plan::PlanState& state, const PersonId& person) {
  return std::none_of(state.people.begin(), state.people.end(), [&](const plan::Person& each) {
    return each.id != person && each.has(Role::kFootprintLead);
  });
}

}  // namespace

OidcSettlement settle_grants(const plan::PlanState& state, const PersonId& person,
                             const OidcVisitor& visitor,
                             const std::vector<OidcGrant>& given_before) {
  OidcSettlement settled;
  if (const plan::Person* known = state.person(person)) settled.memberships = known->memberships;
  for (const OidcGrant& grant : given_before) {
    const auto role = plan::from_name<Role>(plan::kRoleNames, grant.role);
    if (grant.plan != state.id || contains(visitor.grants, grant) ||
        contains(visitor.unsettled, grant))
      continue;
    if (role == Role::kFootprintLead && is_only_lead(state, person)) continue;
    settled.taken.push_back(grant);
    if (role) remove(settled.memberships, grant, *role);
  }
  for (const OidcGrant& grant : visitor.grants) {
    const auto role = plan::from_name<Role>(plan::kRoleNames, grant.role);
    if (!role || grant.plan != state.id || contains(given_before, grant) ||
        has(settled.memberships, grant, *role))
      continue;
    settled.given.push_back(grant);
    add(settled.memberships, grant, *role);
  }
  return settled;
}

Result<std::vector<OidcGrant>> grants_of(Directory& directory, const PersonId& person,
                                         const std::string& provider) {
  auto rows = directory.database().read([&](Connection& connection) {
    return connection.rows(
        "SELECT plan, organisation, role FROM sso_grants WHERE account = ?1 AND provider = ?2",
        {person.value, provider});
  });
  if (!rows) return forward_error(rows.error());
  std::vector<OidcGrant> grants;
  for (const Row& row : *rows)
    grants.push_back({PlanId(row.text(0)), OrganisationId(row.text(1)), row.text(2)});
  return grants;
}

Status write_settlement(Directory& directory, const PersonId& person, const std::string& provider,
                        const OidcSettlement& settlement) {
  return directory.database().write([&](Connection& connection) -> Status {
    auto write = [&](const char* sql, const std::vector<OidcGrant>& grants) -> Status {
      for (const OidcGrant& grant : grants) {
        Status written = connection.run(
            sql, {person.value, provider, grant.plan.value, grant.organisation.value, grant.role});
        if (!written) return written;
      }
      return {};
    };
    Status taken = write(
        "DELETE FROM sso_grants WHERE account = ?1 AND provider = ?2 AND plan = ?3 AND "
        "organisation = ?4 AND role = ?5",
        settlement.taken);
    if (!taken) return taken;
    return write(
        "INSERT OR IGNORE INTO sso_grants(account, provider, plan, organisation, role) "
        "VALUES(?1, ?2, ?3, ?4, ?5)",
        settlement.given);
  });
}

Result<bool> take_invitation(Directory& directory, const std::string& id) {
  return directory.database().write([&](Connection& connection) -> Result<bool> {
    Status taken = connection.run(
        "UPDATE links SET used_at = ?2 WHERE id = ?1 AND purpose = 'invitation' AND used_at IS "
        "NULL "
        "AND expires_at > ?2",
        {id, directory.clock().now_ms()});
    if (!taken) return forward_error(taken.error());
    return connection.changed() == 1;
  });
}

Result<std::optional<PersonId>> person_of_identity(Directory& directory, const std::string& issuer,
                                                   const std::string& subject) {
  auto rows = directory.database().read([&](Connection& connection) {
    return connection.rows("SELECT account FROM identities WHERE issuer = ?1 AND subject = ?2",
                           {issuer, subject});
  });
  if (!rows) return forward_error(rows.error());
  if (rows->empty()) return std::optional<PersonId>();
  return std::optional(PersonId(rows->front().text(0)));
}

}  // namespace footprint::access
