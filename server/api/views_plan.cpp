#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "api/views.hpp"
#include "plan/rights.hpp"
#include "room/people.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

void put_source(json& object, const char* name, const plan::PlanState& state,
                const std::string& key) {
  auto found = state.sources.find(key);
  if (found != state.sources.end()) object[name] = {{"key", key}, {"text", found->second}};
}

json footprint_json(const plan::PlanState& state) {
  const plan::Footprint& footprint = state.footprint;
  json out = {{"number", footprint.number},
              {"name", footprint.name},
              {"alias", footprint.alias},
              {"region", footprint.region},
              {"population", footprint.population},
              {"population_basis", basis_name(footprint.population_basis)}};
  put_source(out, "population_source", state, footprint.population_source);
  return out;
}

json milestone_json(const plan::PlanState& state, const plan::Milestone& milestone) {
  json out = {{"key", milestone.key},
              {"date", milestone.date},
              {"title", milestone.title},
              {"basis", basis_name(milestone.basis)}};
  put_source(out, "source", state, milestone.source);
  return out;
}

json round_json(const plan::PlanState& state) {
  for (const plan::Milestone& milestone : state.milestones)
    if (milestone.key == state.round)
      return {{"key", milestone.key}, {"title", milestone.title}, {"date", milestone.date}};
  return {{"key", state.round}, {"title", state.round}, {"date", "0000-00-00"}};
}

json person_ref(const plan::PlanState& state, const PersonId& id) {
  const plan::Person* person = state.person(id);
  return actor_json(state, {id, person != nullptr ? person->organisation() : OrganisationId()});
}

json last_change_json(const plan::PlanState& state, const std::optional<plan::LastChange>& change) {
  if (!change) return nullptr;
  json out = actor_json(state, change->actor);
  if (out.is_null()) return nullptr;
  out["at"] = change->at_ms;
  out["position"] = change->position;
  return out;
}

json present_json(const View& view, const plan::Section& section) {
  json out = json::array();
  if (!view.people_in) return out;
  for (const PersonId& person : view.people_in(section.key)) {
    json entry = person_ref(view.state, person);
    if (entry.is_null()) continue;
    entry["colour"] = room::colour_of(person);
    out.push_back(std::move(entry));
  }
  return out;
}

json may_json(const View& view, const plan::Section& section) {
  auto writable = may_write(view.state, view.person, section.key);
  auto may = [&](plan::Action action) {
    return check(view.state, view.person, action, {section.key, {}, {}}).has_value();
  };
  json out = {{"read", may(plan::Action::kRead)},
              {"write", writable.has_value()},
              {"offer_draft", may(plan::Action::kOfferDraft)},
              {"settle_draft", may(plan::Action::kSettleDraft)},
              {"appoint_lead", may(plan::Action::kAppointLead)},
              {"share_section", may(plan::Action::kShareSection)},
              {"move_section", may(plan::Action::kMoveSection)},
              {"freeze_section", may(plan::Action::kFreezeSection)}};
  if (!writable) out["reason"] = writable.error().message;
  return out;
}

/// What the person may do with the plan as a whole: what its pages offer.
json plan_may_json(const View& view) {
  auto may = [&](plan::Action action) {
    return check(view.state, view.person, action).has_value();
  };
  return {{"manage_people", may(plan::Action::kManagePeople)},
          {"manage_organisations", may(plan::Action::kManageOrganisations)},
          {"see_audit", !scopes_of(view.state, view.person, plan::Action::kSeeAudit).empty()}};
}

std::vector<const plan::Section*> shown_sections(const View& view) {
  std::vector<const plan::Section*> shown;
  for (const plan::Section& section : view.state.sections)
    if (may_read(view.state, view.person, section.key)) shown.push_back(&section);
  return shown;
}

/// The newest change of a section that shows.
json newest_change_json(const View& view) {
  std::optional<plan::LastChange> newest;
  for (const plan::Section* section : shown_sections(view))
    if (section->last_change && (!newest || newest->position < section->last_change->position))
      newest = section->last_change;
  return last_change_json(view.state, newest);
}

/// "30 September 2016" for 2016-09-30; the text itself if it is no date.
std::string spoken_date(const std::string& date) {
  static constexpr std::array<const char*, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  if (date.size() != 10) return date;
  int month = (date[5] - '0') * 10 + (date[6] - '0');
  if (month < 1 || month > 12) return date;
  std::string day = date[8] == '0' ? date.substr(9) : date.substr(8);
  return day + " " + kMonths[static_cast<std::size_t>(month - 1)] + " " + date.substr(0, 4);
}

/// What the section needs from the person who looks; null if nothing.
json need_json(const View& view, const plan::Section& section) {
  if (!may_write(view.state, view.person, section.key)) return nullptr;
  json out = {
      {"section", section.key.value}, {"title", section.title}, {"due_date", section.due_date}};
  std::string due = " Its draft is due on " + spoken_date(section.due_date) + ".";
  for (const plan::Field& field : section.fields) {
    bool over = static_cast<int>(field.words) > field.word_limit;
    if (field.words != 0 && !over) continue;
    out["code"] = over ? "over_limit" : "empty_field";
    out["message"] = "\"" + field.title + "\"" +
                     (over ? " has " + std::to_string(field.words) + " words; its limit is " +
                                 std::to_string(field.word_limit) + "."
                           : " has no text yet." + due);
    return out;
  }
  if (section.lead != view.person) return nullptr;
  out["code"] = "lead";
  out["message"] = "You lead this section." + due;
  return out;
}

