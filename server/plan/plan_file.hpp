// Between the JSON of plan files and PlanState.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

/// A state from a plan file that its schema has passed. Checks what a schema cannot: that every
/// name refers to something, values fit their columns, and given sums are right. Errors (kInvalid):
/// "plan_file.reference" naming the place; "plan_file.malformed".
Result<PlanState> state_from_file(const nlohmann::json& file);

/// The same plan as a file, without text.
nlohmann::json file_from_state(const PlanState& state);

/// Body of plan.created: {"epoch", "words": {SECTION: {FIELD: n}}, "file": plan file without text}.
Result<PlanState> state_from_created_body(std::string_view body);

/// A cell's value; nullopt if it is neither number, text nor null.
std::optional<Value> value_from_json(const nlohmann::json& value);
nlohmann::json value_to_json(const Value& value);

}  // namespace footprint::plan
