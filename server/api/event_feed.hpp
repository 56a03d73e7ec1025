// The events of one plan as server-sent events: what is in the log already, then what comes,
// without a gap.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/router.hpp"
#include "base/ids.hpp"

namespace footprint::api {

/// One open stream. Thread-safe. Destroying it ends it: the sink is not called afterwards.
class EventFeed {
 public:
  /// Gets whole events ("id: 7\nevent: ...\ndata: {...}\n\n"); called from one thread at a time, in
  /// order. Returns whether it wants more now; after a false, resume() goes on.
  using Sink = std::function<bool(std::string text)>;
  /// The stream cannot go on (no right any more, log corrupt): close the connection.
  using Ended = std::function<void(Error)>;

  EventFeed(const ApiOptions& options, const PersonId& person, const EventStream& stream, Sink sink,
            Ended ended);
  ~EventFeed();
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  void resume();

  /// A comment line that keeps proxies from closing a quiet stream; net sends it every 15 seconds.
  static std::string keep_alive() { return ": keep-alive\n\n"; }

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace footprint::api
