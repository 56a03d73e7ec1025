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
constexpr std::size_t kJobBytesResume = 4u << 20;
constexpr std::uint32_t kOverloadedRetryMs = 20;
constexpr Position kPlanSnapshotEvents = 5'000;

storage::NewEvent to_record(const plan::Event& event) {
  return {static_cast<std::uint16_t>(event.kind), plan::encode_event(event)};
}

}  // namespace

void Room::schedule_flush() {
  if (flush_scheduled_ || in_flight_) return;
  flush_scheduled_ = true;
  options_.executor->post([weak = weak_from_this()] {
    if (auto self = weak.lock()) {
      self->flush_scheduled_ = false;
      self->flush();
    }
  });
}

void Room::flush() {
  while (!in_flight_ && !jobs_.empty() && !failed_) {
    if (jobs_.front().is_command()) {
      start_command();
    } else {
      start_updates();
    }
  }
  hold_back_readers();
  if (!in_flight_ && jobs_.empty() && stopping_) finished();
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
  auto batch = std::make_shared<Batch>();
  std::vector<std::shared_ptr<Member>> told;
  while (!jobs_.empty() && !jobs_.front().is_command() && batch->jobs.size() < kBatchEventsMax &&
         batch->bytes < kBatchBytesMax) {
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    std::size_t bytes = job.event.body.size();
    if (job.rules_version != rules_version_ && !options_.bench) {
      // A command came between: the right is judged again, at the position where the update will
      // stand.
      if (Status right = plan::may_write(state_, job.event.actor.person, job.section->key);
          !right) {
        job_bytes_ -= bytes;
        for (sync::ClientId client : job.event.claims) claims_.erase(client);
        settle(job, refusal(std::move(right.error())), told);
        continue;
      }
    }
    batch->bytes += bytes;
    batch->jobs.push_back(std::move(job));
  }
  for (const auto& member : told) member->on_turn_settled();
  if (!batch->jobs.empty()) append(batch);
}

void Room::append(std::shared_ptr<Batch> batch) {
  std::vector<storage::NewEvent> records;
  records.reserve(batch->jobs.size());
  for (const Job& job : batch->jobs) records.push_back(to_record(job.event));
  in_flight_ = batch;
  options_.log->append(plan_, position_, std::move(records),
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
  FP_ASSERT(in_flight_ == batch);
  if (!result && result.error().code == "log.overloaded") {
    options_.executor->after_ms(kOverloadedRetryMs, [weak = weak_from_this(), batch] {
      if (auto self = weak.lock(); self && !self->failed_) self->append(batch);
    });
    return;
  }
  if (!result) {
    fail_room(result.error());
    return;
  }
  FP_ASSERT(result->events.size() == batch->jobs.size());
  apply_batch(*batch, *result);
  if (failed_) return;
  job_bytes_ -= batch->bytes;
  in_flight_ = nullptr;
  flush();
  if (!options_.bench && !stopping_ && position_ - plan_snapshot_position_ >= kPlanSnapshotEvents) {
    plan_snapshot_position_ = position_;
    store_snapshots({{"plan", storage::Snapshot{position_, plan::encode_state(state_)}}}, [] {});
  }
}

void Room::apply_batch(Batch& batch, const storage::Appended& appended) {
  std::vector<Section*> touched;
  std::vector<std::vector<Delivery>> deliveries;
  std::vector<std::optional<Refusal>> refusals(batch.jobs.size());
  for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
    Job& job = batch.jobs[i];
    const storage::Event& stored = appended.events[i];
    if (!options_.bench) {
      if (Status folded = plan::apply(state_, stored.position, stored.at_ms, job.event); !folded) {
        fail_room(folded.error());
        return;
      }
    }
    position_ = stored.position;
    if (job.is_command()) {
      ++rules_version_;
      plan::PlacedEvent placed{stored.position, stored.at_ms, std::move(job.event)};
      tell_event(placed);
      job.done(std::optional<plan::PlacedEvent>(std::move(placed)));
      continue;
    }
    for (sync::ClientId client : job.event.claims) claims_.erase(client);
    auto outcome = job.section->apply(job.event.body, stored.position);
    if (!outcome) {
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
  std::vector<std::shared_ptr<Member>> told;
  for (std::size_t i = 0; i < batch.jobs.size(); ++i) {
    if (!batch.jobs[i].is_command()) settle(batch.jobs[i], refusals[i], told);
  }
  for (const auto& member : told) member->on_turn_settled();
}

void Room::settle(Job& job, const std::optional<Refusal>& refused,
                  std::vector<std::shared_ptr<Member>>& told) {
  --job.section->in_flight;
  if (job.member->gone) return;
  job.member->on_settled(refused);
  if (std::find(told.begin(), told.end(), job.member) == told.end()) told.push_back(job.member);
}

void Room::fail_room(const Error& error) {
  failed_ = true;
  std::vector<Job> jobs;
  if (in_flight_) {
    for (Job& job : in_flight_->jobs) jobs.push_back(std::move(job));
  }
  for (Job& job : jobs_) jobs.push_back(std::move(job));
  jobs_.clear();
  in_flight_ = nullptr;
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
