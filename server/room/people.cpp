#include "room/people.hpp"

#include <array>

#include "plan/rights.hpp"
#include "room/member.hpp"
#include "sync/any.hpp"

namespace footprint::room {

namespace {

constexpr std::array<std::string_view, 10> kColours{"#005eb8", "#7c2855", "#006747", "#330072",
                                                    "#8a1538", "#00607a", "#8f3f00", "#425563",
                                                    "#5b3a8e", "#3f5f00"};

void append_member(std::string& json, std::string_view key, std::string_view value) {
  json += json.size() > 1 ? ",\"" : "\"";
  json += key;
  json += "\":";
  sync::append_json_string(json, value);
}

std::string open_actor(const plan::PlanState& state, const plan::Actor& actor) {
  std::string json = "{";
  bool server = actor.is_server();
  append_member(json, "person", actor.person.value);
  append_member(json, "name", server ? std::string("Footprint") : state.actor_name(actor));
  append_member(json, "organisation", actor.organisation.value);
  append_member(json, "organisation_name",
                server ? std::string() : state.organisation_name(actor.organisation));
  return json;
}

}  // namespace

std::string_view colour_of(const PersonId& person) {
  std::uint32_t hash = 2166136261u;  // FNV-1a: the same on every machine
  for (char c : person.value) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
  return kColours[hash % kColours.size()];
}

std::string actor_json(const plan::PlanState& state, const plan::Actor& actor) {
  return open_actor(state, actor) + "}";
}

std::string presence_json(const plan::PlanState& state, const plan::Actor& actor) {
  std::string json = open_actor(state, actor);
  append_member(json, "colour", colour_of(actor.person));
  return json + "}";
}

std::string user_json(const plan::PlanState& state, const plan::Actor& actor) {
  std::string json = open_actor(state, actor);
  append_member(json, "colour", colour_of(actor.person));
  append_member(json, "color", colour_of(actor.person));
  return json + "}";
}

void introduce(Member& member, const plan::PlanState& state, const PersonId& person,
               const std::optional<SectionKey>& section) {
  auto actor = section ? plan::actor_in(state, person, *section) : state.actor_of(person);
  member.actor = actor.value_or(plan::Actor{person, {}});
  member.speaker.person = person;
  member.speaker.user = user_json(state, member.actor);
}

}  // namespace footprint::room
