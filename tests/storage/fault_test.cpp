// Power cuts, full disks and failing syncs: whatever was acknowledged is there afterwards.
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

#include "catch.hpp"
#include "storage/faulty_files.hpp"
#include "storage/log_testing.hpp"
#include "storage/rocks_plan_log.hpp"
#include "storage/verify.hpp"

namespace footprint::storage::testing {

class FaultyFiles::Writable final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Writable(FaultyFiles& owner, std::shared_ptr<Lengths> lengths,
           std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), owner_(owner), lengths_(std::move(lengths)) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    switch (owner_.decide(owner_.chances_.short_write)) {
      case Verdict::kDark:
        return rocksdb::IOStatus::IOError("the power is off");
      case Verdict::kFail:
        return write_part(data, options, context);
      case Verdict::kPass:
        break;
    }
    rocksdb::IOStatus status = FSWritableFileOwnerWrapper::Append(data, options, context);
    note_written(status.ok() ? data.size() : 0);
    return status;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* context) override {
    return Append(data, options, context);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return synced();
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return synced();
  }
  // What this starts is no promise of the disk's, so it counts for nothing here.
  rocksdb::IOStatus RangeSync(std::uint64_t, std::uint64_t, const rocksdb::IOOptions&,
                              rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }

 private:
  rocksdb::IOStatus write_part(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) {
    const rocksdb::Slice part(data.data(), data.size() / 2);
    if (FSWritableFileOwnerWrapper::Append(part, options, context).ok()) note_written(part.size());
    return rocksdb::IOStatus::NoSpace("no space left on the device");
  }
  void note_written(std::size_t bytes) {
    std::lock_guard lock(owner_.mutex_);
    lengths_->written += bytes;
  }
  // Never down to the real disk: to the simulated one is far enough, and a hundred times faster.
  rocksdb::IOStatus synced() {
    const Verdict verdict = owner_.decide(owner_.chances_.failed_sync);
    if (verdict == Verdict::kDark) return rocksdb::IOStatus::IOError("the power is off");
    if (verdict == Verdict::kFail) return rocksdb::IOStatus::IOError("the sync failed");
    std::lock_guard lock(owner_.mutex_);
    lengths_->synced = lengths_->written;
    return rocksdb::IOStatus::OK();
  }

  FaultyFiles& owner_;
  std::shared_ptr<Lengths> lengths_;
};

rocksdb::IOStatus FaultyFiles::NewWritableFile(const std::string& name,
                                               const rocksdb::FileOptions& options,
                                               std::unique_ptr<rocksdb::FSWritableFile>* file,
                                               rocksdb::IODebugContext* context) {
  if (decide(0) == Verdict::kDark) return rocksdb::IOStatus::IOError("the power is off");
  rocksdb::FileOptions buffered = options;
  buffered.use_direct_writes = false;
  buffered.use_mmap_writes = false;
  std::unique_ptr<rocksdb::FSWritableFile> real;
  rocksdb::IOStatus status = target()->NewWritableFile(name, buffered, &real, context);
  if (!status.ok()) return status;
  auto lengths = std::make_shared<Lengths>();
  {
    std::lock_guard lock(mutex_);
    files_[name] = lengths;
  }
  *file = std::make_unique<Writable>(*this, std::move(lengths), std::move(real));
  return status;
}

rocksdb::IOStatus FaultyFiles::RenameFile(const std::string& from, const std::string& to,
                                          const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* context) {
  if (decide(0) == Verdict::kDark) return rocksdb::IOStatus::IOError("the power is off");
  rocksdb::IOStatus status = target()->RenameFile(from, to, options, context);
  std::lock_guard lock(mutex_);
  if (auto found = files_.find(from); status.ok() && found != files_.end()) {
    files_[to] = found->second;
    files_.erase(found);
  }
  return status;
}

