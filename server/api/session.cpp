#include <nlohmann/json.hpp>

#include "api/account_call.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

Error not_in_demo() {
  return {ErrorKind::kNotFound, "session.no_demo",
          "Signing in without a password is for demonstrations only, and this server is not one. "
          "Start it with --demo."};
}

void sign_in_to_demo(const std::shared_ptr<Call>& call, const PersonId& person) {
  auto found = std::make_shared<bool>(false);
  each_plan(
      call,
      [found, person](room::Room& room) {
        *found = *found || room.state().member(person) != nullptr;
      },
      [call, found, person](const std::optional<Error>& failed) {
        if (!*found && failed) return call->answer_error(*failed);
        if (!*found)
          return call->answer_error({ErrorKind::kInvalid, "session.unknown_person",
                                     "No plan on this server has that person. Pick one of those "
                                     "that are offered."});
        run_for_accounts(call, [call, person] { answer_signed_in(call, person, true); });
      });
}

void sign_in_with_password(const std::shared_ptr<Call>& call, const json& body) {
  access::SignIn::Attempt attempt{body.at("email"), body.at("password"),
                                  body.value("code", std::string()), call->request.client_address};
  run_for_accounts(call, [call, attempt = std::move(attempt)] {
    auto account = call->options.accounts->sign_in().check(attempt);
    if (!account) return answer_refusal(*call, account.error());
    answer_signed_in(call, account->id);
  });
}

}  // namespace

void get_session(const std::shared_ptr<Call>& call) {
  make_session_json(call, call->request.person,
                    [call](const json& session) { call->answer_json(session); });
}

void sign_in(const std::shared_ptr<Call>& call) {
  auto body = json::parse(call->request.body, nullptr, false);
  bool picks_person = body.is_object() && body.contains("person");
  if (picks_person && !call->options.demo) return call->answer_error(not_in_demo());
  auto checked = body_of(*call, picks_person ? "DemoSignIn" : "SignIn");
  if (!checked) return;
  if (picks_person)
    return sign_in_to_demo(call, PersonId(checked->at("person").get<std::string>()));
  sign_in_with_password(call, *checked);
}

void sign_out(const std::shared_ptr<Call>& call) {
  run_for_accounts(call, [call] {
    std::string cookie = call->options.accounts->sessions().end(call->request.session_token);
    make_session_json(call, std::nullopt, [call, cookie](const json& session) {
      HttpResponse response;
      response.body = session.dump();
      response.headers.emplace_back("set-cookie", cookie);
      call->answer(std::move(response));
    });
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
          if (person.is_member() &&
              people->emplace(person.id.value, person_json(room.state(), person)).second)
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
