// Single sign-on: the way to a provider and back, and its word that somebody has signed out there.
#include <algorithm>

#include "access/accounts.hpp"
#include "access/oidc.hpp"
#include "access/oidc_grants.hpp"
#include "access/sessions.hpp"
#include "api/account_call.hpp"
#include "plan/govern.hpp"

namespace footprint::api {

namespace {

std::string html_escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;  // is_own_path lets neither '<' nor '>' pass
  }
  return out;
}

/// No address that holds a code may travel on as a Referer.
HttpResponse plain_response(int status) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("referrer-policy", "no-referrer");
  return response;
}

void answer_problem(Call& call, const Error& error) {
  HttpResponse response = plain_response(302);
  response.headers.emplace_back("location", "/sign-in?problem=" + error.code);
  if (call.options.sso != nullptr)
    response.headers.emplace_back("set-cookie", call.options.sso->no_cookie());
  call.answer(std::move(response));
}

Error unknown_provider() {
  return {ErrorKind::kNotFound, "sso.unknown_provider",
          "This server knows no such way to sign in."};
}

Error overloaded() {
  return {ErrorKind::kUnavailable, "sso.unavailable",
          "Too many people are signing in just now. Try again in a moment."};
}

/// Runs `work` where waiting harms nobody, with a place among those who may wait.
void run_waiting(const std::shared_ptr<Call>& call, const std::function<void(const Error&)>& refuse,
                 std::function<void()> work) {
  if (call->options.sso == nullptr) return refuse(unknown_provider());
  auto place = call->options.sso->take_place();
  if (!place) return refuse(overloaded());
  call->options.run_sso([place = std::move(place), work = std::move(work)] { work(); });
}

/// Somebody whom a provider has signed in, on the way to a session here: the account, the
/// invitations to their address, the memberships plan by plan, each on its own thread, then the
/// session.
class Arrival : public std::enable_shared_from_this<Arrival> {
 public:
  Arrival(std::shared_ptr<Call> call, access::SingleSignOn::Finished finished)
      : call_(std::move(call)), finished_(std::move(finished)) {}

  /// Blocking.
  void run() {
    if (auto known = find_account(); !known) return refuse(known.error());
    auto invitations = invitations_to(finished_.visitor.identity.email);
    if (!invitations) return refuse(invitations.error());
    invitations_ = std::move(*invitations);
    accept_next();
  }

 private:
  access::Directory& directory() { return call_->options.accounts->directory(); }
  access::Links& links() { return call_->options.accounts->links(); }
  access::SingleSignOn& sso() { return *call_->options.sso; }

  /// What a person gave comes first, so that it is never taken for a rule's. Blocking.
  void accept_next() {
    if (invitations_.empty()) return settle_all();
    const access::Link link = std::move(invitations_.back());
    invitations_.pop_back();
    auto taken = access::take_invitation(directory(), link.id);
    if (!taken) return refuse(taken.error());
    if (!*taken) return accept_next();
    accept_invitation(call_, link, person_,
                      [self = shared_from_this(), id = link.id](const Status& accepted) {
                        if (!accepted) {
                          self->sso().report(self->finished_.provider, accepted.error());
                          static_cast<void>(self->links().give_back(id));
                        }
                        self->accept_next();
                      });
  }

  /// Blocking.
  void settle_all() {
    auto given = access::grants_of(directory(), person_, finished_.provider);
    if (!given) return refuse(given.error());
    given_ = std::move(*given);
    for (const std::vector<access::OidcGrant>& grants : {given_, finished_.visitor.grants})
      for (const access::OidcGrant& grant : grants)
        if (std::find(plans_.begin(), plans_.end(), grant.plan) == plans_.end())
          plans_.push_back(grant.plan);
    settle_next();
  }

  void refuse(const Error& error) {
    sso().report(finished_.provider, error);
    const bool denied = error.kind == ErrorKind::kForbidden || error.kind == ErrorKind::kConflict;
    answer_problem(*call_, {error.kind, denied ? "sso.no_access" : "sso.failed", error.message});
  }

  Status find_account() {
    const access::Identity& identity = finished_.visitor.identity;
    auto known = access::person_of_identity(directory(), identity.issuer, identity.subject);
    if (!known) return forward_error(known.error());
    if (!*known) {
      auto expected = is_expected(identity.email);
      if (!expected) return forward_error(expected.error());
      if (!*expected)
        return fail(ErrorKind::kForbidden, "account.not_expected",
                    "Somebody signed in whom no rule gives a membership and nobody has invited.");
    }
    auto account = directory().of_identity(identity);
    if (!account) return forward_error(account.error());
    person_ = account->id;
    if (!identity.name.empty() && identity.name != account->name) {
      if (Status renamed = directory().rename(person_, identity.name); !renamed) return renamed;
    }
    return directory().note_sign_in(person_);
  }

  /// Whether somebody new may have an account.
  Result<bool> is_expected(const std::string& email) {
    if (!finished_.visitor.grants.empty() || sso().settings(finished_.provider)->new_accounts)
      return true;
    if (email.empty()) return false;
    auto account = directory().find_by_email(email);
    if (!account) return forward_error(account.error());
    if (*account) return true;
    auto invitations = invitations_to(email);
    if (!invitations) return forward_error(invitations.error());
    return !invitations->empty();
  }

  Result<std::vector<access::Link>> invitations_to(const std::string& email) {
    return email.empty() ? std::vector<access::Link>() : links().pending_for(email);
  }

