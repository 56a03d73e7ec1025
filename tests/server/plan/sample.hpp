// The worked example as state, for tests.
#pragma once

#include "catch.hpp"
#include "plan/decide.hpp"
#include "plan/import.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

inline constexpr std::int64_t kNowMs = 1'476'968'400'000;

inline PlanState fold(const std::vector<Event>& events) {
  PlanState state;
  Position position = 0;
  for (const Event& event : events) {
    ++position;
    auto done = apply(state, position, kNowMs + static_cast<std::int64_t>(position), event);
    INFO((done ? std::string() : done.error().message));
    REQUIRE(done);
  }
  return state;
}

inline std::vector<Event> sample_events() {
  static const ImportedPlan plan = [] {
    auto imported = import_plan(worked_example(), "epoch-1");
    INFO((imported ? std::string() : imported.error().message));
    REQUIRE(imported);
    return *imported;
  }();
  return plan.events;
}

inline PlanState sample() {
  static const PlanState state = fold(sample_events());
  return state;
}

inline Actor actor(const PlanState& state, const char* person) {
  auto found = state.actor_of(PersonId(person));
  REQUIRE(found);
  return *found;
}

inline FigureChange change(const char* table, const char* row, const char* column, Value value,
                           std::uint64_t expected = 0) {
  return {{TableKey(table), row, column}, std::move(value), std::nullopt, expected};
}

inline double number(const PlanState& state, const char* table, const char* row,
                     const char* column) {
  const Cell* cell = state.cell({TableKey(table), row, column});
  INFO(table << " " << row << " " << column);
  REQUIRE(cell != nullptr);
  REQUIRE(std::holds_alternative<double>(cell->value));
  return std::get<double>(cell->value);
}

}  // namespace footprint::plan
