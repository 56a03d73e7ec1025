#include "catch.hpp"
#include "codec_testing.hpp"
#include "samples.hpp"
#include "sync/update.hpp"

using namespace footprint;
using namespace footprint::sync;

namespace {

std::string code(std::string_view bytes, Format format = Format::kV1) {
  auto update = decode_update(hex(bytes), format);
  return update ? "" : update.error().code;
}

}  // namespace

TEST_CASE("an update of yjs is decoded and written again to the same bytes") {
  for (Format format : {Format::kV1, Format::kV2}) {
    Bytes bytes = format == Format::kV1 ? samples::full_v1() : samples::full_v2();
    auto update = decode_update(bytes, format);
    REQUIRE(update);
    CHECK(to_hex(rewritten(*update, format)) == to_hex(bytes));
    REQUIRE(update->clients.size() == 2);
    CHECK(update->clients[0].client == 900000);
    CHECK(update->clients[1].structs.size() == 14);
    const WireStruct& text = update->clients[1].structs[0];
    CHECK(text.length == 6);
    CHECK(text.parent_name == "t");
    CHECK(as_text(text.content.bytes) ==
          "ab\xF0\x9F\x98\x80"
          "cd");
    CHECK(update->deletes.contains({5, 1}));
    CHECK_FALSE(update->deletes.contains({5, 2}));
  }
}

TEST_CASE("the two encodings convert into each other as yjs converts them") {
  CHECK(to_hex(*convert_update(samples::full_v1(), Format::kV1, Format::kV2)) ==
        to_hex(samples::full_v2()));
  CHECK(to_hex(*convert_update(samples::full_v2(), Format::kV2, Format::kV1)) ==
        to_hex(samples::full_v1()));
}

TEST_CASE("the empty update has the bytes of the protocol page") {
  CHECK(UpdateWriter(Format::kV1).finish({}) == hex("00"));
  CHECK(to_hex(*convert_update(hex("00 00"), Format::kV1, Format::kV2)) ==
        "00000000000001000000000000");
  CHECK(code("00000000000001000000000000", Format::kV2).empty());
}

TEST_CASE("the map key's mark may stand without the key") {
  auto update = decode_update(hex("01 01 07 01 a8 07 00 01 77 01 7a 00"), Format::kV1);
  REQUIRE(update);
  const WireStruct& item = update->clients[0].structs[0];
  CHECK(item.has_parent_sub);
  CHECK(item.parent_sub.empty());
  CHECK(item.content.kind == ContentKind::kAny);
}

TEST_CASE("damaged updates are refused with a code") {
  CHECK(code("") == "update.truncated");
  CHECK(code("01") == "update.truncated");
  CHECK(code("00") == "update.truncated");
  CHECK(code("0000 00") == "update.malformed");                              // bytes after the end
  CHECK(code("01 01 02 00 04 01 01 74 02 68 ff 00") == "update.malformed");  // not UTF-8
  CHECK(code("01 01 02 00 0b 01 01 74 00") == "update.unknown_content");
  CHECK(code("01 01 02 00 04 01 01 74 00 00") == "update.malformed");  // empty string
  CHECK(code("01 01 02 00 00 00 00") == "update.malformed");           // GC of length 0
  CHECK(code("01 01 02 ffffffff0f 00 01 00") == "update.clock_range");
  CHECK(code("01 01 02 01 00 ffffffff07 00") == "update.clock_range");
  CHECK(code("01 01 ffffffffffffff1f 00 00 01 00") == "update.client_range");
  CHECK(code("01 01 02 00 84 02 00 01 61 00") == "update.malformed");        // hangs on itself
  CHECK(code("01 01 02 00 05 01 01 74 01 7b 00") == "update.malformed");     // embed is not JSON
  CHECK(code("01 01 02 00 07 01 01 74 09 00") == "update.malformed");        // no such type
  CHECK(code("02 01 02 00 00 01 01 02 01 00 01 00") == "update.malformed");  // a client twice
  CHECK(code("00 01 02 01 ffffffff07 05") == "update.clock_range");
  CHECK(code("ffffffff0f 00") == "update.truncated");
  CHECK(code("01 ffffffff0f 02 00 00 01 00") == "update.truncated");
  CHECK(code("0000", Format::kV2) == "update.truncated");
}

TEST_CASE("values nested too deep are refused") {
  std::string deep = "01 01 02 00 08 01 01 74 01 ";
  for (int i = 0; i < 200; ++i) deep += "75 01 ";
  CHECK(code(deep + "7e 00") == "update.depth");
}

TEST_CASE("a size limit is kept before anything is read") {
  DecodeLimits limits;
  limits.bytes_max = 10;
  CHECK(decode_update(samples::full_v1(), Format::kV1, limits).error().code == "update.too_large");
}

TEST_CASE("a few bytes of v2 cannot claim millions of structs") {
  // GC structs from one run of info bytes and one of lengths.
  UpdateWriter writer(Format::kV2);
  writer.begin(1);
  writer.begin_client(7, 10'000'000, 0);
  for (Clock i = 0; i < 10'000'000; ++i) {
    WireStruct gc;
    gc.id = {7, i};
    gc.length = 1;
    writer.write(gc);
  }
  Bytes bytes = writer.finish({});
  CHECK(bytes.size() < 40);
  CHECK(decode_update(bytes, Format::kV2).error().code == "update.truncated");
}

TEST_CASE("delete sets stay sorted and joined whatever the order") {
  DeleteSet set;
  set.add(1, 10, 5);
  set.add(1, 0, 5);
  set.add(1, 5, 5);
  CHECK(set.ranges().at(1) == std::vector<DeleteRange>{{0, 15}});
  set.add_all(1, {{30, 2}, {20, 3}, {22, 4}, {40, 0}});
  CHECK(set.ranges().at(1) == std::vector<DeleteRange>{{0, 15}, {20, 6}, {30, 2}});
  set.add(1, 15, 6);
  CHECK(set.ranges().at(1) == std::vector<DeleteRange>{{0, 26}, {30, 2}});
  CHECK(set.contains({1, 25}));
  CHECK_FALSE(set.contains({1, 26}));
  CHECK_FALSE(set.contains({2, 0}));
}

TEST_CASE("state vectors compare, encode in descending order and refuse what is damaged") {
  StateVector vector;
  vector.set(5, 6);
  CHECK(to_hex(vector.encode()) == "010506");
  vector.set(9, 1);
  CHECK(to_hex(vector.encode()) == "0209010506");
  CHECK(*StateVector::decode(hex("02 05 06 09 01")) == vector);
  CHECK(vector.covers({}));
  CHECK_FALSE(StateVector().covers(vector));
  for (const char* bytes : {"", "01", "01 05", "01 05 ffffffff0f", "00 00", "ffffff7f"}) {
    CHECK(StateVector::decode(hex(bytes)).error().code == "state_vector.malformed");
  }
}