  /// A plan that cannot be changed keeps nobody from signing in: it is put right the next time.
  void settle_next() {
    if (plans_.empty())
      return call_->options.run_sso([self = shared_from_this()] { self->enter(); });
    const PlanId plan = plans_.back();
    plans_.pop_back();
    call_->options.registry->with_room(
        plan, [self = shared_from_this()](const Result<std::shared_ptr<room::Room>>& room) {
          if (!room) {
            self->sso().report(self->finished_.provider, room.error());
            return self->settle_next();
          }
          self->settle(**room);
        });
  }

  void settle(room::Room& room) {
    auto settled = std::make_shared<access::OidcSettlement>();
    room.submit_command(
        [self = shared_from_this(), settled](const plan::PlanState& state) -> plan::Decided {
          *settled =
              access::settle_grants(state, self->person_, self->finished_.visitor, self->given_);
          const plan::Person* person = state.person(self->person_);
          if (settled->memberships ==
              (person ? person->memberships : std::vector<plan::Membership>()))
            return std::nullopt;
          const std::string& title = self->sso().settings(self->finished_.provider)->title;
          return plan::decide_members(
              state, PersonId(), {self->person_, settled->memberships, "Signed in by " + title});
        },
        [self = shared_from_this(),
         settled](const Result<std::optional<plan::PlacedEvent>>& placed) {
          if (placed)
            self->settled_.push_back(std::move(*settled));
          else
            self->sso().report(self->finished_.provider, placed.error());
          self->settle_next();
        });
  }

  /// Blocking.
  void enter() {
    for (const access::OidcSettlement& settled : settled_) {
      Status written = access::write_settlement(directory(), person_, finished_.provider, settled);
      if (!written) sso().report(finished_.provider, written.error());
    }
    call_->options.registry->names_changed(person_);
    auto session = call_->options.sessions->create(
        person_, {call_->request.client_address, std::string(call_->request.header("user-agent")),
                  finished_.provider, finished_.visitor.sid});
    HttpResponse response = plain_response(200);
    response.headers.emplace_back("set-cookie", session.set_cookie);
    response.headers.emplace_back("set-cookie", sso().no_cookie());
    // The browser comes from another site, so it would leave the session's cookie (SameSite=Strict)
    // out of whatever a redirect leads to. A page of ours that goes on by itself is the same site.
    const std::string next = html_escaped(finished_.next);
    response.body =
        "<!doctype html><html lang=\"en\"><title>Signed in</title><meta http-equiv=\"refresh\" "
        "content=\"0; url=" +
        next + "\"><p>You are signed in. <a href=\"" + next + "\">Continue</a></p></html>\n";
    call_->answer(std::move(response));
  }

  const std::shared_ptr<Call> call_;
  const access::SingleSignOn::Finished finished_;
  PersonId person_;
  std::vector<access::Link> invitations_;  // still to be accepted
  std::vector<access::OidcGrant> given_;   // as written down before
  std::vector<PlanId> plans_;              // still to be looked at
  std::vector<access::OidcSettlement> settled_;
};

/// Blocking.
void take_logout(const std::shared_ptr<Call>& call, const std::string& token) {
  access::SingleSignOn& sso = *call->options.sso;
  const std::string provider = call->parameter("provider");
  auto logout = sso.check_logout(provider, token);
  if (!logout) {
    Error error = logout.error();
    // Its status by the book: 400 for whatever is wrong with the token.
    if (error.code.starts_with("token.")) error.kind = ErrorKind::kMalformed;
    return call->answer_error(error);
  }
  PersonId person;
  if (logout->sid.empty()) {
    auto known = access::person_of_identity(call->options.accounts->directory(),
                                            sso.settings(provider)->issuer, logout->subject);
    if (!known) return call->answer_error(known.error());
    person = known->value_or(PersonId());
  }
  if (!logout->sid.empty() || !person.empty())
    call->options.sessions->end_of_provider(provider, logout->sid, person);
  call->answer(plain_response(200));
}

}  // namespace

void begin_sso(const std::shared_ptr<Call>& call) {
  auto refuse = [call](const Error& error) { answer_problem(*call, error); };
  run_waiting(call, refuse, [call] {
    auto begun =
        call->options.sso->begin(call->parameter("provider"), call->query("next").value_or("/"));
    if (!begun) return answer_problem(*call, begun.error());
    HttpResponse response = plain_response(302);
    response.headers.emplace_back("location", begun->location);
    response.headers.emplace_back("set-cookie", begun->set_cookie);
    call->answer(std::move(response));
  });
}

void finish_sso(const std::shared_ptr<Call>& call) {
  auto refuse = [call](const Error& error) { answer_problem(*call, error); };
  run_waiting(call, refuse, [call] {
    auto value = [&](const char* name) { return call->query(name).value_or(""); };
    auto finished = call->options.sso->finish(
        call->parameter("provider"), {value("code"), value("state"), value("error"), value("iss"),
                                      call->request.header("cookie")});
    if (!finished) return answer_problem(*call, finished.error());
    std::make_shared<Arrival>(call, std::move(*finished))->run();
  });
}

void sign_out_by_provider(const std::shared_ptr<Call>& call) {
  auto refuse = [call](const Error& error) { call->answer_error(error); };
  run_waiting(call, refuse, [call] {
    take_logout(call, form_value(call->request.body, "logout_token").value_or(""));
  });
}

}  // namespace footprint::api