rocksdb::IOStatus FaultyFiles::DeleteFile(const std::string& name,
                                          const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* context) {
  if (decide(0) == Verdict::kDark) return rocksdb::IOStatus::IOError("the power is off");
  rocksdb::IOStatus status = target()->DeleteFile(name, options, context);
  std::lock_guard lock(mutex_);
  if (status.ok()) files_.erase(name);
  return status;
}

FaultyFiles::Verdict FaultyFiles::decide(double chance) {
  std::lock_guard lock(mutex_);
  if (dark_) return Verdict::kDark;
  if (!random_.chance(chance)) return Verdict::kPass;
  ++faults_;
  return Verdict::kFail;
}

void FaultyFiles::go_dark() {
  std::lock_guard lock(mutex_);
  dark_ = true;
}

void FaultyFiles::cut_power() {
  std::lock_guard lock(mutex_);
  for (const auto& [name, lengths] : files_) {
    const std::uint64_t loose = lengths->written - std::min(lengths->synced, lengths->written);
    const std::uint64_t kept = lengths->synced + (loose == 0 ? 0 : random_.below(loose + 1));
    if (::truncate(name.c_str(), static_cast<off_t>(kept)) != 0) continue;  // deleted meanwhile
  }
  files_.clear();
  dark_ = false;
}

int FaultyFiles::faults() const {
  std::lock_guard lock(mutex_);
  return faults_;
}

}  // namespace footprint::storage::testing

using namespace footprint;
using namespace footprint::storage;
using namespace footprint::storage::testing;

namespace {

using Ledger = std::map<PlanId, std::map<Position, std::string>>;

struct Outcome {
  int acked = 0;
  int lost = 0;
  int failed_opens = 0;
  int damaged_plans = 0;
  int faults = 0;
};

const std::vector<PlanId> kPlans{PlanId("a"), PlanId("b"), PlanId("c")};

/// Counts acknowledged events that the reopened log does not hold as they were acknowledged.
void check(PlanLog& log, const Ledger& ledger, Outcome& outcome) {
  for (const auto& [plan, events] : ledger) {
    auto report = verify_plan(log, plan);
    if (!report || !report->sound()) ++outcome.damaged_plans;
    auto scan = log.scan(plan, 1, 10'000);
    std::map<Position, std::string> found;
    for (const Event& one : scan->events) found[one.position] = text_of(one);
    for (const auto& [position, text] : events) {
      auto at = found.find(position);
      if (at == found.end() || at->second != text) ++outcome.lost;
    }
  }
}

/// Several lives of one log, each ending in a power cut at a random moment.
Outcome live_and_die(std::uint64_t seed, bool sync, FaultyFiles::Chances chances) {
  Outcome outcome;
  ScratchDirectory scratch;
  SeededRandom random(seed);
  auto files = std::make_shared<FaultyFiles>(seed, chances);
  Ledger ledger;
  std::mutex mutex;
  for (int life = 0; life < 3; ++life) {
    RocksPlanLogOptions options;
    options.files = files;
    options.sync_for_test = sync;
    auto opened = open_rocks_plan_log(scratch.data(), options);
    if (!opened) {
      // A fault while opening is the disk's; a clean disk afterwards must open.
      files->go_dark();
      files->cut_power();
      options.files = nullptr;
      if (!open_rocks_plan_log(scratch.data(), options)) ++outcome.failed_opens;
      continue;
    }
    PlanLog& log = **opened;
    const std::uint64_t appends = 20 + random.below(200);
    // Counted in answers, not in time: a slow machine's life is as full as a fast one's.
    const std::uint64_t answers_before_cut = random.below(appends);
    std::uint64_t answers = 0;
    std::condition_variable answered;
    const auto wait_for_answers = [&](std::uint64_t count) {
      std::unique_lock lock(mutex);
      answered.wait(lock, [&] { return answers >= count; });
    };
    for (std::uint64_t i = 0; i < appends; ++i) {
      const PlanId& plan = kPlans[random.below(kPlans.size())];
      std::vector<NewEvent> added;
      for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
        added.push_back(event(std::to_string(random.next()) + std::string(random.below(300), 'x')));
      }
      log.append(plan, std::nullopt, std::move(added), [&, plan](Result<Appended> result) {
        std::lock_guard lock(mutex);
        ++answers;
        answered.notify_one();
        if (!result) return;
        for (const Event& one : result->events) {
          ledger[plan][one.position] = text_of(one);
          ++outcome.acked;
        }
      });
      if (random.chance(0.02)) {
        const Position head = log.head(plan).value_or(Head{}).position;
        if (log.writable() && head > 0) (void)log.write_snapshot(plan, "s", {head, Bytes(400, 7)});
      }
      if (random.chance(0.05)) wait_for_answers(random.below(i + 1));
    }
    wait_for_answers(answers_before_cut);
    files->go_dark();
    opened->reset();
    files->cut_power();
  }
  auto opened = open_rocks_plan_log(scratch.data());
  if (!opened) {
    ++outcome.failed_opens;
  } else {
    check(**opened, ledger, outcome);
  }
  outcome.faults = files->faults();
  return outcome;
}

Outcome sum(std::uint64_t first_seed, int seeds, bool sync, FaultyFiles::Chances chances) {
  Outcome total;
  for (int i = 0; i < seeds; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    const Outcome one = live_and_die(seed, sync, chances);
    if (sync && (one.lost != 0 || one.failed_opens != 0 || one.damaged_plans != 0)) {
      UNSCOPED_INFO("seed " << seed << ": lost " << one.lost << ", failed opens "
                            << one.failed_opens << ", damaged plans " << one.damaged_plans);
    }
    total.acked += one.acked;
    total.lost += one.lost;
    total.failed_opens += one.failed_opens;
    total.damaged_plans += one.damaged_plans;
    total.faults += one.faults;
  }
  return total;
}

}  // namespace

