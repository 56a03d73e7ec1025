#include "access/sessions.hpp"

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

TEST_CASE("a request may carry its session as bearer, cookie or token") {
  Sessions sessions;
  auto made = sessions.create(PersonId("u-lead"));
  std::string cookies = "theme=dark; footprint_session=" + made.token + "; x=1";
  CHECK(sessions.token_of_cookies(cookies) == made.token);
  CHECK(sessions.identify("", cookies, "") == PersonId("u-lead"));
  CHECK(sessions.identify("bEaReR " + made.token, "", "") == PersonId("u-lead"));
  CHECK(sessions.identify("", "", made.token) == PersonId("u-lead"));
  CHECK(sessions.identify("Bearer nonsense", cookies, "") == PersonId("u-lead"));
  CHECK_FALSE(sessions.identify("Basic " + made.token, "", ""));
  CHECK_FALSE(sessions.identify("Bearer", "footprint_session", "0"));
  CHECK_FALSE(sessions.identify("", "my_footprint_session=" + made.token, ""));
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
