// Folding the events of plan/govern.hpp. Private to the folder's sources.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "plan/state.hpp"

namespace footprint::plan {

/// Events 4 to 9. False, or a JSON exception, if the body does not follow its format: the state is
/// then as it was.
bool apply_governing(PlanState& state, const PlacedEvent& placed, const nlohmann::json& body);

}  // namespace footprint::plan
