#include "plan/govern.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "plan/plan_file.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

tl::unexpected<Error> invalid(std::string code, std::string message) {
  return fail(ErrorKind::kInvalid, std::move(code), std::move(message));
}

tl::unexpected<Error> reason_needed() {
  return invalid("reason.needed", "Say why: this needs a reason, which is kept with the change.");
}

Event event_of(EventKind kind, Actor actor, SectionKey section, const json& body) {
  std::string text = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return {kind, std::move(actor), std::move(section), {}, to_bytes(as_bytes(text))};
}

template <typename Ids>
json names(const Ids& ids) {
  json out = json::array();
  for (const auto& id : ids) out.push_back(id.value);
  return out;
}

/// The actor of an act that needs `action`, with the reason that this may need.
Result<Actor> actor_for(const PlanState& state, const PersonId& person, Action action,
                        const Target& target, const std::string& reason) {
  if (person.empty()) return Actor{};
  auto grant = check(state, person, action, target);
  if (!grant) return forward_error(grant.error());
  if (grant->needs_reason && reason.empty()) return reason_needed();
  return grant->actor(person);
}

Status check_memberships(const PlanState& state, const MemberChange& change) {
  std::set<OrganisationId> seen;
  for (const Membership& membership : change.memberships) {
    if (state.organisation(membership.organisation) == nullptr)
      return invalid("member.unknown_organisation", "This plan has no organisation \"" +
                                                        membership.organisation.value +
                                                        "\". Add it to the plan first.");
    if (membership.roles.empty())
      return invalid("member.no_role", "Give at least one role for " +
                                           state.organisation_name(membership.organisation) + ".");
    std::set<Role> roles(membership.roles.begin(), membership.roles.end());
    if (!seen.insert(membership.organisation).second || roles.size() != membership.roles.size())
      return invalid("member.repeated", "The same organisation or role stands there twice.");
  }
  return {};
}

bool is_lead(const std::vector<Membership>& memberships) {
  return std::any_of(memberships.begin(), memberships.end(),
                     [](const Membership& item) { return item.has(Role::kFootprintLead); });
}

/// A plan that nobody answers for could never be put right from inside.
bool takes_last_lead(const PlanState& state, const MemberChange& change) {
  const Person* person = state.person(change.person);
  if (person == nullptr || !is_lead(person->memberships) || is_lead(change.memberships))
    return false;
  return std::none_of(state.people.begin(), state.people.end(), [&](const Person& other) {
    return other.id != change.person && is_lead(other.memberships);
  });
}

}  // namespace

Decided decide_members(const PlanState& state, const PersonId& actor, const MemberChange& change) {
  auto by = actor_for(state, actor, Action::kManagePeople, {}, change.reason);
  if (!by) return forward_error(by.error());
  if (auto checked = check_memberships(state, change); !checked)
    return forward_error(checked.error());
  const Person* person = state.person(change.person);
  if (change.memberships.empty() && (person == nullptr || !person->is_member()))
    return invalid("member.unknown", "This plan has no such person.");
  if (!by->is_server() && takes_last_lead(state, change))
    return invalid("member.last_lead",
                   "A plan needs a footprint lead. Make somebody else the lead first.");
  std::vector<Membership> previous;
  if (person != nullptr) previous = person->memberships;
  if (previous == change.memberships) return std::nullopt;
  json body = {{"person", change.person.value},
               {"memberships", memberships_to_json(change.memberships)},
               {"previous", memberships_to_json(previous)}};
  if (!change.reason.empty()) body["reason"] = change.reason;
  return event_of(EventKind::kMemberChanged, *by, {}, body);
}

Decided decide_organisation(const PlanState& state, const PersonId& actor,
                            const OrganisationChange& change) {
  auto by = actor_for(state, actor, Action::kManageOrganisations, {}, {});
  if (!by) return forward_error(by.error());
  auto as_json = [](const Organisation& item) {
    return json{{"id", item.id.value},
                {"name", item.name},
                {"real_name", item.real_name},
                {"kind", item.kind},
                {"signing_body", item.signing_body},
                {"signs", item.signs}};
  };
  const Organisation* known = state.organisation(change.organisation.id);
  json previous = known != nullptr ? as_json(*known) : json(nullptr);
  json organisation = as_json(change.organisation);
  if (organisation == previous) return std::nullopt;
  return event_of(EventKind::kOrganisationChanged, *by, {},
                  {{"organisation", std::move(organisation)}, {"previous", std::move(previous)}});
}

