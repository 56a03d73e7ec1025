#include "sync/update.hpp"

#include "catch.hpp"
#include "codec_testing.hpp"
#include "samples.hpp"

using namespace footprint;
using namespace footprint::sync;

namespace {

std::string merged(const std::vector<Bytes>& updates, Format format = Format::kV1) {
  std::vector<ByteView> views(updates.begin(), updates.end());
  auto result = merge_updates(views, format);
  return result ? to_hex(*result) : result.error().code;
}

const Bytes kFirst = hex("0101050004010174086162f09f9880636400");
const Bytes kThird =
    hex("01030508c60501050204626f6c64046e756c6cc505080502157b22696d616765223a2278222c2277223a312e35"
        "7dc605"
        "09050204626f6c64047472756500");
const Bytes kSixth = hex("0102050d0700050b060400050d046c696e6500");
// As yjs merges them: holes are Skips.
const std::string kHoles =
    "0108050004010174086162f09f988063640a02c60501050204626f6c64046e756c6cc505080502157b22696d616765"
    "223a"
    "2278222c2277223a312e357dc60509050204626f6c6404747275650a020700050b060400050d046c696e6500";

}  // namespace

TEST_CASE("merging gives the bytes of yjs, with Skips for holes, in any order") {
  CHECK(merged({kFirst, kThird, kSixth}) == kHoles);
  CHECK(merged({kSixth, kFirst, kThird, kFirst}) == kHoles);
  CHECK(merged({}) == "0000");
  CHECK(merged({kFirst}) == to_hex(kFirst));
}

TEST_CASE("merging cuts what is known already off the later struct") {
  Bytes state = hex("01010100040101740861f09f988062636400");
  Bytes begin = hex("01010100040101740661f09f98806200");
  Bytes end = hex("0101010484010302636400");
  CHECK(merged({state, end}) == to_hex(state));
  CHECK(merged({begin, state}) == "01020100040101740661f09f98806284010302636400");
  CHECK(merged({begin, end}) == "01020100040101740661f09f98806284010302636400");
}

TEST_CASE("merging joins GC structs of different updates") {
  CHECK(merged({hex("0101070000 0200"), hex("0101070200 0300")}) == "01010700000500");
}

TEST_CASE("one damaged update spoils the merge, not the program") {
  CHECK(merged({kFirst, hex("0101")}) == "update.truncated");
}

TEST_CASE("merging many small updates takes time in proportion") {
  std::vector<Bytes> updates;
  for (Clock i = 0; i < 20'000; ++i) {
    UpdateWriter writer(Format::kV1);
    WireStruct item;
    item.id = {1 + i % 50, i / 50};
    item.length = 1;
    item.content.kind = ContentKind::kString;
    item.content.bytes = as_bytes("x");
    item.parent_kind = ParentKind::kRootName;
    item.parent_name = "t";
    writer.begin(1);
    writer.begin_client(item.id.client, 1, item.id.clock);
    writer.write(item);
    updates.push_back(writer.finish({}));
  }
  std::vector<ByteView> views(updates.rbegin(), updates.rend());
  auto result = merge_updates(views, Format::kV1);
  REQUIRE(result);
  CHECK(state_vector_of_update(*result, Format::kV1)->clocks().size() == 50);
  CHECK(state_vector_of_update(*result, Format::kV1)->get(50) == 400);
}

TEST_CASE("a diff inside a surrogate pair begins with U+FFFD") {
  StateVector known;
  known.set(1, 2);
  auto diff = diff_update(hex("01010100040101740661f09f98806200"), known, Format::kV1);
  CHECK(to_hex(*diff) == "0101010284010104efbfbd6200");
}

TEST_CASE("a diff leaves out what is known and passes the deletions on") {
  StateVector known;
  known.set(900000, 2);
  known.set(5, 23);
  CHECK(to_hex(*diff_update(samples::full_v1(), known, Format::kV1)) == "000105040002060108010b08");
  CHECK(*diff_update(samples::full_v1(), {}, Format::kV1) == samples::full_v1());
  StateVector first;
  first.set(5, 6);
  CHECK(to_hex(*diff_update(hex(kHoles), first, Format::kV1)).substr(0, 10) == "01060508c6");
}

TEST_CASE("the state vector of an update ends at the first hole") {
  CHECK(to_hex(state_vector_of_update(hex(kHoles), Format::kV1)->encode()) == "010506");
  CHECK(state_vector_of_update(kThird, Format::kV1)->empty());
  auto meta = update_meta(kThird, Format::kV1);
  CHECK(meta->from.at(5) == 8);
  CHECK(meta->to.at(5) == 11);
}

TEST_CASE("inspection lists names and ranges") {
  for (Format format : {Format::kV1, Format::kV2}) {
    auto contents =
        inspect_update(format == Format::kV1 ? samples::full_v1() : samples::full_v2(), format);
    REQUIRE(contents);
    CHECK(contents->root_names == std::vector<std::string>{"m", "r", "t", "x"});
    CHECK(contents->node_names == std::vector<std::string>{"paragraph"});
    CHECK(contents->attribute_keys == std::vector<std::string>{"d", "k", "kind"});
    CHECK(contents->format_keys == std::vector<std::string>{"bold"});
    CHECK(contents->type_refs == std::vector<TypeRef>{TypeRef::kXmlElement, TypeRef::kXmlText});
    REQUIRE(contents->structs.size() == 2);
    CHECK(contents->structs[1].client == 5);
    CHECK(contents->structs[1].from == 0);
    CHECK_FALSE(contents->deletes.empty());
  }
  auto holes = inspect_update(hex(kHoles), Format::kV1);
  CHECK(holes->structs.size() == 3);
}
