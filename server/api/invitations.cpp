// Invitations to a plan: made, listed, withdrawn, renewed and accepted.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/account_call.hpp"
#include "plan/govern.hpp"
#include "plan/rights.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

// Stands for somebody who has no account yet, where their joining is tried without doing it.
constexpr const char* kInvited = "p-invited";

std::optional<plan::Role> role_named(const std::string& name) {
  for (auto role : {plan::Role::kFootprintLead, plan::Role::kPmo, plan::Role::kSectionLead,
                    plan::Role::kAuthor, plan::Role::kBoardSignatory, plan::Role::kReviewer,
                    plan::Role::kLayReviewer, plan::Role::kObserver})
    if (role_name(role) == name) return role;
  return std::nullopt;
}

std::vector<plan::Membership> memberships_of(const json& list) {
  std::vector<plan::Membership> memberships;
  for (const json& entry : list) {
    plan::Membership membership;
    membership.organisation = OrganisationId(entry.at("organisation").get<std::string>());
    for (const json& role : entry.at("roles"))
      if (auto known = role_named(role)) membership.roles.push_back(*known);
    memberships.push_back(std::move(membership));
  }
  return memberships;
}

/// What the person has in the plan already, and what they are invited to besides.
std::vector<plan::Membership> joined(std::vector<plan::Membership> has,
                                     const std::vector<plan::Membership>& invited) {
  for (const plan::Membership& more : invited) {
    auto same = std::find_if(has.begin(), has.end(), [&](const plan::Membership& each) {
      return each.organisation == more.organisation;
    });
    if (same == has.end()) {
      has.push_back(more);
      continue;
    }
    for (plan::Role role : more.roles)
      if (!same->has(role)) same->roles.push_back(role);
  }
  return has;
}

plan::Decided decide_joining(const plan::PlanState& state, const PersonId& inviter,
                             const PersonId& person, const std::vector<plan::Membership>& invited) {
  const plan::Person* entry = state.person(person);
  plan::MemberChange change;
  change.person = person;
  change.memberships =
      joined(entry ? entry->memberships : std::vector<plan::Membership>(), invited);
  return decide_members(state, inviter, change);
}

/// Judged by the inviter's rights as they are now.
plan::Decided decide_accepted(const plan::PlanState& state, const access::Link& link,
                              const PersonId& person) {
  if (state.member(link.inviter) == nullptr)
    return fail(ErrorKind::kForbidden, "invitation.void",
                "Who invited you is no longer part of this plan. Ask somebody else of it to invite "
                "you.");
  return decide_joining(state, link.inviter, person,
                        memberships_of(json::parse(link.memberships, nullptr, false)));
}

json invitation_json(const plan::PlanState& state, const access::Link& link) {
  json memberships = json::parse(link.memberships, nullptr, false);
  for (json& membership : memberships)
    membership["organisation_name"] =
        state.organisation_name(OrganisationId(membership.at("organisation").get<std::string>()));
  return {{"id", link.id},
          {"email", link.email},
          {"name", link.name},
          {"memberships", std::move(memberships)},
          {"invited_by", state.person_name(link.inviter)},
          {"created_at", link.created_ms},
          {"expires_at", link.expires_ms}};
}

/// Goes on with the plan if the person looks after its people.
void with_managed_plan(const std::shared_ptr<Call>& call, Call::WithRoom next) {
  call->with_plan([next = std::move(next)](const std::shared_ptr<Call>& self, room::Room& room) {
    auto right = check(room.state(), *self->request.person, plan::Action::kManagePeople);
    if (!right) return self->answer_error(right.error());
    next(self, room);
  });
}

/// Blocking work, then an answer that needs the plan's words: back to its thread.
void on_plan_thread(const std::shared_ptr<Call>& call, const std::shared_ptr<room::Room>& room,
                    std::function<void()> work) {
  call->options.registry->executor_of(room->plan()).post(std::move(work));
}

void answer_made(const std::shared_ptr<Call>& call, const std::shared_ptr<room::Room>& room,
                 const Result<access::NewLink>& made, int status) {
  if (!made) return call->answer_error(made.error());
  on_plan_thread(call, room, [call, room, made = *made, status] {
    const plan::PlanState& state = room->state();
    json invitation = invitation_json(state, made.link);
    std::string inviter = state.person_name(made.link.inviter), title = state.title;
    run_for_accounts(call, [call, made, status, invitation, inviter, title] {
      bool mailed = mail_invitation(*call->options.accounts, made, inviter, title);
      call->answer_json({{"invitation", invitation}, {"link", made.url}, {"mailed", mailed}},
                        status);
    });
  });
}

std::string day_of(UnixMs at_ms) {
  constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
  std::time_t seconds = at_ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return std::to_string(parts.tm_mday) + " " + kMonths[parts.tm_mon] + " " +
         std::to_string(parts.tm_year + 1900);
}

}  // namespace

bool mail_invitation(access::Accounts& accounts, const access::NewLink& link,
                     const std::string& inviter, const std::string& plan_title) {
  access::Mail mail;
  mail.to = link.link.email;
  mail.subject = inviter + " invites you to write a plan";
  mail.body = "Hello " + link.link.name + ",\n\n" + inviter + " invites you to take part in \"" +
              plan_title + "\" on Footprint.\n\nTo accept, open this link:\n\n" + link.url +
              "\n\nIt works once, until " + day_of(link.link.expires_ms) +
              ". Do not pass it on: it is for you alone.\n\nIf you do not know why you get this, "
              "ignore it; nothing will happen.\n";
  mail.expires_ms = link.link.expires_ms;
  return accounts.mail(mail);
}

