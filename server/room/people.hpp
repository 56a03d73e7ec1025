// People as the wire shows them: names come from the plan, never from a client.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan/state.hpp"

namespace footprint::room {

class Member;

/// {"person","name","organisation","organisation_name"}; empty strings for the server itself.
std::string actor_json(const plan::PlanState& state, const plan::Actor& actor);
/// The same with "colour", and "color" for stock caret plug-ins: the `user` of a presence state.
std::string user_json(const plan::PlanState& state, const plan::Actor& actor);
/// {"person","name","organisation","organisation_name","colour"}: an entry of the presence summary.
std::string presence_json(const plan::PlanState& state, const plan::Actor& actor);
/// Makes the member the person as the section (nullopt: the plan's channel) knows them: with the
/// organisation that they act for there.
void introduce(Member& member, const plan::PlanState& state, const PersonId& person,
               const std::optional<SectionKey>& section);
/// Always the same for a person; white text on it has a contrast of at least 4.5.
std::string_view colour_of(const PersonId& person);

}  // namespace footprint::room
