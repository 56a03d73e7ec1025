// The API over a memory log and a hand-driven executor, without sockets.
#pragma once

#include <sodium.h>

#include <nlohmann/json.hpp>
#include <string>

#include "access/accounts.hpp"
#include "api/event_feed.hpp"
#include "api/router.hpp"
#include "plan/schema_check.hpp"
#include "server/room/room_testing.hpp"

namespace footprint::api::testing {

using nlohmann::json;

inline const std::string kPlanPath = "/api/v1/plans/" + room::testing::kPlan;

class TestApi {
 public:
  explicit TestApi(bool demo = true, std::vector<std::string> second_factor_roles = {})
      : log(storage::make_memory_plan_log()) {
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
    rooms.name_of = [this](const PersonId& person) -> std::optional<std::string> {
      auto known = accounts->directory().known(person);
      return known ? std::optional(known->name) : std::nullopt;
    };
    registry = std::make_unique<room::RoomRegistry>(rooms);
    options.registry = registry.get();
    options.log = log.get();
    options.demo = demo;
    access::AccountsOptions accounts_options;
    accounts_options.password_cost = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
    accounts_options.public_url = "https://plans.test";
    accounts_options.second_factor_roles = std::move(second_factor_roles);
    accounts_options.mail = access::MailSettings{};
    accounts_options.mail->from = "plans@example.org";
    accounts_options.deliver = [this](const std::string& to, const std::string& message) {
      mail.emplace_back(to, message);
      return Status();
    };
    accounts = std::move(*access::Accounts::open(":memory:", sessions, accounts_options));
    options.accounts = accounts.get();
    directory = &accounts->directory();
    options.directory = directory;
    options.sessions = &sessions;
    options.run_blocking = [](const std::function<void()>& task) { task(); };
    options.run_accounts = [](const std::function<void()>& task) {
      task();
      return true;
    };
    api = std::make_unique<Api>(options);
  }

  HttpResponse send(HttpRequest request) {
    std::optional<HttpResponse> response;
    // Some answers come from the log's thread.
    api->handle(std::move(request), [&](HttpResponse answer) {
      executor.post([&response, answer = std::move(answer)] {
        REQUIRE_FALSE(response);
        response = answer;
      });
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
  access::Sessions sessions;
  std::unique_ptr<access::Accounts> accounts;
  access::Directory* directory = nullptr;                 // of accounts
  std::vector<std::pair<std::string, std::string>> mail;  // to, message
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
