// The ways in which an update that came may not get in, or not at once, and what that does to
// others on their way.
#include "base/limits.hpp"
#include "room_testing.hpp"

using namespace footprint;
using namespace footprint::room;
using namespace footprint::room::testing;

namespace {

std::shared_ptr<Room> room_of(TestServer& server) {
  std::shared_ptr<Room> room;
  server.registry->open_room(PlanId(kPlan), [&](auto opened) { room = *opened; });
  REQUIRE(room);
  return room;
}

/// Stands in for the events of sign-off and submission: a command that sets a section's status.
void set_status(Room& room, plan::SectionStatus status) {
  room.submit_command(
      [status](const plan::PlanState& state) -> Result<std::optional<plan::Event>> {
        const_cast<plan::PlanState&>(state).section(SectionKey("vision"))->status = status;
        plan::Event event;
        event.kind = plan::EventKind::kFigureChanged;
        event.body = to_bytes(as_bytes(std::string_view(R"({"cells":[]})")));
        return std::optional<plan::Event>(std::move(event));
      },
      [](auto done) { REQUIRE(done); });
}

constexpr auto kFrozen = plan::SectionStatus::kFrozen;
constexpr auto kDrafting = plan::SectionStatus::kDrafting;

}  // namespace

TEST_CASE("the right is judged at the position where an update would stand") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  lead.connect();
  pmo.connect();
  auto room = room_of(server);
  Position before = server.head();

  SECTION("frozen while it waited: refused, and what is known is as before") {
    set_status(*room, kFrozen);
    lead.send_update(lead.write("Too late"));
    lead.send_update(lead.write("Too late as well"));
    CHECK(lead.inbox().statuses.empty());
    CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 2; }));
    CHECK(lead.inbox().statuses == std::vector<int>{0, 0});
    CHECK(has(lead.inbox().stateless.at(1), "right.frozen"));
    CHECK(server.head() == before + 1);
    set_status(*room, kDrafting);
    server.executor.run_until([&] { return server.head() == before + 2; });
    server.executor.run_ready();
    lead.send_update(lead.write("Built on what is not there"));
    CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 3; }));
    CHECK(lead.inbox().statuses == std::vector<int>{0, 0, 0});
    CHECK(has(lead.inbox().stateless.back(), "update.after_refused"));
    CHECK(server.head() == before + 2);
    // The client id is still nobody's, and nothing of it counts as known.
    pmo.doc = sync::Doc({.client_id = 100});
    pmo.connection.received.clear();
    pmo.send_step1();
    CHECK(pmo.wait_for([](const Inbox& inbox) { return !inbox.step2s.empty(); }));
    pmo.receive();
    pmo.send_update(pmo.write("Mine now"));
    CHECK(pmo.wait_for([](const Inbox& inbox) { return inbox.statuses == std::vector<int>{1}; }));
    CHECK(room->state().clients.at(100).actor.person == PersonId("u-pmo"));
  }
  SECTION("allowed again when its own turn comes, but built on one that was refused") {
    set_status(*room, kFrozen);
    lead.send_update(lead.write("Refused"));
    set_status(*room, kDrafting);
    lead.send_update(lead.write("Built on it"));
    pmo.send_update(pmo.write("Something else"));
    CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 2; }));
    CHECK(lead.inbox().statuses == std::vector<int>{0, 0});
    CHECK(has(lead.inbox().stateless.back(), "update.after_refused"));
    CHECK(pmo.wait_for([](const Inbox& inbox) { return inbox.statuses == std::vector<int>{1}; }));
    CHECK(server.head() == before + 3);
    CHECK_FALSE(room->section(SectionKey("vision"))->doc.has_pending_structs());
  }
  SECTION("frozen for a moment that was over when its turn came") {
    lead.send_update(lead.write("Before"));
    set_status(*room, kFrozen);
    set_status(*room, kDrafting);
    lead.send_update(lead.write("After"));
    CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 2; }));
    CHECK(lead.inbox().statuses == std::vector<int>{1, 1});
    CHECK(server.head() == before + 4);
  }
}

TEST_CASE("an update that refers to itself never gets into the log") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  lead.connect();
  Position before = server.head();
  // One struct of client 100 at clock 0, whose left neighbour is itself.
  sync::Writer update;
  for (std::uint64_t number : {1, 1, 100, 0}) update.var_uint(number);
  update.raw(Bytes{0x84});
  update.var_uint(100), update.var_uint(0), update.var_string("x"), update.var_uint(0);
  lead.send_update(update.bytes());
  server.executor.run_ready();
  CHECK(lead.wait_for([](const Inbox& inbox) { return !inbox.statuses.empty(); }));
  CHECK(lead.inbox().statuses == std::vector<int>{0});
  CHECK(has(lead.inbox().stateless.back(), "update.malformed"));
  CHECK(server.head() == before);
}

