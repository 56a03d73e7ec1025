// What a plan file means beyond its schema: references, owners, choices, computed cells.
#pragma once

#include "base/result.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

/// Fills in owners, choices and computed cells, and checks that every name refers to something,
/// that values fit their columns and that sums given in the file are right. Errors (kInvalid):
/// "plan_file.reference", "plan_file.value", "plan_file.sum"; the message names the place.
Status complete_and_check(PlanState& state);

}  // namespace footprint::plan
