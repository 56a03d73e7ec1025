#include <nlohmann/json.hpp>

#include "plan/names.hpp"
#include "plan/plan_file.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

void put(json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

template <typename Ids>
json names(const Ids& ids) {
  json out = json::array();
  for (const auto& id : ids) out.push_back(id.value);
  return out;
}

json terms(const Formula& formula) {
  json out = json::array();
  for (const auto& term : formula.terms) out.push_back(json::array({term.key, term.factor}));
  return out;
}

void put_formula(json& object, const Formula& formula) {
  json derived = json::object();
  switch (formula.kind) {
    case Formula::Kind::kNone:
      return;
    case Formula::Kind::kSumRows:
      derived["sum_rows"] = terms(formula);
      break;
    case Formula::Kind::kSumAllRows:
      derived["sum_rows"] = "all";
      break;
    case Formula::Kind::kSumColumns:
      derived["sum_columns"] = terms(formula);
      break;
    case Formula::Kind::kProduct:
      derived["product"] = json::array();
      for (const auto& term : formula.terms) derived["product"].push_back(term.key);
      break;
    case Formula::Kind::kSumTable:
      derived["sum_table"] = formula.table.value;
      derived["column"] = formula.column;
      break;
  }
  if (formula.factor != 1) derived["factor"] = formula.factor;
  object["derived"] = std::move(derived);
}

json write_column(const Column& column) {
  json out = {{"key", column.key}, {"title", column.title}, {"type", type_name(column.type)}};
  put(out, "unit", column.unit);
  put(out, "year", column.year);
  if (column.type == ColumnType::kNumber) {
    out["decimals"] = column.decimals;
    out["minimum"] = column.minimum;
    out["maximum"] = column.maximum;
  }
  if (column.type == ColumnType::kText) out["characters_max"] = column.characters_max;
  if (column.required) out["required"] = true;
  put(out, "choices_from", column.choices_from);
  if (column.choices_from.empty())
    for (const Choice& choice : column.choices)
      out["choices"].push_back({{"value", choice.value}, {"title", choice.title}});
  put_formula(out, column.formula);
  return out;
}

json write_row(const Row& row) {
  json out = {{"id", row.id}, {"title", row.title}, {"basis", basis_name(row.basis)}};
  put(out, "owner", row.owner.value);
  put(out, "source", row.source);
  put(out, "note", row.note);
  put_formula(out, row.formula);
  out["cells"] = json::object();
  for (const auto& [key, cell] : row.cells) {
    out["cells"][key] = value_to_json(cell.value);
    if (cell.basis != row.basis) out["cell_basis"][key] = basis_name(cell.basis);
    if (!cell.note.empty()) out["cell_notes"][key] = cell.note;
    if (cell.status != CellStatus::kDraft) out["cell_status"][key] = status_name(cell.status);
  }
  return out;
}

json write_table(const Table& table) {
  json out = {{"key", table.key.value},
              {"title", table.title},
              {"section", table.section.value},
              {"unit", table.unit}};
  put(out, "sign", table.sign);
  put(out, "price_base", table.price_base);
  put(out, "note", table.note);
  put(out, "row_title", table.row_title);
  out["columns"] = json::array();
  out["rows"] = json::array();
  for (const Column& column : table.columns) out["columns"].push_back(write_column(column));
  for (const Row& row : table.rows) out["rows"].push_back(write_row(row));
  for (const Row& row : table.totals) out["totals"].push_back(write_row(row));
  return out;
}

json write_section(const Section& section) {
  json out = {{"key", section.key.value},
              {"title", section.title},
              {"lead", section.lead.value},
              {"lead_organisation", section.lead_organisation.value},
              {"deputies", names(section.deputies)},
              {"status", status_name(section.status)},
              {"due_date", section.due_date},
              {"visibility", visibility_name(section.visibility)},
              {"named_people", names(section.named_people)},
              {"covers", section.covers},
              {"required_signatories", names(section.required_signatories)},
              {"asked_to_endorse", names(section.asked_to_endorse)},
              {"asked_for_statement", names(section.asked_for_statement)},
              {"fields", json::array()},
              {"tables", names(section.tables)}};
  for (const Field& field : section.fields)
    out["fields"].push_back({{"key", field.key},
                             {"title", field.title},
                             {"prompt", field.prompt},
                             {"word_limit", field.word_limit}});
  return out;
}

json write_organisation(const Organisation& organisation) {
  json out = {{"id", organisation.id.value},
              {"name", organisation.real_name},
              {"alias", organisation.name},
              {"kind", organisation.kind},
              {"signing_body", organisation.signing_body},
              {"signs", organisation.signs},
              {"basis", basis_name(organisation.basis)}};
  put(out, "source", organisation.source);
  return out;
}

json write_person(const Person& person, const std::string& name) {
  json out = {{"id", person.id.value}, {"name", name}, {"roles", json::array()}};
  json memberships = memberships_to_json(person.memberships);
  out["organisation"] = person.organisation().value;
  if (!memberships.empty()) out["roles"] = memberships[0]["roles"];
  if (memberships.size() != 1) out["memberships"] = std::move(memberships);
  return out;
}

json write_footprint(const Footprint& footprint) {
  json population = {{"value", footprint.population},
                     {"basis", basis_name(footprint.population_basis)}};
  put(population, "source", footprint.population_source);
  return {{"number", footprint.number},
          {"name", footprint.name},
          {"alias", footprint.alias},
          {"region", footprint.region},
          {"population", std::move(population)}};
}

json write_milestone(const Milestone& milestone) {
  json out = {{"key", milestone.key},
              {"date", milestone.date},
              {"title", milestone.title},
              {"basis", basis_name(milestone.basis)}};
  put(out, "source", milestone.source);
  return out;
}

}  // namespace

json memberships_to_json(const std::vector<Membership>& memberships) {
  json out = json::array();
  for (const Membership& membership : memberships) {
    json roles = json::array();
    for (Role role : membership.roles) roles.push_back(role_name(role));
    out.push_back({{"organisation", membership.organisation.value}, {"roles", std::move(roles)}});
  }
  return out;
}

json file_from_state(const PlanState& state, Names names_wanted) {
  json out = {{"format", "footprint-plan"},     {"version", 1},
              {"id", state.id.value},           {"title", state.title},
              {"disclaimer", state.disclaimer}, {"footprint", write_footprint(state.footprint)},
              {"round", state.round},           {"years", state.years},
              {"sources", state.sources}};
  put(out, "alias_note", state.alias_note);
  for (const char* list : {"milestones", "organisations", "people", "sections", "tables"})
    out[list] = json::array();
  for (const auto& item : state.milestones) out["milestones"].push_back(write_milestone(item));
  for (const auto& item : state.organisations)
    out["organisations"].push_back(write_organisation(item));
  for (const auto& item : state.people)
    out["people"].push_back(write_person(
        item, names_wanted == Names::kShown ? state.person_name(item.id) : item.file_name));
  for (const auto& item : state.sections) out["sections"].push_back(write_section(item));
  for (const auto& item : state.tables) out["tables"].push_back(write_table(item));
  return out;
}

}  // namespace footprint::plan
