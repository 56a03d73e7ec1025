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

/// Which names of people a file gets: those that screens show (an export), or those alone that an
/// imported file brought (a snapshot: the directory's are not the log's to keep).
enum class Names : std::uint8_t { kShown, kOfFile };

/// The same plan as a file, without text.
nlohmann::json file_from_state(const PlanState& state, Names names_wanted);

/// [{"organisation", "roles"}], of names that a schema has passed.
std::vector<Membership> memberships_from_json(const nlohmann::json& list);
nlohmann::json memberships_to_json(const std::vector<Membership>& memberships);

/// Body of plan.created: {"epoch", "words": {SECTION: {FIELD: n}}, "file": plan file without text}.
Result<PlanState> state_from_created_body(std::string_view body);

/// A cell's value; nullopt if it is neither number, text nor null.
std::optional<Value> value_from_json(const nlohmann::json& value);
nlohmann::json value_to_json(const Value& value);

}  // namespace footprint::plan
