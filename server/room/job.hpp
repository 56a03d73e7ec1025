// What waits for the log in a room, and what is on its way into it. Private to the room's sources.
#pragma once

#include "room/room.hpp"
#include "sync/update.hpp"

namespace footprint::room {

/// What the checks found in an update that may go into the log.
struct Room::Checked {
  sync::UpdateContents contents;
  std::vector<sync::ClientId> claims;
  plan::Actor actor;  // with the organisation whose membership lets it in
  bool gap = false;   // it builds on structs that have not come
  bool news = true;   // it brings something that the document lacks
};

/// An update that has been checked, or a command that has not been judged.
struct Room::Job {
  Section* section = nullptr;  // of an update; a section with jobs is not unloaded
  std::shared_ptr<Member> member;
  std::uint64_t ticket = 0;
  bool gap = false;
  plan::Event event;  // of an update
  Decide decide;      // of a command
  Done done;

  bool is_command() const { return static_cast<bool>(decide); }
};

struct Room::Batch {
  std::vector<Job> jobs;  // updates, or one command
  std::size_t bytes = 0;
  bool put_off = false;  // the log had no room for it
};

}  // namespace footprint::room
