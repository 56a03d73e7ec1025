#include "plan/apply_governing.hpp"

#include <nlohmann/json.hpp>

#include "plan/names.hpp"
#include "plan/plan_file.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

template <typename Id>
std::vector<Id> ids(const json& list) {
  std::vector<Id> out;
  for (const json& entry : list) out.emplace_back(entry.get<std::string>());
  return out;
}

bool apply_member(PlanState& state, const json& body) {
  PersonId id(body.at("person").get<std::string>());
  std::vector<Membership> memberships = memberships_from_json(body.at("memberships"));
  if (id.empty()) return false;
  for (const Membership& membership : memberships)
    if (state.organisation(membership.organisation) == nullptr) return false;
  for (Person& person : state.people) {
    if (person.id != id) continue;
    person.former = person.organisation();
    person.memberships = std::move(memberships);
    state.refresh_choices();
    return true;
  }
  if (memberships.empty()) return false;
  Person person;
  person.id = id;
  person.former = memberships.front().organisation;
  person.memberships = std::move(memberships);
  state.people.push_back(std::move(person));
  state.refresh_choices();
  return true;
}

bool apply_section_change(PlanState& state, const SectionKey& key, const json& body) {
  Section* target = state.section(key);
  if (target == nullptr) return false;
  Section changed = *target;
  if (body.contains("title")) changed.title = body["title"];
  if (body.contains("lead")) changed.lead = PersonId(body["lead"].get<std::string>());
  if (body.contains("lead_organisation"))
    changed.lead_organisation = OrganisationId(body["lead_organisation"].get<std::string>());
  if (body.contains("deputies")) changed.deputies = ids<PersonId>(body["deputies"]);
  if (body.contains("named_people")) changed.named_people = ids<PersonId>(body["named_people"]);
  if (body.contains("due_date")) changed.due_date = body["due_date"];
  if (body.contains("visibility")) {
    auto visibility =
        from_name<Visibility>(kVisibilityNames, body["visibility"].get<std::string>());
    if (!visibility) return false;
    changed.visibility = *visibility;
  }
  if (body.contains("status")) {
    auto status = from_name<SectionStatus>(kSectionStatusNames, body["status"].get<std::string>());
    if (!status) return false;
    changed.status = *status;
  }
  // Figures without an owner of their own are the lead organisation's.
  for (Table& table : state.tables) {
    if (table.section != key) continue;
    for (auto* rows : {&table.rows, &table.totals})
      for (Row& row : *rows)
        if (row.owner.empty())
          for (auto& [column, cell] : row.cells) cell.owner = changed.lead_organisation;
  }
  *target = std::move(changed);
  state.refresh_choices();
  return true;
}

bool apply_organisation(PlanState& state, const json& entry) {
  Organisation changed;
  changed.id = OrganisationId(entry.at("id").get<std::string>());
  Organisation* place = nullptr;
  for (Organisation& known : state.organisations)
    if (known.id == changed.id) place = &known;
  if (place != nullptr) changed = *place;
  changed.name = entry.at("name");
  changed.real_name = entry.at("real_name");
  changed.kind = entry.at("kind");
  changed.signing_body = entry.at("signing_body");
  changed.signs = entry.at("signs");
  if (place != nullptr) {
    *place = std::move(changed);
  } else {
    changed.basis = Basis::kEntered;
    state.organisations.push_back(std::move(changed));
  }
  state.refresh_choices();
  return true;
}

bool apply_figure_status(PlanState& state, const json& list) {
  std::vector<std::pair<Cell*, CellStatus>> changes;
  for (const json& entry : list) {
    Table* table = state.table(TableKey(entry.at("table").get<std::string>()));
    Row* row = table == nullptr ? nullptr : table->row(entry.at("row").get<std::string>());
    auto status = from_name<CellStatus>(kCellStatusNames, entry.at("status").get<std::string>());
    if (row == nullptr || !status) return false;
    auto cell = row->cells.find(entry.at("column").get<std::string>());
    if (cell == row->cells.end()) return false;
    changes.emplace_back(&cell->second, *status);
  }
  for (auto& [cell, status] : changes) cell->status = status;
  return true;
}

bool apply_draft(PlanState& state, const PlacedEvent& placed, const json& body) {
  Draft draft;
  draft.id = body.at("id");
  draft.section = placed.event.section;
  draft.by = placed.event.actor;
  draft.at_ms = placed.at_ms;
  draft.position = placed.position;
  draft.text = body.at("text");
  draft.code = body.at("code");
  draft.message = body.at("message");
  if (state.section(draft.section) == nullptr || state.draft(draft.id) != nullptr) return false;
  state.drafts.push_back(std::move(draft));
  return true;
}

bool apply_settled(PlanState& state, const PlacedEvent& placed, const json& body) {
  std::string id = body.at("id"), outcome = body.at("outcome");
  std::string reason = body.value("reason", std::string());
  for (Draft& draft : state.drafts) {
    if (draft.id != id) continue;
    draft.outcome = std::move(outcome);
    draft.reason = std::move(reason);
    draft.settled_by = placed.event.actor;
    draft.settled_at_ms = placed.at_ms;
    return true;
  }
  return false;
}

}  // namespace

bool apply_governing(PlanState& state, const PlacedEvent& placed, const json& body) {
  switch (placed.event.kind) {
    case EventKind::kMemberChanged:
      return apply_member(state, body);
    case EventKind::kSectionChanged:
      return apply_section_change(state, placed.event.section, body);
    case EventKind::kOrganisationChanged:
      return apply_organisation(state, body.at("organisation"));
    case EventKind::kFigureStatusChanged:
      return apply_figure_status(state, body.at("cells"));
    case EventKind::kDraftOffered:
      return apply_draft(state, placed, body);
    case EventKind::kDraftSettled:
      return apply_settled(state, placed, body);
    case EventKind::kPlanCreated:
    case EventKind::kSectionUpdated:
    case EventKind::kFigureChanged:
      break;
  }
  return false;
}

}  // namespace footprint::plan
