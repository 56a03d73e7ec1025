// The tasks of the engine benchmark; each gives one JSON line.
#pragma once

#include <string>

#include "base/result.hpp"
#include "fixture.hpp"

namespace footprint::bench {

/// Errors: what the fixture lacks, or "bench.wrong" when the result does not say what it should.
Result<std::string> run_task(const std::string& task, const Fixture& fixture);

/// Prints a JSON line for each crafted update of about this size.
Status run_hostile(double megabytes);

}  // namespace footprint::bench
