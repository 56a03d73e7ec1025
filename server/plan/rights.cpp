#include "plan/rights.hpp"

#include <algorithm>

namespace footprint::plan {

namespace {

Status refuse(std::string code, std::string message) {
  return fail(ErrorKind::kForbidden, std::move(code), std::move(message));
}

template <typename Items, typename Item>
bool holds(const Items& items, const Item& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

bool runs_the_plan(const Person& person) {
  return person.has(Role::kFootprintLead) || person.has(Role::kPmo);
}

bool leads(const Person& person, const Section& section) {
  return section.lead == person.id || holds(section.deputies, person.id);
}

/// Partners write the plan; the others look at it from outside.
bool is_partner(const Person& person) {
  return runs_the_plan(person) || person.has(Role::kSectionLead) || person.has(Role::kAuthor) ||
         person.has(Role::kBoardSignatory);
}

/// An author's organisation's sections: those it leads, and those it will be asked to sign.
bool is_of_organisation(const Person& person, const Section& section) {
  return section.lead_organisation == person.organisation ||
         holds(section.required_signatories, person.organisation);
}

std::string ask(const PlanState& state, const Section& section) {
  return " Ask " + state.person_name(section.lead) + " (" +
         state.organisation_name(section.lead_organisation) + "), who leads this section.";
}

Status check_write(const PlanState& state, const Person& person, const Section& section) {
  if (section.status == SectionStatus::kFrozen)
    return refuse(
        "right.frozen",
        "This section is frozen, as it was submitted. Nobody can change it in this round.");
  if (runs_the_plan(person) || leads(person, section)) return {};
  if (!person.has(Role::kAuthor))
    return refuse("right.read_only",
                  "You can read this section but not write in it: your role in this plan is not "
                  "that of an author." +
                      ask(state, section));
  if (is_of_organisation(person, section)) return {};
  return refuse("right.other_section", "You can read this section but not write in it: " +
                                           state.organisation_name(person.organisation) +
                                           " neither leads nor signs it." + ask(state, section));
}

}  // namespace

Status check_right(const PlanState& state, const PersonId& person, const SectionKey& section,
                   Right right) {
  const Section* of = state.section(section);
  if (of == nullptr)
    return fail(ErrorKind::kNotFound, "section.unknown",
                "This plan has no section of that name. Go back to the plan and pick one.");
  const Person* who = state.person(person);
  if (who == nullptr)
    return refuse("right.stranger",
                  "You are not a member of this plan. Ask its programme office to invite you.");
  bool shared = of->visibility != Visibility::kPartners;
  if (!is_partner(*who) && !leads(*who, *of) && !shared)
    return refuse("right.not_shared",
                  "This section is still among the partners who write it." + ask(state, *of));
  return right == Right::kRead ? Status{} : check_write(state, *who, *of);
}

Status may_change_figure(const PlanState& state, const PersonId& person, const Table& table,
                         const OrganisationId& owner) {
  if (auto readable = may_read(state, person, table.section); !readable) return readable;
  const Person& who = *state.person(person);
  const Section& section = *state.section(table.section);
  if (section.status == SectionStatus::kFrozen || runs_the_plan(who) || leads(who, section))
    return check_write(state, who, section);
  if (who.has(Role::kAuthor) && who.organisation == owner) return {};
  if (!who.has(Role::kAuthor)) return check_write(state, who, section);
  return refuse("figure.no_right",
                "This figure belongs to " + state.organisation_name(owner) + ", and you act for " +
                    state.organisation_name(who.organisation) + "." + ask(state, section));
}

}  // namespace footprint::plan
