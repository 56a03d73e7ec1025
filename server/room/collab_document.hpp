// One document of a /collab socket: from its token to its close, with the acknowledgements it is
// owed.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "room/doors.hpp"
#include "room/member.hpp"
#include "room/room.hpp"
#include "sync/y_protocol.hpp"

namespace footprint::room {

/// The version of schemas/prose.json that this server speaks.
inline constexpr int kSchemaVersion = 1;

/// What an Auth message carries: JSON from our own client, or a session token as it is.
struct Credentials {
  std::string session_token;
  std::optional<int> schema;
  std::string epoch;
};
Credentials parse_credentials(std::string_view token);

class CollabDocument final : public Member {
 public:
  enum class State {
    kWaiting,  // for a token; messages are queued
    kJudging,  // the plan or the section is being loaded; messages are queued
    kOpen,
    kDenied,  // everything but a new token is ignored
  };

  CollabDocument(Outbox& out, std::string_view full_address, UnixMs now_ms)
      : Member(out, sync::address_prefix(full_address), false), began_ms(now_ms) {}

  State state = State::kWaiting;
  const UnixMs began_ms;
  std::optional<SignedIn> session;  // in whose name it was opened
  std::shared_ptr<Room> room;
  Section* section = nullptr;  // nullptr when open: the plan's channel
  std::vector<Bytes> queue;
  std::size_t queued_bytes = 0;

  /// In this state once the token is good: says so, and opens the exchange. Then hand in what was
  /// queued.
  void opened(bool read_write);
  /// A new token for an open document is good. After a refusal this is where the recovery goes on.
  void refreshed(bool read_write);
  void denied(std::string_view reason);
  /// Leaves the room; sends nothing.
  void leave();

  void take_sync(const sync::SyncMessage& message);
  /// Answers a step 1 that had to wait for the reader. False: it still has to.
  bool answer_waiting();
  void take_presence(ByteView awareness_update);
  void tell_refused(const Refusal& refused);

  void on_settled(std::uint64_t ticket, const std::optional<Refusal>& refused) override;
  void on_turn_settled() override { send_owed(); }
  void on_rights_moved(const RightsMoved& moved) override;
  void on_room_failed(const Error& error) override;

 private:
  enum class Owed : std::uint8_t { kPending, kApplied, kRefused };

  void take_step1(ByteView state_vector);
  void take_update(ByteView update, bool step2);
  void refuse(Owed& owed, const Refusal& refused);
  void send_owed();
  void send_bytes(Bytes frames);
  void append_welcome(Bytes& frames) const;
  void append_rights(Bytes& frames, const RightsMoved& moved, bool read, bool write) const;

  /// Step 2 as soon as the reader keeps up; the last step 1 counts.
  void answer(sync::StateVector has);

  bool read_write_ = false;
  std::optional<sync::StateVector> asked_;  // by a step 1 that is not answered yet
  bool step1_sent_ = false;                 // and no step 1 has come since
  bool recovering_ = false;  // an update was refused and the client has not let go of it yet
  bool recovery_asked_ = false;
  // One for each update and step 2 that came, in that order; the first has the ticket owed_from_.
  std::deque<Owed> owed_;
  std::uint64_t owed_from_ = 0;
};

}  // namespace footprint::room