json needs_json(const View& view) {
  json out = json::array();
  for (const plan::Section& section : view.state.sections)
    if (json need = need_json(view, section); !need.is_null()) out.push_back(std::move(need));
  return out;
}

}  // namespace

json actor_json(const plan::PlanState& state, const plan::Actor& actor) {
  if (actor.is_server()) return nullptr;
  return {{"person", actor.person.value},
          {"name", state.actor_name(actor)},
          {"organisation", actor.organisation.value},
          {"organisation_name", state.organisation_name(actor.organisation)}};
}

json memberships_json(const plan::PlanState& state, const plan::Person& person) {
  json memberships = json::array();
  for (const plan::Membership& membership : person.memberships) {
    json roles = json::array();
    for (plan::Role role : membership.roles) roles.push_back(role_name(role));
    memberships.push_back({{"organisation", membership.organisation.value},
                           {"organisation_name", state.organisation_name(membership.organisation)},
                           {"roles", std::move(roles)}});
  }
  return memberships;
}

json person_json(const plan::PlanState& state, const plan::Person& person) {
  json roles = json::array();
  for (const plan::Membership& membership : person.memberships)
    for (plan::Role role : membership.roles)
      if (std::find(roles.begin(), roles.end(), json(role_name(role))) == roles.end())
        roles.push_back(role_name(role));
  json leads = json::array();
  for (const plan::Section& section : state.sections)
    if (section.lead == person.id) leads.push_back(section.key.value);
  return {{"id", person.id.value},
          {"name", state.person_name(person.id)},
          {"organisation", person.organisation().value},
          {"organisation_name", state.organisation_name(person.organisation())},
          {"roles", std::move(roles)},
          {"memberships", memberships_json(state, person)},
          {"leads", std::move(leads)}};
}

json organisation_json(const plan::PlanState& state, const plan::Organisation& organisation,
                       bool with_real_name) {
  json out = {{"id", organisation.id.value},
              {"name", organisation.name},
              {"kind", organisation.kind},
              {"signing_body", organisation.signing_body},
              {"signs", organisation.signs}};
  if (!with_real_name) return out;
  out["real_name"] = organisation.real_name;
  out["basis"] = basis_name(organisation.basis);
  put_source(out, "source", state, organisation.source);
  return out;
}

json section_json(const View& view, const plan::Section& section) {
  json deputies = json::array();
  for (const PersonId& deputy : section.deputies)
    deputies.push_back(person_ref(view.state, deputy));
  json named = json::array();
  for (const PersonId& person : section.named_people)
    named.push_back(person_ref(view.state, person));
  json fields = json::array();
  std::size_t words = 0;
  for (const plan::Field& field : section.fields) {
    fields.push_back({{"key", field.key},
                      {"title", field.title},
                      {"prompt", field.prompt},
                      {"word_limit", field.word_limit},
                      {"words", field.words}});
    words += field.words;
  }
  json tables = json::array();
  for (const TableKey& table : section.tables) tables.push_back(table.value);
  return {{"key", section.key.value},
          {"title", section.title},
          {"lead", person_ref(view.state, section.lead)},
          {"lead_organisation", section.lead_organisation.value},
          {"deputies", std::move(deputies)},
          {"status", status_name(section.status)},
          {"due_date", section.due_date},
          {"visibility", visibility_name(section.visibility)},
          {"named_people", std::move(named)},
          {"epoch", section.epoch},
          {"words", words},
          {"last_change", last_change_json(view.state, section.last_change)},
          {"present", present_json(view, section)},
          {"fields", std::move(fields)},
          {"tables", std::move(tables)},
          {"covers", section.covers},
          {"may", may_json(view, section)}};
}

json plan_summary_json(const View& view) {
  const plan::PlanState& state = view.state;
  return {{"id", state.id.value},
          {"title", state.title},
          {"footprint", footprint_json(state)},
          {"round", round_json(state)},
          {"position", state.position},
          {"sections", shown_sections(view).size()},
          {"last_change", newest_change_json(view)},
          {"needs", needs_json(view)}};
}

json plan_json(const View& view) {
  const plan::PlanState& state = view.state;
  json milestones = json::array(), organisations = json::array(), sections = json::array();
  for (const auto& milestone : state.milestones)
    milestones.push_back(milestone_json(state, milestone));
  for (const auto& organisation : state.organisations)
    organisations.push_back(organisation_json(state, organisation, false));
  for (const plan::Section* section : shown_sections(view))
    sections.push_back(section_json(view, *section));
  return {{"id", state.id.value},
          {"title", state.title},
          {"disclaimer", state.disclaimer},
          {"footprint", footprint_json(state)},
          {"round", round_json(state)},
          {"milestones", std::move(milestones)},
          {"organisations", std::move(organisations)},
          {"years", state.years},
          {"position", state.position},
          {"may", plan_may_json(view)},
          {"sections", std::move(sections)}};
}

}  // namespace footprint::api
