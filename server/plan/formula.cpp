#include "plan/formula.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace footprint::plan {

namespace {

// A chain of formulas longer than this is a circle in practice: the sample's longest is three.
constexpr int kPassesMax = 32;

using Number = std::optional<double>;

Number number_in(const Row* row, std::string_view column) {
  if (row == nullptr) return std::nullopt;
  auto found = row->cells.find(std::string(column));
  if (found == row->cells.end()) return std::nullopt;
  const auto* number = std::get_if<double>(&found->second.value);
  return number == nullptr ? Number{} : Number{*number};
}

/// Adds; empty cells count as nothing, and nothing but empty cells gives an empty cell.
class Sum {
 public:
  void add(Number number, double factor) {
    if (number) total_ = total_.value_or(0) + *number * factor;
  }
  Number total() const { return total_; }

 private:
  Number total_;
};

std::string with_column(const std::string& pattern, const std::string& key) {
  static constexpr std::string_view kMark = "{column}";
  std::size_t at = pattern.find(kMark);
  if (at == std::string::npos) return pattern;
  return pattern.substr(0, at) + key + pattern.substr(at + kMark.size());
}

Number sum_of_table(const std::vector<Table>& tables, const Formula& formula,
                    const std::string& key) {
  Sum sum;
  std::string column = with_column(formula.column, key);
  for (const Table& table : tables)
    if (table.key == formula.table)
      for (const Row& row : table.rows) sum.add(number_in(&row, column), formula.factor);
  return sum.total();
}

Number product_of_columns(const Formula& formula, const Row& row) {
  double product = formula.factor;
  for (const Formula::Term& term : formula.terms) {
    Number number = number_in(&row, term.key);
    if (!number) return std::nullopt;
    product *= *number;
  }
  return product;
}

Number evaluate(const std::vector<Table>& tables, const Table& table, const Row& row,
                const std::string& key, const Formula& formula) {
  Sum sum;
  switch (formula.kind) {
    case Formula::Kind::kNone:
      return std::nullopt;
    case Formula::Kind::kSumRows:
      for (const auto& term : formula.terms)
        sum.add(number_in(table.row(term.key), key), term.factor);
      return sum.total();
    case Formula::Kind::kSumColumns:
      for (const auto& term : formula.terms) sum.add(number_in(&row, term.key), term.factor);
      return sum.total();
    case Formula::Kind::kSumAllRows:
      for (const Row& other : table.rows) sum.add(number_in(&other, key), 1);
      return sum.total();
    case Formula::Kind::kProduct:
      return product_of_columns(formula, row);
    case Formula::Kind::kSumTable:
      return sum_of_table(tables, formula, key);
  }
  return std::nullopt;
}

/// One pass over one list of rows; whether a value changed.
bool compute_rows(const std::vector<Table>& tables, const Table& table, std::vector<Row>& rows) {
  bool changed = false;
  for (Row& row : rows)
    for (auto& [key, cell] : row.cells) {
      if (!cell.derived) continue;
      const Column* column = table.column(key);
      const Formula& formula = row.formula.empty() ? column->formula : row.formula;
      Number number = evaluate(tables, table, row, key, formula);
      Value value = number ? Value{round_to(*number, column->decimals)} : Value{};
      if (value == cell.value) continue;
      cell.value = std::move(value);
      changed = true;
    }
  return changed;
}

}  // namespace

bool compute_all(std::vector<Table>& tables) {
  for (int pass = 0; pass < kPassesMax; ++pass) {
    bool changed = false;
    for (Table& table : tables) {
      changed |= compute_rows(tables, table, table.rows);
      changed |= compute_rows(tables, table, table.totals);
    }
    if (!changed) return true;
  }
  return false;
}

double round_to(double number, int decimals) {
  double scale = std::pow(10.0, decimals);
  // Sums of decimal fractions miss their half-way points by less than this.
  double scaled = number * scale;
  double rounded = std::round(scaled + std::copysign(1e-7, scaled)) / scale;
  return rounded == 0 ? 0.0 : rounded;
}

std::string words_of(const Value& value) {
  if (const auto* words = std::get_if<std::string>(&value)) return "\"" + *words + "\"";
  if (const auto* number = std::get_if<double>(&value)) {
    char digits[64];
    auto end = std::to_chars(digits, digits + sizeof digits, *number, std::chars_format::fixed).ptr;
    // Larger than the buffer takes only where a number is far out of any range.
    return end == digits + sizeof digits ? std::to_string(*number) : std::string(digits, end);
  }
  return "nothing";
}

}  // namespace footprint::plan
