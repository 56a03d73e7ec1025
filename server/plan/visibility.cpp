#include "plan/visibility.hpp"

#include <nlohmann/json.hpp>

#include "plan/plan_file.hpp"
#include "plan/rights.hpp"
#include "plan/words.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

json parsed_body(const Event& event) {
  json body = json::parse(as_text(event.body), nullptr, false);
  return body.is_object() ? body : json::object();
}

bool may_see_cells(const PlanState& state, const PersonId& person, const json& body) {
  // Figures of one event belong together: who may not see one of them is not told of it.
  if (!body.contains("cells")) return false;
  for (const json& cell : body["cells"]) {
    const Table* table = state.table(TableKey(cell.value("table", std::string())));
    if (table == nullptr || !may_read(state, person, table->section)) return false;
  }
  return true;
}

bool may_see_draft(const PlanState& state, const PersonId& person, const Event& event,
                   const json& body) {
  const Draft* draft = state.draft(body.value("id", std::string()));
  if (draft == nullptr || !may_read(state, person, event.section)) return false;
  return draft->by.person == person ||
         check(state, person, Action::kSettleDraft, {event.section, {}, {}}).has_value();
}

std::string section_title(const PlanState& state, const SectionKey& key) {
  const Section* section = state.section(key);
  return section != nullptr ? "\"" + section->title + "\"" : "a section";
}

std::string role_words(Role role) {
  switch (role) {
    case Role::kFootprintLead:
      return "footprint lead";
    case Role::kPmo:
      return "of the programme office";
    case Role::kSectionLead:
      return "a section lead";
    case Role::kAuthor:
      return "an author";
    case Role::kBoardSignatory:
      return "a board signatory";
    case Role::kReviewer:
      return "a reviewer";
    case Role::kLayReviewer:
      return "a lay reviewer";
    case Role::kObserver:
      return "an observer";
  }
  return {};
}

std::string with_and(const std::vector<std::string>& parts) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i)
    out += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  return out;
}

std::string person_text(const PlanState& state, const std::string& id) {
  PersonId person(id);
  const Person* found = state.person(person);
  if (found == nullptr) return state.person_name(person);
  return state.person_name(person) + " (" + state.organisation_name(found->organisation()) + ")";
}

std::string people_text(const PlanState& state, const json& ids) {
  std::vector<std::string> parts;
  for (const json& id : ids) parts.push_back(person_text(state, id.get<std::string>()));
  return parts.empty() ? "nobody" : with_and(parts);
}

std::string visibility_words(const std::string& visibility) {
  if (visibility == "partners") return "the partners who write it";
  if (visibility == "reviewers") return "partners, reviewers and observers";
  if (visibility == "named") return "the people it names";
  return "everybody";
}

std::string spaced(std::string word) {
  for (char& c : word)
    if (c == '_') c = ' ';
  return word;
}

std::string member_words(const PlanState& state, const json& body) {
  auto now = memberships_from_json(body.at("memberships"));
  auto before = memberships_from_json(body.value("previous", json::array()));
  std::string who = state.person_name(PersonId(body.at("person").get<std::string>()));
  if (now.empty())
    return "removed " + who + ", who was " + roles_in_words(state, before) + ", from the plan";
  if (before.empty()) return "added " + who + " to the plan as " + roles_in_words(state, now);
  return "made " + who + " " + roles_in_words(state, now) +
         "; before: " + roles_in_words(state, before);
}

std::string section_words(const PlanState& state, const SectionKey& key, const json& body) {
  std::vector<std::string> parts;
  auto has = [&](const char* name) { return body.contains(name); };
  if (has("title"))
    parts.push_back("called it \"" + body["title"].get<std::string>() + "\" instead of \"" +
                    body["previous"].value("title", std::string()) + "\"");
  if (has("lead")) parts.push_back("made " + person_text(state, body["lead"]) + " its lead");
  if (has("lead_organisation"))
    parts.push_back(
        "made " +
        state.organisation_name(OrganisationId(body["lead_organisation"].get<std::string>())) +
        " its lead organisation");
  if (has("deputies"))
    parts.push_back("made its deputies: " + people_text(state, body["deputies"]));
  if (has("visibility")) parts.push_back("let it show to " + visibility_words(body["visibility"]));
  if (has("named_people"))
    parts.push_back("named as its readers: " + people_text(state, body["named_people"]));
  if (has("status"))
    parts.push_back("moved it from " +
                    spaced(body["previous"].value("status", std::string("another state"))) +
                    " to " + spaced(body["status"]));
  if (has("due_date"))
    parts.push_back("set its due date to " + body["due_date"].get<std::string>());
  return "changed " + section_title(state, key) + ": " + with_and(parts);
}

std::string cells_text(const PlanState& state, const json& cells) {
  std::size_t typed = 0;
  const json* first = nullptr;
  for (const json& cell : cells) {
    if (cell.value("derived", false)) continue;
    if (++typed == 1) first = &cell;
  }
  if (first == nullptr) return "figures";
  const Table* table = state.table(TableKey(first->value("table", std::string())));
  const Row* row = table == nullptr ? nullptr : table->row(first->value("row", std::string()));
  const Column* column =
      table == nullptr ? nullptr : table->column(first->value("column", std::string()));
  if (row == nullptr || column == nullptr) return std::to_string(typed) + " figures";
  std::string one = row->title + ", " + column->title + " (" + table->title + ")";
  if (typed == 1) return one;
  return one + " and " + std::to_string(typed - 1) + " more";
}

