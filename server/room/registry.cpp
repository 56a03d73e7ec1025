#include "room/registry.hpp"

#include <atomic>
#include <cstdio>

#include "base/assert.hpp"
#include "room/room.hpp"

namespace footprint::room {

namespace {

constexpr std::string_view kBenchPrefix = "bench-";
// A plan that cannot be loaded is tried again, but not at every knock.
constexpr std::int64_t kRetryAfterMs = 5'000;

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
  return hash;
}

Error stopping() {
  return {ErrorKind::kUnavailable, "server.stopping",
          "The server is restarting. Try again in a moment."};
}

}  // namespace

PlanId bench_plan(std::string_view room) {
  std::string name = std::string(kBenchPrefix) + std::string(room);
  if (is_valid_name(name)) return PlanId(std::move(name));
  char hash[32];
  std::snprintf(hash, sizeof hash, "%016llx", static_cast<unsigned long long>(fnv1a(room)));
  return PlanId(std::string(kBenchPrefix) + "x-" + hash);
}

bool is_bench_plan(const PlanId& plan) {
  return plan.value.starts_with(kBenchPrefix);
}

/// Touched on the plan's thread only.
struct RoomRegistry::Slot {
  enum class State { kNew, kLoading, kReady, kFailed };
  State state = State::kNew;
  std::shared_ptr<Room> room;
  Error failure;
  UnixMs failed_at_ms = 0;
  std::vector<Opened> waiting;
  std::atomic<bool> is_failed = false;  // for counts()
};

RoomRegistry::RoomRegistry(RegistryOptions options) : options_(std::move(options)) {
  FP_ASSERT(!options_.executors.empty());
}

RoomRegistry::~RoomRegistry() = default;

std::size_t RoomRegistry::executor_index(const PlanId& plan) const {
  return fnv1a(plan.value) % options_.executors.size();
}

Executor& RoomRegistry::executor_of(const PlanId& plan) const {
  return *options_.executors[executor_index(plan)];
}

void RoomRegistry::open_room(const PlanId& plan, Opened opened) {
  if (is_bench_plan(plan)) {
    opened(fail(ErrorKind::kNotFound, "not-found", "There is no plan \"" + plan.value + "\"."));
    return;
  }
  open(plan, false, std::move(opened));
}

void RoomRegistry::open_bench_room(const PlanId& plan, Opened opened) {
  open(plan, true, std::move(opened));
}

void RoomRegistry::with_room(const PlanId& plan, Opened opened) {
  executor_of(plan).post(
      [this, plan, opened = std::move(opened)]() mutable { open_room(plan, std::move(opened)); });
}

void RoomRegistry::open(const PlanId& plan, bool bench, Opened opened) {
  std::shared_ptr<Slot> slot;
  {
    std::lock_guard lock(mutex_);
    if (!stopping_) {
      auto& place = slots_[plan];
      if (!place) place = std::make_shared<Slot>();
      slot = place;
    }
  }
  if (!slot) {
    opened(forward_error(stopping()));
    return;
  }
  if (slot->state == Slot::State::kReady) {
    opened(slot->room);
    return;
  }
  bool again = options_.clock->now_ms() - slot->failed_at_ms >= kRetryAfterMs;
  if (slot->state == Slot::State::kFailed && !again) {
    opened(forward_error(slot->failure));
    return;
  }
  slot->waiting.push_back(std::move(opened));
  if (slot->state != Slot::State::kLoading) load(plan, bench, slot);
}

void RoomRegistry::load(const PlanId& plan, bool bench, const std::shared_ptr<Slot>& slot) {
  slot->state = Slot::State::kLoading;
  Executor* executor = &executor_of(plan);
  options_.run_blocking([this, plan, bench, slot, executor] {
    auto result = std::make_shared<Result<LoadedPlan>>();
    if (bench) {
      auto head = options_.log->head(plan);
      if (head) {
        **result = LoadedPlan{{}, head->position, 0};
      } else {
        *result = fail(head.error().kind, "load-failed", head.error().message);
      }
    } else {
      *result = load_plan(*options_.log, plan);
    }
    executor->post(
        [this, plan, bench, slot, result] { loaded(plan, bench, slot, std::move(*result)); });
  });
}

void RoomRegistry::loaded(const PlanId& plan, bool bench, const std::shared_ptr<Slot>& slot,
                          Result<LoadedPlan> result) {
  bool stopped = false;
  {
    std::lock_guard lock(mutex_);
    stopped = stopping_;
    // What does not exist takes no room here, so that asking for made-up plans fills no memory.
    if (!stopped && !result && result.error().kind == ErrorKind::kNotFound) slots_.erase(plan);
  }
  auto waiting = std::exchange(slot->waiting, {});
  if (stopped) {
    slot->state = Slot::State::kNew;
    for (auto& opened : waiting) opened(forward_error(stopping()));
    return;
  }
  if (!result) {
    slot->state = Slot::State::kFailed;
    slot->is_failed = true;
    slot->failure = std::move(result.error());
    slot->failed_at_ms = options_.clock->now_ms();
    for (auto& opened : waiting) opened(forward_error(slot->failure));
    return;
  }
  RoomOptions options;
  options.log = options_.log;
  options.clock = options_.clock;
  options.executor = &executor_of(plan);
  options.run_blocking = options_.run_blocking;
  options.name_of = options_.name_of;
  options.bench = bench;
  options.on_failed = [this, weak = std::weak_ptr<Slot>(slot)](const Error& error) {
    auto failed = weak.lock();
    if (!failed) return;
    failed->state = Slot::State::kFailed;
    failed->is_failed = true;
    failed->failure = {ErrorKind::kUnavailable, "load-failed", error.message};
    failed->failed_at_ms = options_.clock->now_ms();
    failed->room.reset();
  };
  slot->room = std::make_shared<Room>(plan, std::move(*result), std::move(options));
  slot->room->start();
  slot->state = Slot::State::kReady;
  slot->is_failed = false;
  for (auto& opened : waiting) opened(slot->room);
}

void RoomRegistry::names_changed(const PersonId& person) {
  std::unordered_map<PlanId, std::shared_ptr<Slot>> slots;
  {
    std::lock_guard lock(mutex_);
    slots = slots_;
  }
  for (const auto& [plan, slot] : slots) {
    executor_of(plan).post([slot = slot, person] {
      if (slot->state == Slot::State::kReady) slot->room->name_changed(person);
    });
  }
}

void RoomRegistry::shut_down(std::function<void()> done) {
  std::unordered_map<PlanId, std::shared_ptr<Slot>> slots;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    slots = slots_;
  }
  // The last of those who hold it calls `done`.
  std::shared_ptr<void> all_done(nullptr, [done = std::move(done)](void*) { done(); });
  for (const auto& [plan, slot] : slots) {
    executor_of(plan).post([slot = slot, all_done] {
      if (slot->state != Slot::State::kReady) return;
      auto room = slot->room;
      room->shut_down([all_done] {});
    });
  }
}

RoomRegistry::Counts RoomRegistry::counts() const {
  std::lock_guard lock(mutex_);
  Counts counts;
  counts.rooms = slots_.size();
  for (const auto& [plan, slot] : slots_) counts.failed += slot->is_failed ? 1 : 0;
  return counts;
}

}  // namespace footprint::room
