#include "api_testing.hpp"

namespace footprint::api::testing {
namespace {

std::string change(double value, int expected, const std::string& more = {}) {
  return R"({"changes":[{"table":"finance_bridge","row":"stf","column":"2020/21","value":)" +
         std::to_string(value) + R"(,"expected_revision":)" + std::to_string(expected) + more +
         "}]}";
}

TEST_CASE("figures are changed, with what is computed from them") {
  TestApi t;
  HttpResponse response = t.post("u-fin", kPlanPath + "/figures", change(54, 0));
  CHECK(response.status == 200);
  json body = body_of(response, "FiguresChanged");
  CHECK(body["position"] == 11);
  REQUIRE(body["cells"].size() == 2);
  CHECK(body["cells"][0]["cell"]["value"] == 54);
  CHECK(body["cells"][0]["cell"]["revision"] == 1);
  CHECK(body["cells"][0]["cell"]["changed_by"]["person"] == "u-fin");
  CHECK(body["cells"][1]["row"] == "residual_gap");
  CHECK(body["cells"][1]["cell"]["value"] == -0.3);
  json table = body_of(t.get("u-obs", kPlanPath + "/tables/finance_bridge"), "Table");
  CHECK(table["rows"].back()["cells"]["2020/21"]["value"] == -0.3);
  json section = body_of(t.get("u-obs", kPlanPath + "/sections/finance"), "SectionSummary");
  CHECK(section["last_change"]["position"] == 11);

  SECTION("the same again changes nothing") {
    json again = body_of(t.post("u-fin", kPlanPath + "/figures", change(54, 1)), "FiguresChanged");
    CHECK(again["position"] == 11);
    CHECK(again["cells"].size() == 1);
  }
  SECTION("who looked before is told of both values") {
    HttpResponse late = t.post("u-pmo", kPlanPath + "/figures", change(56, 0));
    CHECK(error_of(late, 409) == "figure.conflict");
    json conflicts = body_of(late, "FigureConflicts");
    CHECK(conflicts["conflicts"][0]["yours"] == 56);
    CHECK(conflicts["conflicts"][0]["current"]["value"] == 54);
    CHECK(conflicts["conflicts"][0]["current"]["editable"] == true);
    CHECK(t.post("u-pmo", kPlanPath + "/figures", change(56, 1)).status == 200);
  }
}

TEST_CASE("figures that break a rule are refused, each with its code") {
  TestApi t;
  auto problem = [&](const char* person, const std::string& body) {
    HttpResponse response = t.post(person, kPlanPath + "/figures", body);
    CHECK(error_of(response, 422) == "figure.invalid");
    return body_of(response, "FigureProblems")["problems"][0]["code"].get<std::string>();
  };
  CHECK(problem("u-fin", change(54, 0, R"(,"unit":"GBP k")")) == "figure.wrong_unit");
  CHECK(problem("u-fin", change(54.123, 0)) == "figure.too_precise");
  CHECK(problem("u-obs", change(54, 0)) == "figure.no_right");
  CHECK(problem("u-fin", R"({"changes":[{"table":"finance_bridge","row":"stf","column":"2020/21",
                            "value":1e308,"expected_revision":0}]})") == "figure.out_of_range");
  CHECK(problem("u-fin", R"({"changes":[{"table":"finance_bridge","row":"stf","column":"2020/21",
                            "value":"a lot","expected_revision":0}]})") == "figure.not_a_number");
  json head = body_of(t.get("u-fin", kPlanPath + "/events"), "EventList");
  CHECK(head["head"] == 10);
}

