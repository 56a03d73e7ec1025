#include "storage/memory_plan_log.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/limits.hpp"
#include "storage/committer.hpp"

namespace footprint::storage {
namespace {

class MemoryPlanLog final : public PlanLog {
 public:
  explicit MemoryPlanLog(MemoryPlanLogOptions options)
      : before_commit_(std::move(options.before_commit)),
        committer_({}, {std::move(options.clock), nullptr},
                   [this](std::span<const PlanRun> runs) { return store(runs); }) {}

  void append(const PlanId& plan, std::optional<Position> expected, std::vector<NewEvent> events,
              AppendDone done) override {
    committer_.append(plan, expected, std::move(events), std::move(done));
  }

  Result<Scan> scan(const PlanId& plan, Position from, std::size_t limit) const override {
    limit = std::min(limit, limits::kLogReadEventsMax);
    const Position last = committer_.last(plan);
    std::lock_guard lock(mutex_);
    Scan scan;
    auto found = events_.find(plan);
    if (found == events_.end()) return scan;
    std::size_t bytes = 0;
    for (Position at = std::max<Position>(from, 1); at <= last && scan.events.size() < limit;
         ++at) {
      const Event& event = found->second[at - 1];
      bytes += event.payload.size();
      if (bytes > limits::kLogReadBytesMax && !scan.events.empty()) break;
      scan.events.push_back(event);
    }
    return scan;
  }

  Result<std::vector<Event>> read(const PlanId& plan, Position from,
                                  std::size_t limit) const override {
    return std::move(scan(plan, from, limit)->events);
  }

  Result<Head> head(const PlanId& plan) const override { return committer_.head(plan); }
  Result<std::vector<PlanId>> plans() const override { return committer_.plans(); }
  std::unique_ptr<Subscription> subscribe(Listener listener) override {
    return committer_.subscribe(std::move(listener));
  }
  Status writable() const override { return committer_.writable(); }
  void close() override { committer_.close(); }

  Status write_snapshot(const PlanId& plan, const std::string& name,
                        const Snapshot& snapshot) override {
    if (Status ok = committer_.check_snapshot(plan, name, snapshot.position); !ok) return ok;
    Result<std::string> value = encode_snapshot(snapshot);
    if (!value) return forward_error(value.error());
    std::lock_guard lock(mutex_);
    auto& kept = snapshots_[{plan, name}];
    kept[snapshot.position] = std::move(*value);
    if (kept.size() > 2) kept.erase(kept.begin());
    return {};
  }

  Result<std::optional<Snapshot>> read_snapshot(const PlanId& plan,
                                                const std::string& name) const override {
    std::lock_guard lock(mutex_);
    auto found = snapshots_.find({plan, name});
    if (found == snapshots_.end()) return std::nullopt;
    Result<Snapshot> newest = decode_snapshot(found->second.rbegin()->second);
    if (!newest) return forward_error(newest.error());
    return std::optional(std::move(*newest));
  }

  Result<std::vector<std::string>> snapshot_names(const PlanId& plan) const override {
    std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [key, kept] : snapshots_) {
      if (key.first == plan) names.push_back(key.second);
    }
    return names;
  }

 private:
  Status store(std::span<const PlanRun> runs) {
    if (before_commit_) {
      if (Status ok = before_commit_(); !ok) return ok;
    }
    std::lock_guard lock(mutex_);
    for (const PlanRun& run : runs) {
      for (const Event* event : run.events) events_[run.plan].push_back(*event);
    }
    return {};
  }

  const std::function<Status()> before_commit_;
  mutable std::mutex mutex_;
  std::map<PlanId, std::vector<Event>> events_;
  std::map<std::pair<PlanId, std::string>, std::map<Position, std::string>> snapshots_;
  Committer committer_;  // last: its thread ends before what it writes to
};

}  // namespace

std::unique_ptr<PlanLog> make_memory_plan_log(MemoryPlanLogOptions options) {
  return std::make_unique<MemoryPlanLog>(std::move(options));
}

}  // namespace footprint::storage
