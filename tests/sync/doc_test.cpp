#include <stdexcept>

#include "base/random.hpp"
#include "catch.hpp"
#include "doc_testing.hpp"
#include "sync/update.hpp"

using namespace footprint;
using namespace footprint::sync;
using namespace footprint::sync::testing;

TEST_CASE("a keystroke is the update yjs would send") {
  Doc doc = doc_of(1);
  CHECK(type(doc, 0, "a") == Bytes{1, 1, 1, 0, 4, 1, 4, 't', 'e', 'x', 't', 1, 'a', 0});
  CHECK(type(doc, 1, "b") == Bytes{1, 1, 1, 1, 0x84, 1, 0, 1, 'b', 0});
  CHECK(erase(doc, 0, 1) == Bytes{0, 1, 1, 1, 0, 1});
  CHECK(text_in(doc) == "b");
  CHECK(doc.transact([](Transaction&) {}).empty());
}

TEST_CASE("concurrent insertions come out in the same order everywhere") {
  Doc a = doc_of(1), b = doc_of(2), c = doc_of(3);
  Bytes from_a = type(a, 0, "one "), from_b = type(b, 0, "two "), from_c = type(c, 0, "three ");
  for (const Bytes& update : {from_c, from_b}) REQUIRE(a.apply_update(update));
  for (const Bytes& update : {from_a, from_c}) REQUIRE(b.apply_update(update));
  for (const Bytes& update : {from_b, from_a}) REQUIRE(c.apply_update(update));
  CHECK(text_in(a) == "one two three ");
  CHECK(text_in(b) == text_in(a));
  CHECK(text_in(c) == text_in(a));
  CHECK(a.encode_state() == b.encode_state());
}

TEST_CASE("what comes too early waits, is told about, is kept in the state, and goes on") {
  Doc writer = doc_of(7);
  Bytes first = type(writer, 0, "a"), second = type(writer, 1, "b"), third = erase(writer, 0, 1);
  Doc reader = doc_of(8);
  auto outcome = reader.apply_update(third);
  REQUIRE(outcome);
  CHECK(outcome->pending);
  CHECK(reader.has_pending_deletes());
  REQUIRE(reader.apply_update(second));
  CHECK(reader.has_pending_structs());
  CHECK(text_in(reader).empty());

  Doc heir = doc_of(9);  // gets the waiting parts with the state
  REQUIRE(heir.apply_update(reader.encode_state()));
  CHECK(heir.has_pending_structs());
  for (Doc* doc : {&reader, &heir}) {
    auto done = doc->apply_update(first);
    REQUIRE(done);
    CHECK_FALSE(done->pending);
    CHECK(text_in(*doc) == "b");
    CHECK(doc->encode_state() == writer.encode_state());
  }
}

TEST_CASE("an update in reverse order of a thousand edits ends as if in order") {
  Doc writer = doc_of(1);
  std::vector<Bytes> updates;
  SeededRandom random(5);
  for (int i = 0; i < 1000; i++) {
    auto length = static_cast<Clock>(text_in(writer).size());
    bool removes = length > 0 && random.chance(0.3);
    updates.push_back(removes ? erase(writer, static_cast<Clock>(random.below(length)), 1)
                              : type(writer, static_cast<Clock>(random.below(length + 1)), "xy"));
  }
  Doc reader = doc_of(2);
  for (auto update = updates.rbegin(); update != updates.rend(); ++update) {
    REQUIRE(reader.apply_update(*update));
  }
  CHECK_FALSE(reader.has_pending_structs());
  CHECK_FALSE(reader.has_pending_deletes());
  CHECK(text_in(reader) == text_in(writer));
  CHECK(reader.delete_set() == writer.delete_set());
}

TEST_CASE("a refused update changes nothing") {
  Doc doc = doc_of(1);
  type(doc, 0, "steady");
  Bytes before = doc.encode_state();
  Bytes cut = type(doc, 6, " text");
  cut.pop_back();
  Doc other = doc_of(2);
  REQUIRE(other.apply_update(before));
  auto refused = other.apply_update(cut);
  REQUIRE_FALSE(refused);
  CHECK(other.encode_state() == before);
  // An item whose origin is itself.
  auto loop = other.apply_update(Bytes{1, 1, 9, 0, 0x84, 9, 0, 1, 'a', 0});
  REQUIRE_FALSE(loop);
  CHECK(loop.error().code == "update.malformed");
  CHECK(other.encode_state() == before);
}

