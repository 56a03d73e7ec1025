#include <nlohmann/json.hpp>

#include "api/views.hpp"
#include "plan/visibility.hpp"

namespace footprint::api {

using nlohmann::json;

json event_json(const plan::PlanState& state, const plan::PlacedEvent& event) {
  return {{"position", event.position},
          {"at", event.at_ms},
          {"kind", kind_name(event.event.kind)},
          {"actor", actor_json(state, event.event.actor)},
          {"words", event_words(state, event.event)},
          {"body", event_body(state, event.event)}};
}

}  // namespace footprint::api
