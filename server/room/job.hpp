// What waits for the log in a room, and what is on its way into it. Private to the room's sources.
#pragma once

#include "room/room.hpp"

namespace footprint::room {

/// An update that has been checked, or a command that has not been judged.
struct Room::Job {
  Section* section = nullptr;  // of an update; a section with jobs is not unloaded
  std::shared_ptr<Member> member;
  plan::Event event;  // of an update
  std::uint64_t rules_version = 0;
  Decide decide;  // of a command
  Done done;

  bool is_command() const { return static_cast<bool>(decide); }
};

struct Room::Batch {
  std::vector<Job> jobs;  // updates, or one command
  std::size_t bytes = 0;
};

}  // namespace footprint::room
