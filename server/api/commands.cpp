#include "api/commands.hpp"

#include <nlohmann/json.hpp>

namespace footprint::api {

Error as_shown(Error error) {
  if (error.code != "right.not_shared") return error;
  return {ErrorKind::kNotFound, "section.unknown",
          "This plan has no section of that name. Go back to the plan and pick one."};
}

bool shows_section(Call& call, const room::Room& room) {
  auto right = may_read(room.state(), *call.request.person, SectionKey(call.parameter("section")));
  if (!right) call.answer_error(as_shown(right.error()));
  return right.has_value();
}

void submit(const std::shared_ptr<Call>& call, room::Room& room, room::Room::Decide decide,
            std::function<void(Position)> answer) {
  room.submit_command(std::move(decide),
                      [call, keep = room.shared_from_this(), answer = std::move(answer)](
                          const Result<std::optional<plan::PlacedEvent>>& placed) {
                        if (!placed) return call->answer_error(as_shown(placed.error()));
                        answer(*placed ? (*placed)->position : keep->position());
                      });
}

void submit(const std::shared_ptr<Call>& call, room::Room& room, room::Room::Decide decide) {
  submit(call, room, std::move(decide), [call](Position position) {
    call->answer_json({{"position", position}});
  });
}

}  // namespace footprint::api
