#include "room_testing.hpp"

using namespace footprint;
using namespace footprint::room;
using namespace footprint::room::testing;

TEST_CASE(
    "opening a section: authenticated, welcome, step 1, step 2, and one status for the answer") {
  TestServer server;
  server.import();
  TestClient client(server, "u-lead", 100);
  client.connect();
  Inbox inbox = client.inbox();
  CHECK(inbox.scopes == std::vector<std::string>{"read-write"});
  REQUIRE(inbox.stateless.size() == 1);
  CHECK(has(inbox.stateless[0], R"("type":"welcome","schema":1,"epoch":"epoch-1")"));
  CHECK(has(inbox.stateless[0], "update_bytes_max"));
  CHECK(inbox.step1s == 1);
  CHECK(inbox.step2s.size() == 1);
  CHECK(inbox.statuses.empty());
  CHECK_FALSE(client.text().empty());
  client.send_step2(client.doc.encode_state());
  CHECK(client.inbox().statuses == std::vector<int>{1});
}

TEST_CASE("an update is shown to nobody and acknowledged to nobody before it is durable") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  lead.connect();
  pmo.connect();
  server.gate->set(false);
  Position before = server.head();
  lead.send_update(lead.write("One sentence."));
  server.executor.run_ready();
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  server.executor.run_ready();
  CHECK(server.head() == before);
  CHECK(lead.inbox().statuses.empty());
  CHECK(pmo.inbox().updates.empty());
  TestClient late(server, "u-fin", 300);
  late.connect();
  CHECK_FALSE(has(late.text(), "One sentence."));
  server.gate->set(true);
  CHECK(pmo.wait_for([](const Inbox& inbox) { return !inbox.updates.empty(); }));
  CHECK(lead.wait_for([](const Inbox& inbox) { return !inbox.statuses.empty(); }));
  CHECK(lead.inbox().updates.empty());
  CHECK(server.head() == before + 1);
  pmo.receive();
  CHECK(has(pmo.text(), "One sentence."));
  CHECK(has(server.log->read(PlanId(kPlan), before + 1, 1)->at(0).payload.empty() ? "" : "stored",
            "stored"));
}

TEST_CASE("exactly one status for each update and step 2, in order, however they are batched") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  lead.connect();
  server.gate->set(false);
  std::size_t owed = 0;
  for (int i = 0; i < 40; ++i) {
    lead.send_update(lead.write("Sentence " + std::to_string(i)));
    ++owed;
    if (i % 10 == 3) {
      lead.send_step1();  // owed nothing
      lead.send_step2(Bytes{0, 0});
      ++owed;
    }
    if (i % 3 == 0) server.executor.run_ready();
  }
  CHECK(lead.inbox().statuses.empty());
  server.gate->set(true);
  CHECK(lead.wait_for([&](const Inbox& inbox) { return inbox.statuses.size() >= owed; }));
  server.executor.run_ready();
  CHECK(lead.inbox().statuses == std::vector<int>(owed, 1));
}

TEST_CASE("what is applied is what a restart finds") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  lead.connect();
  for (int i = 0; i < 20; ++i) lead.send_update(lead.write("Kept " + std::to_string(i)));
  CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 20; }));
  auto loaded = load_section(*server.log, PlanId(kPlan), SectionKey("vision"), server.head());
  REQUIRE(loaded);
  auto text = [](const sync::Doc& doc) {
    return sync::plain_text(doc, sync::find_root(doc, "statement"));
  };
  CHECK(text(loaded->doc) == lead.text());

  bool done = false;
  // Called on whichever thread is last.
  server.registry->shut_down([&] { server.executor.post([&] { done = true; }); });
  CHECK(server.executor.run_until([&] { return done; }));
  CHECK(lead.connection.closed == CloseCode::kTryLater);
  auto from_snapshot =
      load_section(*server.log, PlanId(kPlan), SectionKey("vision"), server.head());
  REQUIRE(from_snapshot);
  CHECK(from_snapshot->snapshot_position == server.head());
  CHECK(text(from_snapshot->doc) == lead.text());
  auto plan = load_plan(*server.log, PlanId(kPlan));
  REQUIRE(plan);
  CHECK(plan->snapshot_position == server.head());
}

