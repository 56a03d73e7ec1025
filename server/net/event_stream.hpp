// Carries the events of a feed, which come on any thread, to the coroutine that writes them to a
// browser.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "api/event_feed.hpp"

namespace footprint::net {

/// Used by one coroutine, on its executor. Waiting text is bounded: a full pump tells the feed to
/// pause.
class EventStreamPump {
 public:
  EventStreamPump(boost::asio::any_io_executor executor, const api::ApiOptions& options,
                  const PersonId& person, const api::EventStream& stream);
  ~EventStreamPump();
  EventStreamPump(const EventStreamPump&) = delete;
  EventStreamPump& operator=(const EventStreamPump&) = delete;

  /// What to write next: events, or a comment after a quiet while. Empty: the stream has ended, or
  /// is no longer `wanted`, which is asked about once a second.
  boost::asio::awaitable<std::string> next(const std::function<bool()>& wanted);

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<api::EventFeed> feed_;
};

}  // namespace footprint::net
