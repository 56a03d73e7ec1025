// The one door to wall-clock time, so that tests can set it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace footprint {

/// Milliseconds since 1970-01-01T00:00:00Z.
using UnixMs = std::int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMs now_ms() const = 0;
};

class SystemClock final : public Clock {
 public:
  UnixMs now_ms() const override {
    using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }
};

/// Stands still until told; for tests. Any thread may ask and tell.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UnixMs start_ms) : now_ms_(start_ms) {}
  UnixMs now_ms() const override { return now_ms_; }
  void advance_ms(std::int64_t by_ms) { now_ms_ += by_ms; }

 private:
  std::atomic<UnixMs> now_ms_;
};

}  // namespace footprint
