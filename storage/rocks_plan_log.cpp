#include "storage/rocks_plan_log.hpp"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <mutex>

#include "base/limits.hpp"
#include "storage/committer.hpp"
#include "storage/data_directory.hpp"
#include "storage/rocks_store.hpp"

namespace footprint::storage {
namespace {

class RocksPlanLog final : public PlanLog {
 public:
  RocksPlanLog(std::unique_ptr<DataDirectory> directory, std::unique_ptr<RocksStore> store,
               std::map<PlanId, Committer::Opened> plans, RocksPlanLogOptions options)
      : options_(std::move(options)),
        directory_(std::move(directory)),
        store_(std::move(store)),
        committer_(std::move(plans), {options_.clock, options_.on_write_failure},
                   [this](std::span<const PlanRun> runs) { return store_->store_round(runs); }) {
    if (options_.read_only) {
      committer_.close();
      return;
    }
    anchors_ = std::make_unique<AnchorKeeper>([this] { keep_anchors(); });
    commits_ = committer_.subscribe(
        [this](const PlanId&, const std::vector<Event>&) { anchors_->changed(); });
  }

  ~RocksPlanLog() override { close(); }

  void append(const PlanId& plan, std::optional<Position> expected, std::vector<NewEvent> events,
              AppendDone done) override {
    committer_.append(plan, expected, std::move(events), std::move(done));
  }

  Result<Scan> scan(const PlanId& plan, Position from, std::size_t limit) const override {
    return store_->scan(plan, from, committer_.last(plan),
                        std::min(limit, limits::kLogReadEventsMax));
  }

  Result<std::vector<Event>> read(const PlanId& plan, Position from,
                                  std::size_t limit) const override {
    Result<Scan> found = scan(plan, from, limit);
    if (!found) return forward_error(found.error());
    if (found->damage) {
      return fail(ErrorKind::kCorrupt, "log.corrupt",
                  "Position " + std::to_string(found->damage->first) + " of the plan \"" +
                      plan.value + "\" cannot be read: " + found->damage->message + ".");
    }
    return std::move(found->events);
  }

  Result<Head> head(const PlanId& plan) const override { return committer_.head(plan); }
  Result<std::vector<PlanId>> plans() const override { return committer_.plans(); }
  std::unique_ptr<Subscription> subscribe(Listener listener) override {
    return committer_.subscribe(std::move(listener));
  }
  Status writable() const override { return committer_.writable(); }

  Status write_snapshot(const PlanId& plan, const std::string& name,
                        const Snapshot& snapshot) override {
    if (Status ok = committer_.writable(); !ok) return ok;
    if (Status ok = committer_.check_snapshot(plan, name, snapshot.position); !ok) return ok;
    return store_->write_snapshot(plan, name, snapshot);
  }

  Result<std::optional<Snapshot>> read_snapshot(const PlanId& plan,
                                                const std::string& name) const override {
    return store_->read_snapshot(plan, name);
  }

  Result<std::vector<std::string>> snapshot_names(const PlanId& plan) const override {
    return store_->snapshot_names(plan);
  }

  void close() override {
    committer_.close();
    std::lock_guard lock(close_mutex_);
    commits_.reset();
    if (anchors_ != nullptr) anchors_->close();
  }

 private:
  void keep_anchors() {
    Status kept = write_anchors(*options_.files, directory_->anchors_path(), committer_.anchors());
    if (!kept && options_.on_warning) options_.on_warning(kept.error());
  }

  const RocksPlanLogOptions options_;
  const std::unique_ptr<DataDirectory> directory_;  // its lock is let go last
  const std::unique_ptr<RocksStore> store_;
  Committer committer_;
  std::mutex close_mutex_;
  std::unique_ptr<AnchorKeeper> anchors_;
  std::unique_ptr<Subscription> commits_;
};

}  // namespace

Result<std::unique_ptr<PlanLog>> open_rocks_plan_log(const std::string& path,
                                                     RocksPlanLogOptions options) {
  if (options.files == nullptr) options.files = rocksdb::FileSystem::Default();
  auto directory = DataDirectory::open(path, options.must_exist || options.read_only);
  if (!directory) return forward_error(directory.error());
  auto store = RocksStore::open((*directory)->database_path(), options.read_only,
                                options.sync_for_test, options.files);
  if (!store) return forward_error(store.error());
  Result<std::vector<Anchor>> anchors = read_anchors(*options.files, (*directory)->anchors_path());
  if (!anchors) {
    // The anchors only guard the database; without them it is still whole, and the next commit
    // writes them again.
    if (options.on_warning) options.on_warning(anchors.error());
    anchors = std::vector<Anchor>{};
  }
  auto plans = (*store)->open_plans(*anchors);
  if (!plans) return forward_error(plans.error());
  return std::make_unique<RocksPlanLog>(std::move(*directory), std::move(*store), std::move(*plans),
                                        std::move(options));
}

}  // namespace footprint::storage
