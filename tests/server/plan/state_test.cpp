#include "plan/state.hpp"

#include "base/random.hpp"
#include "plan/rights.hpp"
#include "sample.hpp"

namespace footprint::plan {
namespace {

/// The sample's events with some weeks of work after them.
std::vector<Event> worked_events() {
  std::vector<Event> events = sample_events();
  PlanState state = sample();
  auto add = [&](Event event) {
    REQUIRE(apply(state, state.position + 1, kNowMs + 100, event));
    events.push_back(std::move(event));
  };
  add({EventKind::kSectionUpdated, actor(state, "u-fin"), SectionKey("finance"), {77, 78}, {0, 0}});
  add({EventKind::kSectionUpdated, actor(state, "u-prev"), SectionKey("prevention"), {79}, {0, 0}});
  for (double value : {54.0, 53.0, 52.5})
    add(*decide_figures(
             state, {PersonId("u-fin"),
                     {change("finance_bridge", "stf", "2020/21", value,
                             state.cell({TableKey("finance_bridge"), "stf", "2020/21"})->revision)},
                     "Why."})
             .event);
  return events;
}

TEST_CASE("a snapshot anywhere, and the events after it, give what a full replay gives") {
  auto events = worked_events();
  Bytes whole = encode_state([&] {
    PlanState state;
    for (std::size_t i = 0; i < events.size(); ++i)
      REQUIRE(apply(state, i + 1, kNowMs + static_cast<UnixMs>(i), events[i]));
    return state;
  }());
  for (std::size_t cut = 1; cut <= events.size(); ++cut) {
    PlanState state;
    for (std::size_t i = 0; i < cut; ++i)
      REQUIRE(apply(state, i + 1, kNowMs + static_cast<UnixMs>(i), events[i]));
    auto loaded = decode_state(encode_state(state));
    REQUIRE(loaded);
    for (std::size_t i = cut; i < events.size(); ++i)
      REQUIRE(apply(*loaded, i + 1, kNowMs + static_cast<UnixMs>(i), events[i]));
    CHECK(encode_state(*loaded) == whole);
  }
}

TEST_CASE("a damaged snapshot is refused, never half read") {
  Bytes whole = encode_state(sample());
  CHECK_FALSE(decode_state({}));
  CHECK_FALSE(decode_state(ByteView(whole).first(whole.size() / 2)));
  SeededRandom random(7);
  for (int round = 0; round < 60; ++round) {
    Bytes damaged = whole;
    for (int i = 0; i < 20; ++i)
      damaged[random.below(damaged.size())] = static_cast<std::uint8_t>(random.next());
    auto state = decode_state(damaged);
    if (!state) CHECK(state.error().kind == ErrorKind::kCorrupt);
  }
  // Arrays in arrays: deeper than the stack of a reader that recurses.
  CHECK_FALSE(decode_state(Bytes(5'000'000, 0x9f)));
}

TEST_CASE("positions come one after another, and creation comes first") {
  auto events = sample_events();
  PlanState state;
  CHECK(apply(state, 1, kNowMs, events[1]).error().code == "plan.missing");
  CHECK(apply(state, 2, kNowMs, events[0]).error().code == "plan.order");
  REQUIRE(apply(state, 1, kNowMs, events[0]));
  CHECK(apply(state, 1, kNowMs, events[1]).error().code == "plan.order");
  CHECK(apply(state, 2, kNowMs, events[0]).error().code == "plan.exists");
  CHECK(state.position == 1);
}

TEST_CASE("an event that does not fit changes nothing") {
  PlanState state = sample();
  Bytes before = encode_state(state);
  auto figures = [&](std::string_view body) {
    Event event{EventKind::kFigureChanged, actor(state, "u-pmo"), {}, {}, to_bytes(as_bytes(body))};
    auto done = apply(state, state.position + 1, kNowMs, event);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == "event.malformed");
  };
  figures("");
  figures("[]");
  figures("{\"cells\":[{}]}");
  figures("{\"cells\":[7]}");
  figures(R"({"cells":[{"table":"finance_bridge","row":"stf","column":"2020/21","value":1,
              "previous":55,"revision":9,"basis":"entered"}]})");
  figures(R"({"cells":[{"table":"finance_bridge","row":"stf","column":"1999/00","value":1,
              "previous":55,"revision":1,"basis":"entered"}]})");
  Event lost{EventKind::kSectionUpdated, {}, SectionKey("nowhere"), {}, {}};
  CHECK_FALSE(apply(state, state.position + 1, kNowMs, lost));
  CHECK(encode_state(state) == before);
  PlanState empty;
  Event bad{EventKind::kPlanCreated, {}, {}, {}, to_bytes(as_bytes("{\"file\":{}}"))};
  CHECK_FALSE(apply(empty, 1, kNowMs, bad));
}

