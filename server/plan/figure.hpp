// The structured tables of a plan: typed cells, each with unit, basis, owner and revision.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "plan/event.hpp"

namespace footprint::plan {

/// Empty, a number, or text (also choices and dates, as YYYY-MM-DD).
using Value = std::variant<std::monostate, double, std::string>;

enum class Basis : std::uint8_t { kSource, kDerived, kIllustrative, kFictional, kEntered };
enum class CellStatus : std::uint8_t { kDraft, kAgreed, kLocked };
enum class ColumnType : std::uint8_t { kNumber, kText, kChoice, kDate };

std::string_view basis_name(Basis basis);
std::string_view status_name(CellStatus status);
std::string_view type_name(ColumnType type);

/// How the server computes a cell from others; data, so that a footprint may have tables of its
/// own.
struct Formula {
  enum class Kind : std::uint8_t {
    kNone,
    kSumRows,     // of the same column: sum of factor x row
    kSumColumns,  // of the same row: sum of factor x column
    kProduct,     // of the same row: factor x product of the columns
    kSumTable,    // of another table: sum over its rows of a column
    kSumAllRows,  // of the same column: all ordinary rows (totals)
  };
  struct Term {
    std::string key;
    double factor = 1;
  };
  Kind kind = Kind::kNone;
  std::vector<Term> terms;
  double factor = 1;
  TableKey table;      // kSumTable
  std::string column;  // kSumTable; "{column}" stands for the key of the computed cell's column

  bool empty() const { return kind == Kind::kNone; }
};

struct Choice {
  std::string value;
  std::string title;
};

struct Column {
  std::string key;
  std::string title;
  ColumnType type = ColumnType::kText;
  std::string unit;  // of numbers
  std::string year;  // "2020/21", where the column is of one year
  int decimals = 0;
  double minimum = 0;
  double maximum = 0;
  std::size_t characters_max = 0;  // of text
  bool required = false;
  std::vector<Choice> choices;
  std::string
      choices_from;  // "organisations", "sections", "people", "table:KEY": where choices came from
  Formula formula;   // computed in every row
};

struct Cell {
  Value value;
  std::uint64_t revision = 0;  // counts the changes since the plan was made
  Basis basis = Basis::kIllustrative;
  std::string source;  // key of the plan's sources; empty unless basis is kSource
  std::string note;
  OrganisationId owner;
  CellStatus status = CellStatus::kDraft;
  bool derived = false;
  UnixMs changed_at_ms = 0;  // 0: never changed since the plan was made
  Actor changed_by;
};

struct Row {
  std::string id;
  std::string title;
  OrganisationId owner;                // of its cells; empty: the lead organisation of the section
  Basis basis = Basis::kIllustrative;  // of its cells, where they do not say otherwise
  std::string source;  // key of the plan's sources, for cells whose basis is kSource
  std::string note;
  Formula formula;                    // computes every number cell of the row
  std::map<std::string, Cell> cells;  // by column key; a column the row has no use for is missing
};

struct Table {
  TableKey key;
  std::string title;
  SectionKey section;
  std::string unit;
  std::string sign;
  std::string price_base;
  std::string note;
  std::string row_title;
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::vector<Row> totals;

  const Column* column(std::string_view key_wanted) const;
  const Row* row(std::string_view id) const;  // totals too
  Row* row(std::string_view id);
};

/// Address of a cell.
struct CellRef {
  TableKey table;
  std::string row;
  std::string column;
  auto operator<=>(const CellRef&) const = default;
};

}  // namespace footprint::plan
