#include "access/sessions.hpp"

#include "access/directory.hpp"
#include "catch.hpp"

using namespace footprint;
using access::Sessions;

TEST_CASE("a session stands for its person until it ends") {
  Sessions sessions;
  auto lead = sessions.create(PersonId("u-lead"));
  auto author = sessions.create(PersonId("u-author"));
  CHECK(lead.token.size() == 64);
  CHECK(lead.token != author.token);
  CHECK(sessions.identify(lead.token) == PersonId("u-lead"));
  CHECK(sessions.identify(author.token) == PersonId("u-author"));
  CHECK(sessions.end(lead.token) ==
        "footprint_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
  CHECK_FALSE(sessions.identify(lead.token));
  CHECK(sessions.identify(author.token) == PersonId("u-author"));
}

TEST_CASE("a session expires, and use does not extend it") {
  auto clock = std::make_shared<ManualClock>(1'000'000);
  access::SessionOptions options;
  options.clock = clock;
  options.lifetime_ms = 1000;
  Sessions sessions(options);
  auto made = sessions.create(PersonId("u-lead"));
  clock->advance_ms(999);
  CHECK(sessions.identify(made.token));
  clock->advance_ms(1);
  CHECK_FALSE(sessions.identify(made.token));
}

TEST_CASE("the number of sessions is bounded: the oldest goes") {
  auto clock = std::make_shared<ManualClock>(0);
  access::SessionOptions options;
  options.clock = clock;
  options.sessions_max = 2;
  Sessions sessions(options);
  auto first = sessions.create(PersonId("a"));
  clock->advance_ms(1);
  auto second = sessions.create(PersonId("b"));
  clock->advance_ms(1);
  auto third = sessions.create(PersonId("c"));
  CHECK(sessions.count() == 2);
  CHECK_FALSE(sessions.identify(first.token));
  CHECK(sessions.identify(second.token));
  CHECK(sessions.identify(third.token));
}

TEST_CASE("a request may carry its session as bearer or cookie") {
  Sessions sessions;
  auto made = sessions.create(PersonId("u-lead"));
  std::string cookies = "theme=dark; footprint_session=" + made.token + "; x=1";
  CHECK(sessions.token_of_cookies(cookies) == made.token);
  CHECK(Sessions::token_of_authorization("bEaReR " + made.token) == made.token);
  CHECK(Sessions::token_of_authorization("Basic " + made.token).empty());
  CHECK(Sessions::token_of_authorization("Bearer").empty());
  CHECK(sessions.token_of_cookies("footprint_session").empty());
  CHECK(sessions.token_of_cookies("my_footprint_session=" + made.token).empty());
  CHECK_FALSE(sessions.identify(std::string_view(made.token).substr(1)));
}

TEST_CASE("behind TLS the cookie is bound to the host") {
  access::SessionOptions options;
  options.behind_tls = true;
  Sessions sessions(options);
  auto made = sessions.create(PersonId("u-lead"));
  CHECK(made.set_cookie == "__Host-footprint_session=" + made.token +
                               "; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure");
}

TEST_CASE("whoever holds a session sees its end") {
  Sessions sessions;
  auto made = sessions.create(PersonId("u-lead"));
  auto held = sessions.find(made.token);
  REQUIRE(held);
  CHECK(held->person == PersonId("u-lead"));
  CHECK(*held->ends_ms > SystemClock().now_ms());
  sessions.end(made.token);
  CHECK(*held->ends_ms == 0);
  CHECK_FALSE(sessions.find(made.token));
}

namespace {

struct Kept {
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'000'000);
  std::unique_ptr<access::Directory> directory =
      std::move(*access::Directory::open(":memory:", clock));
  std::vector<std::string> warnings;

  std::unique_ptr<Sessions> sessions() {
    access::SessionOptions options;
    options.clock = clock;
    auto made = std::make_unique<Sessions>(options);
    REQUIRE(made->keep_in(directory->database(),
                          [this](const Error& error) { warnings.push_back(error.code); }));
    return made;
  }
};

}  // namespace

