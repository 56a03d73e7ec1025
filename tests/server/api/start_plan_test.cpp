// The catalogue, starting a plan from it, and who wrote what.
#include "api_testing.hpp"
#include "catch.hpp"

using namespace footprint;
using namespace footprint::api;
using namespace footprint::api::testing;

namespace {

std::string account(TestApi& server, const char* name, const char* email, bool administrator) {
  auto made = server.directory->create({name, email, "", administrator});
  REQUIRE(made);
  return made->id.value;
}

}  // namespace

TEST_CASE("an administrator starts a plan from the catalogue and leads it") {
  TestApi server(false);
  const std::string admin = account(server, "Ada Lin", "ada@example.test", true);
  json before = body_of(server.get(admin.c_str(), "/api/v1/footprints"), "FootprintList");
  REQUIRE(before["footprints"].size() == 44);
  CHECK(before["footprints"][21]["name"] == "Norfolk and Waveney");
  CHECK(before["footprints"][21]["started"] == false);
  CHECK(before["footprints"][20]["started"] == true);  // the worked example, of other people
  CHECK_FALSE(before["footprints"][20].contains("plan"));

  auto answer = server.post(admin.c_str(), "/api/v1/plans",
                            R"({"footprint":22,"organisation":"Norfolk County Council"})");
  CHECK(answer.status == 201);
  CHECK(body_of(answer, "PlanStarted")["plan"] == "norfolk-and-waveney-2016");
  json plan = body_of(server.get(admin.c_str(), "/api/v1/plans/norfolk-and-waveney-2016"), "Plan");
  CHECK(plan["sections"].size() == 9);
  CHECK(plan["sections"][0]["may"]["write"] == true);
  CHECK(plan["sections"][0]["lead"]["organisation_name"] == "Norfolk County Council");
  CHECK(plan["sections"][0]["words"] == 0);
  json after = body_of(server.get(admin.c_str(), "/api/v1/footprints"), "FootprintList");
  CHECK(after["footprints"][21]["plan"] == "norfolk-and-waveney-2016");
  CHECK(error_of(server.post(admin.c_str(), "/api/v1/plans", R"({"footprint":22})"), 409) ==
        "plan.exists");
}

TEST_CASE("a plan is not started by anybody else, nor from what the catalogue lacks") {
  TestApi server(false);
  const std::string admin = account(server, "Ada Lin", "ada@example.test", true);
  const std::string other = account(server, "Bo Reed", "bo@example.test", false);
  const std::string path = "/api/v1/plans";
  CHECK(error_of(server.get(nullptr, "/api/v1/footprints"), 401) == "sign-in");
  CHECK(error_of(server.post(nullptr, path, R"({"footprint":22})"), 401) == "sign-in");
  CHECK(error_of(server.post(other.c_str(), path, R"({"footprint":22})"), 403) == "plan.no_right");
  CHECK(error_of(server.post(admin.c_str(), path, R"({"footprint":45})"), 422) ==
        "plan.unknown_footprint");
  CHECK(error_of(server.post(admin.c_str(), path, R"({"footprint":22,"organisation":"Else"})"),
                 422) == "plan.unknown_organisation");
  CHECK(error_of(server.post(admin.c_str(), path, R"({"footprint":"22"})"), 422) ==
        "request.schema");
  CHECK(error_of(server.get(admin.c_str(), "/api/v1/plans/norfolk-and-waveney-2016"), 404) ==
        "not-found");
}

TEST_CASE("a section says who wrote its words; nobody in the plan wrote what it began with") {
  TestApi server;
  json authors =
      body_of(server.get("u-lead", kPlanPath + "/sections/vision/authors"), "SectionAuthors");
  REQUIRE(authors["fields"].size() == 4);
  std::string words;
  for (const json& block : authors["fields"][0]["blocks"])
    for (const json& run : block["runs"]) {
      CHECK(run["author"].is_null());
      words += run["text"].get<std::string>();
    }
  CHECK(words.starts_with("By 2021 we want people"));
  CHECK(error_of(server.get("u-lead", kPlanPath + "/sections/nowhere/authors"), 404) ==
        "section.unknown");
}
