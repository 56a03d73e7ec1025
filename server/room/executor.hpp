// The thread that owns a plan, as the rooms see it; server/net implements it on its event loops,
// tests by hand.
#pragma once

#include <cstdint>
#include <functional>

namespace footprint::room {

class Executor {
 public:
  using Task = std::function<void()>;

  virtual ~Executor() = default;
  /// Runs `task` on this thread, after what is already queued. From any thread. After the executor
  /// has stopped the task is dropped.
  virtual void post(Task task) = 0;
  /// Runs `task` on this thread in about `delay_ms`. From the own thread only; cannot be cancelled,
  /// so tasks hold weak references.
  virtual void after_ms(std::uint32_t delay_ms, Task task) = 0;
};

}  // namespace footprint::room
