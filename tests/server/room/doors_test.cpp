#include "room_testing.hpp"

#include "base/limits.hpp"
#include "base/random.hpp"

using namespace footprint;
using namespace footprint::room;
using namespace footprint::room::testing;

namespace {
YjsTarget section_target() {
  auto target = parse_yjs_path(kPlan + "/vision", false);
  REQUIRE(target);
  return *target;
}
}  // namespace

TEST_CASE("frames carry their length in the shortest form") {
  for (std::size_t size : {0u, 1u, 125u, 126u, 65535u, 65536u, 200000u}) {
    Frame frame = make_frame({Bytes(size, 7), {}});
    std::size_t header = size < 126 ? 2 : size <= 65535 ? 4 : 10;
    CHECK(frame->size() == header + size);
    CHECK(payloads(*frame).at(0) == Bytes(size, 7));
  }
}

TEST_CASE("two dialects write one section and converge") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  TestClient pmo(TestClient::Yjs{}, server, section_target(), PersonId("u-pmo"), 200);
  lead.connect();
  pmo.connect();
  for (int i = 0; i < 10; ++i) {
    lead.send_update(lead.write("lead " + std::to_string(i)));
    pmo.send_update(pmo.write("pmo " + std::to_string(i)));
  }
  CHECK(lead.wait_for([](const Inbox& inbox) {
    return inbox.updates.size() == 10 && inbox.statuses.size() == 10;
  }));
  // Every update, its own ones too: some y-websocket clients take the echo for the acknowledgement.
  CHECK(pmo.wait_for([](const Inbox& inbox) { return inbox.updates.size() == 20; }));
  lead.receive();
  pmo.receive();
  CHECK(lead.text() == pmo.text());
  CHECK(has(lead.text(), "pmo 9"));
}

TEST_CASE("the y-websocket door closes with a code that says why") {
  TestServer server;
  server.import();
  auto code_for = [&](YjsTarget target, std::optional<PersonId> person) {
    TestClient client(TestClient::Yjs{}, server, std::move(target), std::move(person), 100);
    client.send_step1();
    server.executor.run_until(
        [&] { return client.connection.closed || !client.inbox().step2s.empty(); });
    return client.connection.closed;
  };
  CHECK(code_for(section_target(), std::nullopt) == CloseCode::kSignIn);
  CHECK(code_for(section_target(), PersonId("u-nobody")) == CloseCode::kNoRight);
  YjsTarget nowhere = section_target();
  nowhere.section = SectionKey("nowhere");
  CHECK(code_for(nowhere, PersonId("u-lead")) == CloseCode::kNotFound);
  nowhere.plan = PlanId("no-such-plan");
  CHECK(code_for(nowhere, PersonId("u-lead")) == CloseCode::kNotFound);
  YjsTarget old = section_target();
  old.epoch = "before";
  CHECK(code_for(old, PersonId("u-lead")) == CloseCode::kEpochChanged);
  CHECK_FALSE(code_for(section_target(), PersonId("u-obs")));
  CHECK_FALSE(parse_yjs_path("plan", false));
  CHECK_FALSE(parse_yjs_path("bench/room", false)->bench);
  CHECK_FALSE(parse_yjs_path("bench/", true));
  CHECK_FALSE(parse_yjs_path("../x", false));
}

TEST_CASE(
    "a reader who writes on the y-websocket door is sent away; so is who sends what is refused") {
  TestServer server;
  server.import();
  TestClient reader(TestClient::Yjs{}, server, section_target(), PersonId("u-obs"), 100);
  reader.connect();
  reader.send_step2(reader.doc.encode_state());
  CHECK_FALSE(reader.connection.closed);
  reader.send_update(reader.write("no"));
  CHECK(reader.connection.closed == CloseCode::kNoRight);
  TestClient lead(TestClient::Yjs{}, server, section_target(), PersonId("u-lead"), 101);
  lead.connect();
  lead.send_update(lead.write("no such field", "made_up"));
  CHECK(lead.connection.closed == CloseCode::kUpdateRefused);
  CHECK(lead.connection.reason == "update.unknown_field");
}

TEST_CASE("bench rooms take any name and any content, and keep it in the log") {
  TestServer server;
  auto target = parse_yjs_path("bench/Any Room!", true);
  REQUIRE(target);
  CHECK(is_valid_name(target->plan.value));
  CHECK(parse_yjs_path("bench/r1", true)->plan == PlanId("bench-r1"));
  TestClient one(TestClient::Yjs{}, server, *target, std::nullopt, 100);
  TestClient two(TestClient::Yjs{}, server, *target, std::nullopt, 200);
  one.connect();
  two.connect();
  Bytes update = one.doc.transact([](sync::Transaction& change) {
    change.insert_text(change.root("anything", sync::TypeRef::kText), 0, "hello");
  });
  one.send_update(update);
  CHECK(two.wait_for(
      [&](const Inbox& inbox) { return inbox.updates == std::vector<Bytes>{update}; }));
  CHECK(server.head(target->plan.value) == 1);
  auto loaded = load_section(*server.log, target->plan, SectionKey("room"), 1);
  REQUIRE(loaded);
  CHECK(sync::text_string(loaded->doc, sync::find_root(loaded->doc, "anything")) == "hello");
}

