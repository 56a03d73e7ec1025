// Group commit: the one thread through which every append of a log goes. Internal to storage/; the
// logs share it, so that memory and disk cannot differ in what they promise.
//
//   append() ──> waiting_ ──swap──> round ──check expected, number, hash──> store: one synced write
//   ──> listeners, done
//
// While the store writes one round, the next gathers; so a slow disk makes bigger rounds, not a
// longer queue.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_map>

#include "storage/listeners.hpp"
#include "storage/plan_log.hpp"
#include "storage/record_format.hpp"

namespace footprint::storage {

/// The events of one plan in one round, following each other; the pointers live as long as the
/// call.
struct PlanRun {
  PlanId plan;
  Hash previous{};
  std::vector<const Event*> events;
  StoredHead after;
};

/// Makes the runs of a round durable, all or none. Called on the committer's thread only.
using StoreRound = std::function<Status(std::span<const PlanRun>)>;

struct CommitterOptions {
  std::shared_ptr<const Clock> clock;
  /// Called once, on the committer's thread, after the first failed write and before its callbacks.
  std::function<void(const Error&)> on_write_failure;
};

class Committer {
 public:
  /// A plan's head as the log found it when it was opened; `damage` is empty when all is well.
  struct Opened {
    StoredHead head;
    std::string damage;
    Head anchored{};  // of a damaged plan: what the anchors file said, so that it goes on saying it
  };

  Committer(std::map<PlanId, Opened> plans, CommitterOptions options, StoreRound store);
  ~Committer() { close(); }
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void append(const PlanId& plan, std::optional<Position> expected, std::vector<NewEvent> events,
              PlanLog::AppendDone done);
  Result<Head> head(const PlanId& plan) const;
  /// The last position that may be read, also when the head is damaged.
  Position last(const PlanId& plan) const;
  std::vector<PlanId> plans() const;
  std::vector<Anchor> anchors() const;
  std::unique_ptr<Subscription> subscribe(PlanLog::Listener listener) {
    return listeners_->add(std::move(listener));
  }
  Status writable() const;
  /// Whether a snapshot of that name and position may be kept.
  Status check_snapshot(const PlanId& plan, const std::string& name, Position position) const;
  void close();

 private:
  struct Waiting {
    PlanId plan;
    std::optional<Position> expected;
    std::vector<NewEvent> events;
    PlanLog::AppendDone done;
    std::size_t bytes = 0;
    std::optional<Error>
        refusal;  // known before its turn came; told in its turn, to keep the order
    std::vector<Event> committed;
  };
  struct Round {
    std::vector<PlanRun> runs;
    std::unordered_map<PlanId, std::size_t> run_of_plan;
  };

  void run();
  void commit(std::span<Waiting> round);
  void admit(Waiting& waiting, Round& round);
  void finish(std::span<Waiting> round, const Status& stored);
  Opened* find(const PlanId& plan);
  std::optional<Error> refusal_now() const;

  const CommitterOptions options_;
  const StoreRound store_;
  const std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();

  mutable std::mutex
      plans_mutex_;  // changed by the committer's thread only; it alone may read without the lock
  std::map<PlanId, Opened> plans_;

  mutable std::mutex queue_mutex_;  // guards all below
  std::condition_variable queue_filled_;
  std::vector<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool closing_ = false;
  std::optional<Error> failure_;

  std::mutex close_mutex_;
  std::thread thread_;
};

}  // namespace footprint::storage