TEST_CASE("a refused update is told, counted as 0, and followed by the recovery") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  lead.connect();
  pmo.connect();
  Position before = server.head();
  auto unknown = [&] {
    return lead.doc.transact([&](sync::Transaction& change) {
      auto root = change.root("statement", sync::TypeRef::kXmlFragment);
      change.insert_type(root, 0, sync::TypeRef::kXmlElement, "marquee");
    });
  };
  lead.send_update(unknown());
  Inbox inbox = lead.inbox();
  CHECK(inbox.statuses == std::vector<int>{0});
  CHECK(has(inbox.stateless.back(), R"("type":"refused","code":"update.unknown_node")"));
  CHECK(inbox.token_requests == 1);
  // What builds on it is refused too, and does not start the recovery again.
  lead.send_update(lead.write("after it"));
  CHECK(lead.inbox().statuses == std::vector<int>{0, 0});
  CHECK(has(lead.inbox().stateless.back(), "update.after_refused"));
  CHECK(lead.inbox().token_requests == 1);
  // The client answers the request for its token: it is asked for what it has and given all there
  // is.
  int step1s = lead.inbox().step1s;
  std::size_t step2s = lead.inbox().step2s.size();
  lead.send_token();
  CHECK(lead.inbox().scopes.size() == 2);
  CHECK(lead.inbox().step1s == step1s + 1);
  CHECK(lead.inbox().step2s.size() == step2s + 1);
  CHECK(server.head() == before);
  CHECK(pmo.inbox().updates.empty());
  // Our own client reloads the section: an empty document under the same address, then all is well
  // again.
  lead.send(7, [](sync::Writer&) {});
  lead.doc = sync::Doc({.client_id = 101});
  lead.connection.received.clear();
  lead.connect();
  lead.send_step2(lead.doc.encode_state());
  lead.send_update(lead.write("Well again"));
  CHECK(lead.wait_for([](const Inbox& got) { return got.statuses.size() == 2; }));
  CHECK(lead.inbox().statuses == std::vector<int>{1, 1});
  CHECK(pmo.wait_for([](const Inbox& got) { return got.updates.size() == 1; }));
}

TEST_CASE("a reader: nothing new is 1, news is 0, and nothing gets in") {
  TestServer server;
  server.import();
  TestClient reader(server, "u-obs", 100);
  reader.connect();
  CHECK(reader.inbox().scopes == std::vector<std::string>{"readonly"});
  Position before = server.head();
  reader.send_step2(reader.doc.encode_state());
  reader.send_update(reader.write("Not mine to write"));
  reader.send_step2(reader.doc.encode_state());
  CHECK(reader.inbox().statuses == std::vector<int>{1, 0, 0});
  CHECK(has(reader.inbox().stateless.back(), "right.read_only"));
  CHECK(reader.inbox().token_requests == 0);
  CHECK(server.head() == before);
}

TEST_CASE("structs under somebody else's client id are refused") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 100);
  lead.connect();
  pmo.connect();
  server.gate->set(false);
  // Both before either is committed: the first to come has the id.
  lead.send_update(lead.write("Mine"));
  pmo.send_update(pmo.write("Mine too"));
  CHECK(pmo.inbox().statuses == std::vector<int>{0});
  CHECK(has(pmo.inbox().stateless.back(), "update.foreign_client"));
  server.gate->set(true);
  CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses == std::vector<int>{1}; }));
}

TEST_CASE("updates out of order wait for each other and are all kept") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  lead.connect();
  pmo.connect();
  Bytes first = lead.write("First"), second = lead.write("Second");
  lead.send_update(second);
  lead.send_update(first);
  CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses == std::vector<int>{1, 1}; }));
  pmo.receive();
  CHECK(pmo.text() == lead.text());
}

TEST_CASE(
    "a log that cannot write: no status, everybody is sent away, the plan loads again later") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  lead.connect();
  pmo.connect();
  server.gate->set(true, true);
  lead.send_update(lead.write("Lost?"));
  CHECK(server.executor.run_until([&] { return lead.connection.closed.has_value(); }));
  CHECK(lead.connection.closed == CloseCode::kTryLater);
  CHECK(pmo.connection.closed == CloseCode::kTryLater);
  CHECK(lead.inbox().statuses.empty());
  CHECK(pmo.inbox().updates.empty());
  CHECK(server.registry->counts().failed == 1);
  TestClient soon(server, "u-pmo", 300);
  soon.send_token();
  server.executor.run_ready();
  CHECK(soon.inbox().denied == std::vector<std::string>{"load-failed"});
  server.clock->advance_ms(6'000);
  TestClient later(server, "u-pmo", 301);
  later.connect();
  CHECK(later.inbox().scopes.size() == 1);
  CHECK_FALSE(has(later.text(), "Lost?"));
}

