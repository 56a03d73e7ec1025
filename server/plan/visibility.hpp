// Who may see that something happened, and what is said of it in words.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "plan/event.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

/// Whether the person may see the event, by the rights of `state` (the newest): nothing of a
/// section that does not show to them.
bool may_see_event(const PlanState& state, const PersonId& person, const Event& event);

/// The event's body as lists, streams and the plan channel show it: never what somebody wrote.
nlohmann::json event_body(const PlanState& state, const Event& event);

std::string event_body_text(const PlanState& state, const Event& event);

/// "Priya Menon (Ousefen Hospitals) made you a reviewer for Ousefen Hospitals": a change of people
/// or sections, as who lost or won a right by it is told.
std::string rights_words(const PlanState& state, const Event& event, const PersonId& person);

/// What happened, for people: "made Tom Reed (Oxford CCG) an author". Goes behind the actor's name.
std::string event_words(const PlanState& state, const Event& event);

/// "a reviewer for Oxford CCG and an author for Cherwell Council"; "nobody" for none.
std::string roles_in_words(const PlanState& state, const std::vector<Membership>& memberships);

}  // namespace footprint::plan
