// The commands that run a plan: people, sections, organisations, the status of figures, offered
// drafts. Each is checked against the state at its position and comes to one event.
//
// Pure: changes nothing. An event is right for `state` only: append it at the position after
// state's. Nullopt: nothing would change. `actor` empty: the server itself, which needs no right
// (an account that is erased). Errors besides those of plan/rights.hpp: "reason.needed", and what
// each names (kInvalid).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/event.hpp"
#include "plan/rights.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

using Decided = Result<std::optional<Event>>;

struct MemberChange {
  PersonId person;
  std::vector<Membership> memberships;  // all of them from now on; none: removed
  std::string reason;
};
/// Errors: "member.unknown_organisation", "member.no_role", "member.repeated", "member.last_lead",
/// "member.unknown" (removing somebody who is not there).
Decided decide_members(const PlanState& state, const PersonId& actor, const MemberChange& change);

/// What is given is changed.
struct SectionChange {
  SectionKey section;
  std::optional<std::string> title;
  std::optional<PersonId> lead;
  std::optional<OrganisationId> lead_organisation;
  std::optional<std::vector<PersonId>> deputies;
  std::optional<Visibility> visibility;
  std::optional<std::vector<PersonId>> named_people;
  std::optional<SectionStatus> status;
  std::optional<std::string> due_date;
  std::string reason;
};
/// Errors: "section.unknown_person", "section.unknown_organisation", "section.signed_off" (only
/// sign-off says that).
Decided decide_section(const PlanState& state, const PersonId& actor, const SectionChange& change);

struct OrganisationChange {
  Organisation organisation;  // basis and source are not used
};
Decided decide_organisation(const PlanState& state, const PersonId& actor,
                            const OrganisationChange& change);

struct FigureStatusChange {
  CellRef cell;
  CellStatus status = CellStatus::kDraft;
};
/// All or none. Errors: "figure.unknown_table", "figure.unknown_row", "figure.unknown_column",
/// "figure.derived", "figure.locked" and those of the rights.
Decided decide_figure_status(const PlanState& state, const PersonId& actor,
                             const std::vector<FigureStatusChange>& changes,
                             const std::string& reason);

struct DraftOffer {
  SectionKey section;
  std::string id;  // new, made by the caller
  std::string text, code, message;
};
inline constexpr std::size_t kDraftTextMax = 200'000;  // bytes
inline constexpr std::size_t kOpenDraftsMax = 50;      // of one person in one plan
/// Errors: "draft.too_many".
Decided decide_draft_offer(const PlanState& state, const PersonId& actor, const DraftOffer& offer);

struct DraftSettlement {
  std::string id;
  bool taken = false;
  std::string reason;
};
/// Errors: "draft.unknown" (kNotFound), "draft.settled" (kConflict).
Decided decide_draft_settlement(const PlanState& state, const PersonId& actor,
                                const DraftSettlement& settlement);

}  // namespace footprint::plan