TEST_CASE("denials name their reason and leave the socket and its other documents alone") {
  TestServer server;
  server.import();
  TestClient client(server, "u-lead", 100);
  client.connect();
  auto reason_for = [&](const std::string& address, std::string_view token) {
    TestClient other(server, "u-lead", 101);
    other.address = address;
    other.send_token(token);
    server.executor.run_until(
        [&] { return !other.inbox().denied.empty() || !other.inbox().scopes.empty(); });
    CHECK_FALSE(other.connection.closed);
    return other.inbox().denied.empty() ? "" : other.inbox().denied[0];
  };
  CHECK(reason_for(kPlan + "/vision", "nonsense") == "sign-in");
  CHECK(reason_for(kPlan + "/vision", "token-of-u-nobody") == "no-right");
  CHECK(reason_for(kPlan + "/nowhere", "") == "not-found");
  CHECK(reason_for(kPlan + "/Not a name", "") == "not-found");
  CHECK(reason_for("another-plan/vision", "") == "one-plan-per-connection");
  CHECK(reason_for(kPlan + "/vision", R"({"schema":0,"epoch":""})") == "client-too-old");
  CHECK(reason_for(kPlan + "/vision", R"({"schema":1,"epoch":"another"})") == "epoch-changed");
  CHECK(reason_for(kPlan + "/vision", R"({"schema":1,"epoch":"epoch-1"})").empty());
  CHECK(reason_for(kPlan + "/vision", R"({"schema":1,"token":"token-of-u-pmo"})").empty());
  CHECK(reason_for(kPlan, "").empty());
  // On one socket: denied, then let in with a better token.
  TestClient late(server, "u-lead", 102);
  late.send_token("nonsense");
  late.send_update(late.write("too early"));
  CHECK(late.inbox().denied == std::vector<std::string>{"sign-in"});
  late.doc = sync::Doc({.client_id = 103});
  late.send_token("token-of-u-lead");
  late.send_step1();
  CHECK(late.wait_for([](const Inbox& inbox) { return inbox.step2s.size() == 1; }));
  CHECK(late.inbox().statuses.empty());
}

TEST_CASE("a plan that does not exist is not found") {
  TestServer server;
  TestClient client(server, "u-lead", 100);
  client.send_token();
  CHECK(client.wait_for([](const Inbox& inbox) { return !inbox.denied.empty(); }));
  CHECK(client.inbox().denied == std::vector<std::string>{"not-found"});
  CHECK(server.registry->counts().rooms == 0);
}

TEST_CASE("a session id in the address keys a document of its own and is answered as it came") {
  TestServer server;
  server.import();
  TestClient one(server, "u-lead", 100);
  one.address += std::string("\0s1", 3);
  one.connect();
  std::string other = kPlan + "/vision" + std::string("\0s2", 3);
  std::swap(one.address, other);
  one.connect();
  Bytes update = one.write("From the second");
  one.send_update(update);
  CHECK(one.wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 1; }));
  std::swap(one.address, other);
  CHECK(one.inbox().updates.size() == 1);
}

TEST_CASE("the plan's channel: an empty document, events and presence") {
  TestServer server;
  server.import();
  TestClient channel(server, "u-obs", 300, ""), lead(server, "u-lead", 100);
  channel.connect();
  CHECK(channel.inbox().scopes == std::vector<std::string>{"readonly"});
  CHECK(channel.inbox().step2s.at(0) == Bytes{0, 0});
  channel.send_step2(Bytes{0, 0});
  channel.send_update(channel.write("no"));
  CHECK(channel.inbox().statuses == std::vector<int>{1, 0});
  lead.connect();
  lead.send_awareness(100, 1, R"({"user":{"name":"Somebody else"},"cursor":null})");
  server.executor.run_ready();
  CHECK(
      has(channel.inbox().stateless.back(), R"("sections":{"vision":[{"person":"u-lead","name":)"));
  lead.send_update(lead.write("News"));
  lead.send_update(lead.write("More news"));
  CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 2; }));
  auto events = [&] {
    std::size_t count = 0;
    for (const auto& json : channel.inbox().stateless)
      count += has(json, R"("kind":"section.updated")") ? 1 : 0;
    return count;
  };
  CHECK(events() == 1);
  server.advance(1'000);
  CHECK(events() == 2);
  CHECK(has(channel.inbox().stateless.back(), R"("body":{"section":"vision"})"));
  lead.door->on_close();
  lead.door.reset();
  server.executor.run_ready();
  CHECK(channel.inbox().stateless.back() == R"({"type":"presence","sections":{}})");
}
