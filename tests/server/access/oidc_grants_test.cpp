#include "access/oidc_grants.hpp"

#include "catch.hpp"

using namespace footprint;
using namespace footprint::access;
using plan::Membership;
using plan::Role;

namespace {

const PersonId kPriya("priya"), kTom("tom");
const OrganisationId kCcg("ccg"), kTrust("trust");

OidcGrant grant(const char* organisation, const char* role, const char* plan = "plan") {
  return {PlanId(plan), OrganisationId(organisation), role};
}

plan::PlanState state_with(const std::vector<Membership>& memberships) {
  plan::PlanState state;
  state.id = PlanId("plan");
  plan::Person priya, tom;
  priya.id = kPriya;
  priya.memberships = memberships;
  tom.id = kTom;
  state.people = {priya, tom};
  return state;
}

OidcVisitor visitor(std::vector<OidcGrant> grants, std::vector<OidcGrant> unsettled = {}) {
  OidcVisitor made;
  made.grants = std::move(grants);
  made.unsettled = std::move(unsettled);
  return made;
}

}  // namespace

TEST_CASE("single sign-on adds roles to what a person has") {
  auto settled =
      settle_grants(state_with({{kCcg, {Role::kReviewer}}}), kPriya,
                    visitor({grant("ccg", "author"), grant("ccg", "reviewer"),
                             grant("trust", "observer"), grant("ccg", "author", "another-plan")}),
                    {});
  CHECK(settled.memberships == std::vector<Membership>{{kCcg, {Role::kReviewer, Role::kAuthor}},
                                                       {kTrust, {Role::kObserver}}});
  // What was there before is nobody's but the person's who gave it.
  CHECK(settled.given ==
        std::vector<OidcGrant>{grant("ccg", "author"), grant("trust", "observer")});
  CHECK(settled.taken.empty());
  CHECK(settle_grants(state_with({}), PersonId("new"), visitor({grant("ccg", "author")}), {})
            .memberships.size() == 1);
}

TEST_CASE("a claim that is gone takes back what it gave, and nothing else") {
  const std::vector<OidcGrant> given = {grant("ccg", "author"), grant("trust", "observer"),
                                        grant("ccg", "author", "another-plan")};
  auto settled = settle_grants(
      state_with({{kCcg, {Role::kReviewer, Role::kAuthor}}, {kTrust, {Role::kObserver}}}), kPriya,
      visitor({grant("trust", "observer")}), given);
  CHECK(settled.memberships ==
        std::vector<Membership>{{kCcg, {Role::kReviewer}}, {kTrust, {Role::kObserver}}});
  CHECK(settled.taken == std::vector<OidcGrant>{grant("ccg", "author")});
  CHECK(settled.given.empty());
  // The provider did not say: all stays as it is.
  settled = settle_grants(state_with({{kCcg, {Role::kAuthor}}}), kPriya, visitor({}, given), given);
  CHECK(settled.memberships.size() == 1);
  CHECK(settled.taken.empty());
  settled = settle_grants(state_with({{kCcg, {Role::kAuthor}}}), kPriya, visitor({}), {given[0]});
  CHECK(settled.memberships.empty());
}

TEST_CASE("what a person took away is not given again while the claim lasts") {
  auto settled = settle_grants(state_with({}), kPriya, visitor({grant("ccg", "author")}),
                               {grant("ccg", "author")});
  CHECK(settled.memberships.empty());
  CHECK(settled.given.empty());
  CHECK(settled.taken.empty());
}

TEST_CASE("a plan keeps its last lead") {
  const std::vector<OidcGrant> given = {grant("ccg", "footprint_lead")};
  plan::PlanState state = state_with({{kCcg, {Role::kFootprintLead}}});
  CHECK(settle_grants(state, kPriya, visitor({}), given).taken.empty());
  state.people[1].memberships = {{kTrust, {Role::kFootprintLead}}};
  CHECK(settle_grants(state, kPriya, visitor({}), given).memberships.empty());
}

TEST_CASE("what single sign-on gave is written down") {
  auto opened = Directory::open(":memory:", std::make_shared<ManualClock>(1000));
  REQUIRE(opened);
  Directory& directory = **opened;
  CHECK_FALSE(*person_of_identity(directory, "https://a", "priya"));
  auto account = directory.of_identity({"https://a", "priya", "Priya Menon", "", false});
  REQUIRE(account);
  CHECK(*person_of_identity(directory, "https://a", "priya") == account->id);
  CHECK_FALSE(*person_of_identity(directory, "https://b", "priya"));
  REQUIRE(write_settlement(directory, account->id, "a",
                           {{}, {grant("ccg", "author"), grant("ccg", "pmo")}, {}}));
  REQUIRE(write_settlement(directory, account->id, "a",
                           {{}, {grant("ccg", "author")}, {grant("ccg", "pmo")}}));
  CHECK(*grants_of(directory, account->id, "a") == std::vector<OidcGrant>{grant("ccg", "author")});
  CHECK(grants_of(directory, account->id, "b")->empty());
  REQUIRE(directory.erase(account->id));
  CHECK(grants_of(directory, account->id, "a")->empty());
  CHECK_FALSE(*person_of_identity(directory, "https://a", "priya"));
}

TEST_CASE("an invitation is taken once, before it expires") {
  auto clock = std::make_shared<ManualClock>(1000);
  auto opened = Directory::open(":memory:", clock);
  REQUIRE(opened);
  Directory& directory = **opened;
  auto put = [&](const char* id, const char* purpose) {
    return directory.database().write([&](Connection& connection) {
      return connection.run(
          "INSERT INTO links VALUES(?1, ?3, ?2, NULL, 'a@nhs.net', 'A', 'plan', '[]', 'lead', 0, "
          "2000, NULL)",
          {std::string(id), std::string(purpose), Bytes{static_cast<std::uint8_t>(id[0])}});
    });
  };
  REQUIRE(put("a", "invitation"));
  REQUIRE(put("b", "invitation"));
  REQUIRE(put("c", "reset"));
  CHECK(*take_invitation(directory, "a"));
  CHECK_FALSE(*take_invitation(directory, "a"));
  CHECK_FALSE(*take_invitation(directory, "c"));
  CHECK_FALSE(*take_invitation(directory, "unheard-of"));
  clock->advance_ms(1000);
  CHECK_FALSE(*take_invitation(directory, "b"));
}
