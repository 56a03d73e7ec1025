// Who hears of committed events. Internal to storage/.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/plan_log.hpp"

namespace footprint::storage {

/// Thread-safe. A listener that is being called delays the end of its subscription, except from
/// within itself.
class Listeners : public std::enable_shared_from_this<Listeners> {
 public:
  std::unique_ptr<Subscription> add(PlanLog::Listener listener);
  void tell(const PlanId& plan, const std::vector<Event>& events);

 private:
  class Entry;

  // Recursive: a listener may end its own subscription, or another's, or begin one.
  std::recursive_mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<PlanLog::Listener>> listeners_;
  std::uint64_t next_ = 0;
};

}  // namespace footprint::storage
