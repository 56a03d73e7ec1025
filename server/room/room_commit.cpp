// The part of the room that brings jobs into the log and what has been committed to everybody.
#include <algorithm>

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "plan/rights.hpp"
#include "room/job.hpp"
#include "room/room.hpp"

namespace footprint::room {

namespace {

constexpr std::size_t kBatchEventsMax = 1'000;
constexpr std::size_t kBatchBytesMax = 4u << 20;
// The log groups what waits; more than one keeps it busy while the last commit is being applied.
constexpr std::size_t kBatchesInFlightMax = 2;
constexpr std::size_t kJobBytesResume = 4u << 20;
constexpr std::uint32_t kOverloadedRetryMs = 20;
constexpr Position kPlanSnapshotEvents = 5'000;

storage::NewEvent to_record(const plan::Event& event) {
  return {static_cast<std::uint16_t>(event.kind), plan::encode_event(event)};
}

}  // namespace

void Room::schedule_flush() {
  if (flush_scheduled_ || in_flight_.size() >= kBatchesInFlightMax) return;
  flush_scheduled_ = true;
  options_.executor->post([weak = weak_from_this()] {
    if (auto self = weak.lock()) {
      self->flush_scheduled_ = false;
      self->flush();
    }
  });
}

void Room::flush() {
  while (!jobs_.empty() && !failed_ && may_start_next()) {
    if (jobs_.front().is_command()) {
      start_command();
    } else {
      start_updates();
    }
  }
  hold_back_readers();
  if (in_flight_.empty() && jobs_.empty() && stopping_) finished();
}

/// A command is judged with all before it applied; what comes after it waits for it. Nothing
/// overtakes what the log has put off.
bool Room::may_start_next() const {
  if (in_flight_.empty()) return true;
  if (jobs_.front().is_command() || in_flight_.size() >= kBatchesInFlightMax) return false;
  return !in_flight_.front()->jobs.front().is_command() &&
         std::none_of(in_flight_.begin(), in_flight_.end(),
                      [](const auto& batch) { return batch->put_off; });
}

void Room::start_command() {
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  auto decided = job.decide(state_);
  if (!decided) {
    job.done(forward_error(std::move(decided.error())));
    return;
  }
  if (!*decided) {
    job.done(std::optional<plan::PlacedEvent>{});
    return;
  }
  job.event = std::move(**decided);
  auto batch = std::make_shared<Batch>();
  batch->jobs.push_back(std::move(job));
  append(batch);
}

void Room::start_updates() {
  if (must_judge_again()) judge_again();
  auto batch = std::make_shared<Batch>();
  while (!jobs_.empty() && !jobs_.front().is_command() && batch->jobs.size() < kBatchEventsMax &&
         batch->bytes < kBatchBytesMax) {
    batch->bytes += jobs_.front().event.body.size();
    batch->jobs.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  }
  if (!batch->jobs.empty()) append(batch);
}

/// Whether what waits before the next command may not go in as it was judged.
bool Room::must_judge_again() {
  if (unsure_) return true;
  if (!rules_changed_ || options_.bench) return false;
  rules_changed_ = false;
  for (const Job& job : jobs_) {
    if (job.is_command()) {
      rules_changed_ = true;  // for those behind it
      return false;
    }
    const PersonId& person = job.event.actor.person;
    auto right = plan::check(state_, person, plan::Action::kWrite, {job.section->key, {}, {}});
    if (!right || right->actor(person) != job.event.actor) return true;
  }
  return false;
}

/// Judges what waits before the next command at the position where it will stand, as if nothing of
/// it had been let in. What stands behind that command has its turn after it.
void Room::judge_again() {
  for (auto& [key, section] : sections_) section->forget_queued();
  claims_.clear();
  auto keep = [this](Job& job) {
    Checked checked;
    if (auto contents = sync::inspect_update(job.event.body, sync::Format::kV1))
      checked.contents = std::move(*contents);
    checked.claims = std::move(job.event.claims);
    checked.actor = job.event.actor;
    checked.gap = job.gap;
    let_in(job, checked);
  };
  for (const auto& batch : in_flight_) {
    for (Job& job : batch->jobs)
      if (!job.is_command()) keep(job);
  }
  Told told;
  bool behind_command = false, refused = false;
  for (Job& job : std::exchange(jobs_, {})) {
    behind_command = behind_command || job.is_command();
    if (!job.is_command() && behind_command) keep(job);
    if (!behind_command) {
      auto checked = check(*job.section, *job.member, job.event.body, {.no_gaps = !job.gap});
      if (!checked) {
        refused = true;
        job_bytes_ -= job.event.body.size();
        settle(job, checked.error(), told);
        continue;
      }
      let_in(job, *checked);
    }
    jobs_.push_back(std::move(job));
  }
  unsure_ = refused && behind_command;
  rules_changed_ = rules_changed_ || behind_command;
  for (const auto& member : told) member->on_turn_settled();
}

void Room::append(std::shared_ptr<Batch> batch) {
  Position expected = position_;
  for (const auto& before : in_flight_) expected += before->jobs.size();
  in_flight_.push_back(batch);
  hand_to_log(batch, expected);
}

void Room::hand_to_log(const std::shared_ptr<Batch>& batch, Position expected) {
  std::vector<storage::NewEvent> records;
  records.reserve(batch->jobs.size());
  for (const Job& job : batch->jobs) records.push_back(to_record(job.event));
  options_.log->append(plan_, expected, std::move(records),
                       [weak = weak_from_this(), executor = options_.executor,
                        batch](Result<storage::Appended> result) {
                         auto shared =
                             std::make_shared<Result<storage::Appended>>(std::move(result));
                         executor->post([weak, batch, shared] {
                           if (auto self = weak.lock()) self->committed(batch, std::move(*shared));
                         });
                       });
}

void Room::committed(const std::shared_ptr<Batch>& batch, Result<storage::Appended> result) {
  if (failed_) return;
  if (is_put_off(*batch, result)) return retry_if_all_put_off();
  if (!result) {
    fail_room(result.error());
    return;
  }
  FP_ASSERT(in_flight_.front() == batch && result->events.size() == batch->jobs.size());
  apply_batch(*batch, *result);
  if (failed_) return;
  in_flight_.pop_front();
  job_bytes_ -= batch->bytes;
  retry_if_all_put_off();
  flush();
  if (!options_.bench && !stopping_ && position_ - plan_snapshot_position_ >= kPlanSnapshotEvents) {
    plan_snapshot_position_ = position_;
    store_snapshots({{"plan", storage::Snapshot{position_, plan::encode_state(state_)}}}, [] {});
  }
}

/// The log's queue was full, or the batch stood behind one for which it was.
bool Room::is_put_off(Batch& batch, const Result<storage::Appended>& result) const {
  if (result) return false;
  bool behind = false;
  for (const auto& before : in_flight_) {
    if (before.get() == &batch) break;
    behind = behind || before->put_off;
  }
  batch.put_off =
      result.error().code == "log.overloaded" || (behind && result.error().code == "log.moved");
  return batch.put_off;
}

void Room::retry_if_all_put_off() {
  bool all = !in_flight_.empty() && std::all_of(in_flight_.begin(), in_flight_.end(),
                                                [](const auto& batch) { return batch->put_off; });
  if (!all || retry_scheduled_) return;
  retry_scheduled_ = true;
  options_.executor->after_ms(kOverloadedRetryMs, [weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self || self->failed_) return;
    self->retry_scheduled_ = false;
    Position expected = self->position_;
    for (const auto& batch : std::deque(self->in_flight_)) {
      batch->put_off = false;
      self->hand_to_log(batch, expected);
      expected += batch->jobs.size();
    }
  });
}

