#include "plan/plan_file_check.hpp"

#include <algorithm>
#include <set>

#include "plan/decide.hpp"
#include "plan/formula.hpp"

namespace footprint::plan {

namespace {

Status wrong(std::string code, std::string message) {
  return fail(ErrorKind::kInvalid, std::move(code), std::move(message));
}

Status unknown(const std::string& where, const std::string& what, const std::string& name) {
  return wrong("plan_file.reference",
               where + " names the " + what + " \"" + name + "\", which the plan does not have.");
}

std::string place(const Table& table, const Row& row) {
  return "Table " + table.key.value + ", row " + row.id;
}

/// Remembers the first failure only.
class Checks {
 public:
  explicit Checks(const PlanState& state) : state_(state) {}
  Status result;

  void add(Status status) {
    if (result && !status) result = std::move(status);
  }
  void person(const std::string& where, const PersonId& id) {
    if (state_.person(id) == nullptr) add(unknown(where, "person", id.value));
  }
  void organisation(const std::string& where, const OrganisationId& id) {
    if (state_.organisation(id) == nullptr) add(unknown(where, "organisation", id.value));
  }
  void source(const std::string& where, const std::string& key) {
    if (!key.empty() && !state_.sources.contains(key)) add(unknown(where, "source", key));
  }
  template <typename Items>
  void unique(const std::string& where, const Items& items, auto name) {
    std::set<std::string> seen;
    for (const auto& item : items)
      if (!seen.insert(name(item)).second)
        add(wrong("plan_file.reference", where + " \"" + name(item) + "\" stands there twice."));
  }

