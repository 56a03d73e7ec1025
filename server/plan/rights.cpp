#include "plan/rights.hpp"

#include <algorithm>

#include "plan/rights_matrix.hpp"

namespace footprint::plan {

namespace {

tl::unexpected<Error> refuse(std::string code, std::string message) {
  return fail(ErrorKind::kForbidden, std::move(code), std::move(message));
}

template <typename Items, typename Item>
bool holds(const Items& items, const Item& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

/// A question, with all that an answer depends on.
struct Question {
  const PlanState& state;
  const Person& person;
  Action action;
  const Target& target;
  const Section* section;  // of the target
};

/// The roles that a membership gives: who leads a section is its section lead, for the organisation
/// that leads it if they belong to that.
std::vector<Role> roles_of(const Question& question, const Membership& membership) {
  std::vector<Role> roles = membership.roles;
  auto leads = [&](const Section& section) {
    if (!section.is_led_by(question.person.id)) return false;
    bool of_that = std::any_of(
        question.person.memberships.begin(), question.person.memberships.end(),
        [&](const Membership& other) { return other.organisation == section.lead_organisation; });
    return !of_that || membership.organisation == section.lead_organisation;
  };
  bool is_lead = question.section != nullptr ? leads(*question.section)
                                             : std::any_of(question.state.sections.begin(),
                                                           question.state.sections.end(), leads);
  if (is_lead && !membership.has(Role::kSectionLead)) roles.push_back(Role::kSectionLead);
  return roles;
}

bool is_shown_to(Scope scope, const Person& person, const Section& section) {
  if (scope == Scope::kYes || section.is_led_by(person.id)) return true;
  if (holds(section.named_people, person.id)) return true;
  if (scope == Scope::kPartners) return section.visibility != Visibility::kNamed;
  return section.visibility == Visibility::kReviewers || section.visibility == Visibility::kPublic;
}

/// Whether a word of the matrix says yes to the question. What may only be prepared is a no.
bool allows(Scope scope, const Question& question, const Membership& membership) {
  const OrganisationId& organisation = membership.organisation;
  switch (scope) {
    case Scope::kYes:
    case Scope::kWithReason:
    case Scope::kOwnCellsElseReason:
    case Scope::kReadable:  // that the section may be read is asked before
      return true;
    case Scope::kPartners:
    case Scope::kShared:
      return is_shown_to(scope, question.person, *question.section);
    case Scope::kOwnSections:
      return question.section == nullptr || question.section->is_led_by(question.person.id);
    case Scope::kOrganisationSections:
      return question.section->lead_organisation == organisation ||
             holds(question.section->required_signatories, organisation);
    case Scope::kOwnCells:
    case Scope::kOwnOrganisation:
      return question.target.owner == organisation;
    case Scope::kOwn:
      return question.target.author == question.person.id;
    case Scope::kNational: {
      const Organisation* body = question.state.organisation(organisation);
      return body != nullptr && body->kind == "national_body";
    }
    case Scope::kNo:
    case Scope::kWithAuthority:
    case Scope::kPropose:
    case Scope::kPrepare:
    case Scope::kRequest:
    case Scope::kAccounts:
      return false;
  }
  return false;
}

bool needs_reason(Scope scope, const Question& question, const Membership& membership) {
  if (scope == Scope::kWithReason) return true;
  return scope == Scope::kOwnCellsElseReason && question.target.owner != membership.organisation;
}

/// `nearest`: of the words that said no, the one that says best why not.
std::optional<Grant> best(const Question& question, Scope& nearest) {
  std::optional<Grant> found;
  for (const Membership& membership : question.person.memberships)
    for (Role role : roles_of(question, membership)) {
      Scope scope = scope_of(role, question.action);
      if (!allows(scope, question, membership)) {
        if (nearest == Scope::kNo || scope == Scope::kOwnCells) nearest = scope;
        continue;
      }
      Grant grant{membership, scope, needs_reason(scope, question, membership)};
      if (!grant.needs_reason) return grant;
      if (!found) found = std::move(grant);
    }
  return found;
}

std::string organisations_of(const PlanState& state, const Person& person) {
  std::string names;
  for (const Membership& membership : person.memberships)
    names += (names.empty() ? "" : " and ") + state.organisation_name(membership.organisation);
  return names;
}

tl::unexpected<Error> explain_role(const Question& question, const std::string& ask) {
  std::string title = RightsMatrix::get().row(question.action).title;
  title[0] = static_cast<char>(title[0] | 0x20);
  return refuse("right.role", "Your role in this plan does not let you " + title + "." + ask);
}

/// Why not, and whom to ask.
tl::unexpected<Error> explain(const Question& question, Scope nearest) {
  const PlanState& state = question.state;
  std::string ask =
      question.section != nullptr ? ask_lead(state, *question.section) : ask_office(state);
  if (question.action == Action::kRead)
    return refuse("right.not_shared", "This section does not show to you." + ask);
  if (question.action == Action::kChangeLocked)
    return refuse(
        "figure.locked",
        "This figure is locked. The footprint lead or the programme office can change it.");
  switch (nearest) {
    case Scope::kOwnSections:
    case Scope::kOrganisationSections:
      if (question.action == Action::kWrite)
        return refuse("right.other_section", "You can read this section but not write in it: " +
                                                 organisations_of(state, question.person) +
                                                 " neither leads nor signs it." + ask);
      return refuse("right.other_section", "You do not lead this section." + ask);
    case Scope::kOwnCells:
      return refuse("figure.no_right", "This figure belongs to " +
                                           state.organisation_name(question.target.owner) +
                                           ", and you act for " +
                                           organisations_of(state, question.person) + "." + ask);
    case Scope::kPropose:
      return refuse("right.propose_only",
                    "You can propose this by marking the figure agreed. The footprint lead or the "
                    "programme office locks it.");
    case Scope::kPrepare:
      return refuse("right.prepare_only", "You can prepare this; the footprint lead does it.");
    case Scope::kRequest:
      return refuse("right.request_only", "You can ask for this." + ask_office(state));
    case Scope::kWithAuthority:
      return refuse("right.no_authority",
                    "There is no current record of your authority to sign for " +
                        organisations_of(state, question.person) + "." + ask_office(state));
    case Scope::kOwn:
    case Scope::kOwnOrganisation:
      return refuse("right.not_own", "You can do this with what is your own only." + ask);
    default:
      break;
  }
  if (question.action == Action::kWrite || question.action == Action::kEditFigure)
    return refuse("right.read_only",
                  "You can read this section but not write in it: your role in this plan is not "
                  "that of an author." +
                      ask);
  return explain_role(question, ask);
}

std::string named(const PlanState& state, const PersonId& person,
                  const OrganisationId& organisation) {
  return state.person_name(person) + " (" + state.organisation_name(organisation) + ")";
}

}  // namespace

std::string ask_lead(const PlanState& state, const Section& section) {
  return " Ask " + named(state, section.lead, section.lead_organisation) +
         ", who leads this section.";
}

std::string ask_office(const PlanState& state) {
  for (Role role : {Role::kPmo, Role::kFootprintLead})
    for (const Person& person : state.people)
      if (person.has(role))
        return " Ask " + named(state, person.id, person.organisation()) +
               (role == Role::kPmo ? ", of the programme office." : ", the footprint lead.");
  return " Ask the programme office.";
}

Result<Grant> check(const PlanState& state, const PersonId& person, Action action,
                    const Target& target) {
  const RightsMatrix::Row& row = RightsMatrix::get().row(action);
  const Section* section = row.on_section ? state.section(target.section) : nullptr;
  if (row.on_section && section == nullptr)
    return fail(ErrorKind::kNotFound, "section.unknown",
                "This plan has no section of that name. Go back to the plan and pick one.");
  const Person* who = state.member(person);
  if (who == nullptr)
    return refuse("right.stranger",
                  "You are not a member of this plan. Ask its programme office to invite you.");
  if (row.on_section && action != Action::kRead)
    if (auto readable = check(state, person, Action::kRead, target); !readable) return readable;
  Question question{state, *who, action, target, section};
  if (row.unless_frozen && section != nullptr && section->status == SectionStatus::kFrozen)
    return refuse(
        "right.frozen",
        "This section is frozen, as it was submitted. Nobody can change it in this round.");
  Scope nearest = Scope::kNo;
  if (auto found = best(question, nearest)) return *found;
  return explain(question, nearest);
}

std::vector<Scope> scopes_of(const PlanState& state, const PersonId& person, Action action) {
  std::vector<Scope> scopes;
  const Person* who = state.member(person);
  if (who == nullptr) return scopes;
  Target nothing;
  Question question{state, *who, action, nothing, nullptr};
  for (const Membership& membership : who->memberships)
    for (Role role : roles_of(question, membership)) {
      Scope scope = scope_of(role, action);
      if (scope != Scope::kNo && !holds(scopes, scope)) scopes.push_back(scope);
    }
  return scopes;
}

Status may_read(const PlanState& state, const PersonId& person, const SectionKey& section) {
  auto grant = check(state, person, Action::kRead, {section, {}, {}});
  return grant ? Status{} : forward_error(grant.error());
}

Status may_write(const PlanState& state, const PersonId& person, const SectionKey& section) {
  auto grant = check(state, person, Action::kWrite, {section, {}, {}});
  return grant ? Status{} : forward_error(grant.error());
}

Result<Grant> may_change_figure(const PlanState& state, const PersonId& person, const Table& table,
                                const Cell& cell) {
  bool locked = cell.status == CellStatus::kLocked;
  return check(state, person, locked ? Action::kChangeLocked : Action::kEditFigure,
               {table.section, cell.owner, {}});
}

std::optional<Actor> actor_in(const PlanState& state, const PersonId& person,
                              const SectionKey& section) {
  for (Action action : {Action::kWrite, Action::kRead})
    if (auto grant = check(state, person, action, {section, {}, {}})) return grant->actor(person);
  return std::nullopt;
}

}  // namespace footprint::plan