void Room::apply_batch(Batch& batch, const storage::Appended& appended) {
  std::vector<Section*> touched;
  std::vector<std::vector<Delivery>> deliveries;
  std::vector<std::optional<Refusal>> refusals(batch.jobs.size());
  for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
    Job& job = batch.jobs[i];
    const storage::Event& stored = appended.events[i];
    std::set<PersonId> saw;
    if (job.is_command()) saw = who_sees(job.event);
    if (!options_.bench) {
      if (Status folded = plan::apply(state_, stored.position, stored.at_ms, job.event); !folded) {
        fail_room(folded.error());
        return;
      }
    }
    position_ = stored.position;
    if (job.is_command()) {
      rules_changed_ = true;
      plan::PlacedEvent placed{stored.position, stored.at_ms, std::move(job.event)};
      tell_event(placed);
      tell_hidden(placed, saw);
      rights_moved(placed);
      job.done(std::optional<plan::PlacedEvent>(std::move(placed)));
      continue;
    }
    for (sync::ClientId client : job.event.claims) claims_.erase(client);
    job.section->unqueue(job.event.body.size(), job.gap);
    auto outcome = job.section->apply(job.event.body, stored.position);
    if (!outcome) {
      unsure_ = true;
      refusals[i] = refusal(std::move(outcome.error()));
      continue;
    }
    if (!outcome->changed && !outcome->pending) continue;
    auto place = std::find(touched.begin(), touched.end(), job.section);
    if (place == touched.end()) {
      touched.push_back(job.section);
      deliveries.emplace_back();
      place = std::prev(touched.end());
    }
    deliveries[static_cast<std::size_t>(place - touched.begin())].push_back(
        {job.event.body, job.member->id});
    note_section_event(*job.section, stored.position, stored.at_ms, job.event.actor);
  }
  for (std::size_t i = 0; i < touched.size(); ++i) touched[i]->broadcast(deliveries[i]);
  Told told;
  for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
    if (!batch.jobs[i].is_command()) settle(batch.jobs[i], refusals[i], told);
  }
  for (const auto& member : told) member->on_turn_settled();
}

void Room::settle(Job& job, const std::optional<Refusal>& refused, Told& told) {
  --job.section->in_flight;
  if (job.member->gone) return;
  job.member->on_settled(job.ticket, refused);
  if (std::find(told.begin(), told.end(), job.member) == told.end()) told.push_back(job.member);
}

void Room::fail_room(const Error& error) {
  failed_ = true;
  std::vector<Job> jobs;
  for (const auto& batch : in_flight_) {
    for (Job& job : batch->jobs) jobs.push_back(std::move(job));
  }
  for (Job& job : jobs_) jobs.push_back(std::move(job));
  jobs_.clear();
  in_flight_.clear();
  for (Job& job : jobs) {
    if (job.is_command()) job.done(forward_error(error));
  }
  // Nobody is told "saved": what was on its way counts as unsaved until the client has asked again.
  auto members = channel_;
  for (auto& [key, section] : sections_) {
    members.insert(members.end(), section->members().begin(), section->members().end());
  }
  for (const auto& member : members) member->on_room_failed(error);
  if (options_.on_failed) options_.on_failed(error);
  finished();
}

void Room::hold_back_readers() {
  if (held_back_.empty() || job_bytes_ > kJobBytesResume) return;
  for (const auto& weak : std::exchange(held_back_, {})) {
    auto member = weak.lock();
    if (member && !member->gone) member->outbox.connection().set_reading(true);
  }
}

}  // namespace footprint::room
