// The plan's own channel: events and who is where, as stateless messages.
#include <algorithm>

#include "base/limits.hpp"
#include "plan/rights.hpp"
#include "plan/visibility.hpp"
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
  if (placed.event.kind == plan::EventKind::kSectionUpdated) {
    json += "{\"section\":";
    sync::append_json_string(json, placed.event.section.value);
    return json + "}}";
  }
  json += plan::event_body_text(state, placed.event) + ",\"words\":";
  sync::append_json_string(json, plan::event_words(state, placed.event));
  return json + "}";
}

void Room::join_channel(const std::shared_ptr<Member>& member) {
  channel_.push_back(member);
  std::string message = presence_message(member->speaker.person);
  member->outbox.send(make_frame(sync::stateless_message(member->prefix, message)));
}

void Room::leave_channel(Member& member) {
  member.gone = true;
  std::erase_if(channel_, [&](const auto& other) { return other.get() == &member; });
}

void Room::tell_event(const plan::PlacedEvent& event) {
  if (channel_.empty()) return;
  bool draft = event.event.kind == plan::EventKind::kDraftOffered ||
               event.event.kind == plan::EventKind::kDraftSettled;
  bool for_all = !draft && !has_hidden_sections();
  std::set<PersonId> readers;
  if (!for_all) readers = who_sees(event.event);
  std::string json = "{\"type\":\"event\"," + event_json(state_, event).substr(1);
  std::map<Bytes, Frame> shared;
  for (const auto& member : channel_) {
    if (!for_all && !readers.contains(member->speaker.person)) continue;
    Frame& frame = shared[member->prefix];
    if (!frame) frame = make_frame(sync::stateless_message(member->prefix, json));
    member->outbox.send(frame);
  }
}

/// Who sees a section no longer, or is of the plan no longer, is told that and nothing else of it.
void Room::tell_hidden(const plan::PlacedEvent& placed, const std::set<PersonId>& saw) {
  std::set<PersonId> see = who_sees(placed.event);
  std::string json = "{\"type\":\"event\",\"position\":" + std::to_string(placed.position) +
                     ",\"at\":" + std::to_string(placed.at_ms) + ",\"kind\":";
  sync::append_json_string(json, plan::kind_name(placed.event.kind));
  json += ",\"actor\":" + actor_json(state_, placed.event.actor) + ",\"body\":{";
  if (!placed.event.section.empty()) {
    json += "\"section\":";
    sync::append_json_string(json, placed.event.section.value);
    json += ",";
  }
  json += "\"hidden\":true}}";
  for (const auto& member : channel_) {
    const PersonId& person = member->speaker.person;
    if (!saw.contains(person) || see.contains(person)) continue;
    member->outbox.send(make_frame(sync::stateless_message(member->prefix, json)));
  }
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

std::string Room::presence_message(const PersonId& reader) const {
  std::string json = "{\"type\":\"presence\",\"sections\":{";
  bool first_section = true;
  for (const auto& [key, section] : sections_) {
    if (!plan::may_read(state_, reader, key)) continue;
    std::string people;
    for (const PersonId& person : section->awareness.people()) {
      auto actor = plan::actor_in(state_, person, key);
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
  // Where every section shows to everybody, all get the same.
  bool same_for_all = !has_hidden_sections();
  std::map<PersonId, std::string> messages;
  std::map<std::pair<Bytes, PersonId>, Frame> shared;
  for (const auto& member : channel_) {
    PersonId reader = same_for_all ? channel_.front()->speaker.person : member->speaker.person;
    std::string& message = messages[reader];
    if (message.empty()) message = presence_message(reader);
    Frame& frame = shared[{member->prefix, reader}];
    if (!frame) frame = make_frame(sync::stateless_message(member->prefix, message));
    member->outbox.send(frame);
  }
}

}  // namespace footprint::room
