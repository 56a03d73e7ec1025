// Threads for blocking work, off the threads that own plans.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace footprint::net {

/// Thread-safe. Tasks start in order; several run at once.
class WorkPool {
 public:
  explicit WorkPool(unsigned threads);
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// Ignored after stop().
  void run(std::function<void()> task);
  /// The same, unless `waiting_max` wait already.
  bool try_run(std::function<void()> task, std::size_t waiting_max);
  /// Finishes what is queued, then ends the threads.
  void stop();

 private:
  void work();

  std::mutex mutex_;  // guards tasks_ and stopping_
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace footprint::net
