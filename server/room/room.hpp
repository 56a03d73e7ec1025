// A plan that is open in this process: its projection, its open sections, its members, and the one
// way by which anything gets into its log.
//
// The way of an update: right, size, decode, ids and schema are checked when it arrives; it waits
// with others for the log (a few batches at a time, so that a burst shares one synced write);
// committed, it is applied to the document and the projection, sent to the other members, and its
// author told. Nothing is seen by anybody before it is durable. Commands take the same way, judged
// when their turn comes: alone, with everything before them applied.
//
// Own thread only. A failure of the log ends the room: everybody is told and sent away, and it is
// loaded anew.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/event.hpp"
#include "plan/state.hpp"
#include "plan/update_check.hpp"
#include "room/executor.hpp"
#include "room/load.hpp"
#include "room/member.hpp"
#include "room/section.hpp"
#include "storage/plan_log.hpp"

namespace footprint::room {

struct RoomOptions {
  storage::PlanLog* log = nullptr;
  const Clock* clock = nullptr;
  Executor* executor = nullptr;
  std::function<void(Executor::Task)> run_blocking;
  std::function<std::optional<std::string>(const PersonId&)> name_of;  // as RegistryOptions has it
  std::function<void(const Error&)> on_failed;  // the room must be forgotten and loaded anew
  bool bench = false;                           // no projection, no rights, no schema: /yjs/bench
};

/// {"position","at","kind","actor","body"}: an event as the channel, the event list and the event
/// stream show it.
std::string event_json(const plan::PlanState& state, const plan::PlacedEvent& placed);

class Room : public std::enable_shared_from_this<Room> {
 public:
  Room(PlanId plan, LoadedPlan loaded, RoomOptions options);
  ~Room();

  const PlanId& plan() const { return plan_; }
  /// The projection at the last applied position. Empty in a bench room.
  const plan::PlanState& state() const { return state_; }
  Position position() const { return position_; }
  bool bench() const { return options_.bench; }
  bool failed() const { return failed_; }

  /// Calls `opened` once the section's document is loaded, or with "not-found", "load-failed".
  using SectionOpened = std::function<void(Result<Section*>)>;
  void open_section(const SectionKey& key, SectionOpened opened);
  /// The section if it is open and ready.
  Section* section(const SectionKey& key);

  void join(Section& section, const std::shared_ptr<Member>& member);
  void leave(Section& section, Member& member);

  enum class Taken { kOnItsWay, kNothingNew };
  struct UpdateKind {
    bool step2 = false;    // answers a step 1, so it may bring nothing new: then kNothingNew
    bool no_gaps = false;  // an earlier update of this writer was refused: what builds on it is too
    std::uint64_t ticket = 0;  // the member's name for it
  };
  /// Hands in an update. After kOnItsWay Member::on_settled follows, once; after
  /// kNothingNew or a refusal nothing else does.
  tl::expected<Taken, Refusal> submit_update(Section& section,
                                             const std::shared_ptr<Member>& member, ByteView update,
                                             UpdateKind kind);

  /// What a command comes to, judged against the state at its position: an event, or nothing to
  /// change.
  using Decide = std::function<Result<std::optional<plan::Event>>(const plan::PlanState&)>;
  using Done = std::function<void(Result<std::optional<plan::PlacedEvent>>)>;
  /// `done` is called on the room's thread after the event is durable and applied (nullopt: nothing
  /// changed).
  void submit_command(Decide decide, Done done);

  /// A member said something about itself; goes out to the others at the end of the turn.
  Status receive_presence(Section& section, Member& member, ByteView awareness_update);

  /// Members of the plan's own channel get events and the presence summary.
  void join_channel(const std::shared_ptr<Member>& member);
  void leave_channel(Member& member);
  /// People with presence in a section.
  std::set<PersonId> people_in(const SectionKey& key) const;
  /// JSON of the presence message, as sent on the channel: of the sections that the person may
  /// read.
  std::string presence_message(const PersonId& reader) const;

