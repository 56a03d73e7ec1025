// Accounts of the whole server, for administrators: accounts, never content.
#include <nlohmann/json.hpp>

#include "api/account_call.hpp"
#include "api/events.hpp"
#include "plan/govern.hpp"
#include "storage/plan_log.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

constexpr std::size_t kBatchEvents = 1000;

json account_json(const Call& call, const access::Account& account) {
  json out = {{"id", account.id.value},
              {"name", account.name},
              {"email", account.email},
              {"administrator", account.administrator},
              {"status", status_name(account.status)},
              {"second_factor", account.second_factor},
              {"has_password", account.has_password},
              {"sessions", call.options.accounts->sessions().of(account.id).size()},
              {"created_at", account.created_at_ms}};
  if (account.last_sign_in_ms != 0) out["last_sign_in_at"] = account.last_sign_in_ms;
  return out;
}

/// The account of the path, for an administrator, where it may block.
void with_account(const std::shared_ptr<Call>& call,
                  std::function<void(const access::Account&)> work) {
  if (!administrator_signed_in(*call)) return;
  run_for_accounts(call, [call, work = std::move(work)] {
    auto account = call->options.accounts->directory().find(PersonId(call->parameter("person")));
    if (!account) return call->answer_error(account.error());
    if (!*account || (*account)->status == access::AccountStatus::kErased)
      return call->answer_error(
          {ErrorKind::kNotFound, "account.unknown", "There is no account of that person."});
    work(**account);
  });
}

/// Plan by plan: takes the person's memberships away in the server's name. A plan whose last lead
/// they are says no, and then nothing more is done.
struct Leaving : std::enable_shared_from_this<Leaving> {
  std::shared_ptr<Call> call;
  PersonId person;
  std::vector<PlanId> plans;
  std::function<void(const Status&)> done;

  void go_on() {
    if (plans.empty()) return done({});
    PlanId plan = plans.back();
    plans.pop_back();
    call->options.registry->with_room(
        plan, [self = shared_from_this()](const Result<std::shared_ptr<room::Room>>& room) {
          if (!room) return self->done(forward_error(room.error()));
          (*room)->submit_command(
              [person = self->person](const plan::PlanState& state) -> plan::Decided {
                if (state.member(person) == nullptr) return std::nullopt;
                return decide_members(state, PersonId(), {person, {}, "The account was erased"});
              },
              [self](const Result<std::optional<plan::PlacedEvent>>& placed) {
                if (!placed) return self->done(forward_error(placed.error()));
                self->go_on();
              });
        });
  }
};

void erase(const std::shared_ptr<Call>& call, const PersonId& person) {
  access::Accounts& accounts = *call->options.accounts;
  if (Status erased = accounts.directory().erase(person); !erased)
    return call->answer_error(erased.error());
  if (Status ended = accounts.end_everything(person); !ended)
    return call->answer_error(ended.error());
  call->options.registry->names_changed(person);
  answer_no_content(*call);
}

/// What the plans' logs hold of a person: memberships, and every act by its place; its content is
/// the plan's.
struct Export : std::enable_shared_from_this<Export> {
  std::shared_ptr<Call> call;
  PersonId person;
  json out;

  void run() {
    out["plans"] = json::array();
    each_plan(
        call,
        [self = shared_from_this()](room::Room& room) {
          const plan::Person* entry = room.state().person(self->person);
          if (entry == nullptr) return;
          self->out["plans"].push_back({{"id", room.plan().value},
                                        {"title", room.state().title},
                                        {"person", person_json(room.state(), *entry)}});
        },
        [self = shared_from_this()](const std::optional<Error>& failed) {
          if (failed) return self->call->answer_error(*failed);
          self->call->options.run_blocking([self] { self->add_acts(); });
        });
  }

  void add_acts() {
    for (json& plan : out["plans"]) {
      auto acts = acts_in(PlanId(plan["id"].get<std::string>()));
      if (!acts) return call->answer_error(acts.error());
      plan["acts"] = std::move(*acts);
    }
    call->answer_json(out);
  }

  Result<json> acts_in(const PlanId& plan) {
    json acts = json::array();
    for (Position after = 0;;) {
      auto events = read_events(*call->options.log, plan, after, kBatchEvents);
      if (!events) return forward_error(events.error());
      if (events->empty()) return acts;
      for (const plan::PlacedEvent& event : *events)
        if (event.event.actor.person == person)
          acts.push_back({{"position", event.position},
                          {"at", event.at_ms},
                          {"kind", kind_name(event.event.kind)},
                          {"organisation", event.event.actor.organisation.value}});
      after = events->back().position;
    }
  }
};

