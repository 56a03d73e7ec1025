// A person's own account: name, password, second factor, sessions, tokens.
#include <nlohmann/json.hpp>

#include "api/account_call.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

constexpr std::int64_t kDayMs = 24 * 3'600'000LL;

json sessions_json(const Call& call, const PersonId& person) {
  json list = json::array();
  for (const access::SessionEntry& entry : call.options.accounts->sessions().of(person))
    list.push_back({{"id", entry.id},
                    {"current", entry.id == call.request.session_id},
                    {"began_at", entry.began_ms},
                    {"last_used_at", entry.last_used_ms},
                    {"expires_at", entry.expires_ms},
                    {"address", entry.origin.address},
                    {"browser", entry.origin.browser}});
  return list;
}

json token_json(const access::TokenEntry& entry) {
  json out = {{"id", entry.id},
              {"name", entry.name},
              {"scope", entry.read_only ? "read" : "write"},
              {"created_at", entry.created_ms},
              {"expires_at", entry.expires_ms}};
  if (!entry.plan.empty()) out["plan"] = entry.plan.value;
  if (entry.last_used_ms != 0) out["last_used_at"] = entry.last_used_ms;
  return out;
}

/// The account of who asks; people of a demo have none, which is answered.
std::optional<access::Account> own_account(Call& call) {
  auto account = call.options.accounts->directory().find(*call.request.person);
  if (!account) {
    call.answer_error(account.error());
    return std::nullopt;
  }
  if (!*account)
    call.answer_error({ErrorKind::kConflict, "account.none",
                       "People of the demonstration have no account of their own to change."});
  return std::move(*account);
}

/// For what is done with an account and a body, where it may block.
void with_account(const std::shared_ptr<Call>& call, const char* definition,
                  std::function<void(const access::Account&, const json&)> work) {
  if (!somebody_signed_in(*call)) return;
  auto body = body_of(*call, definition);
  if (!body) return;
  run_for_accounts(call, [call, body = std::move(*body), work = std::move(work)] {
    if (auto account = own_account(*call)) work(*account, body);
  });
}

/// Whether it is the password of who asks; if not, that is answered.
bool knows_password(Call& call, const json& password) {
  auto right = call.options.accounts->sign_in().check_password(
      *call.request.person, password.get<std::string>(), call.request.client_address);
  if (!right) answer_refusal(call, right.error());
  return right.has_value();
}

void answer_account(const std::shared_ptr<Call>& call, const InPlans& in_plans) {
  auto account = call->options.accounts->directory().find(*call->request.person);
  if (!account) return call->answer_error(account.error());
  const PersonId& person = *call->request.person;
  json tokens = json::array();
  for (const access::TokenEntry& entry : call->options.accounts->tokens().of(person))
    tokens.push_back(token_json(entry));
  bool known = account->has_value();
  call->answer_json({{"person",
                      {{"id", person.value},
                       {"name", known                   ? (*account)->name
                                : in_plans.name.empty() ? person.value
                                                        : in_plans.name},
                       {"email", known ? (*account)->email : ""},
                       {"administrator", known && (*account)->administrator}}},
                     {"second_factor",
                      {{"on", known && (*account)->second_factor},
                       {"required", needs_second_factor(*call, in_plans.roles)}}},
                     {"sessions", sessions_json(*call, person)},
                     {"tokens", std::move(tokens)}});
}

}  // namespace

void get_account(const std::shared_ptr<Call>& call) {
  if (!somebody_signed_in(*call)) return;
  look_into_plans(call, *call->request.person, [call](const InPlans& in_plans) {
    run_for_accounts(call, [call, in_plans] { answer_account(call, in_plans); });
  });
}

void rename_account(const std::shared_ptr<Call>& call) {
  with_account(call, "AccountChange", [call](const access::Account& account, const json& body) {
    auto name = access::normalised_name(body.at("name").get<std::string>());
    if (!name)
      return call->answer_error(
          {ErrorKind::kInvalid, "account.name", "A name is one line of 1 to 100 characters."});
    if (Status done = call->options.accounts->directory().rename(account.id, *name); !done)
      return call->answer_error(done.error());
    call->options.registry->names_changed(account.id);
    answer_no_content(*call);
  });
}