  /// Asks for the person's name anew, and shows it.
  void name_changed(const PersonId& person);

  /// Writes what snapshots are due, off this thread, then calls `done` on it.
  void write_snapshots(std::function<void()> done);
  /// Sends everybody away, commits what waits, writes snapshots; then `done`, on this thread.
  void shut_down(std::function<void()> done);

  /// Starts the once-a-second housekeeping. Called once by the registry.
  void start();

 private:
  struct Checked;
  struct Job;
  struct Batch;
  using Told = std::vector<std::shared_ptr<Member>>;

  // room.cpp
  Refusal refusal(Error error) const;
  std::optional<Refusal> refused_at_once(ByteView update) const;
  std::optional<Refusal> refused_for_room(Section& section, const Checked& checked,
                                          std::size_t bytes) const;
  tl::expected<Checked, Refusal> check(Section& section, const Member& member, ByteView update,
                                       UpdateKind kind) const;
  void let_in(Job& job, const Checked& checked);
  void section_loaded(Section& section, Result<LoadedSection> loaded);
  void tick();
  void unload_idle(UnixMs now_ms);
  void presence_turn();
  void store_snapshots(std::vector<std::pair<std::string, storage::Snapshot>> due,
                       std::function<void()> done);
  bool save_section(Section& section, std::vector<std::pair<std::string, storage::Snapshot>>& due);

  // room_commit.cpp
  void schedule_flush();
  void flush();
  void start_command();
  void start_updates();
  bool may_start_next() const;
  bool must_judge_again();
  void judge_again();
  void append(std::shared_ptr<Batch> batch);
  void hand_to_log(const std::shared_ptr<Batch>& batch, Position expected);
  void committed(const std::shared_ptr<Batch>& batch, Result<storage::Appended> result);
  bool is_put_off(Batch& batch, const Result<storage::Appended>& result) const;
  void retry_if_all_put_off();
  void apply_batch(Batch& batch, const storage::Appended& appended);
  void settle(Job& job, const std::optional<Refusal>& refused, Told& told);
  void fail_room(const Error& error);
  void hold_back_readers();
  void finished();

  // room_channel.cpp
  void tell_event(const plan::PlacedEvent& event);
  void note_section_event(Section& section, Position position, UnixMs at_ms,
                          const plan::Actor& actor);
  void tell_section_event(Section& section, UnixMs now_ms);
  void tell_presence();
  void tell_hidden(const plan::PlacedEvent& event, const std::set<PersonId>& saw);

  // room_rights.cpp
  void take_names();
  void introduce_again(const std::optional<PersonId>& only);
  bool has_hidden_sections() const;
  std::set<PersonId> who_sees(const plan::Event& event) const;
  void rights_moved(const plan::PlacedEvent& placed);

  const PlanId plan_;
  RoomOptions options_;
  plan::PlanState state_;
  Position position_ = 0;
  Position plan_snapshot_position_ = 0;
  std::map<SectionKey, std::unique_ptr<Section>> sections_;
  std::vector<std::shared_ptr<Member>> channel_;
  plan::Claims claims_;  // of updates not applied yet

  std::deque<Job> jobs_;
  std::size_t job_bytes_ = 0;
  std::deque<std::shared_ptr<Batch>> in_flight_;  // with the log, in its order
  bool rules_changed_ = false;  // a command was applied after the waiting updates were judged
  bool unsure_ = false;  // something that was let in did not get in, so what waits may build on it
  bool flush_scheduled_ = false;
  bool retry_scheduled_ = false;
  bool presence_scheduled_ = false;
  bool failed_ = false;
  bool stopping_ = false;
  std::vector<std::function<void()>> when_idle_;
  std::vector<std::weak_ptr<Member>> held_back_;
};

}  // namespace footprint::room
