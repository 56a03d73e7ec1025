#include "access/links.hpp"

#include "server/access/accounts_testing.hpp"

using namespace footprint;
using namespace footprint::access;
using testing::TestAccounts;

namespace {

template <typename T>
std::string code_of(const Result<T>& result) {
  return result ? "" : result.error().code;
}

Link invitation(const std::string& email) {
  Link link;
  link.email = email;
  link.name = "Tom Reed";
  link.plan = PlanId("plan");
  link.memberships = "[]";
  link.inviter = PersonId("p-1");
  return link;
}

}  // namespace

TEST_CASE("a link works once, and its secret is not in the file") {
  TestAccounts t;
  Links& links = t.accounts->links();
  auto made = links.make_setup();
  REQUIRE(made);
  CHECK(made->url == "https://plans.test/link#" + made->token);
  CHECK(made->token.size() == 64);
  CHECK(links.look(made->token)->purpose == LinkPurpose::kSetup);
  CHECK(links.look(made->token));
  REQUIRE(links.use(made->token));
  CHECK(code_of(links.use(made->token)) == "link.used");
  CHECK(code_of(links.look(made->token)) == "link.used");
  REQUIRE(links.give_back(made->link.id));
  CHECK(links.use(made->token));
  CHECK(code_of(links.look("")) == "link.unknown");
  CHECK(code_of(links.look(made->token.substr(1))) == "link.unknown");
  auto rows = t.accounts->directory().database().read(
      [](Connection& c) { return c.rows("SELECT hex(digest) FROM links"); });
  CHECK(rows->size() == 1);
  CHECK(rows->front().text(0).find(made->token) == std::string::npos);
}

TEST_CASE("links expire, each kind in its time") {
  LinkLifetimes lifetimes;
  lifetimes.setup_ms = 1000;
  AccountsOptions options;
  options.link_lifetimes = lifetimes;
  TestAccounts t(options);
  Account account = t.add("Priya Menon", "priya@example.org");
  auto setup = t.accounts->links().make_setup();
  auto reset = t.accounts->links().make_reset(account);
  auto invited = t.accounts->links().make_invitation(invitation("tom@example.org"));
  t.clock->advance_ms(1000);
  CHECK(code_of(t.accounts->links().use(setup->token)) == "link.expired");
  t.clock->advance_ms(3'600'000 - 1000);
  CHECK(code_of(t.accounts->links().look(reset->token)) == "link.expired");
  CHECK(t.accounts->links().look(invited->token));
  t.clock->advance_ms(14 * 24 * 3'600'000LL);
  CHECK(code_of(t.accounts->links().look(invited->token)) == "link.expired");
  CHECK(t.accounts->links().pending(PlanId("plan"))->size() == 1);
  CHECK(t.accounts->links().pending_for("tom@example.org")->empty());
  t.clock->advance_ms(60 * 24 * 3'600'000LL);
  REQUIRE(t.accounts->links().tidy());
  CHECK(code_of(t.accounts->links().look(invited->token)) == "link.unknown");
}

TEST_CASE("a new link of the same kind ends the former one") {
  TestAccounts t;
  Links& links = t.accounts->links();
  Account account = t.add("Priya Menon", "priya@example.org");
  Account other = t.add("Tom Reed", "tom@example.org");
  auto first = links.make_reset(account);
  auto others = links.make_reset(other);
  auto second = links.make_reset(account);
  CHECK(code_of(links.look(first->token)) == "link.unknown");
  CHECK(links.look(second->token)->account == account.id);
  CHECK(links.look(others->token));
  auto setup = links.make_setup();
  REQUIRE(links.make_setup());
  CHECK(code_of(links.look(setup->token)) == "link.unknown");
}

