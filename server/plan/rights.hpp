// Who may do what with a section: one pure function of the state, asked on every message.
#pragma once

#include "base/result.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

enum class Right : std::uint8_t { kRead, kWrite };

/// Errors: "right.stranger" (not a person of this plan), "right.not_shared", "right.read_only",
/// "right.other_section", "right.frozen" (all kForbidden), "section.unknown" (kNotFound). The
/// message says why and whom to ask.
Status check_right(const PlanState& state, const PersonId& person, const SectionKey& section,
                   Right right);

inline Status may_read(const PlanState& state, const PersonId& person, const SectionKey& section) {
  return check_right(state, person, section, Right::kRead);
}
inline Status may_write(const PlanState& state, const PersonId& person, const SectionKey& section) {
  return check_right(state, person, section, Right::kWrite);
}

/// Whether the person may change a cell of `table` that `owner` owns. Errors: as above, and
/// "figure.no_right".
Status may_change_figure(const PlanState& state, const PersonId& person, const Table& table,
                         const OrganisationId& owner);

}  // namespace footprint::plan
