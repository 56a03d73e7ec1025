#include "api/account_call.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "access/oidc.hpp"
#include "plan/schema_check.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD";
}

/// Tokens are for plans: never for the account that made them, other accounts or people.
bool is_for_people_only(const HttpRequest& request) {
  std::string_view path = request.path;
  for (std::string_view place : {"/api/v1/account", "/api/v1/links/", "/api/v1/admin/"})
    if (path.starts_with(place)) return true;
  return path.find("/invitations") != path.npos ||
         (path == "/api/v1/session" && changes_something(request.method));
}

}  // namespace

Status admit(const HttpRequest& request, const std::map<std::string, std::string>& parameters) {
  bool changes = changes_something(request.method);
  if (request.by_token) {
    if (is_for_people_only(request))
      return fail(ErrorKind::kForbidden, "token.not_here",
                  "A token does not reach accounts, links or invitations. Sign in to change them.");
    if (request.read_only && changes)
      return fail(ErrorKind::kForbidden, "token.read_only",
                  "This token may only read. Make one that may write.");
    auto plan = parameters.find("plan");
    if (!request.token_plan.empty() && plan != parameters.end() &&
        plan->second != request.token_plan.value)
      return fail(ErrorKind::kForbidden, "token.other_plan",
                  "This token is for another plan. Make one for this plan.");
  }
  std::string_view meant = request.header("footprint-person");
  if (changes && request.by_cookie && !meant.empty() && request.person &&
      request.person->value != meant)
    return fail(ErrorKind::kConflict, "session.other_person",
                "Somebody else has signed in in this browser meanwhile, so nothing was changed. "
                "Reload the page.");
  return {};
}

bool somebody_signed_in(Call& call) {
  if (call.request.person) return true;
  call.answer_error(not_signed_in());
  return false;
}

bool administrator_signed_in(Call& call) {
  if (!somebody_signed_in(call)) return false;
  auto known = call.options.accounts->directory().known(*call.request.person);
  if (known && known->administrator && known->status == access::AccountStatus::kActive) return true;
  call.answer_error({ErrorKind::kForbidden, "right.not_administrator",
                     "Only administrators of this server look after accounts. Ask one of them."});
  return false;
}

std::optional<json> body_of(Call& call, std::string_view definition) {
  auto body = plan::parse_checked(call.request.body, "api.schema.json", definition, "request");
  if (body) return std::move(*body);
  call.answer_error(body.error());
  return std::nullopt;
}

void run_for_accounts(const std::shared_ptr<Call>& call, std::function<void()> work) {
  if (call->options.run_accounts(std::move(work))) return;
  call->answer_error({ErrorKind::kUnavailable, "server.busy",
                      "Too many people are signing in just now. Try again in a moment."});
}

void answer_too_many(Call& call, std::int64_t retry_after_s) {
  HttpResponse response =
      error_response({ErrorKind::kUnavailable, "session.too_many",
                      "There were too many attempts. Wait a while, then try again."});
  response.status = 429;
  response.headers = {{"retry-after", std::to_string(retry_after_s)}};
  call.answer(std::move(response));
}

void answer_refusal(Call& call, const access::SignInRefusal& refusal) {
  if (refusal.error.code != "session.too_many") return call.answer_error(refusal.error);
  HttpResponse response = error_response(refusal.error);
  response.status = 429;
  response.headers = {{"retry-after", std::to_string(refusal.retry_after_s)}};
  call.answer(std::move(response));
}

void answer_no_content(Call& call) {
  HttpResponse response;
  response.status = 204;
  call.answer(std::move(response));
}

access::SessionOrigin origin_of(const HttpRequest& request) {
  return {request.client_address, std::string(request.header("user-agent")), {}, {}};
}

bool needs_second_factor(const Call& call, const std::set<std::string>& roles) {
  const auto& asked = call.options.accounts->options().second_factor_roles;
  return std::any_of(asked.begin(), asked.end(),
                     [&](const std::string& role) { return roles.contains(role); });
}

