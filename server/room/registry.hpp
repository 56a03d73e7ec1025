// Which plans are open in this process, and on which thread each lives.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "room/executor.hpp"

namespace footprint::storage {
class PlanLog;
}

namespace footprint::room {

class Room;
struct LoadedPlan;

/// The plan id under which a bench room is kept: "bench-" and the room's name, or a hash of one
/// that is no valid id.
PlanId bench_plan(std::string_view room);
/// Whether a plan of the log is a bench room; those are no plans to list.
bool is_bench_plan(const PlanId& plan);

struct RegistryOptions {
  storage::PlanLog* log = nullptr;  // outlives the registry
  const Clock* clock = nullptr;
  std::vector<Executor*> executors;  // one a thread that may own plans
  /// Runs blocking work (loading, snapshots) off those threads.
  std::function<void(Executor::Task)> run_blocking;
  /// The name of an account, from any thread: empty if it was erased, nullopt if there is no such
  /// account (names of the plan file stand then). Asked when a plan is loaded, when somebody joins
  /// it, and after names_changed().
  std::function<std::optional<std::string>(const PersonId&)> name_of;
};

/// Thread-safe, but for what is marked "own thread".
class RoomRegistry {
 public:
  explicit RoomRegistry(RegistryOptions options);
  ~RoomRegistry();
  RoomRegistry(const RoomRegistry&) = delete;
  RoomRegistry& operator=(const RoomRegistry&) = delete;

  /// The same plan always lives on the same executor.
  std::size_t executor_index(const PlanId& plan) const;
  Executor& executor_of(const PlanId& plan) const;

  using Opened = std::function<void(Result<std::shared_ptr<Room>>)>;
  /// Calls `opened` on the plan's thread, once, when the room is ready or cannot be: at once where
  /// it already is (own thread only), otherwise after it has been loaded. Errors: "not-found",
  /// "load-failed", "server.stopping".
  void open_room(const PlanId& plan, Opened opened);
  /// The room of /yjs/bench/{room}: kept in the log under the plan id that bench_plan gives, made
  /// when it is new.
  void open_bench_room(const PlanId& plan, Opened opened);
  /// As open_room, from any other thread: posts to the owner first. `opened` runs on the owner; to
  /// go on elsewhere, it posts.
  void with_room(const PlanId& plan, Opened opened);

  /// The person is called otherwise now, or was erased: every open plan asks for the name anew and
  /// shows it. From any thread.
  void names_changed(const PersonId& person);

  /// Closes every member with kTryLater, waits for appends under way, writes snapshots; `done` is
  /// called once, on any thread. Nothing opens afterwards.
  void shut_down(std::function<void()> done);

  struct Counts {
    std::size_t rooms = 0;
    std::size_t failed = 0;
  };
  Counts counts() const;

 private:
  struct Slot;
  void open(const PlanId& plan, bool bench, Opened opened);
  void load(const PlanId& plan, bool bench, const std::shared_ptr<Slot>& slot);
  void loaded(const PlanId& plan, bool bench, const std::shared_ptr<Slot>& slot,
              Result<LoadedPlan> result);

  RegistryOptions options_;
  // Guards slots_ and stopping_; the rooms themselves belong to their threads.
  mutable std::mutex mutex_;
  std::unordered_map<PlanId, std::shared_ptr<Slot>> slots_;
  bool stopping_ = false;
};

}  // namespace footprint::room
