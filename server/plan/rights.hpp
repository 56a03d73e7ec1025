// Who may do what: one pure function over schemas/rights.json, asked on every message.
//
// A person has the rights of all of their memberships; who leads a section has the role of a
// section lead in it besides. The best answer counts, and the act is done for the organisation
// whose membership gave it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

/// The rows of the matrix, in its order.
enum class Action : std::uint8_t {
  kRead,
  kWrite,
  kEditFigure,
  kChangeLocked,
  kLockFigure,
  kComment,
  kMarkBlocking,
  kCloseComment,
  kOfferDraft,
  kSettleDraft,
  kAppointLead,
  kShareSection,
  kMoveSection,
  kFreezeSection,
  kRequestSignoff,
  kDecideSignoff,
  kRunRound,
  kSubmit,
  kPublish,
  kRaiseSupport,
  kAnswerSupport,
  kSeeAudit,
  kManagePeople,
  kManageOrganisations,
};
inline constexpr std::size_t kActionCount = 24;

/// The words of the matrix; what each means stands in schemas/rights.json.
enum class Scope : std::uint8_t {
  kNo,
  kYes,
  kPartners,
  kShared,
  kOwnSections,
  kOrganisationSections,
  kOwnCells,
  kOwnCellsElseReason,
  kWithReason,
  kReadable,
  kOwn,
  kOwnOrganisation,
  kWithAuthority,
  kPropose,
  kPrepare,
  kRequest,
  kNational,
  kAccounts,
};

std::string_view action_name(Action action);
std::string_view scope_name(Scope scope);
/// The cell of the matrix. What the role of a membership allows; see check() for a person.
Scope scope_of(Role role, Action action);

/// What an action is done to; what it has no use for stays empty.
struct Target {
  SectionKey section;
  OrganisationId owner;  // of the figure
  PersonId author;       // of what may be somebody's own
};

struct Grant {
  Membership
      membership;  // the first that gives the right, without need of a reason if there is one
  Scope scope = Scope::kNo;
  bool needs_reason = false;

  Actor actor(const PersonId& person) const { return {person, membership.organisation}; }
};

/// Errors: "section.unknown" (kNotFound); "right.stranger" (no member of this plan),
/// "right.not_shared" (may not read the section, which a door says as if there were none),
/// "right.frozen", "right.read_only", "right.other_section", "figure.no_right", "figure.locked",
/// "right.role", "right.propose_only", "right.prepare_only", "right.request_only",
/// "right.no_authority", "right.not_own" (all kForbidden). The message says why and whom to ask.
Result<Grant> check(const PlanState& state, const PersonId& person, Action action,
                    const Target& target = {});

/// What the person's roles say to an action that has no one target (the audit log).
std::vector<Scope> scopes_of(const PlanState& state, const PersonId& person, Action action);

Status may_read(const PlanState& state, const PersonId& person, const SectionKey& section);
Status may_write(const PlanState& state, const PersonId& person, const SectionKey& section);
/// Whether the person may change a cell of `table`: a locked one is another right.
Result<Grant> may_change_figure(const PlanState& state, const PersonId& person, const Table& table,
                                const Cell& cell);
/// The person in a section: with the organisation that the right to write in it, or else to read
/// it, comes from. Nullopt if there is none.
std::optional<Actor> actor_in(const PlanState& state, const PersonId& person,
                              const SectionKey& section);

/// " Ask NAME (ORGANISATION), of the programme office.": who looks after people.
std::string ask_office(const PlanState& state);
/// " Ask NAME (ORGANISATION), who leads this section."
std::string ask_lead(const PlanState& state, const Section& section);

}  // namespace footprint::plan
