#include "sync/y_protocol.hpp"

#include "catch.hpp"
#include "codec_testing.hpp"
#include "sync/awareness.hpp"
#include "sync/state_vector.hpp"

using namespace footprint;
using namespace footprint::sync;

TEST_CASE("y-websocket frames of the protocol page are understood") {
  Bytes step1 = hex("00 00 01 00");
  auto message = parse_y_websocket(step1);
  REQUIRE(message);
  CHECK(message->kind == MessageKind::kSync);
  CHECK(message->sync.type == SyncType::kStep1);
  CHECK(StateVector::decode(message->sync.body)->empty());

  Bytes update = hex("00 02 0c 01 01 02 00 04 01 01 74 02 68 69 00");
  message = parse_y_websocket(update);
  REQUIRE(message);
  CHECK(message->sync.type == SyncType::kUpdate);
  auto decoded = decode_update(message->sync.body, Format::kV1);
  REQUIRE(decoded);
  CHECK(decoded->clients.front().structs.front().parent_name == "t");
  CHECK(as_text(decoded->clients.front().structs.front().content.bytes) == "hi");
  CHECK(encode_sync(message->sync) == Bytes(update.begin() + 1, update.end()));

  Bytes denied = hex("02 00 02 6e 6f");
  CHECK(parse_y_websocket(denied)->text == "no");
  CHECK(parse_y_websocket(hex("03"))->kind == MessageKind::kQueryAwareness);
  CHECK(parse_y_websocket(hex("66 01 02"))->kind == MessageKind::kUnknown);
}

TEST_CASE("Hocuspocus frames of the protocol page are understood") {
  Bytes token = hex("01 64 02 00 03 74 6f 6b 05 34 2e 38 2e 30");
  auto message = parse_hocuspocus(token);
  REQUIRE(message);
  CHECK(message->address == "d");
  CHECK(message->kind == MessageKind::kToken);
  CHECK(message->text == "tok");
  CHECK(message->version == "4.8.0");
  CHECK(parse_hocuspocus(hex("01 62 02 01 04 6e 6f 70 65"))->text == "nope");
  CHECK(parse_hocuspocus(hex("01 64 02 02 0a 72 65 61 64 2d 77 72 69 74 65"))->kind ==
        MessageKind::kAuthenticated);
  CHECK(parse_hocuspocus(hex("01 64 05 02 79 6f"))->kind == MessageKind::kStateless);
  CHECK(parse_hocuspocus(hex("01 64 07"))->kind == MessageKind::kClose);
  CHECK(parse_hocuspocus(hex("01 64 08 01"))->applied);
  CHECK(parse_hocuspocus(hex("09"))->kind == MessageKind::kPing);
  CHECK(parse_hocuspocus(hex("0a"))->kind == MessageKind::kPong);
  Bytes step1 = hex("01 64 00 00 01 00");
  CHECK(parse_hocuspocus(step1)->sync.body.size() == 1);
}

TEST_CASE("addresses are split at the first NUL and must name something") {
  auto parts = split_address(std::string_view("plan/vision\0abc", 15));
  REQUIRE(parts);
  CHECK(parts->document == "plan/vision");
  CHECK(parts->session == "abc");
  CHECK(split_address("plan")->session.empty());
  CHECK_FALSE(split_address(""));
  CHECK_FALSE(split_address("  "));
}

TEST_CASE("frames that are cut short or wrong are refused") {
  for (const char* bytes :
       {"", "00", "00 00", "00 00 05 00", "00 03 00", "01 05", "02 01 00", "02 00 02 6e"}) {
    CHECK_FALSE(parse_y_websocket(hex(bytes)));
  }
  for (const char* bytes :
       {"", "05 64", "01 64", "01 64 00", "01 64 02 07", "01 ff 03", "01 64 05 09 79"}) {
    CHECK_FALSE(parse_hocuspocus(hex(bytes)));
  }
  CHECK_FALSE(decode_sync(hex("00 01 00 00")));
}

TEST_CASE("an awareness table follows the clocks") {
  AwarenessTable table;
  Bytes first = hex("01 03 00 02 7b 7d");
  CHECK(table.apply(first, 1000)->added.empty());  // clock 0 of an unknown client says nothing new
  Bytes shown = hex("01 03 01 02 7b 7d");
  CHECK(table.apply(shown, 1000)->added == std::vector<ClientId>{3});
  CHECK(table.apply(shown, 1000)->updated.empty());
  Bytes removal = hex("01 03 01 04 6e 75 6c 6c");
  CHECK(table.apply(removal, 2000)->removed == std::vector<ClientId>{3});
  CHECK(table.state(3) == nullptr);
  std::vector<ClientId> asked{3, 9};
  CHECK(table.encode(asked) == removal);
  table.set(3, R"({"a":1})", 2000);
  CHECK(table.clock(3) == 2);
  CHECK(table.here() == std::vector<ClientId>{3});
  CHECK(table.expire(2000 + AwarenessTable::kExpiryMs - 1).empty());
  CHECK(table.expire(2000 + AwarenessTable::kExpiryMs) == std::vector<ClientId>{3});
  CHECK(table.clock(3) == 3);
}

TEST_CASE("a faulty awareness update changes nothing") {
  AwarenessTable table;
  for (const char* bytes :
       {"", "02 03 01 02 7b 7d", "01 03 01 02 7b 7b", "01 03 01 02 7b 7d 00", "ff ff ff ff 0f"}) {
    CHECK_FALSE(table.apply(hex(bytes), 0));
  }
  CHECK(table.here().empty());
}