TEST_CASE("a writer who leaves with updates on their way: they are kept and shown") {
  TestServer server;
  server.import();
  TestClient pmo(server, "u-pmo", 200);
  pmo.connect();
  Position before = server.head();
  {
    TestClient lead(server, "u-lead", 100);
    lead.connect();
    server.gate->set(false);
    for (int i = 0; i < 3; ++i) {
      lead.send_update(lead.write("Going " + std::to_string(i)));
      server.executor.run_ready();
    }
  }
  server.gate->set(true);
  CHECK(pmo.wait_for([&](const Inbox&) { return server.head() == before + 3; }));
  CHECK(pmo.wait_for([](const Inbox& inbox) { return inbox.updates.size() == 3; }));
  pmo.receive();
  CHECK(has(pmo.text(), "Going 2"));
}

TEST_CASE("a log without room puts updates off, in their order, and loses none") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  lead.connect();
  Position before = server.head();
  server.gate->set(false);
  lead.send_update(lead.write("one"));
  server.executor.run_ready();
  server.log->full = true;
  lead.send_update(lead.write("two"));
  server.executor.run_ready();
  server.log->full = false;
  lead.send_update(lead.write("three"));
  server.executor.run_ready();
  CHECK(server.log->turned_away == 1);
  server.gate->set(true);
  CHECK(lead.wait_for([](const Inbox& inbox) { return !inbox.statuses.empty(); }));
  server.executor.run_ready();
  for (int i = 0; i < 10; ++i) {
    server.advance(20);
    CHECK(lead.wait_for([i](const Inbox& inbox) { return i < 9 || inbox.statuses.size() == 3; }));
  }
  CHECK(lead.inbox().statuses == std::vector<int>{1, 1, 1});
  CHECK(server.head() == before + 3);
}

TEST_CASE("a full section takes no more, but lets itself be shortened") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  lead.connect();
  const std::string much(limits::kUpdateBytesMax - 1'000, 'x');
  std::size_t sent = 0;
  while (sent < limits::kSectionBytesMax / limits::kUpdateBytesMax) {
    lead.send_update(lead.write(much));
    ++sent;
    CHECK(lead.wait_for([&](const Inbox& inbox) { return inbox.statuses.size() == sent; }));
  }
  CHECK(lead.inbox().statuses == std::vector<int>(sent, 1));
  TestClient pmo(server, "u-pmo", 200);
  pmo.connect();
  pmo.send_update(pmo.write(much));
  CHECK(pmo.inbox().statuses == std::vector<int>{0});
  CHECK(has(pmo.inbox().stateless.back(), R"("code":"section.full")"));
  CHECK(has(pmo.inbox().stateless.back(), R"("limit":33554432,"size":)"));
  lead.send_update(lead.doc.transact([](sync::Transaction& change) {
    change.delete_values(change.root("statement", sync::TypeRef::kXmlFragment), 0, 4);
  }));
  ++sent;
  CHECK(lead.wait_for([&](const Inbox& inbox) { return inbox.statuses.size() == sent; }));
  CHECK(lead.inbox().statuses.back() == 1);
  lead.send_update(lead.write(much));
  ++sent;
  CHECK(lead.wait_for([&](const Inbox& inbox) { return inbox.statuses.size() == sent; }));
  CHECK(lead.inbox().statuses.back() == 1);
}

TEST_CASE("an event that nobody can fold ends the room, and who made it hears of it") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  lead.connect();
  auto room = room_of(server);
  std::string answer;
  room->submit_command(
      [](const plan::PlanState&) -> Result<std::optional<plan::Event>> {
        plan::Event event;
        event.kind = plan::EventKind::kFigureChanged;
        event.body = to_bytes(as_bytes(std::string_view("not JSON")));
        return std::optional<plan::Event>(std::move(event));
      },
      [&](auto result) { answer = result ? "done" : result.error().code; });
  CHECK(server.executor.run_until([&] { return !answer.empty(); }));
  CHECK(answer == "event.malformed");
  CHECK(room->failed());
  CHECK(lead.connection.closed == CloseCode::kTryLater);
  CHECK(lead.connection.reason == "not-saved");
}