void change_password(const std::shared_ptr<Call>& call) {
  with_account(call, "PasswordChange", [call](const access::Account& account, const json& body) {
    if (!knows_password(*call, body.at("current"))) return;
    access::Accounts& accounts = *call->options.accounts;
    Status set = accounts.sign_in().set_password(account, body.at("new").get<std::string>());
    if (!set) return call->answer_error(set.error());
    accounts.sessions().end_all(account.id, call->request.session_id);
    answer_no_content(*call);
  });
}

void end_session(const std::shared_ptr<Call>& call) {
  if (!somebody_signed_in(*call)) return;
  run_for_accounts(call, [call] {
    if (!call->options.accounts->sessions().end_one(*call->request.person,
                                                    call->parameter("session")))
      return call->answer_error({ErrorKind::kNotFound, "session.unknown",
                                 "You have no such session. It may have ended already."});
    answer_no_content(*call);
  });
}

void end_other_sessions(const std::shared_ptr<Call>& call) {
  if (!somebody_signed_in(*call)) return;
  run_for_accounts(call, [call] {
    call->options.accounts->sessions().end_all(*call->request.person, call->request.session_id);
    answer_no_content(*call);
  });
}

void begin_second_factor(const std::shared_ptr<Call>& call) {
  with_account(call, "PasswordOnly", [call](const access::Account& account, const json& body) {
    if (!knows_password(*call, body.at("password"))) return;
    auto begun = call->options.accounts->sign_in().begin_second_factor(account);
    if (!begun) return call->answer_error(begun.error());
    call->answer_json({{"secret", begun->secret}, {"uri", begun->uri}});
  });
}

void confirm_second_factor(const std::shared_ptr<Call>& call) {
  with_account(call, "CodeOnly", [call](const access::Account& account, const json& body) {
    auto codes = call->options.accounts->sign_in().confirm_second_factor(
        account, body.at("code").get<std::string>());
    if (!codes) return call->answer_error(codes.error());
    call->answer_json({{"recovery_codes", *codes}});
  });
}

void end_second_factor(const std::shared_ptr<Call>& call) {
  with_account(call, "PasswordAndCode", [call](const access::Account& account, const json& body) {
    if (!knows_password(*call, body.at("password"))) return;
    auto ended = call->options.accounts->sign_in().end_second_factor(
        account, body.at("code").get<std::string>(), call->request.client_address);
    if (!ended) return answer_refusal(*call, ended.error());
    answer_no_content(*call);
  });
}

void create_token(const std::shared_ptr<Call>& call) {
  if (!somebody_signed_in(*call)) return;
  auto body = body_of(*call, "NewToken");
  if (!body) return;
  auto name = access::normalised_name(body->at("name").get<std::string>());
  if (!name)
    return call->answer_error(
        {ErrorKind::kInvalid, "account.name", "A name is one line of 1 to 100 characters."});
  access::TokenEntry wanted;
  wanted.person = *call->request.person;
  wanted.name = *name;
  wanted.read_only = body->at("scope") != "write";
  wanted.plan = PlanId(body->value("plan", std::string()));
  const std::int64_t days = body->at("days").get<std::int64_t>();
  run_for_accounts(call, [call, wanted, days]() mutable {
    access::Accounts& accounts = *call->options.accounts;
    wanted.expires_ms = accounts.directory().clock().now_ms() + days * kDayMs;
    auto made = accounts.tokens().create(std::move(wanted));
    if (!made) return call->answer_error(made.error());
    call->answer_json({{"token", made->token}, {"entry", token_json(made->entry)}}, 201);
  });
}

void end_token(const std::shared_ptr<Call>& call) {
  if (!somebody_signed_in(*call)) return;
  run_for_accounts(call, [call] {
    std::string id = call->parameter("token");
    auto ended = call->options.accounts->tokens().end(*call->request.person, id);
    if (!ended) return call->answer_error(ended.error());
    if (*ended == 0)
      return call->answer_error({ErrorKind::kNotFound, "token.unknown",
                                 "You have no such token. It may have been removed already."});
    answer_no_content(*call);
  });
}

}  // namespace footprint::api
