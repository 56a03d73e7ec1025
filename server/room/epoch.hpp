// The name of one making of a plan's documents.
#pragma once

#include <string>

namespace footprint::room {

/// Random, because browsers must not merge what they kept of an earlier making of the same plan.
std::string new_epoch();

}  // namespace footprint::room