TEST_CASE("a reader who does not read is sent away and the others notice nothing") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), slow(server, "u-pmo", 200), other(server, "u-fin", 300);
  lead.connect();
  slow.connect();
  other.connect();
  slow.connection.stalled = true;
  std::size_t sent = 0;
  std::string text(50'000, 'x');
  while (sent < 120) {
    lead.send_update(lead.write(text));
    ++sent;
    REQUIRE(lead.wait_for([&](const Inbox& inbox) { return inbox.statuses.size() == sent; }));
    if (slow.connection.stalled_bytes > limits::kSendQueueBytesMax / 4 && sent == 40) {
      // Presence is left out first.
      std::size_t before = slow.inbox().awareness.size();
      lead.send_awareness(100, 1, "{}");
      server.executor.run_ready();
      CHECK(slow.inbox().awareness.size() == before);
      CHECK(other.inbox().awareness.size() == 1);
    }
  }
  CHECK(slow.connection.closed == CloseCode::kTryLater);
  CHECK(slow.connection.stalled_bytes < limits::kSendQueueBytesMax + 200'000);
  CHECK(other.inbox().updates.size() == sent);
}

TEST_CASE("keep-alive: something comes at least every 20 seconds") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  TestClient plain(TestClient::Yjs{}, server, section_target(), PersonId("u-pmo"), 200);
  lead.connect();
  plain.connect();
  for (TestClient* client : {&lead, &plain}) {
    client->connection.received.clear();
    for (int i = 0; i < 120; ++i) {
      server.advance(i == 0 ? 1'000 : 500);
      client->door->on_tick(server.clock->now_ms());
    }
    CHECK(client->inbox().awareness.size() >= 2);
    CHECK(client->inbox().awareness[0] == Bytes{0});
  }
}

TEST_CASE("what may come before a token is bounded in bytes, frames, documents and time") {
  TestServer server;
  server.import();
  {
    TestClient client(server, "u-lead", 100);
    for (int i = 0; i < 300 && !client.connection.closed; ++i) client.send_step1();
    CHECK(client.connection.closed == CloseCode::kPolicy);
  }
  {
    TestClient client(server, "u-lead", 100);
    client.send_update(Bytes(limits::kUnauthenticatedBytesMax, 0));
    CHECK(client.connection.closed == CloseCode::kPolicy);
  }
  {
    TestClient client(server, "u-lead", 100);
    for (int i = 0; i < 100 && !client.connection.closed; ++i) {
      client.address = kPlan + "/s" + std::to_string(i);
      client.send_step1();
    }
    CHECK(client.connection.closed == CloseCode::kPolicy);
  }
  TestClient client(server, "u-lead", 100);
  for (int i = 0; i < 31; ++i) {
    server.clock->advance_ms(1'000);
    client.send_step1();  // traffic does not extend it
    client.door->on_tick(server.clock->now_ms());
  }
  CHECK(client.connection.closed == CloseCode::kTimeout);
}

TEST_CASE("hostile messages: the document or the socket is refused, nobody else notices") {
  TestServer server;
  server.import();
  TestClient other(server, "u-pmo", 200);
  other.connect();
  SECTION("text") {
    TestClient client(server, "u-lead", 100);
    client.connect();
    client.door->on_text();
    CHECK(client.connection.closed == CloseCode::kUnsupportedData);
  }
  SECTION("no address") {
    TestClient client(server, "u-lead", 100);
    client.door->on_message(Bytes{0xff, 0xff});
    CHECK(client.connection.closed == CloseCode::kBadMessage);
    CHECK_FALSE(plan_of_collab_message(Bytes{0xff, 0xff}));
    CHECK_FALSE(plan_of_collab_message(Bytes{0}));
  }
  SECTION("unknown and server-only messages close the document alone") {
    for (int type : {4, 6, 8, 42}) {
      TestClient client(server, "u-lead", 100);
      client.connect();
      client.send(type, [](sync::Writer& w) { w.var_string("x"); });
      CHECK(client.inbox().closes.size() == 1);
      CHECK_FALSE(client.connection.closed);
    }
  }
  SECTION("truncated bodies and garbage updates") {
    TestClient client(server, "u-lead", 100);
    client.connect();
    client.send_update(Bytes{1, 2, 3});
    CHECK(client.inbox().statuses == std::vector<int>{0});
    client.send(0, [](sync::Writer& w) { w.var_uint(2), w.var_uint(1000); });
    CHECK(client.inbox().closes == std::vector<std::string>{"bad-message"});
  }
  SECTION("random bytes") {
    SeededRandom random(42);
    for (int round = 0; round < 300; ++round) {
      TestClient client(server, "u-lead", 100);
      if (round % 2 == 0) client.connect();
      for (int i = 0; i < 20 && !client.connection.closed; ++i) {
        Bytes noise;
        if (random.chance(0.8)) noise = sync::address_prefix(client.address);
        std::uint64_t size = random.below(40);
        for (std::uint64_t k = 0; k < size; ++k)
          noise.push_back(static_cast<std::uint8_t>(random.below(k == 0 ? 12 : 256)));
        client.door->on_message(noise);
      }
      server.executor.run_ready();
    }
  }
  other.send_update(other.write("Still here"));
  CHECK(other.wait_for([](const Inbox& inbox) { return inbox.statuses == std::vector<int>{1}; }));
}

TEST_CASE("commands are judged in turn, and what comes after them by the state they leave") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  lead.connect();
  std::shared_ptr<Room> room;
  server.registry->open_room(PlanId(kPlan), [&](auto opened) { room = *opened; });
  REQUIRE(room);
  server.gate->set(false);
  lead.send_update(lead.write("before"));
  std::vector<Position> judged_at;
  std::vector<std::string> answers;
  for (int i = 0; i < 2; ++i) {
    room->submit_command(
        [&](const plan::PlanState& state) -> Result<std::optional<plan::Event>> {
          judged_at.push_back(state.position);
          if (judged_at.size() == 2)
            return fail(ErrorKind::kConflict, "figure.conflict", "Too late.");
          return std::optional<plan::Event>{};
        },
        [&](auto result) { answers.push_back(result ? "done" : result.error().code); });
  }
  Position before = server.head();
  server.gate->set(true);
  CHECK(server.executor.run_until([&] { return answers.size() == 2; }));
  CHECK(judged_at == std::vector<Position>{before + 1, before + 1});
  CHECK(answers == std::vector<std::string>{"done", "figure.conflict"});
}

TEST_CASE("the end of a session is the end of its sockets") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  TestClient yjs(TestClient::Yjs{}, server, section_target(), PersonId("u-lead"), 300);
  lead.connect();
  pmo.connect();
  yjs.connect();
  Position before = server.head();
  auto tick = [&] {
    for (TestClient* client : {&lead, &pmo, &yjs}) client->door->on_tick(server.clock->now_ms());
  };
  tick();
  CHECK_FALSE(lead.connection.closed);

  SECTION("signed out: cut at the next tick, and told so first") {
    *server.ends_ms["u-lead"] = 0;
    tick();
    CHECK(lead.inbox().denied == std::vector<std::string>{"sign-in"});
  }
  SECTION("expired: nothing that comes afterwards gets in") {
    *server.ends_ms["u-lead"] = server.clock->now_ms() + 1'000;
    tick();
    CHECK_FALSE(lead.connection.closed);
    server.clock->advance_ms(1'000);
    lead.send_update(lead.write("After the end"));
    yjs.send_update(yjs.write("After the end"));
    server.executor.run_ready();
    CHECK(server.head() == before);
  }
  SECTION("the session of one document's own token") {
    lead.send_token("token-of-u-fin");
    CHECK_FALSE(lead.connection.closed);
    *server.ends_ms["u-fin"] = 0;
    tick();
    *server.ends_ms["u-lead"] = 0;
    tick();
  }
  CHECK(lead.connection.closed == CloseCode::kSignIn);
  CHECK(lead.connection.reason == "sign-in");
  CHECK(yjs.connection.closed == CloseCode::kSignIn);
  CHECK_FALSE(pmo.connection.closed);
  pmo.send_update(pmo.write("Still here"));
  CHECK(pmo.wait_for([](const Inbox& inbox) { return inbox.statuses == std::vector<int>{1}; }));
}

TEST_CASE("who asks for many documents gets them at the pace at which it reads") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100);
  lead.connect();
  lead.send_update(lead.write(std::string(900'000, 'x')));
  CHECK(lead.wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 1; }));
  TestClient greedy(server, "u-pmo", 200);
  greedy.connection.stalled = true;
  const std::string plain = greedy.address;
  auto address = [&](int i) { return plain + std::string("\0s", 2) + std::to_string(i); };
  const int kDocuments = 50;
  for (int i = 0; i < kDocuments; ++i) {
    greedy.address = address(i);
    greedy.send_token();
    greedy.send_step1();
    server.executor.run_ready();
  }
  auto answered = [&] {
    int count = 0;
    for (int i = 0; i < kDocuments; ++i) {
      std::string of = address(i);
      count += static_cast<int>(sort_inbox(greedy.connection.received, &of).step2s.size());
    }
    return count;
  };
  CHECK_FALSE(greedy.connection.closed);
  CHECK(greedy.connection.stalled_bytes < 3'000'000);
  CHECK(answered() == 2);
  // It reads: the rest comes, each once.
  for (int turns = 0; greedy.connection.wants_drained && turns < 100; ++turns) {
    greedy.connection.stalled_bytes = 0;
    greedy.connection.wants_drained = false;
    greedy.door->on_drained();
  }
  CHECK(answered() == kDocuments);
  CHECK_FALSE(greedy.connection.closed);
}
