// Counts failed attempts by key, so that guessing takes too long to be worth it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"

namespace footprint::access {

/// At most `attempts` within `window_ms` for one key.
struct ThrottleRule {
  std::string key;
  unsigned attempts = 1;
  std::int64_t window_ms = 1;
};

/// Thread-safe. In memory: a restart forgets.
class Throttle {
 public:
  explicit Throttle(std::shared_ptr<const Clock> clock) : clock_(std::move(clock)) {}

  /// Takes one attempt from each rule, before it is made, so that many at once do not slip
  /// through; or gives in how many seconds (at least 1) to come back, and takes nothing. 0: go on.
  std::int64_t take(const std::vector<ThrottleRule>& rules);
  /// The attempt was no failure: gives it back.
  void give_back(const std::vector<ThrottleRule>& rules);
  /// Forgets the attempts of a key.
  void forget(const std::string& key);

 private:
  struct Count {
    UnixMs began_ms = 0;
    UnixMs ends_ms = 0;
    unsigned taken = 0;
  };
  void make_room(UnixMs now_ms);

  std::shared_ptr<const Clock> clock_;
  std::mutex mutex_;  // guards counts_
  std::unordered_map<std::string, Count> counts_;
};

}  // namespace footprint::access
