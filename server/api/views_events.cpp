#include <nlohmann/json.hpp>

#include "api/views.hpp"
#include "plan/rights.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

json body_json(const plan::PlanState& state, const plan::Event& event) {
  switch (event.kind) {
    case plan::EventKind::kPlanCreated:
      return {{"title", state.title}};
    case plan::EventKind::kSectionUpdated:
      return {{"section", event.section.value}, {"bytes", event.body.size()}};
    case plan::EventKind::kFigureChanged:
      break;
  }
  json body = json::parse(as_text(event.body), nullptr, false);
  return body.is_object() ? body : json::object();
}

bool may_see_cell(const plan::PlanState& state, const PersonId& person, const json& cell) {
  const plan::Table* table = state.table(TableKey(cell.value("table", std::string())));
  return table != nullptr && may_read(state, person, table->section).has_value();
}

}  // namespace

json event_json(const plan::PlanState& state, const plan::PlacedEvent& event) {
  return {{"position", event.position},
          {"at", event.at_ms},
          {"kind", kind_name(event.event.kind)},
          {"actor", actor_json(state, event.event.actor)},
          {"body", body_json(state, event.event)}};
}

bool may_see_event(const plan::PlanState& state, const PersonId& person, const plan::Event& event) {
  if (event.kind == plan::EventKind::kSectionUpdated)
    return may_read(state, person, event.section).has_value();
  if (event.kind == plan::EventKind::kPlanCreated) return state.person(person) != nullptr;
  // Figures of one event belong together: who may not see one of them is not told of it.
  json body = body_json(state, event);
  if (!body.contains("cells")) return false;
  for (const json& cell : body["cells"])
    if (!may_see_cell(state, person, cell)) return false;
  return true;
}

}  // namespace footprint::api
