#include <cstdlib>
#include <stdexcept>

#include "base/random.hpp"
#include "catch.hpp"
#include "doc_testing.hpp"

using namespace footprint;
using namespace footprint::sync;
using namespace footprint::sync::testing;

namespace {

Attributes random_marks(SeededRandom& random) {
  if (random.chance(0.3)) return {{"strong", Any::null()}};
  return {{random.chance(0.5) ? "strong" : "em", Any::Object{}}};
}

/// An edit somewhere in a document of all kinds of types.
Bytes random_edit(Doc& doc, SeededRandom& random) {
  return doc.transact([&](Transaction& t) {
    TypeId text = t.root("text", TypeRef::kText);
    TypeId xml = t.root("xml", TypeRef::kXmlFragment);
    TypeId map = t.root("map", TypeRef::kMap);
    auto at = [&](TypeId type) { return static_cast<Clock>(random.below(t.length(type) + 1)); };
    switch (random.below(8)) {
      case 0:
      case 1:
        t.insert_text(text, at(text), "caf\xC3\xA9 ");
        break;
      case 2:
        t.delete_text(text, at(text), 3);
        break;
      case 3:
        t.format_text(text, at(text), 4, random_marks(random));
        break;
      case 4: {
        TypeId element = t.insert_type(xml, at(xml), TypeRef::kXmlElement, "paragraph");
        t.set(element, "kind", "p");
        t.insert_text(t.insert_type(element, 0, TypeRef::kXmlText), 0, "block");
        break;
      }
      case 5:
        t.delete_values(xml, 0, t.length(xml) > 3 ? 1 : 0);
        break;
      case 6:
        t.set(map, random.chance(0.5) ? "a" : "b", static_cast<int>(random.below(9)));
        break;
      default:
        t.insert_embed(text, at(text), Any::Object{{"image", Any("x.png")}});
        break;
    }
  });
}

void damage(Bytes& update, SeededRandom& random) {
  for (std::uint64_t times = 1 + random.below(3); times > 0 && !update.empty(); times--) {
    std::size_t at = random.below(update.size());
    switch (random.below(4)) {
      case 0:
        update[at] = static_cast<std::uint8_t>(random.next());
        break;
      case 1:
        update[at] ^= static_cast<std::uint8_t>(1u << random.below(8));
        break;
      case 2:
        update.erase(update.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      default:
        update.insert(update.begin() + static_cast<std::ptrdiff_t>(at),
                      update[random.below(update.size())]);
    }
  }
}

}  // namespace

// FUZZ_ROUNDS sets the number of mutated updates (the default keeps unit runs short).
TEST_CASE("mutated updates are refused without a trace or applied without harm") {
  const char* wish = std::getenv("FUZZ_ROUNDS");
  long rounds = wish != nullptr ? std::atol(wish) : 20'000;
  SeededRandom random(20161);
  std::vector<Bytes> updates;
  Doc source = doc_of(1), other = doc_of(2);
  for (int i = 0; i < 300; i++) {
    Doc& doc = i % 2 == 0 ? source : other;
    updates.push_back(random_edit(doc, random));
    if (i % 7 == 0) sync_to(source, other);
    if (i % 5 == 0) sync_to(other, source);
  }
  updates.push_back(source.encode_state());
  Doc doc = doc_of(3);
  long refused = 0;
  for (long i = 0; i < rounds; i++) {
    if (i % 200 == 0) {
      doc = doc_of(3, random.chance(0.7));
      REQUIRE(doc.apply_update(source.encode_state()));
    }
    Bytes update = updates[random.below(updates.size())];
    damage(update, random);
    bool check = i % 50 == 0;
    Bytes before = check ? doc.encode_state() : Bytes{};
    auto outcome = doc.apply_update(update);
    if (!outcome) {
      refused++;
      if (check) REQUIRE(doc.encode_state() == before);
    } else if (check) {
      Doc copy = doc_of(4);
      auto again = copy.apply_update(doc.encode_state());
      REQUIRE(again);
      xml_string(doc, find_root(doc, "xml"), TypeRef::kXmlFragment);
      html(doc, find_root(doc, "xml"));
    }
  }
  CHECK(refused > rounds / 10);
}

TEST_CASE(
    "replicas that get everything in different orders are equal to the byte in content and state "
    "vector") {
  for (std::uint64_t seed = 1; seed <= 30; seed++) {
    SeededRandom random(seed);
    Doc replicas[] = {doc_of(10), doc_of(11), doc_of(12)};
    std::vector<Bytes> inbox[3];
    for (int i = 0; i < 150; i++) {
      std::size_t who = random.below(3);
      Bytes update = random_edit(replicas[who], random);
      for (std::size_t to = 0; to < 3; to++) {
        if (to != who && !update.empty()) inbox[to].push_back(update);
      }
      std::size_t to = random.below(3);
      if (inbox[to].empty()) continue;
      std::size_t at = random.below(inbox[to].size());
      REQUIRE(replicas[to].apply_update(inbox[to][at]));
      inbox[to].erase(inbox[to].begin() + static_cast<std::ptrdiff_t>(at));
    }
    for (std::size_t to = 0; to < 3; to++) {
      for (const Bytes& update : inbox[to]) REQUIRE(replicas[to].apply_update(update));
    }
    for (const Doc& replica : replicas) {
      CHECK_FALSE(replica.has_pending_structs());
      CHECK(replica.state_vector() == replicas[0].state_vector());
      CHECK(replica.delete_set() == replicas[0].delete_set());
      CHECK(text_in(replica) == text_in(replicas[0]));
      CHECK(xml_string(replica, find_root(replica, "xml"), TypeRef::kXmlFragment) ==
            xml_string(replicas[0], find_root(replicas[0], "xml"), TypeRef::kXmlFragment));
    }
  }
}