 private:
  const PlanState& state_;
};

void check_names(const PlanState& state, Checks& checks) {
  auto by_id = [](const auto& item) { return item.id.value; };
  auto by_key = [](const auto& item) { return item.key.value; };
  checks.unique("Organisation", state.organisations, by_id);
  checks.unique("Person", state.people, by_id);
  checks.unique("Section", state.sections, by_key);
  checks.unique("Table", state.tables, by_key);
  for (const Organisation& organisation : state.organisations)
    checks.source("Organisation " + organisation.id.value, organisation.source);
  for (const Person& person : state.people) {
    std::string where = "Person " + person.id.value;
    if (!person.is_member()) checks.organisation(where, person.former);
    for (const Membership& membership : person.memberships)
      checks.organisation(where, membership.organisation);
    checks.unique(where + ": membership of", person.memberships,
                  [](const Membership& membership) { return membership.organisation.value; });
  }
  for (const Milestone& milestone : state.milestones)
    checks.source("Milestone " + milestone.key, milestone.source);
  checks.source("The population", state.footprint.population_source);
  bool known_round = std::any_of(state.milestones.begin(), state.milestones.end(),
                                 [&](const Milestone& m) { return m.key == state.round; });
  if (!known_round) checks.add(unknown("The round", "milestone", state.round));
}

void check_section(const PlanState& state, const Section& section, Checks& checks) {
  std::string where = "Section " + section.key.value;
  checks.person(where, section.lead);
  checks.organisation(where, section.lead_organisation);
  for (const PersonId& deputy : section.deputies) checks.person(where, deputy);
  for (const PersonId& named : section.named_people) checks.person(where, named);
  for (const auto* bodies :
       {&section.required_signatories, &section.asked_to_endorse, &section.asked_for_statement})
    for (const OrganisationId& body : *bodies) checks.organisation(where, body);
  checks.unique(where + ": field", section.fields, [](const Field& field) { return field.key; });
  for (const TableKey& key : section.tables) {
    const Table* table = state.table(key);
    if (table == nullptr)
      checks.add(unknown(where, "table", key.value));
    else if (table->section != section.key)
      checks.add(wrong("plan_file.reference", where + " lists the table \"" + key.value +
                                                  "\", which belongs to another section."));
  }
}

void check_cell(const Table& table, const Row& row, const std::string& key, const Cell& cell,
                Checks& checks) {
  const Column* column = table.column(key);
  std::string where = place(table, row);
  if (column == nullptr) return checks.add(unknown(where, "column", key));
  // A figure that nobody has typed yet is empty; only a change may not make it so.
  if (cell.derived || std::holds_alternative<std::monostate>(cell.value)) return;
  if (auto problem = check_value(*column, cell.value))
    checks.add(wrong("plan_file.value", where + ", column " + key + ": " + problem->message));
}

void check_formula(const PlanState& state, const Table& table, const std::string& where,
                   const Formula& formula, Checks& checks) {
  bool rows = formula.kind == Formula::Kind::kSumRows;
  for (const Formula::Term& term : formula.terms) {
    bool known = rows ? table.row(term.key) != nullptr : table.column(term.key) != nullptr;
    if (!known) checks.add(unknown(where, rows ? "row" : "column", term.key));
  }
  if (formula.kind == Formula::Kind::kSumTable && state.table(formula.table) == nullptr)
    checks.add(unknown(where, "table", formula.table.value));
}

void check_table(const PlanState& state, const Table& table, Checks& checks) {
  std::string where = "Table " + table.key.value;
  if (state.section(table.section) == nullptr)
    checks.add(unknown(where, "section", table.section.value));
  checks.unique(where + ": column", table.columns, [](const Column& column) { return column.key; });
  std::vector<Row> all = table.rows;
  all.insert(all.end(), table.totals.begin(), table.totals.end());
  checks.unique(where + ": row", all, [](const Row& row) { return row.id; });
  for (const Column& column : table.columns) {
    check_formula(state, table, where + ", column " + column.key, column.formula, checks);
    if (column.type == ColumnType::kChoice && column.choices.empty() && column.choices_from.empty())
      checks.add(wrong("plan_file.reference",
                       where + ", column " + column.key + " has nothing to choose from."));
  }
  for (const Row& row : all) {
    if (!row.owner.empty()) checks.organisation(place(table, row), row.owner);
    checks.source(place(table, row), row.source);
    check_formula(state, table, place(table, row), row.formula, checks);
    for (const auto& [key, cell] : row.cells) check_cell(table, row, key, cell, checks);
  }
}

void complete_row(const Table& table, const Section* section, Row& row) {
  for (auto& [key, cell] : row.cells) {
    const Column* column = table.column(key);
    bool number = column != nullptr && column->type == ColumnType::kNumber;
    cell.derived = number && (!row.formula.empty() || !column->formula.empty());
    cell.owner = row.owner;
    if (cell.owner.empty() && section != nullptr) cell.owner = section->lead_organisation;
  }
}

void complete(PlanState& state) {
  state.refresh_choices();
  for (Table& table : state.tables) {
    const Section* section = state.section(table.section);
    for (Row& row : table.rows) complete_row(table, section, row);
    for (Row& row : table.totals) complete_row(table, section, row);
  }
}

/// Sums that the file leaves out are filled in; those that it gives must be right.
Status check_sums(PlanState& state) {
  std::vector<Table> given = state.tables;
  if (!compute_all(state.tables))
    return wrong("plan_file.sum", "Computed cells of the plan depend on each other in a circle.");
  for (std::size_t t = 0; t < given.size(); ++t) {
    for (const auto* rows : {&given[t].rows, &given[t].totals})
      for (const Row& row : *rows)
        for (const auto& [key, cell] : row.cells) {
          if (!cell.derived || std::holds_alternative<std::monostate>(cell.value)) continue;
          const Value& computed = state.tables[t].row(row.id)->cells.at(key).value;
          if (computed != cell.value)
            return wrong("plan_file.sum",
                         place(given[t], row) + ", column " + key +
                             " does not agree with the figures it is computed from: it says " +
                             words_of(cell.value) + ", they give " + words_of(computed) + ".");
        }
  }
  return {};
}

}  // namespace

Status complete_and_check(PlanState& state) {
  complete(state);
  Checks checks(state);
  check_names(state, checks);
  for (const Section& section : state.sections) check_section(state, section, checks);
  for (const Table& table : state.tables) check_table(state, table, checks);
  if (!checks.result) return checks.result;
  return check_sums(state);
}

}  // namespace footprint::plan
