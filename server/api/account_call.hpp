// What the handlers of accounts share, and their declarations.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "access/accounts.hpp"
#include "api/call.hpp"

namespace footprint::api {

/// What is judged before any handler: where an API token reaches, and whether the page that sends
/// this by a cookie knows whose session it is by now. Errors: "token.not_here", "token.read_only",
/// "token.other_plan" (kForbidden), "session.other_person" (kConflict).
Status admit(const HttpRequest& request, const std::map<std::string, std::string>& parameters);
/// Whether somebody is signed in; if not, that is answered.
bool somebody_signed_in(Call& call);
/// The same for an administrator of accounts.
bool administrator_signed_in(Call& call);
/// The request's body by a definition of api.schema.json; if it is none, that is answered.
std::optional<nlohmann::json> body_of(Call& call, std::string_view definition);
/// Runs `work` where it may block, or answers that too much waits already.
void run_for_accounts(const std::shared_ptr<Call>& call, std::function<void()> work);
/// As answer_error, with 429 and Retry-After where there were too many attempts.
void answer_refusal(Call& call, const access::SignInRefusal& refusal);
void answer_too_many(Call& call, std::int64_t retry_after_s);
void answer_no_content(Call& call);

access::SessionOrigin origin_of(const HttpRequest& request);
/// The body of GET session, for whom it is; nobody: null.
void make_session_json(const std::shared_ptr<Call>& call, const std::optional<PersonId>& person,
                       std::function<void(nlohmann::json session)> next);
/// Blocking. Begins a session of the person (a former one of the request ends) and answers with it.
/// `with_token`: the body carries the token, too, for scripts of a demo.
void answer_signed_in(const std::shared_ptr<Call>& call, const PersonId& person,
                      bool with_token = false);

/// What plans say of a person.
struct InPlans {
  std::string name;  // of the first that knows them
  std::set<std::string> roles;
};
void look_into_plans(const std::shared_ptr<Call>& call, const PersonId& person,
                     std::function<void(const InPlans&)> next);
/// Whether one of the roles is not acted in without a second factor.
bool needs_second_factor(const Call& call, const std::set<std::string>& roles);
/// Whether who asks has a second factor, here or at the provider that signed them in.
bool has_second_factor(const Call& call);
/// Errors: "session.second_factor_needed" (kForbidden): they may look, not act.
Status may_act(const Call& call, const plan::Person& member);

// account.cpp
void get_account(const std::shared_ptr<Call>& call);
void rename_account(const std::shared_ptr<Call>& call);
void change_password(const std::shared_ptr<Call>& call);
void end_session(const std::shared_ptr<Call>& call);
void end_other_sessions(const std::shared_ptr<Call>& call);
void begin_second_factor(const std::shared_ptr<Call>& call);
void confirm_second_factor(const std::shared_ptr<Call>& call);
void end_second_factor(const std::shared_ptr<Call>& call);
void create_token(const std::shared_ptr<Call>& call);
void end_token(const std::shared_ptr<Call>& call);
// links.cpp
void request_reset(const std::shared_ptr<Call>& call);
void look_at_link(const std::shared_ptr<Call>& call);
void use_link(const std::shared_ptr<Call>& call);
// invitations.cpp
void invite(const std::shared_ptr<Call>& call);
void list_invitations(const std::shared_ptr<Call>& call);
void withdraw_invitation(const std::shared_ptr<Call>& call);
void renew_invitation(const std::shared_ptr<Call>& call);
// administration.cpp
void list_accounts(const std::shared_ptr<Call>& call);
void make_reset_link(const std::shared_ptr<Call>& call);
void change_account(const std::shared_ptr<Call>& call);
void export_person(const std::shared_ptr<Call>& call);
void erase_person(const std::shared_ptr<Call>& call);

/// Accepts an invitation for somebody who has an account: appends their memberships in the
/// inviter's name, if the inviter still may, then `next` on a blocking thread.
void accept_invitation(const std::shared_ptr<Call>& call, const access::Link& link,
                       const PersonId& person, std::function<void(const Status&)> next);
/// Whether accepting would go well for somebody new, then as above. Changes nothing.
void check_invitation(const std::shared_ptr<Call>& call, const access::Link& link,
                      std::function<void(const Status&)> next);
/// Mails the link; whether it is on its way.
bool mail_invitation(access::Accounts& accounts, const access::NewLink& link,
                     const std::string& inviter, const std::string& plan_title);
bool mail_reset(access::Accounts& accounts, const access::NewLink& link);

}  // namespace footprint::api
