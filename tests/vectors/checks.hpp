// The checks of each kind of vector. Each fills the outcome at the levels it can judge here; what
// only yjs can judge is left as a question for tests/vectors/interchange.mjs.
#pragma once

#include <string>
#include <vector>

#include "report.hpp"
#include "sync/any.hpp"

namespace footprint::vectors {

/// `questions` gets JSON lines for interchange.mjs: our encodings and what yjs must make of them.
/// An outcome's level kInterchange is good when yjs answers all of its questions well.
void check_session(const sync::Any& vector, Outcome& outcome, std::vector<std::string>& questions);
void check_local(const sync::Any& vector, Outcome& outcome, std::vector<std::string>& questions);
void check_lib0(const sync::Any& vector, Outcome& outcome);
void check_proto(const sync::Any& vector, Outcome& outcome);
void check_damaged(const sync::Any& vector, Outcome& outcome);

}  // namespace footprint::vectors
