// Cells that the server computes from others.
#pragma once

#include <string>
#include <vector>

#include "plan/figure.hpp"

namespace footprint::plan {

/// Sets every derived cell to what its formula gives, rounded to its column's decimals. False if
/// they do not settle, which is so only where formulas go round in a circle.
bool compute_all(std::vector<Table>& tables);

/// A value as a message prints it: "504", "-1.3", "\"green\"", "nothing".
std::string words_of(const Value& value);

/// Rounded half away from zero; never minus zero.
double round_to(double number, int decimals);

}  // namespace footprint::plan