TEST_CASE("sessions outlive a restart, but for those that ended or expired") {
  Kept kept;
  auto before = kept.sessions();
  auto stays = before->create(PersonId("a"), {"192.0.2.7", "Firefox\r\n\x01", "", ""});
  auto ends = before->create(PersonId("a"));
  before->end(ends.token);
  kept.clock->advance_ms(3'600'000);
  auto later = before->create(PersonId("b"));
  before.reset();

  auto after = kept.sessions();
  CHECK(after->identify(stays.token) == PersonId("a"));
  CHECK_FALSE(after->identify(ends.token));
  auto listed = after->of(PersonId("a"));
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].origin.address == "192.0.2.7");
  CHECK(listed[0].origin.browser == "Firefox???");
  CHECK(listed[0].began_ms == 1'000'000);
  kept.clock->advance_ms(11 * 3'600'000);
  after.reset();
  after = kept.sessions();
  CHECK_FALSE(after->identify(stays.token));
  CHECK(after->identify(later.token));
  CHECK(kept.warnings.empty());
}

TEST_CASE("a person ends one session, or all but the one in use") {
  Kept kept;
  auto sessions = kept.sessions();
  auto here = sessions->create(PersonId("a"));
  auto there = sessions->create(PersonId("a"));
  auto third = sessions->create(PersonId("a"));
  auto other = sessions->create(PersonId("b"));
  auto held = sessions->find(there.token);
  REQUIRE(held);
  CHECK_FALSE(sessions->end_one(PersonId("b"), held->id));
  CHECK(sessions->identify(there.token));
  CHECK(sessions->end_one(PersonId("a"), held->id));
  CHECK(*held->ends_ms == 0);
  CHECK_FALSE(sessions->end_one(PersonId("a"), held->id));
  CHECK(sessions->end_all(PersonId("a"), sessions->find(here.token)->id) == 1);
  CHECK(sessions->identify(here.token));
  CHECK_FALSE(sessions->identify(third.token));
  CHECK(sessions->identify(other.token));
  CHECK(sessions->end_all(PersonId("a")) == 1);
  CHECK(kept.sessions()->count() == 1);
}

TEST_CASE("a provider ends the sessions that it began") {
  Kept kept;
  auto sessions = kept.sessions();
  auto one = sessions->create(PersonId("a"), {"", "", "idp", "sid-1"});
  auto two = sessions->create(PersonId("a"), {"", "", "idp", "sid-2"});
  auto local = sessions->create(PersonId("a"));
  auto other = sessions->create(PersonId("a"), {"", "", "idp2", "sid-1"});
  CHECK(sessions->end_of_provider("idp", "sid-1", PersonId("a")) == 1);
  CHECK_FALSE(sessions->identify(one.token));
  CHECK(sessions->identify(two.token));
  CHECK(sessions->end_of_provider("idp", "", PersonId("b")) == 0);
  CHECK(sessions->end_of_provider("idp", "", PersonId("a")) == 1);
  CHECK(sessions->identify(local.token));
  CHECK(sessions->identify(other.token));
}

TEST_CASE("when a session was used last is known to the minute, also after a restart") {
  Kept kept;
  auto sessions = kept.sessions();
  auto made = sessions->create(PersonId("a"));
  kept.clock->advance_ms(30'000);
  sessions->find(made.token);
  CHECK(sessions->of(PersonId("a"))[0].last_used_ms == 1'000'000);
  kept.clock->advance_ms(30'000);
  sessions->find(made.token);
  CHECK(sessions->of(PersonId("a"))[0].last_used_ms == 1'060'000);
  sessions->tidy();
  CHECK(kept.sessions()->of(PersonId("a"))[0].last_used_ms == 1'060'000);
  kept.clock->advance_ms(12 * 3'600'000);
  sessions->tidy();
  CHECK(sessions->count() == 0);
}
