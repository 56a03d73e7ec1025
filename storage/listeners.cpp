#include "storage/listeners.hpp"

namespace footprint::storage {

class Listeners::Entry final : public Subscription {
 public:
  Entry(std::shared_ptr<Listeners> owner, std::uint64_t id) : owner_(std::move(owner)), id_(id) {}
  ~Entry() override {
    std::lock_guard lock(owner_->mutex_);
    owner_->listeners_.erase(id_);
  }

 private:
  std::shared_ptr<Listeners> owner_;
  std::uint64_t id_;
};

std::unique_ptr<Subscription> Listeners::add(PlanLog::Listener listener) {
  std::lock_guard lock(mutex_);
  const std::uint64_t id = next_++;
  listeners_.emplace(id, std::make_shared<PlanLog::Listener>(std::move(listener)));
  return std::make_unique<Entry>(shared_from_this(), id);
}

void Listeners::tell(const PlanId& plan, const std::vector<Event>& events) {
  std::lock_guard lock(mutex_);
  // By key, because a listener may add or remove entries while it runs.
  for (auto it = listeners_.begin(); it != listeners_.end();) {
    const std::uint64_t id = it->first;
    const std::shared_ptr<PlanLog::Listener> keep_alive = it->second;
    (*keep_alive)(plan, events);
    it = listeners_.upper_bound(id);
  }
}

}  // namespace footprint::storage