bool mail_reset(access::Accounts& accounts, const access::NewLink& link) {
  access::Mail mail;
  mail.to = link.link.email;
  mail.subject = "Set a new password for Footprint";
  mail.body =
      "Hello " + link.link.name +
      ",\n\nSomebody, probably you, asked for a new password for your account on "
      "Footprint. To set one, open this link:\n\n" +
      link.url +
      "\n\nIt works once, for a short time. If you did not ask for it, ignore this message: "
      "your password stays as it is.\n";
  mail.expires_ms = link.link.expires_ms;
  return accounts.mail(mail);
}

void invite(const std::shared_ptr<Call>& call) {
  with_managed_plan(call, [](const std::shared_ptr<Call>& self, room::Room& room) {
    auto body = body_of(*self, "NewInvitation");
    if (!body) return;
    access::Link wanted;
    auto email = access::normalised_email(body->at("email").get<std::string>());
    auto name = access::normalised_name(body->at("name").get<std::string>());
    if (!email || !name)
      return self->answer_error(email ? Error{ErrorKind::kInvalid, "account.name",
                                              "A name is one line of 1 to 100 characters."}
                                      : Error{ErrorKind::kInvalid, "account.email",
                                              "Enter an e-mail address like name@example.org."});
    // Judged now as it will be on acceptance, for somebody who is not in the plan yet.
    auto possible = decide_joining(room.state(), *self->request.person, PersonId(kInvited),
                                   memberships_of(body->at("memberships")));
    if (!possible) return self->answer_error(possible.error());
    wanted.email = *email;
    wanted.name = *name;
    wanted.plan = room.plan();
    wanted.memberships = body->at("memberships").dump();
    wanted.inviter = *self->request.person;
    run_for_accounts(self, [self, wanted, keep = room.shared_from_this()] {
      answer_made(self, keep, self->options.accounts->links().make_invitation(wanted), 201);
    });
  });
}

void list_invitations(const std::shared_ptr<Call>& call) {
  with_managed_plan(call, [](const std::shared_ptr<Call>& self, room::Room& room) {
    run_for_accounts(self, [self, keep = room.shared_from_this()] {
      auto pending = self->options.accounts->links().pending(keep->plan());
      if (!pending) return self->answer_error(pending.error());
      on_plan_thread(self, keep, [self, keep, pending = std::move(*pending)] {
        json list = json::array();
        for (const access::Link& link : pending)
          list.push_back(invitation_json(keep->state(), link));
        self->answer_json({{"invitations", std::move(list)}});
      });
    });
  });
}

void withdraw_invitation(const std::shared_ptr<Call>& call) {
  with_managed_plan(call, [](const std::shared_ptr<Call>& self, room::Room& room) {
    run_for_accounts(self, [self, plan = room.plan()] {
      auto gone = self->options.accounts->links().withdraw(plan, self->parameter("invitation"));
      if (!gone) return self->answer_error(gone.error());
      if (!*gone)
        return self->answer_error({ErrorKind::kNotFound, "invitation.unknown",
                                   "No such invitation waits. It may have been accepted or "
                                   "withdrawn meanwhile."});
      answer_no_content(*self);
    });
  });
}

void renew_invitation(const std::shared_ptr<Call>& call) {
  with_managed_plan(call, [](const std::shared_ptr<Call>& self, room::Room& room) {
    run_for_accounts(self, [self, keep = room.shared_from_this()] {
      answer_made(
          self, keep,
          self->options.accounts->links().renew(keep->plan(), self->parameter("invitation")), 200);
    });
  });
}

void check_invitation(const std::shared_ptr<Call>& call, const access::Link& link,
                      std::function<void(const Status&)> next) {
  call->options.registry->with_room(
      link.plan,
      [call, link, next = std::move(next)](const Result<std::shared_ptr<room::Room>>& room) {
        Status good;
        if (!room) {
          good = forward_error(room.error());
        } else {
          auto decided = decide_accepted((*room)->state(), link, PersonId(kInvited));
          if (!decided) good = forward_error(decided.error());
        }
        run_for_accounts(call, [next, good] { next(good); });
      });
}

void accept_invitation(const std::shared_ptr<Call>& call, const access::Link& link,
                       const PersonId& person, std::function<void(const Status&)> next) {
  auto finish = [call, next = std::move(next)](const Status& status) {
    run_for_accounts(call, [next, status] { next(status); });
  };
  call->options.registry->with_room(
      link.plan, [link, person, finish](const Result<std::shared_ptr<room::Room>>& room) {
        if (!room) return finish(forward_error(room.error()));
        (*room)->submit_command(
            [link, person](const plan::PlanState& state) {
              return decide_accepted(state, link, person);
            },
            [finish](const Result<std::optional<plan::PlacedEvent>>& placed) {
              finish(placed ? Status() : Status(forward_error(placed.error())));
            });
      });
}

}  // namespace footprint::api
