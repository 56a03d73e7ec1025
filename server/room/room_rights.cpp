// The part of the room that makes a change of rights, or of names, felt by who is connected.
#include <algorithm>

#include "plan/rights.hpp"
#include "plan/visibility.hpp"
#include "room/people.hpp"
#include "room/room.hpp"

namespace footprint::room {

namespace {

bool moves_rights(plan::EventKind kind) {
  return kind == plan::EventKind::kMemberChanged || kind == plan::EventKind::kSectionChanged ||
         kind == plan::EventKind::kOrganisationChanged;
}

}  // namespace

void Room::take_names() {
  if (!options_.name_of || options_.bench) return;
  for (const plan::Person& person : std::vector(state_.people))
    state_.set_name(person.id, options_.name_of(person.id));
  state_.refresh_choices();
}

void Room::name_changed(const PersonId& person) {
  if (failed_ || options_.bench || !options_.name_of || state_.person(person) == nullptr) return;
  state_.set_name(person, options_.name_of(person));
  state_.refresh_choices();
  introduce_again(person);
}

/// What presence says of a person follows their name and memberships.
void Room::introduce_again(const std::optional<PersonId>& only) {
  for (auto& [key, section] : sections_) {
    for (const auto& member : section->members()) {
      const PersonId& person = member->speaker.person;
      if (only && person != *only) continue;
      std::string before = member->speaker.user;
      introduce(*member, state_, person, key);
      if (member->speaker.user != before) section->awareness.rename(member->speaker);
    }
  }
  presence_turn();
}

bool Room::has_hidden_sections() const {
  return std::any_of(state_.sections.begin(), state_.sections.end(), [](const auto& section) {
    return section.visibility == plan::Visibility::kPartners ||
           section.visibility == plan::Visibility::kNamed;
  });
}

std::set<PersonId> Room::who_sees(const plan::Event& event) const {
  std::set<PersonId> people;
  for (const auto& member : channel_) {
    if (plan::may_see_event(state_, member->speaker.person, event))
      people.insert(member->speaker.person);
  }
  return people;
}

/// A command has been applied: everybody who is connected is judged anew, in this same turn.
void Room::rights_moved(const plan::PlacedEvent& placed) {
  if (!moves_rights(placed.event.kind)) return;
  if (placed.event.kind == plan::EventKind::kMemberChanged) take_names();
  introduce_again(std::nullopt);
  RightsMoved moved{placed, actor_json(state_, placed.event.actor)};
  // Who loses the right to read leaves while this goes on.
  std::vector<std::shared_ptr<Member>> members = channel_;
  for (auto& [key, section] : sections_)
    members.insert(members.end(), section->members().begin(), section->members().end());
  for (const auto& member : members) {
    if (!member->gone) member->on_rights_moved(moved);
  }
  tell_presence();
}

}  // namespace footprint::room
