#include <cmath>
#include <nlohmann/json.hpp>

#include "plan/names.hpp"
#include "plan/plan_file.hpp"
#include "plan/plan_file_check.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

/// For numbers whose column gives no bound.
constexpr double kNumberMax = 1e9;
constexpr std::size_t kCharactersMax = 1000;

std::string text(const json& object, const char* key) {
  return object.value(key, std::string());
}

template <typename Enum, std::size_t Count>
Enum word(const json& object, const char* key, const std::array<std::string_view, Count>& names,
          Enum otherwise) {
  return from_name<Enum>(names, text(object, key)).value_or(otherwise);
}

template <typename Id>
std::vector<Id> ids(const json& object, const char* key) {
  std::vector<Id> out;
  if (!object.contains(key)) return out;
  for (const json& entry : object.at(key)) out.emplace_back(entry.get<std::string>());
  return out;
}

std::vector<Formula::Term> terms(const json& list) {
  std::vector<Formula::Term> out;
  for (const json& pair : list)
    out.push_back({pair.at(0).get<std::string>(), pair.at(1).get<double>()});
  return out;
}

Formula read_formula(const json& object) {
  Formula formula;
  if (!object.contains("derived")) return formula;
  const json& derived = object.at("derived");
  formula.factor = derived.value("factor", 1.0);
  if (derived.contains("sum_rows")) {
    bool all = derived.at("sum_rows").is_string();
    formula.kind = all ? Formula::Kind::kSumAllRows : Formula::Kind::kSumRows;
    if (!all) formula.terms = terms(derived.at("sum_rows"));
  } else if (derived.contains("sum_columns")) {
    formula.kind = Formula::Kind::kSumColumns;
    formula.terms = terms(derived.at("sum_columns"));
  } else if (derived.contains("product")) {
    formula.kind = Formula::Kind::kProduct;
    for (const json& key : derived.at("product"))
      formula.terms.push_back({key.get<std::string>(), 1});
  } else if (derived.contains("sum_table")) {
    formula.kind = Formula::Kind::kSumTable;
    formula.table = TableKey(text(derived, "sum_table"));
    formula.column = text(derived, "column");
  }
  return formula;
}

Column read_column(const json& object) {
  Column column;
  column.key = text(object, "key");
  column.title = text(object, "title");
  column.type = word(object, "type", kColumnTypeNames, ColumnType::kText);
  column.unit = text(object, "unit");
  column.year = text(object, "year");
  column.decimals = object.value("decimals", 0);
  column.minimum = object.value("minimum", -kNumberMax);
  column.maximum = object.value("maximum", kNumberMax);
  column.characters_max = object.value("characters_max", kCharactersMax);
  column.required = object.value("required", false);
  column.choices_from = text(object, "choices_from");
  if (object.contains("choices"))
    for (const json& choice : object.at("choices"))
      column.choices.push_back({text(choice, "value"), text(choice, "title")});
  column.formula = read_formula(object);
  return column;
}

Cell read_cell(const json& row, const std::string& key, const json& value, const Row& made) {
  Cell cell;
  cell.value = value_from_json(value).value_or(Value{});
  cell.basis = made.basis;
  if (row.contains("cell_basis"))
    cell.basis = word(row.at("cell_basis"), key.c_str(), kBasisNames, made.basis);
  if (cell.basis == Basis::kSource) cell.source = made.source;
  if (row.contains("cell_notes")) cell.note = text(row.at("cell_notes"), key.c_str());
  if (row.contains("cell_status"))
    cell.status = word(row.at("cell_status"), key.c_str(), kCellStatusNames, CellStatus::kDraft);
  return cell;
}

Row read_row(const json& object) {
  Row row;
  row.id = text(object, "id");
  row.title = text(object, "title");
  row.owner = OrganisationId(text(object, "owner"));
  row.basis = word(object, "basis", kBasisNames, Basis::kIllustrative);
  row.source = text(object, "source");
  row.note = text(object, "note");
  row.formula = read_formula(object);
  for (const auto& [key, value] : object.at("cells").items())
    row.cells.emplace(key, read_cell(object, key, value, row));
  return row;
}

Table read_table(const json& object) {
  Table table;
  table.key = TableKey(text(object, "key"));
  table.title = text(object, "title");
  table.section = SectionKey(text(object, "section"));
  table.unit = text(object, "unit");
  table.sign = text(object, "sign");
  table.price_base = text(object, "price_base");
  table.note = text(object, "note");
  table.row_title = text(object, "row_title");
  for (const json& column : object.at("columns")) table.columns.push_back(read_column(column));
  for (const json& row : object.at("rows")) table.rows.push_back(read_row(row));
  if (object.contains("totals"))
    for (const json& row : object.at("totals")) table.totals.push_back(read_row(row));
  return table;
}

