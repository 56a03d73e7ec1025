#include "plan/decide.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "plan/formula.hpp"
#include "plan/plan_file.hpp"
#include "plan/rights.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

/// A change whose cell exists.
struct Found {
  const Table* table = nullptr;
  const Column* column = nullptr;
  const Cell* cell = nullptr;
};

std::optional<ValueProblem> find(const PlanState& state, const PersonId& person, const CellRef& ref,
                                 Found& found) {
  found.table = state.table(ref.table);
  if (found.table == nullptr || !may_read(state, person, found.table->section))
    return ValueProblem{"figure.unknown_table",
                        "This plan has no table \"" + ref.table.value + "\"."};
  const Row* row = found.table->row(ref.row);
  if (row == nullptr)
    return ValueProblem{"figure.unknown_row",
                        "The table " + found.table->title + " has no row \"" + ref.row + "\"."};
  found.column = found.table->column(ref.column);
  auto cell = row->cells.find(ref.column);
  if (found.column == nullptr || cell == row->cells.end())
    return ValueProblem{"figure.unknown_column",
                        "The row \"" + row->title + "\" has no column \"" + ref.column + "\"."};
  found.cell = &cell->second;
  return std::nullopt;
}

/// `acts_for` becomes the organisation that the first change is made for.
std::optional<ValueProblem> check_permission(const PlanState& state, const PersonId& actor,
                                             const std::string& reason, const Found& found,
                                             std::optional<Actor>& acts_for) {
  auto right = may_change_figure(state, actor, *found.table, *found.cell);
  if (found.cell->derived)
    return ValueProblem{"figure.derived",
                        "This figure is computed from others and cannot be typed. Change the "
                        "figures that it is made of."};
  if (!right)
    return ValueProblem{right.error().code == "figure.locked" ? "figure.locked" : "figure.no_right",
                        right.error().message};
  if (right->needs_reason && reason.empty())
    return ValueProblem{"figure.reason_needed",
                        "This figure belongs to " + state.organisation_name(found.cell->owner) +
                            ". Say why you change it: the reason is kept with the change."};
  if (!acts_for) acts_for = right->actor(actor);
  return std::nullopt;
}

std::optional<ValueProblem> check_change(const PlanState& state, const FigureCommand& command,
                                         const FigureChange& change, Found& found,
                                         std::optional<Actor>& acts_for) {
  const PersonId& person = command.person;
  if (auto problem = find(state, person, change.cell, found)) return problem;
  if (auto problem = check_permission(state, person, command.reason, found, acts_for))
    return problem;
  if (change.unit && *change.unit != found.column->unit)
    return ValueProblem{"figure.wrong_unit",
                        found.column->unit.empty()
                            ? "This cell has no unit, and \"" + *change.unit + "\" was sent."
                            : "This cell is in " + found.column->unit +
                                  ", and the number was sent in \"" + *change.unit +
                                  "\". Convert it first."};
  return check_value(*found.column, change.value);
}

/// The form in which a value is kept: numbers exactly on their decimals, no empty text.
Value kept(const Column& column, const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return round_to(*number, column.decimals);
  if (const auto* text = std::get_if<std::string>(&value); text != nullptr && text->empty())
    return Value{};
  return value;
}

json entry(const CellRef& ref, const Value& value, const Cell& before, Basis basis) {
  json out = {{"table", ref.table.value},
              {"row", ref.row},
              {"column", ref.column},
              {"value", value_to_json(value)},
              {"previous", value_to_json(before.value)},
              {"revision", before.revision + 1},
              {"basis", basis_name(basis)}};
  if (before.derived) out["derived"] = true;
  return out;
}

std::vector<std::pair<CellRef, Value>> differences(const std::vector<Table>& before,
                                                   const std::vector<Table>& after) {
  std::vector<std::pair<CellRef, Value>> out;
  auto compare = [&](const Table& table, const std::vector<Row>& old_rows,
                     const std::vector<Row>& new_rows) {
    for (std::size_t r = 0; r < old_rows.size(); ++r)
      for (const auto& [key, cell] : old_rows[r].cells) {
        const Value& value = new_rows[r].cells.at(key).value;
        if (cell.derived && value != cell.value)
          out.push_back({CellRef{table.key, old_rows[r].id, key}, value});
      }
  };
  for (std::size_t t = 0; t < before.size(); ++t) {
    compare(before[t], before[t].rows, after[t].rows);
    compare(before[t], before[t].totals, after[t].totals);
  }
  return out;
}

/// All that is wrong with the changes, or the cells they set, in `cells`.
void check_all(const PlanState& state, const FigureCommand& command, FigureDecision& decision,
               std::map<CellRef, Value>& cells, std::optional<Actor>& acts_for) {
  std::set<CellRef> seen;
  for (const FigureChange& change : command.changes) {
    Found found;
    auto problem = check_change(state, command, change, found, acts_for);
    if (!problem && !seen.insert(change.cell).second)
      problem = ValueProblem{"figure.repeated", "This cell is changed twice in one request."};
    if (problem) {
      decision.problems.push_back({change.cell, problem->code, problem->message});
      continue;
    }
    Value value = kept(*found.column, change.value);
    if (value == found.cell->value) continue;
    if (change.expected_revision != found.cell->revision)
      decision.conflicts.push_back({change.cell, value, found.cell->revision});
    cells.emplace(change.cell, std::move(value));
  }
}

}  // namespace

std::vector<std::pair<CellRef, Value>> recompute(const PlanState& state) {
  std::vector<Table> computed = state.tables;
  compute_all(computed);
  return differences(state.tables, computed);
}

FigureDecision decide_figures(const PlanState& state, const FigureCommand& command) {
  FigureDecision decision;
  std::map<CellRef, Value> cells;
  std::optional<Actor> acts_for;
  check_all(state, command, decision, cells, acts_for);
  if (!decision.problems.empty()) decision.conflicts.clear();
  if (!decision.accepted() || cells.empty()) return decision;

  std::vector<Table> computed = state.tables;
  json entries = json::array();
  for (const FigureChange& change : command.changes) {
    auto found = cells.find(change.cell);
    if (found == cells.end()) continue;
    entries.push_back(entry(change.cell, found->second, *state.cell(change.cell), Basis::kEntered));
    decision.changed.push_back(change.cell);
    for (Table& table : computed)
      if (table.key == change.cell.table)
        table.row(change.cell.row)->cells.at(change.cell.column).value = found->second;
  }
  compute_all(computed);
  for (const auto& [ref, value] : differences(state.tables, computed)) {
    entries.push_back(entry(ref, value, *state.cell(ref), Basis::kDerived));
    decision.changed.push_back(ref);
  }
  json body = {{"cells", std::move(entries)}};
  if (!command.reason.empty()) body["reason"] = command.reason;
  std::string text = body.dump(-1, ' ', false, json::error_handler_t::replace);
  decision.event = Event{EventKind::kFigureChanged, *acts_for, {}, {}, to_bytes(as_bytes(text))};
  return decision;
}

}  // namespace footprint::plan