namespace {

/// What differs, as the event's body says it.
struct SectionDifference {
  json now = json::object();
  json before = json::object();

  template <typename Value>
  void add(const char* key, const std::optional<Value>& wanted, const Value& is, auto shown) {
    if (!wanted || *wanted == is) return;
    now[key] = shown(*wanted);
    before[key] = shown(is);
  }
};

SectionDifference difference(const Section& section, const SectionChange& change) {
  auto text = [](const std::string& value) { return json(value); };
  auto name = [](const auto& id) { return json(id.value); };
  auto list = [](const auto& ids) { return names(ids); };
  SectionDifference out;
  out.add("title", change.title, section.title, text);
  out.add("lead", change.lead, section.lead, name);
  out.add("lead_organisation", change.lead_organisation, section.lead_organisation, name);
  out.add("due_date", change.due_date, section.due_date, text);
  out.add("deputies", change.deputies, section.deputies, list);
  out.add("named_people", change.named_people, section.named_people, list);
  out.add("visibility", change.visibility, section.visibility,
          [](Visibility value) { return json(visibility_name(value)); });
  out.add("status", change.status, section.status,
          [](SectionStatus value) { return json(status_name(value)); });
  return out;
}

Status check_references(const PlanState& state, const SectionChange& change) {
  std::vector<PersonId> people;
  if (change.lead) people.push_back(*change.lead);
  for (const auto* more : {&change.deputies, &change.named_people})
    if (*more) people.insert(people.end(), (*more)->begin(), (*more)->end());
  for (const PersonId& person : people)
    if (state.member(person) == nullptr)
      return invalid("section.unknown_person",
                     "\"" + person.value + "\" is not a member of this plan. Invite them first.");
  if (change.lead_organisation && state.organisation(*change.lead_organisation) == nullptr)
    return invalid("section.unknown_organisation",
                   "This plan has no organisation \"" + change.lead_organisation->value + "\".");
  if (change.status == SectionStatus::kSignedOff)
    return invalid("section.signed_off",
                   "A section is signed off by the decisions of those who sign it, not by hand.");
  return {};
}

/// The rights that the change needs, each checked, also where it would change nothing; the actor is
/// that of the first.
Result<Actor> actor_of_change(const PlanState& state, const PersonId& actor, const Section& section,
                              const SectionChange& change) {
  std::vector<Action> needed;
  if (change.title || change.lead || change.lead_organisation || change.due_date)
    needed.push_back(Action::kAppointLead);
  if (change.deputies || change.visibility || change.named_people)
    needed.push_back(Action::kShareSection);
  if (change.status) {
    bool freezes =
        section.status == SectionStatus::kFrozen || change.status == SectionStatus::kFrozen;
    needed.push_back(freezes ? Action::kFreezeSection : Action::kMoveSection);
  }
  std::optional<Actor> by;
  for (Action action : needed) {
    auto granted = actor_for(state, actor, action, {section.key, {}, {}}, change.reason);
    if (!granted) return granted;
    if (!by) by = *granted;
  }
  return by.value_or(Actor{actor, {}});
}

}  // namespace

Decided decide_section(const PlanState& state, const PersonId& actor, const SectionChange& change) {
  // Who may not read the section learns nothing from what is wrong with a change.
  if (auto readable = actor.empty() ? Status{} : may_read(state, actor, change.section); !readable)
    return forward_error(readable.error());
  const Section* section = state.section(change.section);
  if (section == nullptr)
    return fail(ErrorKind::kNotFound, "section.unknown", "This plan has no such section.");
  auto by = actor_of_change(state, actor, *section, change);
  if (!by) return forward_error(by.error());
  if (auto checked = check_references(state, change); !checked)
    return forward_error(checked.error());
  SectionDifference differs = difference(*section, change);
  if (differs.now.empty()) return std::nullopt;
  json body = std::move(differs.now);
  body["previous"] = std::move(differs.before);
  if (!change.reason.empty()) body["reason"] = change.reason;
  return event_of(EventKind::kSectionChanged, *by, change.section, body);
}

