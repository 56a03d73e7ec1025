#include "net/event_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <mutex>
#include <utility>

#include "base/limits.hpp"
#include "net/log.hpp"

namespace footprint::net {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::seconds kKeepAliveInterval{15};
constexpr std::chrono::seconds kCheckInterval{1};  // whether anybody is still there
}  // namespace

struct EventStreamPump::State : std::enable_shared_from_this<State> {
  explicit State(const asio::any_io_executor& executor) : wake(executor) {}

  std::mutex mutex;  // guards the three below
  std::string waiting;
  bool paused = false;
  bool ended = false;
  asio::steady_timer wake;  // on its executor only; cancelled when there is something to do

  /// From the feed's thread.
  bool take(std::string_view text) {
    bool first = false, room = false;
    {
      std::lock_guard lock(mutex);
      first = waiting.empty();
      waiting += text;
      room = waiting.size() < limits::kEventStreamBytesMax;
      paused = !room;
    }
    if (first) rouse();
    return room;
  }

  void end() {
    {
      std::lock_guard lock(mutex);
      ended = true;
    }
    rouse();
  }

  void rouse() {
    asio::post(wake.get_executor(), [self = shared_from_this()] { self->wake.cancel(); });
  }
};

EventStreamPump::EventStreamPump(asio::any_io_executor executor, const api::ApiOptions& options,
                                 const PersonId& person, const api::EventStream& stream)
    : state_(std::make_shared<State>(std::move(executor))) {
  auto state = state_;
  feed_ = std::make_unique<api::EventFeed>(
      options, person, stream, [state](const std::string& text) { return state->take(text); },
      [state](Error error) {
        log::write(log::Level::kInfo, "events.ended", {{"code", error.code}});
        state->end();
      });
}

EventStreamPump::~EventStreamPump() = default;

asio::awaitable<std::string> EventStreamPump::next(const std::function<bool()>& wanted) {
  for (std::chrono::seconds silent{0};;) {
    std::string text;
    bool resume = false, ended = false;
    {
      std::lock_guard lock(state_->mutex);
      std::swap(text, state_->waiting);
      resume = std::exchange(state_->paused, false);
      ended = state_->ended;
    }
    if (resume) feed_->resume();
    if (!text.empty() || ended) co_return text;
    // No rouse() can fall between the look above and this wait: it runs on this executor, so only
    // after the wait began.
    state_->wake.expires_after(kCheckInterval);
    auto [error] = co_await state_->wake.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) continue;
    silent += kCheckInterval;
    if (!wanted()) co_return std::string();
    if (silent >= kKeepAliveInterval) co_return api::EventFeed::keep_alive();
  }
}

}  // namespace footprint::net
