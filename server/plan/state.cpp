#include "plan/state.hpp"

#include <algorithm>

#include "plan/names.hpp"

namespace footprint::plan {

namespace {

template <typename Items, typename Key>
auto find_by(Items& items, const Key& wanted, auto member) -> decltype(&items[0]) {
  for (auto& item : items)
    if (item.*member == wanted) return &item;
  return nullptr;
}

}  // namespace

std::string_view basis_name(Basis basis) {
  return kBasisNames[static_cast<std::size_t>(basis)];
}
std::string_view status_name(CellStatus status) {
  return kCellStatusNames[static_cast<std::size_t>(status)];
}
std::string_view type_name(ColumnType type) {
  return kColumnTypeNames[static_cast<std::size_t>(type)];
}
std::string_view role_name(Role role) {
  return kRoleNames[static_cast<std::size_t>(role)];
}
std::string_view status_name(SectionStatus status) {
  return kSectionStatusNames[static_cast<std::size_t>(status)];
}
std::string_view visibility_name(Visibility visibility) {
  return kVisibilityNames[static_cast<std::size_t>(visibility)];
}

const Column* Table::column(std::string_view key_wanted) const {
  return find_by(columns, key_wanted, &Column::key);
}

const Row* Table::row(std::string_view id) const {
  const Row* found = find_by(rows, id, &Row::id);
  return found != nullptr ? found : find_by(totals, id, &Row::id);
}

Row* Table::row(std::string_view id) {
  Row* found = find_by(rows, id, &Row::id);
  return found != nullptr ? found : find_by(totals, id, &Row::id);
}

bool Person::has(Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

const Field* Section::field(std::string_view key_wanted) const {
  return find_by(fields, key_wanted, &Field::key);
}

const Person* PlanState::person(const PersonId& wanted) const {
  return find_by(people, wanted, &Person::id);
}

const Organisation* PlanState::organisation(const OrganisationId& wanted) const {
  return find_by(organisations, wanted, &Organisation::id);
}

const Section* PlanState::section(const SectionKey& wanted) const {
  return find_by(sections, wanted, &Section::key);
}

Section* PlanState::section(const SectionKey& wanted) {
  return find_by(sections, wanted, &Section::key);
}

const Table* PlanState::table(const TableKey& wanted) const {
  return find_by(tables, wanted, &Table::key);
}

Table* PlanState::table(const TableKey& wanted) {
  return find_by(tables, wanted, &Table::key);
}

const Cell* PlanState::cell(const CellRef& wanted) const {
  const Table* of = table(wanted.table);
  const Row* row = of == nullptr ? nullptr : of->row(wanted.row);
  if (row == nullptr) return nullptr;
  auto found = row->cells.find(wanted.column);
  return found == row->cells.end() ? nullptr : &found->second;
}

std::string PlanState::person_name(const PersonId& wanted) const {
  const Person* found = person(wanted);
  return found != nullptr ? found->name : wanted.value;
}

std::string PlanState::organisation_name(const OrganisationId& wanted) const {
  const Organisation* found = organisation(wanted);
  return found != nullptr ? found->name : wanted.value;
}

std::optional<Actor> PlanState::actor_of(const PersonId& wanted) const {
  const Person* found = person(wanted);
  if (found == nullptr) return std::nullopt;
  return Actor{found->id, found->organisation};
}

void PlanState::set_words(const SectionKey& wanted,
                          const std::map<std::string, std::size_t>& by_field, Position at) {
  Section* found = section(wanted);
  if (found == nullptr || at < found->words_position) return;
  for (Field& field : found->fields) {
    auto words = by_field.find(field.key);
    field.words = words == by_field.end() ? 0 : words->second;
  }
  found->words_position = at;
}

}  // namespace footprint::plan