TEST_CASE("what waits is bounded and the refusal leaves what waits as it was") {
  DocOptions options;
  options.pending_bytes_max = 4000;
  Doc doc(options);
  Doc writer = doc_of(5);
  type(writer, 0, "start");
  std::string code;
  std::size_t accepted = 0;
  for (int i = 0; i < 100 && code.empty(); i++) {
    Bytes update = type(writer, 0, std::string(100, 'x'));
    auto outcome = doc.apply_update(update);
    if (outcome)
      accepted++;
    else
      code = outcome.error().code;
  }
  CHECK(code == "update.pending_full");
  CHECK(accepted > 5);
  CHECK(doc.has_pending_structs());
  REQUIRE(doc.apply_update(writer.encode_state()));
  CHECK_FALSE(doc.has_pending_structs());
  CHECK(text_in(doc) == text_in(writer));
}

TEST_CASE("the outcome says what an update did") {
  Doc writer = doc_of(4);
  Bytes first = type(writer, 0, "abc"), second = erase(writer, 1, 1);
  Doc reader = doc_of(5);
  auto one = reader.apply_update(first);
  REQUIRE(one);
  CHECK(one->changed);
  CHECK(one->before.get(4) == 0);
  CHECK(one->after.get(4) == 3);
  auto two = reader.apply_update(second);
  REQUIRE(two);
  CHECK(two->deleted.contains({4, 1}));
  auto again = reader.apply_update(second);
  REQUIRE(again);
  CHECK_FALSE(again->changed);
}

TEST_CASE("a map key keeps the value written last and forgets the others") {
  Doc doc = doc_of(1);
  doc.transact([](Transaction& t) {
    TypeId map = t.root("map", TypeRef::kMap);
    t.set(map, "k", "old");
    t.set(map, "k", "new");
    TypeId inner = t.set_type(map, "inner", TypeRef::kMap);
    t.set(inner, "x", 1);
  });
  TypeId map = find_root(doc, "map");
  CHECK(to_json(to_any(doc, map)) == R"({"inner":{"x":1},"k":"new"})");
  doc.transact([](Transaction& t) { t.remove(t.root("map", TypeRef::kMap), "inner"); });
  CHECK(to_json(to_any(doc, map)) == R"({"k":"new"})");
  Doc copy = doc_of(2);
  sync_to(copy, doc);
  CHECK(copy.encode_state() == doc.encode_state());
  CHECK(copy.encode_state({}, Format::kV2) == doc.encode_state({}, Format::kV2));
}

TEST_CASE("a surrogate pair cut in two becomes two replacement characters") {
  Doc a = doc_of(1);
  type(a, 0, "x\xF0\x9F\x98\x80y");
  type(a, 2, "-");
  CHECK(text_in(a) == "x\xEF\xBF\xBD-\xEF\xBF\xBDy");
  Doc b = doc_of(2);
  sync_to(b, a);
  CHECK(text_in(b) == text_in(a));
}

TEST_CASE(
    "types nested a hundred thousand deep are applied, read, deleted and collected without "
    "recursion") {
  constexpr int kLevels = 100'000;
  Doc doc = doc_of(1);
  Bytes update = doc.transact([&](Transaction& t) {
    TypeId parent = t.root("xml", TypeRef::kXmlFragment);
    for (int i = 0; i < kLevels; i++)
      parent = t.insert_type(parent, 0, TypeRef::kXmlElement, "div");
  });
  Doc reader = doc_of(2);
  REQUIRE(reader.apply_update(update));
  TypeId xml = find_root(reader, "xml");
  CHECK(xml_string(reader, xml, TypeRef::kXmlFragment).size() > 1000);
  CHECK_FALSE(html(reader, xml).empty());
  CHECK(plain_text(reader, xml).empty());
  CHECK(prosemirror_doc(reader, xml).find("content") != nullptr);
  Bytes removal = doc.transact(
      [](Transaction& t) { t.delete_values(t.root("xml", TypeRef::kXmlFragment), 0, 1); });
  REQUIRE(reader.apply_update(removal));
  CHECK(reader.encode_state().size() < 100);
  CHECK(reader.encode_state() == doc.encode_state());
}

TEST_CASE("many clients writing at one place stay cheap when loaded together") {
  std::vector<Bytes> updates;
  for (ClientId client = 1; client <= 3000; client++) {
    Doc one = doc_of(client);
    updates.push_back(type(one, 0, "x"));
  }
  std::vector<ByteView> views(updates.begin(), updates.end());
  auto merged = merge_updates(views, Format::kV1);
  REQUIRE(merged);
  Doc together = doc_of(0), apart = doc_of(0);
  REQUIRE(together.apply_update(*merged));
  for (const Bytes& update : updates) REQUIRE(apart.apply_update(update));
  CHECK(together.encode_state() == apart.encode_state());
  CHECK(text_in(apart).size() == 3000);
}

TEST_CASE("dropped content gives its memory back") {
  Doc doc = doc_of(1);
  for (int i = 0; i < 50; i++) {
    type(doc, 0, std::string(100'000, 'x'));
    erase(doc, 0, 100'000);
  }
  CHECK(doc.memory_bytes() < 1'500'000);
  CHECK(text_in(doc).empty());
}
