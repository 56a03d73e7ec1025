// One open document on one connection, as the rooms see it. The doors derive from it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "plan/event.hpp"
#include "room/awareness.hpp"
#include "room/outbox.hpp"

namespace footprint::room {

/// Why an update did not get in. `limit` and `size` are set where a size was the reason.
struct Refusal {
  Error error;
  std::optional<std::size_t> limit;
  std::optional<std::size_t> size;
};

/// A change of people or sections has been applied: rights are to be judged anew.
struct RightsMoved {
  const plan::PlacedEvent& placed;
  std::string actor_json;  // of who did it
};

/// What a socket is closed with when its room cannot go on: the log does not take what is written.
inline constexpr std::string_view kRoomFailed = "not-saved";

/// Owned by its door (shared, so that what is on its way into the log can find out that it has
/// gone).
class Member : public std::enable_shared_from_this<Member> {
 public:
  Member(Outbox& out, Bytes message_prefix, bool wants_echo)
      : outbox(out), prefix(std::move(message_prefix)), echo(wants_echo) {}
  virtual ~Member() = default;
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  /// The update that this member handed in under `ticket` is durable and applied, or not in.
  virtual void on_settled(std::uint64_t ticket, const std::optional<Refusal>& refusal) = 0;
  /// All that one commit settled has been told: time to send what is owed.
  virtual void on_turn_settled() = 0;
  /// Told in the turn in which the change was applied, to everybody who is in the room. May leave
  /// it.
  virtual void on_rights_moved(const RightsMoved& moved) = 0;
  /// The room cannot go on; nothing more will come from it.
  virtual void on_room_failed(const Error& error) = 0;

  Outbox& outbox;
  const Bytes prefix;  // of its messages: the Hocuspocus address, or nothing
  const bool echo;     // gets its own updates back once they are durable (y-websocket)

  MemberId id = 0;  // given by the section
  Speaker speaker;
  plan::Actor actor;
  bool read_only = false;     // acts by an API token that changes nothing
  bool presence_due = false;  // lagged when presence went out: gets the whole of it later
  bool gone = false;          // left; kept alive only by what is still on its way
};

}  // namespace footprint::room