TEST_CASE("a client id belongs to whoever claims it first") {
  PlanState state = sample();
  Event first{EventKind::kSectionUpdated, actor(state, "u-fin"), SectionKey("finance"), {77}, {}};
  Event second{EventKind::kSectionUpdated, actor(state, "u-prev"), SectionKey("finance"), {77}, {}};
  REQUIRE(apply(state, state.position + 1, kNowMs, first));
  REQUIRE(apply(state, state.position + 1, kNowMs, second));
  CHECK(state.clients.at(77).actor.person == PersonId("u-fin"));
  CHECK(state.section(SectionKey("finance"))->last_change->actor.person == PersonId("u-prev"));
}

TEST_CASE("word counts follow the document and never go back") {
  PlanState state = sample();
  SectionKey vision("vision");
  const Section* section = state.section(vision);
  CHECK(section->words_position == section->text_position);
  state.set_words(vision, {{"statement", 5}}, 20);
  CHECK(section->field("statement")->words == 5);
  CHECK(section->field("priorities")->words == 0);
  state.set_words(vision, {{"statement", 9}}, 19);
  CHECK(section->field("statement")->words == 5);
}

TEST_CASE("rights follow roles") {
  PlanState state = sample();
  auto code = [&](const char* person, const char* section, Action action) {
    auto grant = check(state, PersonId(person), action, {SectionKey(section), {}, {}});
    if (!grant) CHECK_FALSE(grant.error().message.empty());
    return grant ? std::string("ok") : grant.error().code;
  };
  auto write = [&](const char* person, const char* section) {
    return code(person, section, Action::kWrite);
  };
  for (const Section& section : state.sections) {
    for (const Person& person : state.people)
      CHECK(may_read(state, person.id, section.key).has_value());
    CHECK(write("u-lead", section.key.value.c_str()) == "ok");
    CHECK(write("u-pmo", section.key.value.c_str()) == "ok");
    for (const char* reader : {"u-sig-psh", "u-sig-pcc", "u-crit", "u-lay", "u-obs"})
      CHECK(write(reader, section.key.value.c_str()) == "right.read_only");
  }
  CHECK(write("u-fin", "finance") == "ok");   // leads it
  CHECK(write("u-work", "finance") == "ok");  // its organisation signs it
  CHECK(write("u-prev", "finance") == "right.other_section");
  CHECK(write("u-eng", "engagement") == "ok");  // leads it
  CHECK(write("u-eng", "vision") == "right.other_section");
  CHECK(write("u-self", "self_care") == "ok");  // deputy
  CHECK(write("u-self", "digital") == "right.other_section");
  CHECK(write("u-none", "vision") == "right.stranger");
  CHECK(write("u-lead", "estates") == "section.unknown");

  SECTION("a section that is not shared is for the partners") {
    state.section(SectionKey("vision"))->visibility = Visibility::kPartners;
    CHECK(code("u-crit", "vision", Action::kRead) == "right.not_shared");
    CHECK(code("u-obs", "vision", Action::kRead) == "right.not_shared");
    CHECK(code("u-sig-psh", "vision", Action::kRead) == "ok");
  }
  SECTION("a frozen section is for nobody") {
    state.section(SectionKey("vision"))->status = SectionStatus::kFrozen;
    CHECK(write("u-lead", "vision") == "right.frozen");
    CHECK(code("u-lead", "vision", Action::kRead) == "ok");
    state.section(SectionKey("finance"))->status = SectionStatus::kFrozen;
    const Cell* cell = state.cell({TableKey("finance_bridge"), "stf", "2020/21"});
    CHECK_FALSE(may_change_figure(state, PersonId("u-pmo"),
                                  *state.table(TableKey("finance_bridge")), *cell));
  }
}

}  // namespace
}  // namespace footprint::plan
