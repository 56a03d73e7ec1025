// What is checked of a decoded update before it may enter the log: whose it is, and what it is made
// of.
#pragma once

#include <map>
#include <vector>

#include "base/result.hpp"
#include "plan/state.hpp"
#include "sync/state_vector.hpp"
#include "sync/update.hpp"

namespace footprint::plan {

/// The server's own client id: it seeds new documents. Nobody else may write under it.
inline constexpr sync::ClientId kServerClientId = 1;

/// Claims of updates that were handed to the log and are not applied yet.
using Claims = std::map<sync::ClientId, Actor>;

/// Checks an update of `section` by `actor`. `known` is what the section's document has (with what
/// is on its way into the log): structs of somebody else's id pass only if they are within it.
/// Returns the client ids that the update claims for the actor (to be put into the event and into
/// `in_flight`).
///
/// Errors (kForbidden): "update.foreign_client", "update.reserved_client"; (kInvalid):
/// "update.unknown_field", "update.unknown_node", "update.unknown_mark",
/// "update.unknown_attribute", "update.unknown_type", "update.unknown_content",
/// "update.too_many_clients". The whole update is refused, never trimmed.
Result<std::vector<sync::ClientId>> check_update(const PlanState& state, const Claims& in_flight,
                                                 const Actor& actor, const SectionKey& section,
                                                 const sync::StateVector& known,
                                                 const sync::UpdateContents& contents);

/// The part of the check that is about content alone (schemas/prose.json and the section's fields).
Status check_prose(const Section& section, const sync::UpdateContents& contents);

}  // namespace footprint::plan
