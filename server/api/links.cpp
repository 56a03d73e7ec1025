// One-time links: asked for, looked at, used.
#include <nlohmann/json.hpp>

#include "api/account_call.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

constexpr std::int64_t kHourMs = 3'600'000;

bool is_free(access::Accounts& accounts, const std::string& email) {
  auto account = accounts.directory().find_by_email(email);
  return account && !*account;
}

/// Blocking; nobody waits for it, so that its time tells nothing.
void send_reset(access::Accounts& accounts, const std::string& email) {
  // An address gets a few of these an hour, whoever asks for them.
  if (accounts.throttle().take({{"reset " + email, 3, kHourMs}}) != 0) return;
  auto account = accounts.directory().find_by_email(email);
  if (!account || !*account || (*account)->status != access::AccountStatus::kActive) return;
  // Without mail nobody could use it; it would only end one that an administrator has made.
  if (!accounts.options().mail) return;
  if (auto link = accounts.links().make_reset(**account)) mail_reset(accounts, *link);
}

json look_json(access::Accounts& accounts, const access::Link& link) {
  json out = {{"purpose", purpose_name(link.purpose)},
              {"has_account", link.purpose == access::LinkPurpose::kReset ||
                                  (!link.email.empty() && !is_free(accounts, link.email))},
              {"expires_at", link.expires_ms}};
  if (!link.name.empty()) out["name"] = link.name;
  if (!link.email.empty()) out["email"] = link.email;
  return out;
}

/// What an invitation is to, in the words of its plan; then the answer.
void answer_look(const std::shared_ptr<Call>& call, const access::Link& link, json out) {
  if (link.purpose != access::LinkPurpose::kInvitation) return call->answer_json(out);
  call->options.registry->with_room(
      link.plan,
      [call, link, out = std::move(out)](const Result<std::shared_ptr<room::Room>>& room) mutable {
        if (!room) return call->answer_error(room.error());
        const plan::PlanState& state = (*room)->state();
        out["plan"] = {{"id", link.plan.value}, {"title", state.title}};
        out["memberships"] = json::parse(link.memberships, nullptr, false);
        for (json& membership : out["memberships"])
          membership["organisation_name"] = state.organisation_name(
              OrganisationId(membership.at("organisation").get<std::string>()));
        out["invited_by"] = state.person_name(link.inviter);
        call->answer_json(out);
      });
}

/// One use of a link, with all that it came with.
struct LinkUse : std::enable_shared_from_this<LinkUse> {
  std::shared_ptr<Call> call;
  std::string token, name, email, password;
  access::Link link;

  access::Accounts& accounts() { return *call->options.accounts; }
  void refuse(const Error& error) { call->answer_error(error); }
  void go_to_sign_in() { call->answer_json({{"next", "sign-in"}}); }

  /// Blocking.
  void run() {
    auto looked = accounts().links().look(token);
    if (!looked) return refuse(looked.error());
    link = std::move(*looked);
    switch (link.purpose) {
      case access::LinkPurpose::kSetup:
        return set_up();
      case access::LinkPurpose::kReset:
        return reset();
      case access::LinkPurpose::kInvitation:
        return accept();
    }
  }

  /// The account that a link makes; nullopt: answered.
  std::optional<access::Directory::NewAccount> wanted_account(const std::string& for_email,
                                                              bool administrator) {
    auto good_name = access::normalised_name(name);
    auto good_email = access::normalised_email(for_email);
    if (!good_name || !good_email) {
      refuse(good_name ? Error{ErrorKind::kInvalid, "account.email",
                               "Enter an e-mail address like name@example.org."}
                       : Error{ErrorKind::kInvalid, "account.name",
                               "Enter your name: one line of 1 to 100 characters."});
      return std::nullopt;
    }
    auto hash = accounts().sign_in().hash_new(password, *good_name, *good_email);
    if (!hash) {
      refuse(hash.error());
      return std::nullopt;
    }
    return access::Directory::NewAccount{*good_name, *good_email, *hash, administrator};
  }

  void set_up() {
    auto wanted = wanted_account(email, true);
    if (!wanted) return;
    // First come: whoever is second finds the link used.
    if (auto used = accounts().links().use(token); !used) return refuse(used.error());
    auto made = accounts().directory().create(*wanted);
    if (!made) {
      static_cast<void>(accounts().links().give_back(link.id));
      return refuse(made.error());
    }
    enter(*made);
  }

