// Plans as the API shows them: JSON by the definitions of schemas/api.schema.json. Pure functions
// of the state.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "plan/decide.hpp"
#include "plan/event.hpp"
#include "plan/state.hpp"

namespace footprint::api {

/// Who has a section open now.
using PeopleIn = std::function<std::set<PersonId>(const SectionKey&)>;

/// What a view needs besides its subject.
struct View {
  const plan::PlanState& state;
  PersonId person;  // who looks
  PeopleIn people_in;
};

nlohmann::json plan_json(const View& view);
nlohmann::json plan_summary_json(const View& view);
nlohmann::json section_json(const View& view, const plan::Section& section);
nlohmann::json table_summary_json(const plan::Table& table);
nlohmann::json table_json(const View& view, const plan::Table& table);
nlohmann::json cell_json(const View& view, const plan::Table& table, const plan::Column& column,
                         const plan::Cell& cell);
nlohmann::json person_json(const plan::PlanState& state, const plan::Person& person);
nlohmann::json organisation_json(const plan::PlanState& state,
                                 const plan::Organisation& organisation, bool with_real_name);
/// {"person","name","organisation","organisation_name"}, or null for the server.
nlohmann::json actor_json(const plan::PlanState& state, const plan::Actor& actor);
nlohmann::json event_json(const plan::PlanState& state, const plan::PlacedEvent& event);

/// Answers of POST figures.
nlohmann::json changed_cells_json(const View& view, const std::vector<plan::CellRef>& cells);
nlohmann::json conflicts_json(const View& view, const std::vector<plan::FigureConflict>& conflicts);
nlohmann::json problems_json(const std::vector<plan::FigureProblem>& problems);

}  // namespace footprint::api
