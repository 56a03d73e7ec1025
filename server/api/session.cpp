#include <nlohmann/json.hpp>

#include "access/sessions.hpp"
#include "api/call.hpp"
#include "plan/schema_check.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

Error not_in_demo() {
  return {ErrorKind::kNotFound, "session.no_demo",
          "Signing in without a password is for demonstrations only, and this server is not one. "
          "Start it with --demo."};
}

/// Finds the person in the first plan that has them; null if none has.
void find_person(const std::shared_ptr<Call>& call, const PersonId& person,
                 std::function<void(json person)> next) {
  auto found = std::make_shared<json>();
  each_plan(
      call,
      [found, person](room::Room& room) {
        const plan::Person* entry = room.state().person(person);
        if (found->is_null() && entry != nullptr) *found = person_json(room.state(), *entry);
      },
      [call, found, next = std::move(next)](const std::optional<Error>& failed) {
        if (found->is_null() && failed) return call->answer_error(*failed);
        next(std::move(*found));
      });
}

json session_json(const Call& call, json person) {
  return {{"demo", call.options.demo}, {"person", std::move(person)}};
}

access::SessionOrigin origin_of(const HttpRequest& request) {
  return {request.client_address, std::string(request.header("user-agent")), {}, {}};
}

}  // namespace

void get_session(const std::shared_ptr<Call>& call) {
  if (!call->request.person) return call->answer_json(session_json(*call, nullptr));
  find_person(call, *call->request.person,
              [call](json person) { call->answer_json(session_json(*call, std::move(person))); });
}

void sign_in(const std::shared_ptr<Call>& call) {
  if (!call->options.demo) return call->answer_error(not_in_demo());
  auto body = plan::parse_checked(call->request.body, "api.schema.json", "SignIn", "request");
  if (!body) return call->answer_error(body.error());
  PersonId person(body->at("person").get<std::string>());
  find_person(call, person, [call, person](json found) {
    if (found.is_null())
      return call->answer_error({ErrorKind::kInvalid, "session.unknown_person",
                                 "No plan on this server has that person. Pick one of those that "
                                 "are offered."});
    call->options.run_accounts([call, person, found = std::move(found)] {
      auto made = call->options.sessions->create(person, origin_of(call->request));
      HttpResponse response;
      response.body = json{{"session", session_json(*call, found)}, {"token", made.token}}.dump();
      response.headers.emplace_back("set-cookie", made.set_cookie);
      call->answer(std::move(response));
    });
  });
}

void sign_out(const std::shared_ptr<Call>& call) {
  call->options.run_accounts([call] {
    HttpResponse response;
    response.body = session_json(*call, nullptr).dump();
    response.headers.emplace_back("set-cookie",
                                  call->options.sessions->end(call->request.session_token));
    call->answer(std::move(response));
  });
}

void list_demo_people(const std::shared_ptr<Call>& call) {
  if (!call->options.demo) return call->answer_error(not_in_demo());
  auto people = std::make_shared<std::map<std::string, json>>();
  auto order = std::make_shared<std::vector<std::string>>();
  each_plan(
      call,
      [people, order](room::Room& room) {
        for (const plan::Person& person : room.state().people)
          if (people->emplace(person.id.value, person_json(room.state(), person)).second)
            order->push_back(person.id.value);
      },
      [call, people, order](const std::optional<Error>& failed) {
        if (people->empty() && failed) return call->answer_error(*failed);
        json list = json::array();
        for (const std::string& id : *order) list.push_back(std::move(people->at(id)));
        call->answer_json({{"people", std::move(list)}});
      });
}

}  // namespace footprint::api
