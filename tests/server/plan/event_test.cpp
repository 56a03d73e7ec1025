#include "plan/event.hpp"

#include "base/random.hpp"
#include "catch.hpp"

namespace footprint::plan {
namespace {

Event update_event() {
  return {EventKind::kSectionUpdated,
          {PersonId("u-fin"), OrganisationId("cuh")},
          SectionKey("finance"),
          {7, sync::kClientIdMax},
          {0, 1, 2, 255}};
}

TEST_CASE("an event comes back from its envelope as it went in") {
  std::vector<Event> events = {
      update_event(),
      {EventKind::kPlanCreated, {}, {}, {}, to_bytes(as_bytes("{}"))},
      {EventKind::kFigureChanged, {PersonId("a"), OrganisationId("b")}, {}, {}, {}}};
  for (const Event& event : events) {
    auto back = decode_event(encode_event(event));
    REQUIRE(back);
    CHECK(*back == event);
  }
}

TEST_CASE("kinds have stable numbers and names") {
  CHECK(static_cast<int>(EventKind::kPlanCreated) == 1);
  CHECK(static_cast<int>(EventKind::kSectionUpdated) == 2);
  CHECK(static_cast<int>(EventKind::kFigureChanged) == 3);
  CHECK(kind_name(EventKind::kFigureChanged) == "figure.changed");
  CHECK(kind_from_number(2) == EventKind::kSectionUpdated);
  CHECK_FALSE(kind_from_number(0));
  CHECK(kind_from_number(9) == EventKind::kDraftSettled);
  CHECK_FALSE(kind_from_number(10));
}

TEST_CASE("every cut of an envelope is refused") {
  Bytes whole = encode_event(update_event());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto cut = decode_event(ByteView(whole).first(size));
    REQUIRE_FALSE(cut);
    CHECK(cut.error().code == "event.truncated");
  }
}

TEST_CASE("a wrong version, kind, name, claim or tail is refused by its own code") {
  Bytes whole = encode_event(update_event());
  SECTION("version") {
    whole[0] = 9;
    CHECK(decode_event(whole).error().code == "event.version");
  }
  SECTION("kind") {
    whole[1] = 77;
    CHECK(decode_event(whole).error().code == "event.kind");
  }
  SECTION("name") {
    whole[4] = 'U';
    CHECK(decode_event(whole).error().code == "event.malformed");
  }
  SECTION("tail") {
    whole.push_back(0);
    CHECK(decode_event(whole).error().code == "event.malformed");
  }
  SECTION("claim beyond the range of client ids") {
    Event event = update_event();
    event.claims = {sync::kClientIdMax + 1};
    CHECK(decode_event(encode_event(event)).error().code == "event.malformed");
  }
  SECTION("a number without an end") {
    Bytes endless = {1, 2, 0};
    endless.insert(endless.end(), 12, 0xff);
    CHECK(decode_event(endless).error().code == "event.malformed");
  }
}

TEST_CASE("random bytes never crash the decoder and seldom pass") {
  SeededRandom random(20161021);
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes(random.below(80));
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
    if (!bytes.empty() && random.chance(0.9)) bytes[0] = kEnvelopeVersion;
    auto event = decode_event(bytes);
    if (event) CHECK(decode_event(encode_event(*event)).has_value());
  }
}

TEST_CASE("flipped bits of a real envelope never crash the decoder") {
  Bytes whole = encode_event(update_event());
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    auto event = decode_event(flipped);
    if (!event) CHECK_FALSE(event.error().message.empty());
  }
}

}  // namespace
}  // namespace footprint::plan