Section read_section(const json& object) {
  Section section;
  section.key = SectionKey(text(object, "key"));
  section.title = text(object, "title");
  section.lead = PersonId(text(object, "lead"));
  section.lead_organisation = OrganisationId(text(object, "lead_organisation"));
  section.deputies = ids<PersonId>(object, "deputies");
  section.status = word(object, "status", kSectionStatusNames, SectionStatus::kDrafting);
  section.due_date = text(object, "due_date");
  section.visibility = word(object, "visibility", kVisibilityNames, Visibility::kPartners);
  section.named_people = ids<PersonId>(object, "named_people");
  section.covers = object.value("covers", std::vector<std::string>());
  section.required_signatories = ids<OrganisationId>(object, "required_signatories");
  section.asked_to_endorse = ids<OrganisationId>(object, "asked_to_endorse");
  section.asked_for_statement = ids<OrganisationId>(object, "asked_for_statement");
  section.tables = ids<TableKey>(object, "tables");
  for (const json& field : object.at("fields"))
    section.fields.push_back({text(field, "key"), text(field, "title"), text(field, "prompt"),
                              field.at("word_limit"), 0});
  return section;
}

void read_people(const json& file, PlanState& state) {
  for (const json& entry : file.at("organisations"))
    state.organisations.push_back(
        {OrganisationId(text(entry, "id")), text(entry, "alias"), text(entry, "name"),
         text(entry, "kind"), text(entry, "signing_body"), entry.value("signs", false),
         word(entry, "basis", kBasisNames, Basis::kFictional), text(entry, "source")});
  for (const json& entry : file.at("people")) {
    Person person;
    person.id = PersonId(text(entry, "id"));
    person.name = person.file_name = text(entry, "name");
    person.former = OrganisationId(text(entry, "organisation"));
    // The short form says one organisation and its roles.
    person.memberships = entry.contains("memberships")
                             ? memberships_from_json(entry.at("memberships"))
                             : memberships_from_json(json::array({entry}));
    state.people.push_back(std::move(person));
  }
}

PlanState read_file(const json& file) {
  PlanState state;
  state.id = PlanId(text(file, "id"));
  state.title = text(file, "title");
  state.disclaimer = text(file, "disclaimer");
  state.alias_note = text(file, "alias_note");
  const json& footprint = file.at("footprint");
  const json& population = footprint.at("population");
  state.footprint = {
      footprint.at("number"),    text(footprint, "name"),
      text(footprint, "alias"),  text(footprint, "region"),
      population.at("value"),    word(population, "basis", kBasisNames, Basis::kSource),
      text(population, "source")};
  state.round = text(file, "round");
  state.years = file.at("years").get<std::vector<std::string>>();
  state.sources = file.at("sources").get<std::map<std::string, std::string>>();
  for (const json& entry : file.at("milestones"))
    state.milestones.push_back({text(entry, "key"), text(entry, "date"), text(entry, "title"),
                                word(entry, "basis", kBasisNames, Basis::kSource),
                                text(entry, "source")});
  read_people(file, state);
  for (const json& section : file.at("sections")) state.sections.push_back(read_section(section));
  for (const json& table : file.at("tables")) state.tables.push_back(read_table(table));
  return state;
}

Error malformed(const json::exception& reason) {
  return {ErrorKind::kInvalid, "plan_file.malformed",
          std::string("The plan's data does not follow its format (") + reason.what() + ")."};
}

void set_counts(PlanState& state, const json& words) {
  for (Section& section : state.sections) {
    if (!words.contains(section.key.value)) continue;
    const json& fields = words.at(section.key.value);
    for (Field& field : section.fields) field.words = fields.value(field.key, std::size_t{0});
  }
}

}  // namespace

std::vector<Membership> memberships_from_json(const json& list) {
  std::vector<Membership> memberships;
  for (const json& entry : list) {
    Membership membership{OrganisationId(text(entry, "organisation")), {}};
    for (const json& role : entry.at("roles"))
      if (auto known = from_name<Role>(kRoleNames, role.get<std::string>()))
        membership.roles.push_back(*known);
    memberships.push_back(std::move(membership));
  }
  return memberships;
}

std::optional<Value> value_from_json(const json& value) {
  if (value.is_null()) return Value{};
  if (value.is_number()) return Value{value.get<double>()};
  if (value.is_string()) return Value{value.get<std::string>()};
  return std::nullopt;
}

json value_to_json(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    // A whole number is written as one: 24500, not 24500.0.
    bool fits = std::abs(*number) < 1e15;
    auto whole = fits ? static_cast<std::int64_t>(*number) : 0;
    if (fits && static_cast<double>(whole) == *number) return whole;
    return *number;
  }
  if (const auto* words = std::get_if<std::string>(&value)) return *words;
  return nullptr;
}

Result<PlanState> state_from_file(const json& file) {
  try {
    PlanState state = read_file(file);
    if (auto checked = complete_and_check(state); !checked) return forward_error(checked.error());
    return state;
  } catch (const json::exception& reason) {
    return forward_error(malformed(reason));
  }
}

Result<PlanState> state_from_created_body(std::string_view body) {
  try {
    json created = json::parse(body);
    auto state = state_from_file(created.at("file"));
    if (!state) return state;
    for (Section& section : state->sections) section.epoch = text(created, "epoch");
    set_counts(*state, created.at("words"));
    return state;
  } catch (const json::exception& reason) {
    return forward_error(malformed(reason));
  }
}

}  // namespace footprint::plan