bool has_second_factor(const Call& call) {
  if (call.request.by_provider) return true;
  auto known = call.options.accounts->directory().known(*call.request.person);
  return known && known->second_factor;
}

Status may_act(const Call& call, const plan::Person& member) {
  if (!changes_something(call.request.method)) return {};
  std::set<std::string> roles;
  for (const plan::Membership& membership : member.memberships)
    for (plan::Role role : membership.roles) roles.emplace(role_name(role));
  if (!needs_second_factor(call, roles) || has_second_factor(call)) return {};
  return fail(ErrorKind::kForbidden, "session.second_factor_needed",
              "Your role in this plan needs a second factor. Set it up on the page of your "
              "account, then try again.");
}

void look_into_plans(const std::shared_ptr<Call>& call, const PersonId& person,
                     std::function<void(const InPlans&)> next) {
  auto found = std::make_shared<InPlans>();
  each_plan(
      call,
      [found, person](room::Room& room) {
        const plan::Person* entry = room.state().member(person);
        if (entry == nullptr) return;
        if (found->name.empty()) found->name = room.state().person_name(person);
        for (const plan::Membership& membership : entry->memberships)
          for (plan::Role role : membership.roles) found->roles.emplace(role_name(role));
      },
      [call, found, next = std::move(next)](const std::optional<Error>&) { next(*found); });
}

namespace {

json offers_json(const Call& call) {
  json offers = json::array();
  if (call.options.sso != nullptr)
    for (const auto& offer : call.options.sso->offers())
      offers.push_back({{"key", offer.key}, {"title", offer.title}});
  return {{"password", true}, {"sso", std::move(offers)}};
}

struct Sought {
  json person;
  std::set<std::string> roles;
};

}  // namespace

void make_session_json(const std::shared_ptr<Call>& call, const std::optional<PersonId>& person,
                       std::function<void(json session)> next) {
  access::Directory& directory = call->options.accounts->directory();
  json session = {{"demo", call->options.demo},
                  {"setup", !call->options.demo && !directory.has_administrator()},
                  {"sign_in", offers_json(*call)},
                  {"person", nullptr}};
  if (!person) return next(std::move(session));
  auto known = directory.known(*person);
  auto sought = std::make_shared<Sought>();
  each_plan(
      call,
      [sought, person = *person](room::Room& room) {
        const plan::Person* entry = room.state().member(person);
        if (entry == nullptr) return;
        if (sought->person.is_null()) sought->person = person_json(room.state(), *entry);
        for (const plan::Membership& membership : entry->memberships)
          for (plan::Role role : membership.roles) sought->roles.emplace(role_name(role));
      },
      [call, sought, known, person = *person, session = std::move(session),
       next = std::move(next)](const std::optional<Error>& failed) mutable {
        if (sought->person.is_null() && !known && failed) return call->answer_error(*failed);
        json& shown = session["person"];
        shown = sought->person.is_null() ? json{{"id", person.value}, {"name", person.value}}
                                         : std::move(sought->person);
        if (known && !known->name.empty()) shown["name"] = known->name;
        shown["administrator"] = known && known->administrator;
        bool has_factor = call->request.by_provider || (known && known->second_factor);
        shown["second_factor_needed"] = !has_factor && needs_second_factor(*call, sought->roles);
        next(std::move(session));
      });
}

void answer_signed_in(const std::shared_ptr<Call>& call, const PersonId& person, bool with_token) {
  // The session that the browser came with goes: nobody keeps a token from before.
  access::Sessions& sessions = call->options.accounts->sessions();
  if (call->request.by_cookie) sessions.end(call->request.session_token);
  auto made = sessions.create(person, origin_of(call->request));
  make_session_json(call, person, [call, made, with_token](json session) {
    HttpResponse response;
    json body = {{"session", std::move(session)}};
    if (with_token) body["token"] = made.token;
    response.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    response.headers.emplace_back("set-cookie", made.set_cookie);
    call->answer(std::move(response));
  });
}

}  // namespace footprint::api
