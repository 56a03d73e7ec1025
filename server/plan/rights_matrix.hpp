// schemas/rights.json as a table: read once, checked for completeness.
#pragma once

#include <array>
#include <string>

#include "plan/rights.hpp"

namespace footprint::plan {

struct RightsMatrix {
  struct Row {
    std::string title;  // "Write in a section"
    bool on_section = false;
    bool unless_frozen = false;
    std::array<Scope, 8> scopes{};  // by Role
  };
  std::array<Row, kActionCount> rows;

  const Row& row(Action action) const { return rows[static_cast<std::size_t>(action)]; }
  /// Thread-safe. Ends the program if the file that was compiled in is not complete.
  static const RightsMatrix& get();
};

}  // namespace footprint::plan
