// A plan log that forgets: for tests and simulation. It promises everything that the one on disk
// does, but durability.
#pragma once

#include <functional>
#include <memory>

#include "storage/plan_log.hpp"

namespace footprint::storage {

struct MemoryPlanLogOptions {
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  /// Called on the log's thread before each round becomes "durable": may wait, to hold
  /// acknowledgements back, or return an error, to fail the write (and with it all later ones).
  std::function<Status()> before_commit;
};

std::unique_ptr<PlanLog> make_memory_plan_log(MemoryPlanLogOptions options = {});

}  // namespace footprint::storage