TEST_CASE("invitations are pending until accepted or withdrawn, and can be renewed") {
  TestAccounts t;
  Links& links = t.accounts->links();
  PlanId plan("plan");
  auto tom = links.make_invitation(invitation("tom@example.org"));
  auto ann = links.make_invitation(invitation("ann@example.org"));
  CHECK(links.pending(plan)->size() == 2);
  CHECK(links.pending(PlanId("other"))->empty());
  CHECK(links.pending_for("tom@example.org")->size() == 1);
  CHECK_FALSE(*links.withdraw(PlanId("other"), tom->link.id));
  auto renewed = links.renew(plan, tom->link.id);
  REQUIRE(renewed);
  CHECK(code_of(links.look(tom->token)) == "link.unknown");
  CHECK(links.look(renewed->token)->name == "Tom Reed");
  CHECK(*links.withdraw(plan, tom->link.id));
  CHECK_FALSE(*links.withdraw(plan, tom->link.id));
  CHECK(code_of(links.renew(plan, tom->link.id)) == "invitation.unknown");
  REQUIRE(links.use(ann->token));
  CHECK(links.pending(plan)->empty());
  CHECK(code_of(links.renew(plan, ann->link.id)) == "invitation.unknown");
  auto again = links.make_invitation(invitation("tom@example.org"));
  auto newer = links.make_invitation(invitation("tom@example.org"));
  CHECK(code_of(links.look(again->token)) == "link.unknown");
  CHECK(links.pending(plan)->size() == 1);
}

TEST_CASE("tokens: scoped, expiring, shown once") {
  TestAccounts t;
  ApiTokens& tokens = t.accounts->tokens();
  TokenEntry wanted;
  wanted.person = PersonId("p-1");
  wanted.name = "Nightly figures";
  wanted.plan = PlanId("plan");
  wanted.expires_ms = t.clock->now_ms() + 1000;
  auto made = tokens.create(wanted);
  REQUIRE(made);
  CHECK(ApiTokens::is_one(made->token));
  CHECK_FALSE(ApiTokens::is_one(t.sessions->create(PersonId("a")).token));
  auto live = tokens.find(made->token);
  REQUIRE(live);
  CHECK(live->person == PersonId("p-1"));
  CHECK(live->read_only);
  CHECK(live->plan == PlanId("plan"));
  CHECK_FALSE(tokens.find(made->token + "0"));
  CHECK_FALSE(tokens.find("fp_" + std::string(64, '0')));
  CHECK_FALSE(t.sessions->find(made->token));
  CHECK(tokens.of(PersonId("p-1")).front().last_used_ms == t.clock->now_ms());
  CHECK(tokens.of(PersonId("p-2")).empty());
  CHECK(*tokens.end(PersonId("p-2"), made->entry.id) == 0);
  t.clock->advance_ms(1000);
  CHECK_FALSE(tokens.find(made->token));
  CHECK(live->ends_ms->load() <= t.clock->now_ms());
}

TEST_CASE("tokens outlive a restart; ending one ends what holds it") {
  TestAccounts t;
  TokenEntry wanted;
  wanted.person = PersonId("p-1");
  wanted.name = "x";
  wanted.read_only = false;
  wanted.expires_ms = t.clock->now_ms() + 1'000'000;
  auto one = t.accounts->tokens().create(wanted);
  auto two = t.accounts->tokens().create(wanted);
  t.accounts->tokens().find(one->token);
  t.accounts->tidy();
  auto again = ApiTokens::open(t.accounts->directory().database(), t.clock);
  REQUIRE(again);
  CHECK_FALSE((*again)->find(one->token)->read_only);
  auto held = t.accounts->tokens().find(one->token);
  CHECK(*t.accounts->tokens().end(PersonId("p-1"), one->entry.id) == 1);
  CHECK(held->ends_ms->load() == 0);
  CHECK(t.accounts->tokens().find(two->token));
  auto session = t.sessions->create(PersonId("p-1"));
  REQUIRE(t.accounts->end_everything(PersonId("p-1")));
  CHECK_FALSE(t.accounts->tokens().find(two->token));
  CHECK_FALSE(t.sessions->find(session.token));
  for (int i = 0; i < 20; ++i) REQUIRE(t.accounts->tokens().create(wanted));
  CHECK(t.accounts->tokens().create(wanted).error().code == "token.too_many");
  CHECK(t.warnings.empty());
}
