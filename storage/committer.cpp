#include "storage/committer.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/assert.hpp"
#include "base/limits.hpp"

namespace footprint::storage {
namespace {

// What an event costs beside its payload, so that empty ones fill the queue too.
constexpr std::size_t kEventCostBytes = 128;

std::size_t cost(const std::vector<NewEvent>& events) {
  std::size_t bytes = kEventCostBytes;
  for (const NewEvent& event : events) bytes += kEventCostBytes + event.payload.size();
  return bytes;
}

std::optional<Error> check(const PlanId& plan, const std::vector<NewEvent>& events) {
  if (!is_valid_name(plan.value)) {
    return Error{ErrorKind::kInvalid, "log.bad_plan",
                 "\"" + plan.value + "\" cannot be the name of a plan."};
  }
  if (events.empty()) return Error{ErrorKind::kInvalid, "log.empty", "There is nothing to append."};
  for (const NewEvent& event : events) {
    if (event.payload.size() > limits::kLogPayloadBytesMax) {
      return Error{ErrorKind::kTooLarge, "log.too_large",
                   "The change has " + std::to_string(event.payload.size()) +
                       " bytes; the limit is " + std::to_string(limits::kLogPayloadBytesMax) + "."};
    }
  }
  if (cost(events) > limits::kLogQueueBytesMax) {
    return Error{ErrorKind::kTooLarge, "log.too_large",
                 "There are too many changes in one append; split it."};
  }
  return std::nullopt;
}

Error closed_error() {
  return {ErrorKind::kUnavailable, "log.closed",
          "The plan log is closed: the server is stopping. Try again shortly."};
}

}  // namespace

Committer::Committer(std::map<PlanId, Opened> plans, CommitterOptions options, StoreRound store)
    : options_(std::move(options)), store_(std::move(store)), plans_(std::move(plans)) {
  FP_ASSERT(options_.clock != nullptr);
  FP_ASSERT(sodium_init() >= 0);
  thread_ = std::thread([this] { run(); });
}

void Committer::append(const PlanId& plan, std::optional<Position> expected,
                       std::vector<NewEvent> events, PlanLog::AppendDone done) {
  FP_ASSERT(done != nullptr);
  Waiting waiting{plan, expected, std::move(events), std::move(done), 0, std::nullopt, {}};
  waiting.refusal = check(plan, waiting.events);
  if (waiting.refusal) waiting.events.clear();
  waiting.bytes = cost(waiting.events);
  {
    std::unique_lock lock(queue_mutex_);
    if (!closing_) {
      if (waiting_bytes_ + waiting.bytes > limits::kLogQueueBytesMax) {
        waiting.refusal = Error{ErrorKind::kUnavailable, "log.overloaded",
                                "Too many changes wait for the disk. Try again shortly."};
        waiting.events.clear();
        waiting.bytes = 0;
      }
      waiting_bytes_ += waiting.bytes;
      waiting_.push_back(std::move(waiting));
      lock.unlock();
      queue_filled_.notify_one();
      return;
    }
  }
  waiting.done(forward_error(closed_error()));
}

Result<Head> Committer::head(const PlanId& plan) const {
  std::lock_guard lock(plans_mutex_);
  auto found = plans_.find(plan);
  if (found == plans_.end()) return Head{};
  if (!found->second.damage.empty())
    return fail(ErrorKind::kCorrupt, "log.corrupt", found->second.damage);
  return found->second.head.head;
}

Position Committer::last(const PlanId& plan) const {
  std::lock_guard lock(plans_mutex_);
  auto found = plans_.find(plan);
  return found == plans_.end() ? 0 : found->second.head.head.position;
}

std::vector<PlanId> Committer::plans() const {
  std::lock_guard lock(plans_mutex_);
  std::vector<PlanId> names;
  for (const auto& [plan, opened] : plans_) names.push_back(plan);
  return names;
}

std::vector<Anchor> Committer::anchors() const {
  std::lock_guard lock(plans_mutex_);
  std::vector<Anchor> anchors;
  for (const auto& [plan, opened] : plans_)
    anchors.push_back({plan, opened.damage.empty() ? opened.head.head : opened.anchored});

  return anchors;
}

Status Committer::writable() const {
  std::lock_guard lock(queue_mutex_);
  if (failure_) return forward_error(*failure_);
  if (closing_) return forward_error(closed_error());
  return {};
}

namespace {

/// A name, or two joined by a dot: what belongs to the first.
bool is_snapshot_name(std::string_view name) {
  const std::size_t dot = name.find('.');
  return is_valid_name(name.substr(0, dot)) &&
         (dot == std::string_view::npos || is_valid_name(name.substr(dot + 1)));
}

}  // namespace

Status Committer::check_snapshot(const PlanId& plan, const std::string& name,
                                 Position position) const {
  if (!is_valid_name(plan.value) || !is_snapshot_name(name)) {
    return fail(ErrorKind::kInvalid, "snapshot.bad_name",
                "\"" + name + "\" cannot be the name of a snapshot.");
  }
  const Position head = last(plan);
  if (position > head) {
    return fail(ErrorKind::kInvalid, "snapshot.ahead",
                "A snapshot at position " + std::to_string(position) + " of the plan \"" +
                    plan.value + "\" is past its last event, " + std::to_string(head) + ".");
  }
  return {};
}

void Committer::close() {
  {
    std::lock_guard lock(queue_mutex_);
    closing_ = true;
  }
  queue_filled_.notify_one();
  std::lock_guard lock(close_mutex_);
  FP_ASSERT(thread_.get_id() != std::this_thread::get_id());
  if (thread_.joinable()) thread_.join();
}

void Committer::run() {
  std::vector<Waiting> round;
  for (;;) {
    {
      std::unique_lock lock(queue_mutex_);
      queue_filled_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      round.swap(waiting_);
    }
    // What gathered is split only where one write would grow too big.
    for (std::size_t begin = 0; begin < round.size();) {
      std::size_t end = begin + 1, bytes = round[begin].bytes;
      while (end < round.size() && bytes + round[end].bytes <= limits::kLogRoundBytesMax) {
        bytes += round[end++].bytes;
      }
      commit(std::span(round).subspan(begin, end - begin));
      begin = end;
    }
    round.clear();
  }
}

void Committer::commit(std::span<Waiting> waiting) {
  Round round;
  const std::optional<Error> refusal = refusal_now();
  std::size_t bytes = 0;
  for (Waiting& one : waiting) {
    bytes += one.bytes;
    if (!one.refusal) one.refusal = refusal;
    if (!one.refusal) admit(one, round);
  }
  Status stored;
  if (!round.runs.empty()) stored = store_(round.runs);
  if (stored) {
    std::lock_guard lock(plans_mutex_);
    for (const PlanRun& run : round.runs) plans_[run.plan].head = run.after;
  }
  {
    std::lock_guard lock(queue_mutex_);
    waiting_bytes_ -= bytes;
    if (!stored) {
      failure_ = Error{
          ErrorKind::kIo, "log.write_failed",
          "The plan log could not be written and takes no more changes until the server is started "
          "again: " +
              stored.error().message};
    }
  }
  // Only the first failure reaches this point: afterwards nothing is admitted, so nothing is
  // stored.
  if (!stored && options_.on_write_failure) options_.on_write_failure(*refusal_now());
  finish(waiting, stored);
}

void Committer::admit(Waiting& waiting, Round& round) {
  const Opened* opened = find(waiting.plan);
  if (opened != nullptr && !opened->damage.empty()) {
    waiting.refusal = Error{ErrorKind::kCorrupt, "log.corrupt", opened->damage};
    return;
  }
  auto in_round = round.run_of_plan.find(waiting.plan);
  StoredHead head = opened != nullptr ? opened->head : StoredHead{};
  if (in_round != round.run_of_plan.end()) head = round.runs[in_round->second].after;
  if (waiting.expected && *waiting.expected != head.head.position) {
    waiting.refusal = Error{ErrorKind::kConflict, "log.moved",
                            "The plan \"" + waiting.plan.value + "\" has moved on: position " +
                                std::to_string(*waiting.expected) + " was expected, it is at " +
                                std::to_string(head.head.position) + "."};
    return;
  }
  if (in_round == round.run_of_plan.end()) {
    in_round = round.run_of_plan.emplace(waiting.plan, round.runs.size()).first;
    round.runs.push_back({waiting.plan, head.head.hash, {}, {}});
  }
  PlanRun& run = round.runs[in_round->second];
  // A clock that was set back must not make a later change look earlier.
  head.at_ms = std::max(head.at_ms, options_.clock->now_ms());
  waiting.committed.reserve(waiting.events.size());
  for (NewEvent& event : waiting.events) {
    const Position position = head.head.position + 1;
    const Hash hash = hash_event(head.head.hash, position, head.at_ms, event.kind, event.payload);
    waiting.committed.push_back(
        {position, head.at_ms, event.kind, head.head.hash, hash, std::move(event.payload)});
    head.head = {position, hash};
    run.events.push_back(&waiting.committed.back());
  }
  run.after = head;
}

void Committer::finish(std::span<Waiting> waiting, const Status& stored) {
  const std::optional<Error> failure = stored ? std::nullopt : refusal_now();
  for (Waiting& one : waiting) {
    if (!one.refusal) one.refusal = failure;
    if (one.refusal) {
      one.done(forward_error(std::move(*one.refusal)));
    } else {
      listeners_->tell(one.plan, one.committed);
      one.done(Appended{std::move(one.committed)});
    }
    one.done = nullptr;  // what it holds must not outlive its call
  }
}

Committer::Opened* Committer::find(const PlanId& plan) {
  auto found = plans_.find(plan);
  return found == plans_.end() ? nullptr : &found->second;
}

std::optional<Error> Committer::refusal_now() const {
  std::lock_guard lock(queue_mutex_);
  return failure_;
}

}  // namespace footprint::storage
