#include "access/throttle.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace footprint::access {

std::int64_t Throttle::take(const std::vector<ThrottleRule>& rules) {
  UnixMs now_ms = clock_->now_ms();
  std::lock_guard lock(mutex_);
  UnixMs until_ms = now_ms;
  for (const ThrottleRule& rule : rules) {
    auto found = counts_.find(rule.key);
    if (found == counts_.end()) continue;
    const Count& count = found->second;
    // A clock that was set back must not lock anybody out for longer than the window.
    bool over = now_ms >= count.ends_ms || now_ms < count.began_ms;
    if (!over && count.taken >= rule.attempts) until_ms = std::max(until_ms, count.ends_ms);
  }
  if (until_ms > now_ms) return (until_ms - now_ms + 999) / 1000;
  if (counts_.size() >= limits::kThrottleKeysMax) make_room(now_ms);
  for (const ThrottleRule& rule : rules) {
    Count& count = counts_[rule.key];
    if (now_ms >= count.ends_ms || now_ms < count.began_ms)
      count = {now_ms, now_ms + rule.window_ms, 0};
    ++count.taken;
  }
  return 0;
}

void Throttle::give_back(const std::vector<ThrottleRule>& rules) {
  std::lock_guard lock(mutex_);
  for (const ThrottleRule& rule : rules) {
    auto found = counts_.find(rule.key);
    if (found != counts_.end() && found->second.taken > 0) --found->second.taken;
  }
}

void Throttle::forget(const std::string& key) {
  std::lock_guard lock(mutex_);
  counts_.erase(key);
}

/// What is over goes; if that is not enough, whatever ends first: a flood of keys costs memory for
/// a while, never without bound.
void Throttle::make_room(UnixMs now_ms) {
  std::erase_if(counts_, [&](const auto& each) { return each.second.ends_ms <= now_ms; });
  if (counts_.size() < limits::kThrottleKeysMax) return;
  std::vector<UnixMs> ends;
  for (const auto& [key, count] : counts_) ends.push_back(count.ends_ms);
  auto middle = ends.begin() + static_cast<std::ptrdiff_t>(ends.size() / 2);
  std::nth_element(ends.begin(), middle, ends.end());
  std::erase_if(counts_, [&](const auto& each) { return each.second.ends_ms <= *middle; });
}

}  // namespace footprint::access