std::string value_text(const json& cell, const char* key) {
  if (!cell.contains(key) || cell[key].is_null()) return "nothing";
  return cell[key].is_string() ? cell[key].get<std::string>() : cell[key].dump();
}

std::string figure_words(const PlanState& state, const json& body) {
  const json& cells = body.at("cells");
  std::string words = "changed " + cells_text(state, cells);
  std::size_t typed = 0;
  for (const json& cell : cells) typed += cell.value("derived", false) ? 0 : 1;
  if (typed == 1)
    for (const json& cell : cells)
      if (!cell.value("derived", false))
        words += " from " + value_text(cell, "previous") + " to " + value_text(cell, "value");
  return words;
}

std::string words_of(const PlanState& state, const Event& event, const json& body) {
  std::string title = section_title(state, event.section);
  switch (event.kind) {
    case EventKind::kPlanCreated:
      return "made the plan";
    case EventKind::kSectionUpdated:
      return event.actor.is_server() ? "put the first text into " + title : "wrote in " + title;
    case EventKind::kFigureChanged:
      return figure_words(state, body);
    case EventKind::kMemberChanged:
      return member_words(state, body);
    case EventKind::kSectionChanged:
      return section_words(state, event.section, body);
    case EventKind::kOrganisationChanged:
      return (body.at("previous").is_null() ? "added the organisation "
                                            : "changed the organisation ") +
             body.at("organisation").at("name").get<std::string>();
    case EventKind::kFigureStatusChanged: {
      const json& cells = body.at("cells");
      return "marked " + cells_text(state, cells) + " as " +
             cells.at(0).at("status").get<std::string>();
    }
    case EventKind::kDraftOffered:
      return "offered refused words for " + title;
    case EventKind::kDraftSettled:
      return (body.at("outcome") == "taken" ? "took over words offered for "
                                            : "declined words offered for ") +
             title;
  }
  return {};
}

}  // namespace

bool may_see_event(const PlanState& state, const PersonId& person, const Event& event) {
  if (state.member(person) == nullptr) return false;
  switch (event.kind) {
    case EventKind::kPlanCreated:
    case EventKind::kMemberChanged:
    case EventKind::kOrganisationChanged:
      return true;
    case EventKind::kSectionUpdated:
    case EventKind::kSectionChanged:
      return may_read(state, person, event.section).has_value();
    case EventKind::kFigureChanged:
    case EventKind::kFigureStatusChanged:
      return may_see_cells(state, person, parsed_body(event));
    case EventKind::kDraftOffered:
    case EventKind::kDraftSettled:
      return may_see_draft(state, person, event, parsed_body(event));
  }
  return false;
}

json event_body(const PlanState& state, const Event& event) {
  if (event.kind == EventKind::kPlanCreated) return {{"title", state.title}};
  if (event.kind == EventKind::kSectionUpdated)
    return {{"section", event.section.value}, {"bytes", event.body.size()}};
  json body = parsed_body(event);
  if (!event.section.empty()) body["section"] = event.section.value;
  if (event.kind == EventKind::kDraftOffered) {
    body["words"] = count_words(body.value("text", std::string()));
    body.erase("text");
  }
  return body;
}

std::string event_body_text(const PlanState& state, const Event& event) {
  return event_body(state, event).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string rights_words(const PlanState& state, const Event& event, const PersonId& person) {
  std::string who = event.actor.is_server()
                        ? "The server"
                        : state.actor_name(event.actor) + " (" +
                              state.organisation_name(event.actor.organisation) + ")";
  json body = parsed_body(event);
  if (event.kind == EventKind::kMemberChanged &&
      body.value("person", std::string()) == person.value) {
    auto now = memberships_from_json(body.value("memberships", json::array()));
    return who + (now.empty() ? " removed you from this plan"
                              : " made you " + roles_in_words(state, now));
  }
  if (event.kind == EventKind::kSectionChanged && !may_read(state, person, event.section))
    return who + " changed to whom this section shows";
  return who + " " + event_words(state, event);
}

std::string event_words(const PlanState& state, const Event& event) {
  json body = event.kind == EventKind::kPlanCreated || event.kind == EventKind::kSectionUpdated
                  ? json::object()
                  : parsed_body(event);
  try {
    std::string words = words_of(state, event, body);
    std::string reason = body.value("reason", std::string());
    return reason.empty() ? words : words + ". Reason: " + reason;
  } catch (const json::exception&) {
    return "did something that this program cannot read";
  }
}

std::string roles_in_words(const PlanState& state, const std::vector<Membership>& memberships) {
  std::vector<std::string> parts;
  for (const Membership& membership : memberships) {
    std::vector<std::string> roles;
    for (Role role : membership.roles) roles.push_back(role_words(role));
    parts.push_back(with_and(roles) + " for " + state.organisation_name(membership.organisation));
  }
  return parts.empty() ? "nobody" : with_and(parts);
}

}  // namespace footprint::plan