TEST_CASE("power cuts at any moment lose nothing that was acknowledged") {
  const Outcome total = sum(1, 40, true, {});
  CHECK(total.acked > 1000);
  CHECK(total.lost == 0);
  CHECK(total.failed_opens == 0);
  CHECK(total.damaged_plans == 0);
}

TEST_CASE(
    "short writes, failing syncs and power cuts together lose nothing that was acknowledged") {
  const Outcome total = sum(1000, 60, true, {0.01, 0.01});
  CHECK(total.acked > 500);
  CHECK(total.faults > 20);
  CHECK(total.lost == 0);
  CHECK(total.failed_opens == 0);
  CHECK(total.damaged_plans == 0);
}

TEST_CASE(
    "the power cut has teeth: without the sync, acknowledged events are lost and the loss is "
    "seen") {
  const Outcome total = sum(2000, 10, false, {});
  CHECK(total.acked > 30);
  CHECK(total.lost > 0);
}

TEST_CASE("a failed write stops the log for good and tells the server once") {
  ScratchDirectory scratch;
  auto files = std::make_shared<FaultyFiles>(5, FaultyFiles::Chances{});
  std::atomic<int> told{0};
  RocksPlanLogOptions options;
  options.files = files;
  options.on_write_failure = [&](const Error& error) {
    CHECK(error.code == "log.write_failed");
    ++told;
  };
  auto log = open_rocks_plan_log(scratch.data(), options);
  REQUIRE(log);
  const PlanId plan("p");
  fill(**log, plan, 3);
  files->go_dark();
  CHECK(append_now(**log, plan, 3, events({"lost"})).error().code == "log.write_failed");
  CHECK(append_now(**log, plan, 3, events({"lost"})).error().code == "log.write_failed");
  CHECK((*log)->writable().error().code == "log.write_failed");
  CHECK(told == 1);
  CHECK((*log)->read(plan, 1, 10)->size() == 3);
}