TEST_CASE("bodies that are not of the form described are refused before anything else") {
  TestApi t;
  auto code = [&](const std::string& body, int status) {
    return error_of(t.post("u-fin", kPlanPath + "/figures", body), status);
  };
  CHECK(code("", 400) == "request.json");
  CHECK(code("not json", 400) == "request.json");
  CHECK(code("{\"changes\":[{\"value\":NaN}]}", 400) == "request.json");
  CHECK(code(std::string(50'000, '['), 400) == "request.json");
  CHECK(code("[]", 422) == "request.schema");
  CHECK(code("{}", 422) == "request.schema");
  CHECK(code(R"({"changes":[]})", 422) == "request.schema");
  CHECK(code(R"({"changes":[{"table":"x"}]})", 422) == "request.schema");
  CHECK(code(change(54, -1), 422) == "request.schema");
  CHECK(code(change(54, 0, R"(,"colour":"red")"), 422) == "request.schema");
  CHECK(code("{\"changes\":[{\"table\":\"\xff\"}]}", 400) == "request.json");
  std::string many = R"({"changes":[)";
  for (int i = 0; i < 501; ++i)
    many += R"({"table":"t","row":"r","column":"c","value":1,"expected_revision":0},)";
  many.back() = ']';
  CHECK(code(many + "}", 422) == "request.schema");
  CHECK(error_of(t.post(nullptr, kPlanPath + "/figures", "nonsense"), 401) == "sign-in");
}

TEST_CASE("events are listed from a position") {
  TestApi t;
  t.post("u-fin", kPlanPath + "/figures", change(54, 0));
  json all = body_of(t.get("u-obs", kPlanPath + "/events"), "EventList");
  REQUIRE(all["events"].size() == 11);
  CHECK(all["events"][0]["kind"] == "plan.created");
  CHECK(all["events"][0]["actor"].is_null());
  CHECK(all["events"][1]["body"]["section"] == "vision");
  CHECK(all["events"][10]["actor"]["name"] == "Priya Menon");
  CHECK(all["events"][10]["body"]["cells"][0]["previous"] == 55);
  json some = body_of(t.get("u-obs", kPlanPath + "/events", "after=3&limit=2"), "EventList");
  REQUIRE(some["events"].size() == 2);
  CHECK(some["events"][0]["position"] == 4);
  CHECK(some["head"] == 11);
  CHECK(body_of(t.get("u-obs", kPlanPath + "/events", "after=99"), "EventList")["events"].empty());
  for (const char* query : {"after=-1", "after=x", "limit=0", "limit=1001", "limit="})
    CHECK(error_of(t.get("u-obs", kPlanPath + "/events", query), 400) == "request.number");
}

TEST_CASE("a stream is asked for by its content type and goes on where it was") {
  TestApi t;
  std::vector<Header> accept = {{"accept", "text/event-stream"}};
  HttpResponse fresh = t.get("u-obs", kPlanPath + "/events", "after=4", accept);
  REQUIRE(fresh.stream);
  CHECK(fresh.stream->after == 4);
  CHECK(fresh.content_type == "text/event-stream");
  accept.emplace_back("last-event-id", "9");
  HttpResponse again = t.get("u-obs", kPlanPath + "/events", "after=4", accept);
  REQUIRE(again.stream);
  CHECK(again.stream->after == 9);
  accept.back().second = "nine";
  CHECK(error_of(t.get("u-obs", kPlanPath + "/events", "", accept), 400) == "request.number");
  CHECK(error_of(t.get(nullptr, kPlanPath + "/events", "", {accept[0]}), 401) == "sign-in");
}

TEST_CASE("a feed gives what is in the log, then what comes, once and in order") {
  TestApi t;
  t.get("u-obs", kPlanPath);
  std::string text;
  bool wants_more = true;
  EventFeed feed(
      t.options, PersonId("u-obs"), {PlanId(room::testing::kPlan), 8},
      [&](std::string more) {
        text += more;
        return wants_more;
      },
      [](const Error&) { FAIL("the feed ended"); });
  auto has = [&](const char* id) { return text.find(id) != std::string::npos; };
  REQUIRE(t.executor.run_until([&] { return has("id: 10\n"); }));
  CHECK_FALSE(has("id: 8\n"));
  CHECK(has("id: 9\nevent: section.updated\ndata: {"));
  t.post("u-fin", kPlanPath + "/figures", change(54, 0));
  REQUIRE(t.executor.run_until([&] { return has("id: 11\nevent: figure.changed"); }));

  wants_more = false;
  t.post("u-fin", kPlanPath + "/figures", change(53, 1));
  REQUIRE(t.executor.run_until([&] { return has("id: 12\n"); }));
  t.post("u-fin", kPlanPath + "/figures", change(52, 2));
  t.executor.run_ready();
  CHECK_FALSE(has("id: 13\n"));
  wants_more = true;
  feed.resume();
  REQUIRE(t.executor.run_until([&] { return has("id: 13\n"); }));
  for (const char* id : {"id: 9\n", "id: 10\n", "id: 11\n", "id: 12\n", "id: 13\n"})
    CHECK(text.find(id) == text.rfind(id));
}

TEST_CASE("a feed for somebody who is not of the plan ends with a reason") {
  TestApi t;
  std::string code;
  EventFeed feed(
      t.options, PersonId("u-none"), {PlanId(room::testing::kPlan), 0},
      [](const std::string&) { return true; }, [&](const Error& error) { code = error.code; });
  REQUIRE(t.executor.run_until([&] { return !code.empty(); }));
  CHECK(code == "right.stranger");
}

}  // namespace
}  // namespace footprint::api::testing
