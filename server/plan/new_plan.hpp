// A plan that starts: a footprint of the catalogue, poured into the plan template
// (schemas/plan-template.json). Nothing is written or counted in it yet.
#pragma once

#include "plan/catalogue.hpp"
#include "plan/import.hpp"

namespace footprint::plan {

/// Who starts a plan, and for which of the footprint's organisations. The footprint lead of the new
/// plan, until that is changed.
struct Starter {
  PersonId person;
  OrganisationId organisation;
};

/// The id that a footprint's plan has: its name and the year of the template's round.
PlanId plan_id_of(const CatalogueFootprint& footprint);

/// The first events of the plan, as import_plan gives them; `epoch` as there. People are named by
/// their ids alone: the log holds no names. Errors: "plan.unknown_organisation" (kInvalid) if the
/// starter's organisation is none of the footprint's.
Result<ImportedPlan> new_plan(const CatalogueFootprint& footprint, const Starter& starter,
                              std::string_view epoch);

}  // namespace footprint::plan