  void reset() {
    auto account = accounts().directory().find(link.account);
    if (!account) return refuse(account.error());
    if (!*account || (*account)->status != access::AccountStatus::kActive)
      return refuse({ErrorKind::kForbidden, "account.disabled",
                     "This account has been disabled. Ask an administrator of this server."});
    auto good =
        access::check_new_password(password, {(*account)->name, (*account)->email, "footprint"});
    if (!good) return refuse(good.error());
    if (auto used = accounts().links().use(token); !used) return refuse(used.error());
    if (Status set = accounts().sign_in().set_password(**account, password); !set)
      return refuse(set.error());
    accounts().sessions().end_all((*account)->id);
    enter(**account);
  }

  void accept() {
    auto account = accounts().directory().find_by_email(link.email);
    if (!account) return refuse(account.error());
    if (*account) return accept_as(**account);
    auto wanted = wanted_account(link.email, false);
    if (!wanted) return;
    // No account for an invitation that has become void.
    check_invitation(call, link, [self = shared_from_this(), wanted = *wanted](const Status& good) {
      if (!good) return self->refuse(good.error());
      self->accept_as_new(wanted);
    });
  }

  void accept_as_new(const access::Directory::NewAccount& wanted) {
    auto made = accounts().directory().create(wanted);
    // Made by another use in this moment: then they sign in and accept.
    if (!made && made.error().code == "account.email_taken") return go_to_sign_in();
    if (!made) return refuse(made.error());
    join(*made);
  }

  /// Who invites holds the link, too, so that it proves nothing about who has the account: they are
  /// signed in, or say their password.
  void accept_as(const access::Account& account) {
    if (call->request.person == account.id) return join(account);
    if (password.empty()) return go_to_sign_in();
    auto checked =
        accounts().sign_in().check({account.email, password, {}, call->request.client_address});
    if (!checked && checked.error().error.code == "session.code_needed") return go_to_sign_in();
    if (!checked) return answer_refusal(*call, checked.error());
    join(*checked);
  }

  void join(const access::Account& account) {
    if (auto used = accounts().links().use(token); !used) return refuse(used.error());
    accept_invitation(call, link, account.id,
                      [self = shared_from_this(), account](const Status& accepted) {
                        if (accepted) return self->enter(account);
                        static_cast<void>(self->accounts().links().give_back(self->link.id));
                        self->refuse(accepted.error());
                      });
  }

  void enter(const access::Account& account) {
    call->options.registry->names_changed(account.id);
    if (account.second_factor && call->request.person != account.id) return go_to_sign_in();
    if (Status noted = accounts().directory().note_sign_in(account.id); !noted)
      return refuse(noted.error());
    answer_signed_in(call, account.id);
  }
};

}  // namespace

void request_reset(const std::shared_ptr<Call>& call) {
  auto body = body_of(*call, "ResetRequest");
  if (!body) return;
  access::Accounts& accounts = *call->options.accounts;
  std::int64_t wait_s =
      accounts.throttle().take({{"resets from " + call->request.client_address, 20, kHourMs}});
  if (wait_s != 0) return answer_too_many(*call, wait_s);
  if (auto email = access::normalised_email(body->at("email").get<std::string>()))
    call->options.run_blocking([&accounts, email] { send_reset(accounts, *email); });
  HttpResponse response;
  response.status = 202;
  response.body = "{}";
  call->answer(std::move(response));
}

void look_at_link(const std::shared_ptr<Call>& call) {
  auto body = body_of(*call, "LinkLook");
  if (!body) return;
  run_for_accounts(call, [call, token = body->at("token").get<std::string>()] {
    auto link = call->options.accounts->links().look(token);
    if (!link) return call->answer_error(link.error());
    answer_look(call, *link, look_json(*call->options.accounts, *link));
  });
}

void use_link(const std::shared_ptr<Call>& call) {
  auto body = body_of(*call, "LinkUse");
  if (!body) return;
  auto use = std::make_shared<LinkUse>();
  use->call = call;
  use->token = body->at("token");
  use->name = body->value("name", std::string());
  use->email = body->value("email", std::string());
  use->password = body->value("password", std::string());
  run_for_accounts(call, [use] { use->run(); });
}

}  // namespace footprint::api
