// The plan's own channel: events and who is where, as stateless messages.
#include <algorithm>

#include "base/limits.hpp"
#include "room/people.hpp"
#include "room/room.hpp"
#include "room/words.hpp"
#include "sync/any.hpp"

namespace footprint::room {

namespace {
constexpr std::int64_t kSectionEventEveryMs = 1'000;
}  // namespace

std::string event_json(const plan::PlanState& state, const plan::PlacedEvent& placed) {
  std::string json = "{\"position\":" + std::to_string(placed.position) +
                     ",\"at\":" + std::to_string(placed.at_ms) + ",\"kind\":";
  sync::append_json_string(json, plan::kind_name(placed.event.kind));
  json += ",\"actor\":" + actor_json(state, placed.event.actor) + ",\"body\":";
  switch (placed.event.kind) {
    case plan::EventKind::kSectionUpdated:
      json += "{\"section\":";
      sync::append_json_string(json, placed.event.section.value);
      json += "}";
      break;
    case plan::EventKind::kFigureChanged:
      json += as_text(placed.event.body);
      break;
    case plan::EventKind::kPlanCreated:
      json += "{}";
      break;
  }
  return json + "}";
}

void Room::join_channel(const std::shared_ptr<Member>& member) {
  channel_.push_back(member);
  member->outbox.send(make_frame(sync::stateless_message(member->prefix, presence_message())));
}

void Room::leave_channel(Member& member) {
  member.gone = true;
  std::erase_if(channel_, [&](const auto& other) { return other.get() == &member; });
}

void Room::send_to_channel(std::string_view json) {
  std::map<Bytes, Frame> shared;
  for (const auto& member : channel_) {
    Frame& frame = shared[member->prefix];
    if (!frame) frame = make_frame(sync::stateless_message(member->prefix, json));
    member->outbox.send(frame);
  }
}

void Room::tell_event(const plan::PlacedEvent& event) {
  if (channel_.empty()) return;
  std::string json = event_json(state_, event);
  send_to_channel("{\"type\":\"event\"," + json.substr(1));
}

void Room::note_section_event(Section& section, Position position, UnixMs at_ms,
                              const plan::Actor& actor) {
  if (options_.bench) return;
  section.event_due = true;
  section.event_position = position;
  section.event_at_ms = at_ms;
  section.event_actor = actor;
  UnixMs now_ms = options_.clock->now_ms();
  if (now_ms - section.event_sent_ms >= kSectionEventEveryMs) tell_section_event(section, now_ms);
}

void Room::tell_section_event(Section& section, UnixMs now_ms) {
  section.event_due = false;
  section.event_sent_ms = now_ms;
  if (const plan::Section* known = state_.section(section.key)) {
    state_.set_words(section.key, count_words(section.doc, *known), section.position);
  }
  plan::Event event;
  event.kind = plan::EventKind::kSectionUpdated;
  event.actor = section.event_actor;
  event.section = section.key;
  tell_event({section.event_position, section.event_at_ms, std::move(event)});
}

std::string Room::presence_message() const {
  std::string json = "{\"type\":\"presence\",\"sections\":{";
  bool first_section = true;
  for (const auto& [key, section] : sections_) {
    std::string people;
    for (const PersonId& person : section->awareness.people()) {
      auto actor = state_.actor_of(person);
      if (!actor) continue;
      if (!people.empty()) people += ",";
      people += presence_json(state_, *actor);
    }
    if (people.empty()) continue;
    if (!first_section) json += ",";
    first_section = false;
    sync::append_json_string(json, key.value);
    json += ":[" + people + "]";
  }
  return json + "}}";
}

void Room::tell_presence() {
  if (!channel_.empty()) send_to_channel(presence_message());
}

}  // namespace footprint::room
