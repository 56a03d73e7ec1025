// The API over a memory log and a hand-driven executor, without sockets.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "access/directory.hpp"
#include "access/sessions.hpp"
#include "api/event_feed.hpp"
#include "api/router.hpp"
#include "plan/schema_check.hpp"
#include "server/room/room_testing.hpp"

namespace footprint::api::testing {

using nlohmann::json;

inline const std::string kPlanPath = "/api/v1/plans/" + room::testing::kPlan;

class TestApi {
 public:
  explicit TestApi(bool demo = true) : log(storage::make_memory_plan_log()) {
    auto imported = plan::import_plan(plan::worked_example(), room::testing::kEpoch);
    REQUIRE(imported);
    std::vector<storage::NewEvent> events;
    for (const plan::Event& event : imported->events)
      events.push_back({static_cast<std::uint16_t>(event.kind), plan::encode_event(event)});
    std::atomic<bool> stored = false;
    log->append(imported->id, 0, std::move(events), [&](const auto& appended) {
      stored = appended.has_value();
      stored.notify_one();
    });
    stored.wait(false);

    room::RegistryOptions rooms;
    rooms.log = log.get();
    rooms.clock = &clock;
    rooms.executors = {&executor};
    rooms.run_blocking = [](const room::Executor::Task& task) { task(); };
    registry = std::make_unique<room::RoomRegistry>(rooms);
    options.registry = registry.get();
    options.log = log.get();
    options.demo = demo;
    directory = std::move(*access::Directory::open(":memory:", std::make_shared<SystemClock>()));
    REQUIRE(sessions.keep_in(directory->database(), nullptr));
    options.directory = directory.get();
    options.sessions = &sessions;
    options.run_blocking = [](const std::function<void()>& task) { task(); };
    options.run_accounts = options.run_blocking;
    api = std::make_unique<Api>(options);
  }

  HttpResponse send(HttpRequest request) {
    std::optional<HttpResponse> response;
    api->handle(std::move(request), [&](HttpResponse answer) {
      REQUIRE_FALSE(response);
      response = std::move(answer);
    });
    REQUIRE(executor.run_until([&] { return response.has_value(); }));
    return std::move(*response);
  }

  HttpResponse get(const char* person, const std::string& path, const std::string& query = {},
                   std::vector<Header> headers = {}) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    request.headers = std::move(headers);
    if (person != nullptr) request.person = PersonId(person);
    return send(std::move(request));
  }

  HttpResponse post(const char* person, const std::string& path, const std::string& body) {
    HttpRequest request;
    request.method = "POST";
    request.path = path;
    request.headers = {{"content-type", "application/json; charset=utf-8"}};
    request.body = body;
    if (person != nullptr) request.person = PersonId(person);
    return send(std::move(request));
  }

  SystemClock clock;
  std::unique_ptr<storage::PlanLog> log;
  room::testing::TestExecutor executor;
  std::unique_ptr<room::RoomRegistry> registry;
  std::unique_ptr<access::Directory> directory;
  access::Sessions sessions;
  ApiOptions options;
  std::unique_ptr<Api> api;
};

/// The answer's JSON, which must have the form that is described.
inline json body_of(const HttpResponse& response, const char* definition) {
  json body = json::parse(response.body, nullptr, false);
  INFO(response.status << " " << response.body.substr(0, 600));
  REQUIRE(body.is_object());
  auto checked = plan::check_schema(body, "api.schema.json", definition, "answer");
  INFO((checked ? std::string() : checked.error().message));
  CHECK(checked);
  return body;
}

inline std::string error_of(const HttpResponse& response, int status) {
  INFO(response.body);
  CHECK(response.status == status);
  json body = body_of(response, "ErrorAnswer");
  CHECK_FALSE(body["error"]["message"].get<std::string>().empty());
  return body["error"]["code"];
}

}  // namespace footprint::api::testing
