// The command that changes figures: all of its changes or none, checked against the state at its
// position.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "plan/event.hpp"
#include "plan/figure.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

struct FigureChange {
  CellRef cell;
  Value value;
  std::optional<std::string> unit;  // if given it must be the cell's
  std::uint64_t expected_revision = 0;
};

/// One request: all of its changes or none.
struct FigureCommand {
  PersonId person;
  std::vector<FigureChange> changes;
  std::string reason;  // why; needed where the right asks for one
};

/// One rule that one change breaks.
struct FigureProblem {
  CellRef cell;
  std::string code;  // "figure.out_of_range", ... (FigureProblem in schemas/api.schema.json)
  std::string message;
};

/// Somebody changed the cell since the caller looked.
struct FigureConflict {
  CellRef cell;
  Value yours;
  std::uint64_t current_revision = 0;
};

/// What came of the command: an event to append (nullopt: nothing would change), or why not.
/// Problems come before conflicts: a change that breaks a rule is told so at once.
struct FigureDecision {
  std::optional<Event> event;
  std::vector<CellRef> changed;  // typed and computed, in the order of the event's body
  std::vector<FigureProblem> problems;
  std::vector<FigureConflict> conflicts;
  bool accepted() const { return problems.empty() && conflicts.empty(); }
};

/// Pure: changes nothing. The event is right for `state` only: append it at the position after
/// state's.
FigureDecision decide_figures(const PlanState& state, const FigureCommand& command);

/// Computes every derived cell of the state anew; returns those whose value differs from what
/// stands there.
std::vector<std::pair<CellRef, Value>> recompute(const PlanState& state);

/// Whether a value of a column may stand in a cell; nullopt if so, else code and message.
struct ValueProblem {
  std::string code;
  std::string message;
};
std::optional<ValueProblem> check_value(const Column& column, const Value& value);

}  // namespace footprint::plan
