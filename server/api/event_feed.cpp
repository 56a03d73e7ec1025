#include "api/event_feed.hpp"

#include <mutex>

#include "api/events.hpp"
#include "api/views.hpp"
#include "plan/visibility.hpp"
#include "room/registry.hpp"
#include "room/room.hpp"
#include "storage/plan_log.hpp"

namespace footprint::api {

namespace {

// Read and formatted at once: bounds what a stream holds in memory.
constexpr std::size_t kBatchEvents = 50;

}  // namespace

// One batch is under way at a time ("busy"); what is committed meanwhile sets "more".
struct EventFeed::State : std::enable_shared_from_this<EventFeed::State> {
  ApiOptions options;
  PersonId person;
  EventStream stream;
  Sink sink;
  Ended ended;

  // Also keeps the destructor waiting while the sink runs, so that none starts after it. Recursive:
  // a sink may destroy its own feed.
  std::recursive_mutex mutex;
  bool busy = false;
  bool more = true;  // the log may hold events after `stream.after`
  bool paused = false;
  bool closed = false;
  std::unique_ptr<storage::Subscription> subscription;

  void wake() {
    {
      std::lock_guard lock(mutex);
      if (closed || busy || paused || !more) return;
      busy = true;
      more = false;
    }
    options.run_blocking([self = shared_from_this()] { self->read_batch(); });
  }

  void read_batch() {
    Position after = 0;
    {
      std::lock_guard lock(mutex);
      if (closed) return;
      after = stream.after;
    }
    auto events = read_events(*options.log, stream.plan, after, kBatchEvents);
    if (!events) return end(events.error());
    if (events->empty()) return batch_done(true);
    options.registry->with_room(
        stream.plan, [self = shared_from_this(),
                      batch = std::move(*events)](const Result<std::shared_ptr<room::Room>>& room) {
          if (!room) return self->end(room.error());
          self->hand_out(*room, batch);
        });
  }

  /// On the plan's thread. What is in the log but not applied yet is judged after it has been: it
  /// may change the rights.
  void hand_out(const std::shared_ptr<room::Room>& room,
                const std::vector<plan::PlacedEvent>& batch) {
    if (!room->failed() && room->position() < batch.back().position) {
      options.registry->executor_of(stream.plan).post([self = shared_from_this(), room, batch] {
        self->hand_out(room, batch);
      });
      return;
    }
    const plan::PlanState& state = room->state();
    if (room->failed() || room->position() < batch.back().position)
      return end({ErrorKind::kUnavailable, "load-failed",
                  "The plan cannot be read just now. Try again in a moment."});
    if (state.member(person) == nullptr)
      return end({ErrorKind::kForbidden, "right.stranger", "You are not a member of this plan."});
    std::string text;
    for (const plan::PlacedEvent& event : batch)
      if (plan::may_see_event(state, person, event.event)) text += format_event(state, event);
    bool goes_on = true;
    {
      std::lock_guard lock(mutex);
      if (closed) return;
      stream.after = batch.back().position;
      more = true;
      if (!text.empty()) goes_on = sink(std::move(text));
    }
    batch_done(goes_on);
  }

  void batch_done(bool goes_on) {
    {
      std::lock_guard lock(mutex);
      busy = false;
      if (!goes_on) paused = true;
    }
    wake();
  }

  void end(const Error& error) {
    std::lock_guard lock(mutex);
    if (closed) return;
    closed = true;
    ended(error);
  }
};

EventFeed::EventFeed(const ApiOptions& options, const PersonId& person, const EventStream& stream,
                     Sink sink, Ended ended)
    : state_(std::make_shared<State>()) {
  state_->options = options;
  state_->person = person;
  state_->stream = stream;
  state_->sink = std::move(sink);
  state_->ended = std::move(ended);
  // Listening begins before the first read, so that nothing falls between the two.
  state_->subscription = options.log->subscribe(
      [weak = std::weak_ptr(state_)](const PlanId& plan, const std::vector<storage::Event>&) {
        auto state = weak.lock();
        if (!state || plan != state->stream.plan) return;
        {
          std::lock_guard lock(state->mutex);
          state->more = true;
        }
        state->wake();
      });
  state_->wake();
}

EventFeed::~EventFeed() {
  state_->subscription.reset();
  std::lock_guard lock(state_->mutex);
  state_->closed = true;
}

void EventFeed::resume() {
  {
    std::lock_guard lock(state_->mutex);
    state_->paused = false;
  }
  state_->wake();
}

}  // namespace footprint::api
