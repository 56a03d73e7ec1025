#include <nlohmann/json.hpp>

#include "plan/apply_governing.hpp"
#include "plan/names.hpp"
#include "plan/plan_file.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

Status corrupt(std::string code, std::string message) {
  return fail(ErrorKind::kCorrupt, std::move(code), std::move(message));
}

Status malformed(std::string_view what) {
  return corrupt("event.malformed",
                 "The body of a " + std::string(what) + " event does not follow its format.");
}

void note_change(PlanState& state, Section& section, const LastChange& change) {
  if (change.actor.is_server()) return;
  section.last_change = change;
  state.last_change = change;
}

Status apply_decided(PlanState& state, Position position, UnixMs at_ms, const Event& event) {
  bool taken = false;
  try {
    json body = json::parse(as_text(event.body));
    taken = apply_governing(state, {position, at_ms, event}, body);
  } catch (const json::exception&) {
    taken = false;
  }
  return taken ? Status{} : malformed(kind_name(event.kind));
}

Status apply_created(PlanState& state, UnixMs at_ms, const Event& event) {
  if (state.position != 0)
    return corrupt("plan.exists", "This plan is created twice in its own log.");
  auto made = state_from_created_body(as_text(event.body));
  if (!made) return forward_error(made.error());
  state = std::move(*made);
  state.created_at_ms = at_ms;
  return {};
}

Status apply_section(PlanState& state, Position position, UnixMs at_ms, const Event& event) {
  Section* section = state.section(event.section);
  if (section == nullptr) return malformed(kind_name(event.kind));
  // The counts in plan.created are those of the text that the server seeds the section with.
  bool is_seed = event.actor.is_server() && section->text_position == 0;
  section->text_position = position;
  if (is_seed) section->words_position = position;
  for (sync::ClientId client : event.claims)
    state.clients.emplace(client, ClientOwner{event.actor, at_ms});
  note_change(state, *section, {at_ms, position, event.actor});
  return {};
}

struct NewCell {
  Table* table;
  Cell* cell;
  std::string source;
  Value value;
  std::uint64_t revision;
  Basis basis;
};

/// Everything is looked up before anything is set: a bad event changes nothing.
std::optional<std::vector<NewCell>> read_cells(PlanState& state, const json& body) {
  std::vector<NewCell> cells;
  if (!body.is_object() || !body.contains("cells") || !body["cells"].is_array())
    return std::nullopt;
  for (const json& entry : body["cells"]) {
    Table* table = state.table(TableKey(entry.at("table").get<std::string>()));
    Row* row = table == nullptr ? nullptr : table->row(entry.at("row").get<std::string>());
    if (row == nullptr) return std::nullopt;
    auto found = row->cells.find(entry.at("column").get<std::string>());
    auto basis = from_name<Basis>(kBasisNames, entry.at("basis").get<std::string>());
    auto revision = entry.at("revision").get<std::uint64_t>();
    auto value = value_from_json(entry.at("value"));
    if (found == row->cells.end() || !basis || !value || revision != found->second.revision + 1)
      return std::nullopt;
    cells.push_back({table, &found->second, row->source, std::move(*value), revision, *basis});
  }
  return cells;
}

Status apply_figures(PlanState& state, Position position, UnixMs at_ms, const Event& event) {
  std::optional<std::vector<NewCell>> cells;
  try {
    cells = read_cells(state, json::parse(as_text(event.body)));
  } catch (const json::exception&) {
    cells = std::nullopt;
  }
  if (!cells) return malformed(kind_name(event.kind));
  for (NewCell& entry : *cells) {
    entry.cell->value = std::move(entry.value);
    entry.cell->revision = entry.revision;
    entry.cell->basis = entry.basis;
    entry.cell->source = entry.basis == Basis::kSource ? entry.source : std::string();
    entry.cell->changed_at_ms = at_ms;
    entry.cell->changed_by = event.actor;
    if (Section* section = state.section(entry.table->section))
      note_change(state, *section, {at_ms, position, event.actor});
  }
  return {};
}

}  // namespace

Status apply(PlanState& state, Position position, UnixMs at_ms, const Event& event) {
  if (position != state.position + 1)
    return corrupt("plan.order", "Event " + std::to_string(position) + " was given after event " +
                                     std::to_string(state.position) + ".");
  if (event.kind != EventKind::kPlanCreated && state.position == 0)
    return corrupt("plan.missing", "This plan's log does not begin with its creation.");
  Status done;
  switch (event.kind) {
    case EventKind::kPlanCreated:
      done = apply_created(state, at_ms, event);
      break;
    case EventKind::kSectionUpdated:
      done = apply_section(state, position, at_ms, event);
      break;
    case EventKind::kFigureChanged:
      done = apply_figures(state, position, at_ms, event);
      break;
    case EventKind::kMemberChanged:
    case EventKind::kSectionChanged:
    case EventKind::kOrganisationChanged:
    case EventKind::kFigureStatusChanged:
    case EventKind::kDraftOffered:
    case EventKind::kDraftSettled:
      done = apply_decided(state, position, at_ms, event);
      break;
  }
  if (done) state.position = position;
  return done;
}

}  // namespace footprint::plan
