// The tasks of the engine benchmark; each gives one JSON line.
#pragma once

#include <string>

#include "base/result.hpp"
#include "fixture.hpp"

namespace footprint::bench {

/// Errors: what the fixture lacks, or "bench.wrong" when the result does not say what it should.
Result<std::string> run_task(const std::string& task, const Fixture& fixture);

}  // namespace footprint::bench
