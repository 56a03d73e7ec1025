#include "room_testing.hpp"

using namespace footprint;
using namespace footprint::room;
using namespace footprint::room::testing;

namespace {

struct Shown {
  sync::ClientId client = 0;
  std::uint64_t clock = 0;
  std::string state;
};

std::vector<Shown> shown(const std::vector<Bytes>& messages) {
  std::vector<Shown> all;
  for (const Bytes& message : messages) {
    sync::Reader reader(message);
    std::uint64_t count = reader.var_uint();
    for (std::uint64_t i = 0; i < count; ++i) {
      Shown one;
      one.client = reader.var_uint();
      one.clock = reader.var_uint();
      one.state = std::string(reader.var_string());
      all.push_back(std::move(one));
    }
    REQUIRE(reader.ok());
  }
  return all;
}

}  // namespace

TEST_CASE("presence says who the session is, whatever the client says") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  lead.connect();
  pmo.connect();
  lead.send_awareness(100, 1, R"({"user":{"name":"The Minister"},"cursor":{"field":"statement"}})");
  server.executor.run_ready();
  auto seen = shown(pmo.inbox().awareness);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].client == 100);
  CHECK(has(seen[0].state, R"("person":"u-lead")"));
  CHECK(has(seen[0].state, R"("cursor":{"field":"statement"})"));
  CHECK_FALSE(has(seen[0].state, "Minister"));
  CHECK(lead.inbox().awareness.empty());
}

TEST_CASE("a client id belongs to who shows it first; repeating others is ignored") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  lead.connect();
  pmo.connect();
  lead.send_awareness(100, 1, R"({"cursor":1})");
  pmo.send_awareness(200, 1, R"({"cursor":1})");
  server.executor.run_ready();
  std::size_t before = lead.inbox().awareness.size();
  pmo.send_awareness(100, 5, R"({"cursor":"forged"})");
  pmo.send_awareness(100, 6, "null");
  server.executor.run_ready();
  CHECK(lead.inbox().awareness.size() == before);
  TestClient late(server, "u-fin", 300);
  late.connect();
  CHECK(shown(late.inbox().awareness).size() == 2);
}

TEST_CASE("who leaves is gone at once, and who comes back at the same clock is seen again") {
  TestServer server;
  server.import();
  TestClient pmo(server, "u-pmo", 200);
  pmo.connect();
  {
    TestClient lead(server, "u-lead", 100);
    lead.connect();
    lead.send_awareness(100, 7, R"({"cursor":1})");
    server.executor.run_ready();
  }
  server.executor.run_ready();
  auto seen = shown(pmo.inbox().awareness);
  REQUIRE(seen.size() == 2);
  CHECK(seen[1].state == "null");
  CHECK(seen[1].clock > seen[0].clock);
  TestClient again(server, "u-lead", 100);
  again.connect();
  again.send_awareness(100, 7, R"({"cursor":1})");
  server.executor.run_ready();
  seen = shown(pmo.inbox().awareness);
  REQUIRE(seen.size() == 3);
  CHECK(seen[2].state != "null");
  CHECK(seen[2].clock > seen[1].clock);
}

TEST_CASE("presence is bounded in size and number, and goes out once a turn") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  lead.connect();
  pmo.connect();
  for (std::uint64_t clock = 1; clock < 50; ++clock)
    lead.send_awareness(100, clock, R"({"cursor":1})");
  server.executor.run_ready();
  CHECK(pmo.inbox().awareness.size() == 1);
  lead.send_awareness(100, 60, R"({"big":")" + std::string(5000, 'x') + "\"}");
  CHECK(has(lead.inbox().stateless.back(), "awareness.too_large"));
  for (sync::ClientId id = 1000; id < 1020; ++id) lead.send_awareness(id, 1, "{}");
  server.executor.run_ready();
  CHECK(has(lead.inbox().stateless.back(), "awareness.too_many"));
  TestClient late(server, "u-fin", 300);
  late.connect();
  CHECK(shown(late.inbox().awareness).size() == 8);
}

TEST_CASE("presence that nobody renews ends") {
  TestServer server;
  server.import();
  TestClient lead(server, "u-lead", 100), pmo(server, "u-pmo", 200);
  lead.connect();
  pmo.connect();
  lead.send_awareness(100, 1, R"({"cursor":1})");
  server.executor.run_ready();
  for (int i = 0; i < 50; ++i) server.advance(1'000), server.executor.run_ready();
  CHECK(shown(pmo.inbox().awareness).back().state == "null");
}
