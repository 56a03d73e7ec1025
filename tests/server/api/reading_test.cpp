#include <fstream>
#include <sstream>

#include "api_testing.hpp"

namespace footprint::api::testing {
namespace {

TEST_CASE("plans, sections, people, organisations and tables are answered as described") {
  TestApi t;
  json plans = body_of(t.get("u-fin", "/api/v1/plans"), "PlanList");
  REQUIRE(plans["plans"].size() == 1);
  CHECK(plans["plans"][0]["position"] == 10);
  CHECK(plans["plans"][0]["needs"][0]["section"] == "finance");
  CHECK(plans["plans"][0]["needs"][0]["message"] ==
        "You lead this section. Its draft is due on 30 September 2016.");

  json plan = body_of(t.get("u-fin", kPlanPath), "Plan");
  CHECK(plan["sections"].size() == 9);
  CHECK(plan["footprint"]["alias"] == "Ousefen and Northgate");
  CHECK(plan["round"]["title"] == "Full submission");
  for (const json& organisation : plan["organisations"])
    CHECK_FALSE(organisation.contains("real_name"));

  json section = body_of(t.get("u-obs", kPlanPath + "/sections/finance"), "SectionSummary");
  CHECK(section["lead"]["name"] == "Priya Menon");
  CHECK(section["may"]["read"] == true);
  CHECK(section["may"]["write"] == false);
  CHECK(section["epoch"] == room::testing::kEpoch);
  CHECK(section["last_change"].is_null());
  CHECK(section["words"] > 200);

  CHECK(body_of(t.get("u-obs", kPlanPath + "/people"), "PersonList")["people"].size() == 14);
  json bodies = body_of(t.get("u-obs", kPlanPath + "/organisations"), "OrganisationList");
  CHECK(bodies["organisations"][1]["real_name"] ==
        "Cambridge University Hospitals NHS Foundation Trust");
  json tables = body_of(t.get("u-obs", kPlanPath + "/tables"), "TableList");
  REQUIRE(tables["tables"].size() == 16);
  for (const json& table : tables["tables"])
    body_of(t.get("u-fin", kPlanPath + "/tables/" + table["key"].get<std::string>()), "Table");
}

TEST_CASE("a table says what may be edited by whom, and why not") {
  TestApi t;
  json table = body_of(t.get("u-work", kPlanPath + "/tables/finance_organisation_plans"), "Table");
  for (const json& row : table["rows"]) {
    const json& cell = row["cells"]["saving.2020/21"];
    CHECK(cell["editable"] == (row["id"] == "cpft"));
    CHECK(cell.contains("reason") == (row["id"] != "cpft"));
  }
  CHECK(table["totals"][0]["cells"]["saving.2020/21"]["derived"] == true);
  json bridge = body_of(t.get("u-fin", kPlanPath + "/tables/finance_bridge"), "Table");
  json gap = bridge["rows"][3]["cells"]["2020/21"];
  CHECK(gap["value"] == 504);
  CHECK(gap["source"]["key"] == "cnews");
  CHECK(gap["editable"] == false);
}

TEST_CASE("a section's text comes as JSON, HTML and plain text") {
  TestApi t;
  std::string path = kPlanPath + "/sections/vision/text";
  json text = body_of(t.get("u-obs", path), "SectionText");
  REQUIRE(text["fields"].size() == 4);
  CHECK(text["fields"][1]["content"]["content"].size() == 2);
  HttpResponse html = t.get("u-obs", path, "format=html");
  CHECK(html.content_type == "text/html; charset=utf-8");
  CHECK(html.body.find("<h2>Our vision</h2>") != std::string::npos);
  CHECK(html.body.find("504m short") != std::string::npos);
  HttpResponse plain = t.get("u-obs", path, "a=b&format=te%78t");
  CHECK(plain.content_type == "text/plain; charset=utf-8");
  CHECK(plain.body.starts_with("Our vision\n\nBy 2021"));
  CHECK(error_of(t.get("u-obs", path, "format=pdf"), 400) == "request.format");
}

TEST_CASE("what is not there, not shown, or not signed in for is refused") {
  TestApi t;
  CHECK(error_of(t.get(nullptr, "/api/v1/plans"), 401) == "sign-in");
  CHECK(error_of(t.get(nullptr, kPlanPath), 401) == "sign-in");
  CHECK(error_of(t.get("u-fin", "/api/v1/plans/elsewhere"), 404) == "not-found");
  CHECK(error_of(t.get("u-fin", "/api/v1/plans/..%2f"), 404) == "not-found");
  CHECK(error_of(t.get("u-stranger", kPlanPath), 404) == "not-found");
  CHECK(error_of(t.get("u-fin", kPlanPath + "/sections/estates"), 404) == "section.unknown");
  CHECK(error_of(t.get("u-fin", kPlanPath + "/sections/estates/text"), 404) == "section.unknown");
  CHECK(error_of(t.get("u-fin", kPlanPath + "/tables/gold"), 404) == "table.unknown");
  CHECK(error_of(t.get("u-fin", "/api/v1/secrets"), 404) == "not-found");
  CHECK(error_of(t.get("u-fin", "/api"), 404) == "not-found");
  CHECK(body_of(t.get("u-stranger", "/api/v1/plans"), "PlanList")["plans"].empty());
}

TEST_CASE("methods and content types are checked") {
  TestApi t;
  HttpRequest request;
  request.method = "PUT";
  request.path = "/api/v1/session";
  HttpResponse wrong = t.send(request);
  CHECK(error_of(wrong, 405) == "request.method");
  CHECK(wrong.headers[0] == Header{"allow", "GET, HEAD, POST, DELETE"});
  request.method = "POST";
  request.headers = {{"content-type", "text/plain"}};
  CHECK(error_of(t.send(request), 415) == "request.content_type");
  request.method = "HEAD";
  CHECK(t.send(request).status == 200);
}

TEST_CASE("demo sign-in") {
  TestApi t;
  json people = body_of(t.get(nullptr, "/api/v1/demo/people"), "PersonList");
  CHECK(people["people"].size() == 14);
  CHECK(people["people"][0]["name"] == "Ruth Adeyemi");
  CHECK(body_of(t.get(nullptr, "/api/v1/session"), "Session")["person"].is_null());
  HttpResponse in = t.post(nullptr, "/api/v1/session", R"({"person":"u-fin"})");
  json signed_in = body_of(in, "SignedIn");
  CHECK(signed_in["session"]["person"]["organisation_name"] == "Ousefen University Hospitals");
  std::string token = signed_in["token"];
  CHECK(t.sessions.identify(token) == PersonId("u-fin"));
  CHECK(in.headers[0].first == "set-cookie");
  CHECK(body_of(t.get("u-fin", "/api/v1/session"), "Session")["person"]["id"] == "u-fin");
  CHECK(error_of(t.post(nullptr, "/api/v1/session", R"({"person":"u-none"})"), 422) ==
        "session.unknown_person");
  CHECK(error_of(t.post(nullptr, "/api/v1/session", R"({"person":7})"), 422) == "request.schema");
  CHECK(error_of(t.post(nullptr, "/api/v1/session", "{"), 400) == "request.json");
  HttpRequest out;
  out.method = "DELETE";
  out.path = "/api/v1/session";
  out.session_token = token;
  CHECK(body_of(t.send(out), "Session")["person"].is_null());
  CHECK_FALSE(t.sessions.identify(token));
}

TEST_CASE("without --demo nobody signs in without a password") {
  TestApi t(false);
  CHECK(error_of(t.post(nullptr, "/api/v1/session", R"({"person":"u-fin"})"), 404) ==
        "session.no_demo");
  CHECK(error_of(t.get(nullptr, "/api/v1/demo/people"), 404) == "session.no_demo");
  CHECK(body_of(t.get(nullptr, "/api/v1/session"), "Session")["demo"] == false);
}

TEST_CASE("every operation that is described is answered, and the description is served") {
  TestApi t;
  HttpResponse description = t.get(nullptr, "/api/v1/openapi.yaml");
  std::istringstream lines(description.body);
  std::string line, path;
  int operations = 0;
  while (std::getline(lines, line)) {
    if (line.starts_with("  /api/")) path = line.substr(2, line.size() - 3);
    if (line == "components:") break;
    for (const char* method : {"get", "post", "delete", "put", "patch"}) {
      if (line != "    " + std::string(method) + ":") continue;
      HttpRequest request;
      for (const char* c = method; *c != 0; ++c)
        request.method += static_cast<char>(std::toupper(*c));
      request.path = path;
      HttpResponse response = t.send(request);
      INFO(method << " " << path << " " << response.body.substr(0, 200));
      CHECK(response.body.find("There is nothing at this address") == std::string::npos);
      CHECK(response.status != 405);
      ++operations;
    }
  }
  CHECK(operations >= 18);
  CHECK(t.get(nullptr, "/api/v1/docs").body.find("/api/v1/plans/{plan}/figures") !=
        std::string::npos);
  CHECK(json::accept(t.get(nullptr, "/api/v1/api.schema.json").body));
  CHECK(t.get(nullptr, "/api/v1/docs.css").content_type == "text/css; charset=utf-8");
}

TEST_CASE("a server that stops answers what it cannot finish") {
  std::optional<HttpResponse> response;
  {
    TestApi t;
    t.options.run_blocking = [](const std::function<void()>&) {};
    Api stopping(t.options);
    HttpRequest request;
    request.method = "GET";
    request.path = "/api/v1/plans";
    request.person = PersonId("u-fin");
    request.request_id = "r-7";
    stopping.handle(request, [&](HttpResponse answer) { response = std::move(answer); });
  }
  REQUIRE(response);
  CHECK(error_of(*response, 503) == "server.stopping");
  CHECK(json::parse(response->body)["error"]["request"] == "r-7");
}

}  // namespace
}  // namespace footprint::api::testing
