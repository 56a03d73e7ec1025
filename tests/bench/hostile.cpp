// Times crafted updates (tests/sync/hostile_shapes.hpp), one line each.
#include <chrono>
#include <cstdio>

#include "../sync/hostile_shapes.hpp"
#include "engine_tasks.hpp"
#include "sync/doc.hpp"

namespace footprint::bench {

Status run_hostile(double megabytes) {
  for (const sync::testing::HostileShape& shape : sync::testing::hostile_shapes()) {
    auto count = static_cast<std::size_t>(megabytes * 1e6) / shape.unit_bytes;
    sync::testing::HostileUpdates hostile = shape.make(count);
    std::size_t bytes = 0;
    auto began = std::chrono::steady_clock::now();
    sync::Doc doc;
    for (const Bytes& update : hostile.updates) {
      bytes += update.size();
      auto outcome = doc.apply_update(update);
      if (!outcome) return forward_error(outcome.error());
    }
    std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - began;
    std::printf("{\"shape\":\"%s\",\"bytes\":%zu,\"ms\":%.0f,\"document_bytes\":%zu}\n", shape.name,
                bytes, ms.count(), doc.memory_bytes());
    std::fflush(stdout);
  }
  return {};
}

}  // namespace footprint::bench
