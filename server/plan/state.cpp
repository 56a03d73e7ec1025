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

std::vector<Choice> choices_of(const PlanState& state, std::string_view from) {
  std::vector<Choice> out;
  if (from == "organisations")
    for (const auto& item : state.organisations) out.push_back({item.id.value, item.name});
  else if (from == "sections")
    for (const auto& item : state.sections) out.push_back({item.key.value, item.title});
  else if (from == "people")
    for (const auto& item : state.people)
      out.push_back({item.id.value, state.person_name(item.id)});
  else if (const Table* table = state.table(TableKey(from.substr(from.find(':') + 1))))
    for (const auto& row : table->rows) out.push_back({row.id, row.id + ": " + row.title});
  return out;
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

bool Membership::has(Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool Person::has(Role role) const {
  return std::any_of(memberships.begin(), memberships.end(),
                     [role](const Membership& membership) { return membership.has(role); });
}

const OrganisationId& Person::organisation() const {
  return memberships.empty() ? former : memberships.front().organisation;
}

const Field* Section::field(std::string_view key_wanted) const {
  return find_by(fields, key_wanted, &Field::key);
}

bool Section::is_led_by(const PersonId& person) const {
  return lead == person || std::find(deputies.begin(), deputies.end(), person) != deputies.end();
}

const Person* PlanState::person(const PersonId& wanted) const {
  return find_by(people, wanted, &Person::id);
}

const Person* PlanState::member(const PersonId& wanted) const {
  const Person* found = person(wanted);
  return found != nullptr && found->is_member() ? found : nullptr;
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

const Draft* PlanState::draft(std::string_view wanted) const {
  return find_by(drafts, wanted, &Draft::id);
}

std::string PlanState::person_name(const PersonId& wanted) const {
  const Person* found = person(wanted);
  return actor_name({wanted, found != nullptr ? found->organisation() : OrganisationId()});
}

std::string PlanState::actor_name(const Actor& actor) const {
  const Person* found = person(actor.person);
  if (found != nullptr && !found->name.empty()) return found->name;
  return actor.organisation.empty() ? "A former member"
                                    : "A former member of " + organisation_name(actor.organisation);
}

std::string PlanState::organisation_name(const OrganisationId& wanted) const {
  const Organisation* found = organisation(wanted);
  return found != nullptr ? found->name : wanted.value;
}

std::optional<Actor> PlanState::actor_of(const PersonId& wanted) const {
  const Person* found = member(wanted);
  if (found == nullptr) return std::nullopt;
  return Actor{found->id, found->organisation()};
}

void PlanState::set_name(const PersonId& wanted, const std::optional<std::string>& known) {
  for (Person& entry : people)
    if (entry.id == wanted) entry.name = known.value_or(entry.file_name);
}

void PlanState::refresh_choices() {
  for (Table& of : tables)
    for (Column& column : of.columns)
      if (!column.choices_from.empty()) column.choices = choices_of(*this, column.choices_from);
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
