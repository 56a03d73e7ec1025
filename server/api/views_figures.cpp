#include <nlohmann/json.hpp>

#include "api/views.hpp"
#include "plan/plan_file.hpp"
#include "plan/rights.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

void put(json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

json column_json(const View& view, const plan::Column& column) {
  json out = {{"key", column.key}, {"title", column.title}, {"type", type_name(column.type)}};
  put(out, "unit", column.unit);
  put(out, "year", column.year);
  if (column.type == plan::ColumnType::kNumber) {
    out["decimals"] = column.decimals;
    out["minimum"] = column.minimum;
    out["maximum"] = column.maximum;
  }
  if (!column.formula.empty()) out["derived"] = true;
  if (column.required) out["required"] = true;
  for (const plan::Choice& choice : column.choices)
    // A section that does not show is not named either.
    if (column.choices_from != "sections" ||
        may_read(view.state, view.person, SectionKey(choice.value)))
      out["choices"].push_back({{"value", choice.value}, {"title", choice.title}});
  return out;
}

json row_json(const View& view, const plan::Table& table, const plan::Row& row) {
  json cells = json::object();
  for (const auto& [key, cell] : row.cells)
    if (const plan::Column* column = table.column(key))
      cells[key] = cell_json(view, table, *column, cell);
  json out = {{"id", row.id}, {"title", row.title}, {"cells", std::move(cells)}};
  if (!row.owner.empty()) {
    out["owner"] = row.owner.value;
    out["owner_name"] = view.state.organisation_name(row.owner);
  }
  put(out, "note", row.note);
  return out;
}

json ref_json(const plan::CellRef& ref) {
  return {{"table", ref.table.value}, {"row", ref.row}, {"column", ref.column}};
}

/// Why the person may not change the cell; empty if it may be changed. `asks` becomes whether a
/// reason must be given.
std::string reason_against(const View& view, const plan::Table& table, const plan::Cell& cell,
                           bool& asks) {
  if (cell.derived) return "This figure is computed from others and cannot be typed.";
  auto right = may_change_figure(view.state, view.person, table, cell);
  if (!right) return right.error().message;
  asks = right->needs_reason;
  return {};
}

json may_json(const View& view, const plan::Table& table, const plan::Cell& cell, bool change) {
  plan::Target target{table.section, cell.owner, {}};
  return {
      {"change", change},
      {"lock", !cell.derived &&
                   check(view.state, view.person, plan::Action::kLockFigure, target).has_value()}};
}

json cell_at(const View& view, const plan::CellRef& ref) {
  const plan::Table* table = view.state.table(ref.table);
  return cell_json(view, *table, *table->column(ref.column), *view.state.cell(ref));
}

}  // namespace

json cell_json(const View& view, const plan::Table& table, const plan::Column& column,
               const plan::Cell& cell) {
  bool asks = false;
  std::string reason = reason_against(view, table, cell, asks);
  json out = {{"value", plan::value_to_json(cell.value)},
              {"revision", cell.revision},
              {"basis", basis_name(cell.basis)},
              {"status", status_name(cell.status)},
              {"editable", reason.empty()}};
  put(out, "reason", reason);
  if (asks) out["reason_needed"] = true;
  out["may"] = may_json(view, table, cell, reason.empty());
  put(out, "unit", column.unit);
  put(out, "note", cell.note);
  if (auto source = view.state.sources.find(cell.source); source != view.state.sources.end())
    out["source"] = {{"key", cell.source}, {"text", source->second}};
  if (!cell.owner.empty()) {
    out["owner"] = cell.owner.value;
    out["owner_name"] = view.state.organisation_name(cell.owner);
  }
  if (cell.derived) out["derived"] = true;
  if (cell.revision == 0) return out;
  out["changed_at"] = cell.changed_at_ms;
  if (json by = actor_json(view.state, cell.changed_by); !by.is_null()) out["changed_by"] = by;
  return out;
}

json table_summary_json(const plan::Table& table) {
  return {{"key", table.key.value},
          {"title", table.title},
          {"section", table.section.value},
          {"unit", table.unit},
          {"rows", table.rows.size()}};
}

json table_json(const View& view, const plan::Table& table) {
  json out = {{"key", table.key.value},         {"title", table.title},
              {"section", table.section.value}, {"unit", table.unit},
              {"columns", json::array()},       {"rows", json::array()}};
  put(out, "sign", table.sign);
  put(out, "price_base", table.price_base);
  put(out, "note", table.note);
  put(out, "row_title", table.row_title);
  for (const plan::Column& column : table.columns)
    out["columns"].push_back(column_json(view, column));
  for (const plan::Row& row : table.rows) out["rows"].push_back(row_json(view, table, row));
  for (const plan::Row& row : table.totals) out["totals"].push_back(row_json(view, table, row));
  return out;
}

json changed_cells_json(const View& view, const std::vector<plan::CellRef>& cells) {
  json out = json::array();
  for (const plan::CellRef& ref : cells) {
    json entry = ref_json(ref);
    entry["cell"] = cell_at(view, ref);
    out.push_back(std::move(entry));
  }
  return out;
}

json conflicts_json(const View& view, const std::vector<plan::FigureConflict>& conflicts) {
  json list = json::array();
  for (const plan::FigureConflict& conflict : conflicts) {
    json entry = ref_json(conflict.cell);
    entry["yours"] = plan::value_to_json(conflict.yours);
    entry["current"] = cell_at(view, conflict.cell);
    list.push_back(std::move(entry));
  }
  const char* message =
      conflicts.size() == 1
          ? "Somebody else changed this figure while you were typing. Choose which value to keep."
          : "Somebody else changed these figures while you were typing. Choose which values to "
            "keep.";
  return {{"error", {{"code", "figure.conflict"}, {"message", message}}},
          {"conflicts", std::move(list)}};
}

json problems_json(const std::vector<plan::FigureProblem>& problems) {
  json list = json::array();
  for (const plan::FigureProblem& problem : problems) {
    json entry = ref_json(problem.cell);
    entry["code"] = problem.code;
    entry["message"] = problem.message;
    list.push_back(std::move(entry));
  }
  std::string message =
      problems.size() == 1
          ? "One figure was not taken over, so nothing was changed. " + problems.front().message
          : std::to_string(problems.size()) +
                " figures were not taken over, so nothing was changed. Put them "
                "right and send all again.";
  return {{"error", {{"code", "figure.invalid"}, {"message", std::move(message)}}},
          {"problems", std::move(list)}};
}

}  // namespace footprint::api