namespace {

struct FoundCell {
  const Table* table = nullptr;
  const Cell* cell = nullptr;
};

Result<FoundCell> find_cell(const PlanState& state, const PersonId& actor, const CellRef& ref) {
  FoundCell found;
  found.table = state.table(ref.table);
  bool shown = found.table != nullptr &&
               (actor.empty() || may_read(state, actor, found.table->section).has_value());
  if (!shown)
    return invalid("figure.unknown_table", "This plan has no table \"" + ref.table.value + "\".");
  const Row* row = found.table->row(ref.row);
  if (row == nullptr)
    return invalid("figure.unknown_row",
                   "The table " + found.table->title + " has no row \"" + ref.row + "\".");
  auto cell = row->cells.find(ref.column);
  if (cell == row->cells.end())
    return invalid("figure.unknown_column",
                   "The row \"" + row->title + "\" has no column \"" + ref.column + "\".");
  found.cell = &cell->second;
  if (found.cell->derived)
    return invalid("figure.derived",
                   "This figure is computed from others. Lock the figures that it is made of.");
  return found;
}

}  // namespace

Decided decide_figure_status(const PlanState& state, const PersonId& actor,
                             const std::vector<FigureStatusChange>& changes,
                             const std::string& reason) {
  std::optional<Actor> by;
  std::set<CellRef> seen;
  json cells = json::array();
  for (const FigureStatusChange& change : changes) {
    auto found = find_cell(state, actor, change.cell);
    if (!found) return forward_error(found.error());
    CellStatus before = found->cell->status;
    if (!seen.insert(change.cell).second)
      return invalid("figure.repeated", "This cell is changed twice in one request.");
    bool locks = before == CellStatus::kLocked || change.status == CellStatus::kLocked;
    auto granted = actor_for(state, actor, locks ? Action::kLockFigure : Action::kEditFigure,
                             {found->table->section, found->cell->owner, {}}, reason);
    if (!granted) return forward_error(granted.error());
    if (!by) by = *granted;
    if (before == change.status) continue;
    cells.push_back({{"table", change.cell.table.value},
                     {"row", change.cell.row},
                     {"column", change.cell.column},
                     {"status", status_name(change.status)},
                     {"previous", status_name(before)}});
  }
  if (cells.empty()) return std::nullopt;
  json body = {{"cells", std::move(cells)}};
  if (!reason.empty()) body["reason"] = reason;
  return event_of(EventKind::kFigureStatusChanged, *by, {}, body);
}

Decided decide_draft_offer(const PlanState& state, const PersonId& actor, const DraftOffer& offer) {
  auto by = actor_for(state, actor, Action::kOfferDraft, {offer.section, {}, {}}, {});
  if (!by) return forward_error(by.error());
  auto open = std::count_if(state.drafts.begin(), state.drafts.end(), [&](const Draft& draft) {
    return draft.outcome.empty() && draft.by.person == actor;
  });
  if (static_cast<std::size_t>(open) >= kOpenDraftsMax)
    return invalid("draft.too_many",
                   "Fifty drafts of yours wait for an answer already. Wait for some of them.");
  return event_of(
      EventKind::kDraftOffered, *by, offer.section,
      {{"id", offer.id}, {"text", offer.text}, {"code", offer.code}, {"message", offer.message}});
}

Decided decide_draft_settlement(const PlanState& state, const PersonId& actor,
                                const DraftSettlement& settlement) {
  const Draft* draft = state.draft(settlement.id);
  bool shown = draft != nullptr && may_read(state, actor, draft->section).has_value();
  if (!shown) return fail(ErrorKind::kNotFound, "draft.unknown", "There is no draft of that name.");
  auto by = actor_for(state, actor, Action::kSettleDraft, {draft->section, {}, draft->by.person},
                      settlement.reason);
  if (!by) return forward_error(by.error());
  if (!draft->outcome.empty())
    return fail(
        ErrorKind::kConflict, "draft.settled",
        state.actor_name(draft->settled_by) + " has " + draft->outcome + " this draft already.");
  json body = {{"id", draft->id}, {"outcome", settlement.taken ? "taken" : "declined"}};
  if (!settlement.reason.empty()) body["reason"] = settlement.reason;
  return event_of(EventKind::kDraftSettled, *by, draft->section, body);
}

}  // namespace footprint::plan