json held_in_accounts(const Call& call, const access::Account& account,
                      const std::vector<access::IdentityEntry>& identities) {
  access::Accounts& accounts = *call.options.accounts;
  json out = {{"account", account_json(call, account)},
              {"identities", json::array()},
              {"sessions", json::array()},
              {"tokens", json::array()}};
  for (const auto& identity : identities)
    out["identities"].push_back({{"issuer", identity.issuer},
                                 {"subject", identity.subject},
                                 {"created_at", identity.created_at_ms}});
  for (const auto& session : accounts.sessions().of(account.id))
    out["sessions"].push_back({{"began_at", session.began_ms},
                               {"last_used_at", session.last_used_ms},
                               {"address", session.origin.address},
                               {"browser", session.origin.browser}});
  for (const auto& token : accounts.tokens().of(account.id))
    out["tokens"].push_back({{"name", token.name},
                             {"plan", token.plan.value},
                             {"created_at", token.created_ms},
                             {"expires_at", token.expires_ms}});
  return out;
}

}  // namespace

void list_accounts(const std::shared_ptr<Call>& call) {
  if (!administrator_signed_in(*call)) return;
  run_for_accounts(call, [call] {
    auto accounts = call->options.accounts->directory().all();
    if (!accounts) return call->answer_error(accounts.error());
    json list = json::array();
    for (const access::Account& account : *accounts) list.push_back(account_json(*call, account));
    call->answer_json({{"people", std::move(list)}});
  });
}

void make_reset_link(const std::shared_ptr<Call>& call) {
  with_account(call, [call](const access::Account& account) {
    auto link = call->options.accounts->links().make_reset(account);
    if (!link) return call->answer_error(link.error());
    bool mailed = mail_reset(*call->options.accounts, *link);
    call->answer_json(
        {{"link", link->url}, {"mailed", mailed}, {"expires_at", link->link.expires_ms}}, 201);
  });
}

void change_account(const std::shared_ptr<Call>& call) {
  if (!administrator_signed_in(*call)) return;
  auto body = body_of(*call, "AdministeredChange");
  if (!body) return;
  with_account(call, [call, body = std::move(*body)](const access::Account& account) {
    access::Accounts& accounts = *call->options.accounts;
    Status done;
    if (body.contains("administrator"))
      done = accounts.directory().set_administrator(account.id, body.at("administrator"));
    if (done && body.contains("status")) {
      bool active = body.at("status") == "active";
      done = accounts.directory().set_status(
          account.id, active ? access::AccountStatus::kActive : access::AccountStatus::kDisabled);
      if (done && !active) done = accounts.end_everything(account.id);
    }
    if (!done) return call->answer_error(done.error());
    auto changed = accounts.directory().find(account.id);
    if (!changed) return call->answer_error(changed.error());
    call->answer_json(account_json(*call, **changed));
  });
}

void export_person(const std::shared_ptr<Call>& call) {
  with_account(call, [call](const access::Account& account) {
    auto identities = call->options.accounts->directory().identities_of(account.id);
    if (!identities) return call->answer_error(identities.error());
    auto work = std::make_shared<Export>();
    work->call = call;
    work->person = account.id;
    work->out = held_in_accounts(*call, account, *identities);
    work->run();
  });
}

void erase_person(const std::shared_ptr<Call>& call) {
  if (!administrator_signed_in(*call)) return;
  auto body = body_of(*call, "EraseConfirmation");
  if (!body) return;
  with_account(call, [call, confirm = body->at("confirm").get<std::string>()](
                         const access::Account& account) {
    std::string meant = account.email.empty() ? account.name : account.email;
    if (access::normalised_email(confirm).value_or(confirm) != meant)
      return call->answer_error({ErrorKind::kInvalid, "account.confirm",
                                 "To erase this person, enter their e-mail address (or their name, "
                                 "where they have none) exactly."});
    auto plans = call->options.log->plans();
    if (!plans) return call->answer_error(plans.error());
    std::erase_if(*plans, room::is_bench_plan);
    auto leaving = std::make_shared<Leaving>();
    leaving->call = call;
    leaving->person = account.id;
    leaving->plans = std::move(*plans);
    leaving->done = [call, person = account.id](const Status& left) {
      if (!left) return call->answer_error(left.error());
      run_for_accounts(call, [call, person] { erase(call, person); });
    };
    leaving->go_on();
  });
}

}  // namespace footprint::api
