// Handing a decision of plan/govern.hpp to a room, and answering with what came of it.
#pragma once

#include <functional>
#include <memory>

#include "api/call.hpp"
#include "plan/govern.hpp"

namespace footprint::api {

/// Judged in the room's queue with everything before it applied; refusals are answered. `answer`
/// gets the position at which it stands (or the newest, where nothing had to change).
void submit(const std::shared_ptr<Call>& call, room::Room& room, room::Room::Decide decide,
            std::function<void(Position)> answer);

/// The same, answering {"position"}.
void submit(const std::shared_ptr<Call>& call, room::Room& room, room::Room::Decide decide);

/// Whether the section of the path shows to who is signed in; if not, that is answered.
bool shows_section(Call& call, const room::Room& room);

/// What does not show to somebody is as if it were not there.
Error as_shown(Error error);

}  // namespace footprint::api
