// API tokens at both doors: what a scope leaves out is refused, whatever the person may do.
#include "room_testing.hpp"

using namespace footprint;
using namespace footprint::room;
using namespace footprint::room::testing;

namespace {

std::unique_ptr<Door> yjs_door(TestServer& server, TestConnection& connection, SignedIn session) {
  auto target = parse_yjs_path(kPlan + "/vision", false);
  REQUIRE(target);
  return make_yjs_door(server.context, *target, connection, std::move(session));
}

}  // namespace

TEST_CASE("a token that may only read opens a section read-only and refuses every change") {
  TestServer server;
  server.import();
  TestClient script(server, "u-lead", 100);
  script.send_token("reading-token-of-u-lead");
  script.send_step1();
  REQUIRE(script.wait_for([](const Inbox& inbox) { return inbox.step2s.size() == 1; }));
  script.receive();
  CHECK(script.inbox().scopes == std::vector<std::string>{"readonly"});
  Position before = server.head();
  script.send_update(script.write("Not by this token"));
  REQUIRE(script.wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 1; }));
  CHECK(script.inbox().statuses == std::vector<int>{0});
  CHECK(has(script.inbox().stateless.back(), "token.read_only"));
  CHECK(server.head() == before);
  // The person themselves may.
  TestClient lead(server, "u-lead", 101);
  lead.connect();
  lead.send_update(lead.write("By the person"));
  CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses == std::vector<int>{1}; }));
}

TEST_CASE("a y-websocket client with a token that may only read is closed at its first change") {
  TestServer server;
  server.import();
  TestClient client(TestClient::Yjs{}, server, *parse_yjs_path(kPlan + "/vision", false),
                    std::nullopt, 200);
  TestConnection connection;
  SignedIn session = server.session_of("u-lead");
  session.read_only = true;
  auto door = yjs_door(server, connection, session);
  sync::Writer update;
  update.var_uint(0), update.var_uint(2), update.var_bytes(client.write("Not by this token"));
  door->on_message(update.bytes());
  CHECK(server.executor.run_until([&] { return connection.closed.has_value(); }));
  CHECK(connection.closed == CloseCode::kNoRight);
  door->on_close();
}

TEST_CASE("a token for one plan opens no other, at neither door") {
  TestServer server;
  server.import();
  TestClient script(server, "u-lead", 100);
  script.send_token("elsewhere-token-of-u-lead");
  CHECK(script.inbox().denied == std::vector<std::string>{"token.other_plan"});
  TestConnection connection;
  SignedIn session = server.session_of("u-lead");
  session.only_plan = PlanId("elsewhere");
  auto door = yjs_door(server, connection, session);
  CHECK(connection.closed == CloseCode::kNoRight);
  door->on_close();
  TestConnection right_one;
  session.only_plan = PlanId(kPlan);
  auto open = yjs_door(server, right_one, session);
  CHECK_FALSE(right_one.closed);
  open->on_close();
}
