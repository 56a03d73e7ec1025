#include "plan/import.hpp"

#include <nlohmann/json.hpp>

#include "plan/plan_file.hpp"
#include "plan/update_check.hpp"
#include "sample.hpp"
#include "sync/read.hpp"
#include "sync/update.hpp"

namespace footprint::plan {
namespace {

using nlohmann::json;

json example() {
  return json::parse(worked_example());
}

Error refusal(const json& file) {
  auto plan = import_plan(file.dump(), "e");
  REQUIRE_FALSE(plan);
  CHECK_FALSE(plan.error().message.empty());
  return plan.error();
}

TEST_CASE("the worked example is whole: nine sections, sixteen tables, its people and sources") {
  PlanState state = sample();
  CHECK(state.id == PlanId("cambridgeshire-and-peterborough-2016"));
  CHECK(state.sections.size() == 9);
  CHECK(state.tables.size() == 16);
  CHECK(state.organisations.size() == 16);
  CHECK(state.people.size() == 14);
  CHECK(state.milestones.size() == 6);
  CHECK(state.disclaimer.find("Demonstration data") == 0);
  CHECK(state.organisation_name(OrganisationId("cuh")) == "Ousefen University Hospitals");
  for (const Section& section : state.sections) {
    CHECK(section.epoch == "epoch-1");
    CHECK_FALSE(section.last_change);
    for (const Field& field : section.fields) {
      INFO(section.key.value << "/" << field.key);
      CHECK(field.words > 0);
      CHECK(static_cast<int>(field.words) <= field.word_limit);
      CHECK_FALSE(field.prompt.empty());
    }
  }
}

TEST_CASE("the worked example's sums are those that were published") {
  PlanState state = sample();
  CHECK(number(state, "finance_bridge", "do_nothing_gap", "2020/21") == 504.0);
  CHECK(number(state, "finance_bridge", "scheme_savings", "2020/21") == 243.3);
  CHECK(number(state, "finance_bridge", "investment", "2020/21") == 43.0);
  CHECK(number(state, "finance_bridge", "cip_qipp", "2020/21") == 250.0);
  CHECK(number(state, "finance_bridge", "residual_gap", "2020/21") == -1.3);
  CHECK(number(state, "finance_bridge", "residual_gap", "2016/17") == 44.3);
  CHECK(number(state, "capital", "total", "amount") == 512.0);
  CHECK(number(state, "workforce_staff", "totals", "wte.2016/17") == 24500);
  CHECK(number(state, "workforce_staff", "totals", "wte.2020/21") == 25035);
  CHECK(number(state, "activity", "A-2", "avoided") == 11500);
  CHECK(number(state, "activity", "A-2", "activity_saving_gbp_m") == 33.35);
  CHECK(number(state, "prevention_interventions", "total", "gross_saving") == 14.0);
  CHECK(number(state, "workforce_initiatives", "total", "gross_saving") == 20.0);
  CHECK(number(state, "digital_projects", "total", "capital_total") == 62.0);
  CHECK(recompute(state).empty());
}

TEST_CASE("figures keep their basis, source, owner and unit") {
  PlanState state = sample();
  const Cell* published = state.cell({TableKey("finance_bridge"), "do_nothing_gap", "2020/21"});
  CHECK(published->basis == Basis::kSource);
  CHECK(published->source == "cnews");
  CHECK(published->derived);
  const Cell* invented = state.cell({TableKey("finance_bridge"), "do_nothing_gap", "2016/17"});
  CHECK(invented->basis == Basis::kIllustrative);
  CHECK(invented->source.empty());
  const Cell* hubs = state.cell({TableKey("new_care_models"), "N-2", "sites"});
  CHECK(hubs->basis == Basis::kSource);
  CHECK(hubs->owner == OrganisationId("ccg-cp"));
  CHECK(state.table(TableKey("workforce_staff"))->column("wte.2020/21")->unit == "WTE");
}

TEST_CASE("a section's seed is one update of the server with the text of its fields") {
  auto events = sample_events();
  REQUIRE(events.size() == 10);
  PlanState state = sample();
  for (std::size_t i = 1; i < events.size(); ++i) {
    const Section* section = state.section(events[i].section);
    auto contents = sync::inspect_update(events[i].body, sync::Format::kV1);
    REQUIRE(contents);
    CHECK(check_prose(*section, *contents));
    for (const auto& range : contents->structs) CHECK(range.client == kServerClientId);
    sync::Doc doc;
    REQUIRE(doc.apply_update(events[i].body));
    for (const Field& field : section->fields)
      CHECK_FALSE(sync::plain_text(doc, sync::find_root(doc, field.key)).empty());
  }
  sync::Doc vision;
  REQUIRE(vision.apply_update(events[1].body));
  sync::TypeId root = sync::find_root(vision, "case_for_change");
  CHECK(sync::length(vision, root) == 2);
  CHECK(sync::plain_text(vision, root)
            .find("\xc2\xa3"
                  "504m short in 2020/21.") != std::string::npos);
}

TEST_CASE("a plan exported and imported again is the same plan") {
  auto events = sample_events();
  PlanState state = sample();
  std::map<SectionKey, sync::Doc> documents;
  for (std::size_t i = 1; i < events.size(); ++i)
    REQUIRE(documents[events[i].section].apply_update(events[i].body));
  std::map<SectionKey, const sync::Doc*> views;
  for (const auto& [key, doc] : documents) views[key] = &doc;

  auto again = import_plan(export_plan(state, views), "epoch-1");
  INFO((again ? std::string() : again.error().message));
  REQUIRE(again);
  REQUIRE(again->events.size() == events.size());
  PlanState second = fold({again->events[0]}), first = fold({events[0]});
  CHECK(encode_state(second) == encode_state(first));
  for (std::size_t i = 1; i < events.size(); ++i) {
    sync::Doc doc;
    REQUIRE(doc.apply_update(again->events[i].body));
    for (const Field& field : state.section(events[i].section)->fields)
      CHECK(sync::to_json(sync::prosemirror_doc(doc, sync::find_root(doc, field.key))) ==
            sync::to_json(
                sync::prosemirror_doc(documents[events[i].section],
                                      sync::find_root(documents[events[i].section], field.key))));
  }
}

TEST_CASE("content with marks, lists and tables is imported") {
  json file = example();
  file["sections"][0]["fields"][0]["content"] = json::parse(R"({"type":"doc","content":[
    {"type":"paragraph","attrs":{"kind":"ul","indent":1,"bid":"abcdefgh"},"content":[
      {"type":"text","text":"plain "},{"type":"text","text":"bold","marks":[{"type":"strong"}]},
      {"type":"hard_break"},{"type":"text","text":"after"}]},
    {"type":"table","content":[{"type":"table_row","content":[{"type":"table_cell","content":[
      {"type":"paragraph","content":[{"type":"text","text":"cell"}]}]}]}]}]})");
  auto plan = import_plan(file.dump(), "e");
  INFO((plan ? std::string() : plan.error().message));
  REQUIRE(plan);
  sync::Doc doc;
  REQUIRE(doc.apply_update(plan->events[1].body));
  std::string html = sync::html(doc, sync::find_root(doc, "statement"));
  INFO(html);
  CHECK(html.find("<strong>bold</strong>") != std::string::npos);
  CHECK(html.find("cell") != std::string::npos);
  auto contents = sync::inspect_update(plan->events[1].body, sync::Format::kV1);
  CHECK(check_prose(*sample().section(SectionKey("vision")), *contents));
}

