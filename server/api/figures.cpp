#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/call.hpp"
#include "plan/plan_file.hpp"
#include "plan/rights.hpp"
#include "plan/schema_check.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

std::vector<plan::FigureChange> changes_from(const json& body) {
  std::vector<plan::FigureChange> changes;
  for (const json& entry : body.at("changes")) {
    plan::FigureChange change;
    change.cell = {TableKey(entry.at("table").get<std::string>()), entry.at("row"),
                   entry.at("column")};
    change.value = plan::value_from_json(entry.at("value")).value_or(plan::Value{});
    if (entry.contains("unit")) change.unit = entry.at("unit").get<std::string>();
    change.expected_revision = entry.at("expected_revision");
    changes.push_back(std::move(change));
  }
  return changes;
}

/// A command in the room's queue: judged there, with everything before it applied.
struct FigureCommand {
  std::shared_ptr<Call> call;
  std::vector<plan::FigureChange> changes;
  std::string reason;
  std::vector<plan::CellRef> changed;
  std::optional<json> refusal;
  int refusal_status = 0;
  std::shared_ptr<room::Room> room;

  Result<std::optional<plan::Event>> decide(const plan::PlanState& state) {
    const PersonId& person = *call->request.person;
    plan::FigureDecision decision = decide_figures(state, {person, changes, reason});
    View view{state, person, nullptr};
    if (!decision.problems.empty()) {
      refusal = problems_json(decision.problems);
      refusal_status = 422;
    } else if (!decision.conflicts.empty()) {
      refusal = conflicts_json(view, decision.conflicts);
      refusal_status = 409;
    }
    changed = std::move(decision.changed);
    return std::move(decision.event);
  }

  void finish(const Result<std::optional<plan::PlacedEvent>>& placed) {
    if (refusal) return call->answer_json(*refusal, refusal_status);
    if (!placed) return call->answer_error(placed.error());
    // Cells that had the value already are answered too: the caller asked for them.
    for (const plan::FigureChange& change : changes)
      if (std::find(changed.begin(), changed.end(), change.cell) == changed.end())
        changed.push_back(change.cell);
    // What is computed elsewhere from these may stand where the person may not look.
    std::erase_if(changed, [&](const plan::CellRef& ref) {
      return !may_read(room->state(), *call->request.person,
                       room->state().table(ref.table)->section);
    });
    Position position = *placed ? (*placed)->position : room->position();
    call->answer_json(
        {{"position", position},
         {"cells", changed_cells_json(view_of(*room, *call->request.person), changed)}});
  }
};

}  // namespace

void list_tables(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    json list = json::array();
    for (const plan::Table& table : room.state().tables)
      if (may_read(room.state(), *self->request.person, table.section))
        list.push_back(table_summary_json(table));
    self->answer_json({{"tables", std::move(list)}});
  });
}

void get_table(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    const plan::Table* table = room.state().table(TableKey(self->parameter("table")));
    if (table == nullptr || !may_read(room.state(), *self->request.person, table->section))
      return self->answer_error({ErrorKind::kNotFound, "table.unknown",
                                 "This plan has no table of that name. Go back to the plan and "
                                 "pick one."});
    self->answer_json(table_json(view_of(room, *self->request.person), *table));
  });
}

void change_figures(const std::shared_ptr<Call>& call) {
  // Who is asking comes first: strangers learn nothing from the checks of a body.
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    auto body =
        plan::parse_checked(self->request.body, "api.schema.json", "FigureChanges", "request");
    if (!body) return self->answer_error(body.error());
    auto command = std::make_shared<FigureCommand>();
    command->call = self;
    command->changes = changes_from(*body);
    command->reason = body->value("reason", std::string());
    command->room = room.shared_from_this();
    room.submit_command([command](const plan::PlanState& state) { return command->decide(state); },
                        [command](const Result<std::optional<plan::PlacedEvent>>& placed) {
                          command->finish(placed);
                        });
  });
}

}  // namespace footprint::api
