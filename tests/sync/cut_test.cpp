// Long contents cut at many places give the same parts as cut one unit at a time, and join again.
#include "base/random.hpp"
#include "catch.hpp"
#include "doc_testing.hpp"
#include "hostile_shapes.hpp"
#include "sync/doc_store.hpp"
#include "sync/utf8.hpp"

using namespace footprint;
using namespace footprint::sync;
using namespace footprint::sync::testing;

namespace {

constexpr ClientId kWriter = 2, kCutter = 1;  // the lower client's items go to the front

std::string random_text(SeededRandom& random, std::size_t characters) {
  const char* some[] = {"a", "\xC3\xA9", "\xE6\x97\xA5", "\xF0\x9F\x98\x80"};
  std::string text;
  for (std::size_t i = 0; i < characters; i++) text += some[random.below(4)];
  return text;
}

/// Items that stand at the start of the text but name a right origin inside it, so that it is cut
/// there and joined again.
CraftedUpdate cuts_at(SeededRandom& random, Clock length, std::size_t count,
                      std::vector<Clock>* places) {
  CraftedUpdate update;
  for (std::size_t i = 0; i < count; i++) {
    places->push_back(1 + static_cast<Clock>(random.below(length - 1)));
    before(update.add(kCutter), {kWriter, places->back()});
  }
  return update;
}

/// What is left of a text when pairs are cut at these places: U+FFFD for both halves.
std::string with_cut_pairs(std::string text, const std::vector<Clock>& places) {
  for (Clock place : places) {
    if (utf16_cut(text, place).inside_pair)
      text = utf16_head(text, place) + utf16_tail(text, place);
  }
  return text;
}

}  // namespace

TEST_CASE("texts cut anywhere keep their characters, cut pairs become two replacements") {
  for (std::uint64_t seed = 1; seed <= 200; seed++) {
    SeededRandom random(seed);
    std::string text = random_text(random, 2 + random.below(300));
    auto length = static_cast<Clock>(utf16_length(text));
    CraftedUpdate base;
    CraftedUpdate::text(at_root(base.add(kWriter), "text"), text, length);
    Doc doc = doc_of(9);
    REQUIRE(doc.apply_update(base.write()));
    std::vector<Clock> places;
    std::size_t count = 1 + random.below(40);
    REQUIRE(doc.apply_update(cuts_at(random, length, count, &places).write()));
    INFO("seed " << seed);
    CHECK(text_in(doc) == std::string(count, 'x') + with_cut_pairs(text, places));
    Doc other = doc_of(10);
    sync_to(other, doc);
    CHECK(text_in(other) == text_in(doc));
  }
}

TEST_CASE("runs of values cut anywhere keep their values") {
  for (ContentKind kind : {ContentKind::kAny, ContentKind::kJson}) {
    for (std::uint64_t seed = 1; seed <= 60; seed++) {
      SeededRandom random(seed);
      constexpr Clock kLength = 1000;
      std::string bytes, cut;
      std::vector<std::string> values;
      for (Clock i = 0; i < kLength; i++) {
        // Integers below 64 as `any`, or as JSON text of one or two digits.
        auto digit = static_cast<char>(random.below(kind == ContentKind::kAny ? 60 : 10));
        values.push_back(kind == ContentKind::kAny
                             ? std::string{'\x7D', digit}
                             : std::string{'\x01', static_cast<char>('0' + digit)});
        bytes += values.back();
      }
      CraftedUpdate base;
      CraftedUpdate::content(at_root(base.add(kWriter), "list"), kind, as_bytes(bytes), kLength);
      Doc doc = doc_of(9);
      REQUIRE(doc.apply_update(base.write()));
      std::vector<Clock> places;
      REQUIRE(doc.apply_update(cuts_at(random, kLength, 30, &places).write()));
      CraftedUpdate erases;
      std::vector<bool> gone(kLength);
      for (int i = 0; i < 20; i++) {
        auto from = static_cast<Clock>(random.below(kLength));
        Clock many = std::min<Clock>(kLength - from, 1 + static_cast<Clock>(random.below(9)));
        erases.erase(kWriter, from, many);
        std::fill_n(gone.begin() + from, many, true);
      }
      REQUIRE(doc.apply_update(erases.write()));
      std::string expected, found;
      for (Clock i = 0; i < kLength; i++) expected += gone[i] ? "" : values[i];
      DocStore& store = doc.store();
      store.order.each(store.sequences[store.types[store.root("list")].list].root, [&](Handle h) {
        if (store.items[h].kind() == kind) found += as_text(store.content(store.items[h]));
      });
      INFO("seed " << seed);
      CHECK(found == expected);
    }
  }
}

TEST_CASE("deletes that come in any order and overlap are one set") {
  for (std::uint64_t seed = 1; seed <= 100; seed++) {
    SeededRandom random(seed);
    constexpr Clock kLength = 300;
    Doc doc = doc_of(9);
    REQUIRE(doc.apply_update(shapes::base_text(std::string(kLength, 'a'), kLength)));
    std::vector<bool> gone(kLength);
    for (int round = 0; round < 6; round++) {
      CraftedUpdate update;
      for (std::uint64_t i = random.below(40); i > 0; i--) {
        auto from = static_cast<Clock>(random.below(kLength));
        Clock many = std::min<Clock>(kLength - from, 1 + static_cast<Clock>(random.below(5)));
        update.erase(shapes::kBase, from, many);
        std::fill_n(gone.begin() + from, many, true);
      }
      REQUIRE(doc.apply_update(update.write()));
      DeleteSet expected;
      for (Clock i = 0; i < kLength; i++) {
        if (gone[i]) expected.add(shapes::kBase, i, 1);
      }
      INFO("seed " << seed);
      CHECK(doc.delete_set() == expected);
    }
  }
}

TEST_CASE("a delete set that names a client for every range is read as one list") {
  Doc doc = doc_of(9);
  HostileUpdates hostile = shapes::scattered_deletes(200'000);
  auto decoded = decode_update(hostile.updates.front(), Format::kV1);
  REQUIRE(decoded);
  CHECK(decoded->deletes.ranges().at(2).size() == 200'000);
}
