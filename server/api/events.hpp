// Reading events for lists and streams.
#pragma once

#include <string>
#include <vector>

#include "api/router.hpp"
#include "plan/event.hpp"
#include "plan/state.hpp"

namespace footprint::api {

/// Blocking. Events after `after`, at most `limit`, decoded.
Result<std::vector<plan::PlacedEvent>> read_events(const storage::PlanLog& log, const PlanId& plan,
                                                   Position after, std::size_t limit);

/// One server-sent event.
std::string format_event(const plan::PlanState& state, const plan::PlacedEvent& event);

}  // namespace footprint::api