TEST_CASE("a plan file that is wrong is refused with its place") {
  json file = example();
  SECTION("not JSON") {
    CHECK(import_plan("{", "e").error().code == "plan_file.json");
  }
  SECTION("nested without end") {
    CHECK(import_plan(std::string(100'000, '['), "e").error().code == "plan_file.json");
  }
  SECTION("another format") {
    file["format"] = "other";
    CHECK(refusal(file).code == "plan_file.schema");
  }
  SECTION("a missing part") {
    file.erase("people");
    CHECK(refusal(file).message.find("people") != std::string::npos);
  }
  SECTION("an unknown organisation") {
    file["people"][0]["organisation"] = "nobody";
    Error error = refusal(file);
    CHECK(error.code == "plan_file.reference");
    CHECK(error.message.find("nobody") != std::string::npos);
  }
  SECTION("an unknown section lead") {
    file["sections"][0]["lead"] = "u-none";
    CHECK(refusal(file).code == "plan_file.reference");
  }
  SECTION("a table twice") {
    file["tables"].push_back(file["tables"][0]);
    CHECK(refusal(file).code == "plan_file.reference");
  }
  SECTION("an unknown source") {
    file["tables"][0]["rows"][3]["source"] = "hearsay";
    CHECK(refusal(file).code == "plan_file.reference");
  }
  SECTION("a cell without a column") {
    file["tables"][0]["rows"][0]["cells"]["2031/32"] = 1;
    CHECK(refusal(file).code == "plan_file.reference");
  }
  SECTION("a scheme that does not exist") {
    for (json& table : file["tables"])
      if (table["key"] == "self_care") table["rows"][2]["cells"]["scheme"] = "S-XXX";
    CHECK(refusal(file).code == "plan_file.value");
  }
  SECTION("a sum that is not the sum of its parts") {
    file["tables"][0]["rows"][3]["cells"]["2020/21"] = 500;
    Error error = refusal(file);
    CHECK(error.code == "plan_file.sum");
    CHECK(error.message.find("it says 500, they give 504") != std::string::npos);
  }
  SECTION("sums in a circle") {
    file["tables"][0]["rows"][0]["derived"] = {
        {"sum_rows", json::array({json::array({"do_nothing_gap", 2})})}};
    for (json& row : file["tables"][0]["rows"])
      for (json& cell : row["cells"])
        if (row.contains("derived")) cell = nullptr;
    file["tables"][0]["rows"][0]["cells"]["2016/17"] = nullptr;
    CHECK(refusal(file).code == "plan_file.sum");
  }
  SECTION("an unknown block") {
    file["sections"][0]["fields"][0]["content"] = {{"type", "doc"},
                                                   {"content", {{{"type", "video"}}}}};
    CHECK(refusal(file).code == "plan_file.content");
  }
}

}  // namespace
}  // namespace footprint::plan
