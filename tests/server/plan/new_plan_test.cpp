#include "plan/new_plan.hpp"

#include <set>

#include "catch.hpp"
#include "plan/state.hpp"

using namespace footprint;
using namespace footprint::plan;

namespace {

const PersonId kStarter("p-starter");

PlanState state_of(const ImportedPlan& plan) {
  PlanState state;
  Position position = 0;
  for (const Event& event : plan.events) {
    auto applied = apply(state, ++position, 1'000, event);
    REQUIRE(applied);
  }
  return state;
}

PlanState started(const CatalogueFootprint& footprint) {
  auto made = new_plan(footprint, {kStarter, footprint.organisations.front().id}, "epoch");
  if (!made) FAIL(footprint.name << ": " << made.error().message);
  CHECK(made->id == plan_id_of(footprint));
  return state_of(*made);
}

}  // namespace

TEST_CASE("the catalogue has the 44 footprints, each CCG of the 209 in one of them") {
  const auto& all = footprint_catalogue();
  REQUIRE(all.size() == 44);
  std::set<std::string> ccgs, plans;
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].number == static_cast<int>(i) + 1);
    CHECK(all[i].population > 0);
    CHECK(plans.insert(plan_id_of(all[i]).value).second);
    for (const auto& organisation : all[i].organisations) {
      CHECK(is_valid_name(organisation.id.value));
      if (organisation.kind == "ccg") CHECK(ccgs.insert(organisation.name).second);
    }
  }
  CHECK(ccgs.size() == 209);
  CHECK(catalogue_footprint(0) == nullptr);
  CHECK(catalogue_footprint(45) == nullptr);
}

TEST_CASE("a new plan can be made of every footprint: nine sections, empty, led by the starter") {
  for (const CatalogueFootprint& footprint : footprint_catalogue()) {
    const PlanState state = started(footprint);
    CHECK(state.sections.size() == 9);
    for (const Section& section : state.sections) {
      CHECK(section.lead == kStarter);
      CHECK(section.visibility == Visibility::kPartners);
      CHECK(section.text_position == 0);
      CHECK_FALSE(section.fields.empty());
    }
    CHECK(state.organisations.size() == footprint.organisations.size());
  }
}

TEST_CASE("a new plan asks the bodies that its template names by kind to agree") {
  const PlanState state = started(*catalogue_footprint(21));
  const Section* prevention = state.section(SectionKey("prevention"));
  REQUIRE(prevention != nullptr);
  const auto& required = prevention->required_signatories;
  auto asks = [&](const char* id) {
    return std::find(required.begin(), required.end(), OrganisationId(id)) != required.end();
  };
  CHECK(asks("nhs-cambridgeshire-and-peterborough-ccg"));
  CHECK(asks("cambridgeshire-county-council"));
  CHECK_FALSE(asks("papworth-hospital-nhs-foundation-trust"));
}

TEST_CASE("a new plan's tables have their standing lines with empty cells, and sums of nothing") {
  const PlanState state = started(*catalogue_footprint(21));
  const Cell* typed = state.cell({TableKey("finance_bridge"), "gap_provider", "2020/21"});
  REQUIRE(typed != nullptr);
  CHECK(std::holds_alternative<std::monostate>(typed->value));
  CHECK_FALSE(typed->derived);
  const Cell* sum = state.cell({TableKey("finance_bridge"), "residual_gap", "2020/21"});
  REQUIRE(sum != nullptr);
  CHECK(sum->derived);
  const Table* plans = state.table(TableKey("finance_organisation_plans"));
  REQUIRE(plans != nullptr);
  CHECK(plans->rows.size() == 7);
}

TEST_CASE("a plan cannot be started for an organisation that is not of the footprint") {
  auto made = new_plan(*catalogue_footprint(21), {kStarter, OrganisationId("elsewhere")}, "epoch");
  REQUIRE_FALSE(made);
  CHECK(made.error().code == "plan.unknown_organisation");
}
