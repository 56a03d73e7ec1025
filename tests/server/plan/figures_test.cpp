#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "plan/formula.hpp"
#include "sample.hpp"

namespace footprint::plan {
namespace {

FigureDecision decide(const PlanState& state, const char* person,
                      const std::vector<FigureChange>& changes) {
  bool office = std::string_view(person) == "u-pmo";
  return decide_figures(state, {PersonId(person), changes, office ? "Agreed on Monday." : ""});
}

/// The code of the one problem that one change by the programme office has.
std::string problem(FigureChange one) {
  PlanState state = sample();
  auto decision = decide(state, "u-pmo", {std::move(one)});
  CHECK_FALSE(decision.event);
  if (decision.problems.size() != 1) return "none";
  CHECK_FALSE(decision.problems[0].message.empty());
  return decision.problems[0].code;
}

PlanState after(PlanState state, const FigureDecision& decision) {
  REQUIRE(decision.event);
  REQUIRE(apply(state, state.position + 1, kNowMs + 1000, *decision.event));
  return state;
}

TEST_CASE("a figure is changed, and what is computed from it in the same event") {
  PlanState state = sample();
  auto decision = decide(state, "u-fin", {change("finance_bridge", "stf", "2020/21", 54.0)});
  REQUIRE(decision.accepted());
  PlanState now = after(state, decision);
  CHECK(number(now, "finance_bridge", "stf", "2020/21") == 54.0);
  CHECK(number(now, "finance_bridge", "residual_gap", "2020/21") == -0.3);
  const Cell* typed = now.cell({TableKey("finance_bridge"), "stf", "2020/21"});
  CHECK(typed->revision == 1);
  CHECK(typed->basis == Basis::kEntered);
  CHECK(typed->changed_by.person == PersonId("u-fin"));
  CHECK(typed->changed_at_ms == kNowMs + 1000);
  const Cell* computed = now.cell({TableKey("finance_bridge"), "residual_gap", "2020/21"});
  CHECK(computed->revision == 1);
  CHECK(computed->basis == Basis::kDerived);
  CHECK(computed->source.empty());
  CHECK(now.section(SectionKey("finance"))->last_change->actor.person == PersonId("u-fin"));
  CHECK(decision.changed.size() == 2);
  CHECK(recompute(now).empty());
}

TEST_CASE("derived cells are computed across tables") {
  PlanState state = sample();
  SECTION("a scheme's saving reaches the bridge and its residual") {
    auto now =
        after(state, decide(state, "u-pmo",
                            {change("finance_solutions", "S-MH", "gross_saving.2020/21", 13.5)}));
    CHECK(number(now, "finance_bridge", "scheme_savings", "2020/21") == 244.8);
    CHECK(number(now, "finance_bridge", "residual_gap", "2020/21") == -2.8);
    CHECK(number(now, "finance_solutions", "total", "gross_saving.2020/21") == 244.8);
  }
  SECTION("an investment") {
    auto now = after(
        state,
        decide(state, "u-pmo", {change("finance_solutions", "S-MH", "investment.2016/17", 1.0)}));
    CHECK(number(now, "finance_bridge", "investment", "2016/17") == 6.7);
  }
  SECTION("an organisation's own plan") {
    auto now =
        after(state, decide(state, "u-pmo",
                            {change("finance_organisation_plans", "psh", "saving.2020/21", 31.0)}));
    CHECK(number(now, "finance_bridge", "cip_qipp", "2020/21") == 255.0);
  }
  SECTION("a gap by sector") {
    auto now = after(state, decide(state, "u-pmo",
                                   {change("finance_bridge", "gap_provider", "2020/21", 320.0)}));
    CHECK(number(now, "finance_bridge", "do_nothing_gap", "2020/21") == 509.0);
    CHECK(number(now, "finance_bridge", "residual_gap", "2020/21") == 3.7);
  }
  SECTION("staff, activity, capital and risks") {
    auto now = after(
        state,
        decide(state, "u-pmo",
               {change("workforce_staff", "nursing_midwifery", "wte.2020/21", 7400.0),
                change("activity", "A-2", "planned_2020_21", 86000.0),
                change("capital", "C-5", "amount", 70.0), change("risks", "R-1", "impact", 4.0)}));
    CHECK(number(now, "workforce_staff", "totals", "wte.2020/21") == 25775);
    CHECK(number(now, "activity", "A-2", "avoided") == 18000);
    CHECK(number(now, "activity", "A-2", "activity_saving_gbp_m") == 52.2);
    CHECK(number(now, "capital", "total", "amount") == 520.0);
    CHECK(number(now, "risks", "R-1", "score") == 16);
  }
}

TEST_CASE("each rule for values refuses by its own code") {
  double infinite = std::numeric_limits<double>::infinity();
  CHECK(problem(change("finance_bridge", "stf", "2020/21", std::nan(""))) == "figure.not_a_number");
  CHECK(problem(change("finance_bridge", "stf", "2020/21", infinite)) == "figure.not_a_number");
  CHECK(problem(change("finance_bridge", "stf", "2020/21", std::string("54"))) ==
        "figure.not_a_number");
  CHECK(problem(change("finance_bridge", "stf", "2020/21", 1e308)) == "figure.out_of_range");
  CHECK(problem(change("finance_bridge", "stf", "2020/21", -10000.1)) == "figure.out_of_range");
  CHECK(problem(change("finance_bridge", "stf", "2020/21", 54.25)) == "figure.too_precise");
  CHECK(problem(change("workforce_staff", "gps", "wte.2016/17", 560.5)) == "figure.too_precise");
  CHECK(problem(change("finance_bridge", "stf", "2020/21", Value{})) == "figure.required");
  CHECK(problem(change("finance_solutions", "S-MH", "risk_rating", std::string("blue"))) ==
        "figure.unknown_choice");
  CHECK(problem(change("self_care", "SC-3", "scheme", std::string("S-XXX"))) ==
        "figure.unknown_choice");
  CHECK(problem(change("digital_projects", "D-1", "complete_by", std::string("2018-02-30"))) ==
        "figure.bad_date");
  CHECK(problem(change("digital_projects", "D-1", "complete_by", std::string("soon"))) ==
        "figure.bad_date");
  CHECK(problem(change("risks", "R-1", "mitigation", std::string(501, 'x'))) == "figure.too_long");
  CHECK(problem(change("risks", "R-1", "mitigation", 5.0)) == "figure.not_text");
  CHECK(problem(change("risks", "R-1", "mitigation", std::string("a\x01"))) == "figure.not_text");
  CHECK(problem(change("nothing", "R-1", "mitigation", 5.0)) == "figure.unknown_table");
  CHECK(problem(change("risks", "R-9", "mitigation", 5.0)) == "figure.unknown_row");
  CHECK(problem(change("risks", "R-1", "title", 5.0)) == "figure.unknown_column");
  CHECK(problem(change("workforce_staff", "totals", "average_cost_gbp_k", 5.0)) ==
        "figure.unknown_column");
  CHECK(problem(change("finance_bridge", "do_nothing_gap", "2020/21", 500.0)) == "figure.derived");
  CHECK(problem(change("activity", "A-1", "avoided", 5.0)) == "figure.derived");
  CHECK(problem(change("capital", "total", "amount", 5.0)) == "figure.derived");
}

TEST_CASE("leap days, long text in characters, and empty cells that may be empty are taken") {
  PlanState state = sample();
  std::string pounds;
  for (int i = 0; i < 500; ++i) pounds += "\xc2\xa3";
  auto decision =
      decide(state, "u-pmo",
             {change("digital_projects", "D-1", "complete_by", std::string("2020-02-29")),
              change("risks", "R-1", "mitigation", pounds),
              change("engagement_events", "E-3", "attended", Value{})});
  CHECK(decision.accepted());
}

TEST_CASE("the unit that is sent must be the cell's") {
  auto one = change("finance_bridge", "stf", "2020/21", 54000.0 / 1000);
  one.unit = "GBP k";
  CHECK(problem(one) == "figure.wrong_unit");
  one.unit = "GBP m";
  PlanState state = sample();
  CHECK(decide(state, "u-pmo", {one}).accepted());
  auto text = change("risks", "R-1", "mitigation", std::string("x"));
  text.unit = "GBP m";
  CHECK(problem(text) == "figure.wrong_unit");
}

TEST_CASE("changes are all taken or none, and one cell stands once in a request") {
  PlanState state = sample();
  auto decision = decide(state, "u-pmo",
                         {change("finance_bridge", "stf", "2020/21", 54.0),
                          change("finance_bridge", "stf", "2019/20", 1e9),
                          change("finance_bridge", "stf", "2020/21", 53.0)});
  CHECK_FALSE(decision.event);
  REQUIRE(decision.problems.size() == 2);
  CHECK(decision.problems[0].code == "figure.out_of_range");
  CHECK(decision.problems[1].code == "figure.repeated");
}

TEST_CASE("a cell that moved since the caller looked is a conflict") {
  PlanState state = sample();
  state = after(state, decide(state, "u-fin", {change("finance_bridge", "stf", "2020/21", 54.0)}));
  auto late = decide(state, "u-pmo",
                     {change("finance_bridge", "stf", "2020/21", 56.0, 0),
                      change("finance_bridge", "stf", "2019/20", 49.0, 0)});
  CHECK_FALSE(late.event);
  REQUIRE(late.conflicts.size() == 1);
  CHECK(late.conflicts[0].current_revision == 1);
  CHECK(late.conflicts[0].yours == Value{56.0});
  auto again = decide(state, "u-pmo", {change("finance_bridge", "stf", "2020/21", 56.0, 1)});
  CHECK(again.accepted());
  auto same = decide(state, "u-pmo", {change("finance_bridge", "stf", "2020/21", 54.0, 0)});
  CHECK(same.accepted());
  CHECK_FALSE(same.event);
}

TEST_CASE("who may change which figure") {
  PlanState state = sample();
  auto may = [&](const char* person, const char* table, const char* row, const char* column,
                 Value value) {
    auto decision = decide(state, person, {change(table, row, column, std::move(value))});
    if (!decision.accepted()) CHECK(decision.problems.at(0).code == "figure.no_right");
    return decision.accepted();
  };
  CHECK_FALSE(may("u-lead", "finance_organisation_plans", "psh", "saving.2020/21", 27.0));
  CHECK(may("u-lead", "finance_organisation_plans", "ccg-cp", "saving.2020/21", 27.0));
  CHECK(may("u-pmo", "prevention_interventions", "P-1", "gross_saving", 3.0));
  CHECK(may("u-fin", "finance_organisation_plans", "psh", "saving.2020/21", 27.0));
  CHECK(may("u-work", "finance_organisation_plans", "cpft", "saving.2020/21", 19.0));
  CHECK_FALSE(may("u-work", "finance_organisation_plans", "psh", "saving.2020/21", 27.0));
  CHECK_FALSE(may("u-fin", "prevention_interventions", "P-1", "gross_saving", 3.0));
  CHECK(may("u-prev", "prevention_interventions", "P-4", "gross_saving", 3.1));
  CHECK(may("u-self", "self_care", "SC-3", "target_2020_21", 9500.0));
  CHECK_FALSE(may("u-sig-psh", "finance_organisation_plans", "psh", "saving.2020/21", 27.0));
  CHECK_FALSE(may("u-crit", "finance_bridge", "gap_specialised", "2020/21", 20.0));
  CHECK_FALSE(may("u-obs", "prevention_interventions", "P-4", "gross_saving", 3.1));
}

TEST_CASE("a locked figure is for the lead and the programme office") {
  PlanState state = sample();
  state.table(TableKey("finance_bridge"))->row("stf")->cells.at("2020/21").status =
      CellStatus::kLocked;
  auto by_section_lead = decide(state, "u-fin", {change("finance_bridge", "stf", "2020/21", 54.0)});
  REQUIRE(by_section_lead.problems.size() == 1);
  CHECK(by_section_lead.problems[0].code == "figure.locked");
  CHECK(decide(state, "u-lead", {change("finance_bridge", "stf", "2020/21", 54.0)}).accepted());
}

TEST_CASE("the programme office says why it changes the figure of another organisation") {
  PlanState state = sample();
  auto one = change("finance_organisation_plans", "psh", "saving.2020/21", 27.0);
  auto decision = decide_figures(state, {PersonId("u-pmo"), {one}, ""});
  REQUIRE(decision.problems.size() == 1);
  CHECK(decision.problems[0].code == "figure.reason_needed");
  decision = decide_figures(state, {PersonId("u-pmo"), {one}, "Their finance director asked."});
  REQUIRE(decision.event);
  CHECK(as_text(decision.event->body).find("finance director") != std::string_view::npos);
  auto own = change("finance_organisation_plans", "ccg-cp", "saving.2020/21", 27.0);
  CHECK(decide_figures(state, {PersonId("u-pmo"), {own}, ""}).accepted());
}

TEST_CASE("a stranger changes nothing") {
  PlanState state = sample();
  auto decision = decide(state, "u-none", {change("finance_bridge", "stf", "2020/21", 1.0)});
  REQUIRE(decision.problems.size() == 1);
  CHECK(decision.problems[0].code == "figure.unknown_table");
}

TEST_CASE("rounding goes half away from zero and knows no minus zero") {
  CHECK(round_to(2.25, 1) == 2.3);
  CHECK(round_to(-2.25, 1) == -2.3);
  CHECK(round_to(0.1 + 0.2, 1) == 0.3);
  CHECK_FALSE(std::signbit(round_to(-0.01, 1)));
  CHECK(words_of(504.0) == "504");
  CHECK(words_of(Value{}) == "nothing");
  CHECK(words_of(1e308) != "");
}

}  // namespace
}  // namespace footprint::plan
