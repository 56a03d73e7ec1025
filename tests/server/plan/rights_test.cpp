#include <nlohmann/json.hpp>

#include "plan/embedded.hpp"
#include "plan/govern.hpp"
#include "plan/names.hpp"
#include "plan/plan_file.hpp"
#include "plan/rights.hpp"
#include "plan/visibility.hpp"
#include "sample.hpp"

namespace footprint::plan {
namespace {

using nlohmann::json;

PlanState after(PlanState state, const Decided& decided) {
  INFO((decided ? std::string() : decided.error().message));
  REQUIRE(decided);
  REQUIRE(*decided);
  REQUIRE(apply(state, state.position + 1, kNowMs + 1000, **decided));
  return state;
}

std::string code(const Decided& decided) {
  return decided ? (*decided ? "ok" : "nothing") : decided.error().code;
}

MemberChange member(const char* person, std::vector<Membership> memberships) {
  return {PersonId(person), std::move(memberships), {}};
}

Membership membership(const char* organisation, std::vector<Role> roles) {
  return {OrganisationId(organisation), std::move(roles)};
}

TEST_CASE("the matrix has a word for every role and action, and every word has a meaning") {
  json file = json::parse(embedded_file("rights.json"));
  REQUIRE(file["actions"].size() == kActionCount);
  for (const json& action : file["actions"]) {
    CHECK(action["roles"].size() == file["roles"].size());
    for (const auto& [role, scope] : action["roles"].items())
      CHECK(file["scopes"].contains(scope.get<std::string>()));
  }
  for (std::size_t i = 0; i < kActionCount; ++i)
    CHECK(action_name(static_cast<Action>(i)) == file["actions"][i]["key"]);
  CHECK(scope_name(scope_of(Role::kAuthor, Action::kWrite)) == "organisation_sections");
}

TEST_CASE("one person acts for the organisation whose membership gives the right") {
  PlanState state = sample();
  state = after(state, decide_members(state, PersonId("u-pmo"),
                                      member("u-crit", {membership("nhse", {Role::kReviewer}),
                                                        membership("cpft", {Role::kAuthor})})));
  auto write = check(state, PersonId("u-crit"), Action::kWrite, {SectionKey("workforce"), {}, {}});
  REQUIRE(write);
  CHECK(write->actor(PersonId("u-crit")).organisation == OrganisationId("cpft"));
  auto read = check(state, PersonId("u-crit"), Action::kRead, {SectionKey("workforce"), {}, {}});
  REQUIRE(read);
  CHECK(read->membership.organisation == OrganisationId("nhse"));
  CHECK(state.actor_of(PersonId("u-crit"))->organisation == OrganisationId("nhse"));
}

TEST_CASE("who is removed has no rights, and keeps a name under what was done") {
  PlanState state = sample();
  PersonId fin("u-fin");
  state = after(state, decide_members(state, PersonId("u-lead"), member("u-fin", {})));
  CHECK_FALSE(may_read(state, fin, SectionKey("finance")));
  CHECK(check(state, fin, Action::kRead, {SectionKey("finance"), {}, {}}).error().code ==
        "right.stranger");
  CHECK(state.person_name(fin) == "Priya Menon");
  CHECK(code(decide_members(state, PersonId("u-lead"), member("u-fin", {}))) == "member.unknown");
  state.set_name(fin, "");
  CHECK(state.person_name(fin) == "A former member of Ousefen University Hospitals");
  state.set_name(fin, "Priya Menon-Hall");
  CHECK(state.actor_name({fin, OrganisationId("cuh")}) == "Priya Menon-Hall");
  // The directory's names are not the snapshot's to keep.
  auto kept = decode_state(encode_state(state));
  REQUIRE(kept);
  CHECK(kept->person_name(fin) == "Priya Menon");
  CHECK_FALSE(kept->person(fin)->is_member());
}

TEST_CASE("changes of people are checked") {
  PlanState state = sample();
  PersonId lead("u-lead");
  auto by_lead = [&](std::vector<Membership> memberships) {
    return code(decide_members(state, lead, member("u-obs", std::move(memberships))));
  };
  CHECK(by_lead({membership("nowhere", {Role::kAuthor})}) == "member.unknown_organisation");
  CHECK(by_lead({membership("cuh", {})}) == "member.no_role");
  CHECK(by_lead({membership("cuh", {Role::kAuthor, Role::kAuthor})}) == "member.repeated");
  CHECK(by_lead({membership("cuh", {Role::kAuthor}), membership("cuh", {Role::kPmo})}) ==
        "member.repeated");
  CHECK(by_lead({membership("pcc", {Role::kObserver})}) == "nothing");
  CHECK(code(decide_members(state, lead, member("u-lead", {}))) == "member.last_lead");
  CHECK(code(decide_members(state, PersonId("u-fin"), member("u-obs", {}))) == "right.role");
  CHECK(code(decide_members(state, PersonId("u-none"), member("u-obs", {}))) == "right.stranger");
  CHECK(code(decide_members(state, {}, member("u-lead", {}))) == "ok");  // an account is erased
}

TEST_CASE("a section shows to whom its visibility says") {
  PlanState state = sample();
  SectionKey finance("finance");
  auto readers = [&] {
    std::string ids;
    for (const Person& person : state.people)
      if (may_read(state, person.id, finance)) ids += person.id.value + " ";
    return ids;
  };
  Section* section = state.section(finance);
  section->visibility = Visibility::kNamed;
  CHECK(readers() == "u-lead u-pmo u-fin ");
  section->named_people = {PersonId("u-crit")};
  CHECK(readers() == "u-lead u-pmo u-fin u-crit ");
  section->visibility = Visibility::kPartners;
  CHECK_FALSE(may_read(state, PersonId("u-obs"), finance));
  CHECK(may_read(state, PersonId("u-crit"), finance));
  section->visibility = Visibility::kPublic;
  CHECK(may_read(state, PersonId("u-obs"), finance));
}

TEST_CASE("changes of a section need the right that each part needs") {
  PlanState state = sample();
  auto change = [&](const char* person, auto fill) {
    SectionChange wanted;
    wanted.section = SectionKey("finance");
    fill(wanted);
    return decide_section(state, PersonId(person), wanted);
  };
  auto moves = [](SectionChange& wanted) { wanted.status = SectionStatus::kInReview; };
  CHECK(code(change("u-fin", moves)) == "ok");
  CHECK(code(change("u-prev", moves)) == "right.other_section");
  CHECK(code(change("u-crit", moves)) == "right.role");
  CHECK(code(change("u-pmo", moves)) == "reason.needed");
  CHECK(code(change("u-fin", [](auto& w) { w.title = "Money"; })) == "right.role");
  CHECK(code(change("u-lead", [](auto& w) { w.lead = PersonId("u-none"); })) ==
        "section.unknown_person");
  CHECK(code(change("u-lead", [](auto& w) { w.status = SectionStatus::kSignedOff; })) ==
        "section.signed_off");
  auto freezes = [](SectionChange& wanted) {
    wanted.status = SectionStatus::kFrozen;
    wanted.reason = "Submitted.";
  };
  CHECK(code(change("u-fin", freezes)) == "right.role");
  auto frozen = change("u-lead", freezes);
  state = after(state, frozen);
  CHECK(may_write(state, PersonId("u-lead"), SectionKey("finance")).error().code == "right.frozen");
  CHECK(event_words(state, **frozen) ==
        "changed \"Finance and efficiency\": moved it from drafting to frozen. Reason: Submitted.");
}

TEST_CASE("a lead organisation owns the figures of rows without an owner of their own") {
  PlanState state = sample();
  SectionChange wanted;
  wanted.section = SectionKey("digital");
  wanted.lead_organisation = OrganisationId("psh");
  state = after(state, decide_section(state, PersonId("u-lead"), wanted));
  auto kept = decode_state(encode_state(state));
  REQUIRE(kept);
  CHECK(encode_state(*kept) == encode_state(state));
  for (const Table& table : state.tables)
    if (table.section == wanted.section)
      for (const Row& row : table.rows)
        for (const auto& [key, cell] : row.cells)
          CHECK(cell.owner == (row.owner.empty() ? OrganisationId("psh") : row.owner));
}

TEST_CASE("figures are agreed by who may change them and locked by who runs the plan") {
  PlanState state = sample();
  CellRef cell{TableKey("finance_organisation_plans"), "cpft", "saving.2020/21"};
  auto mark = [&](const char* person, CellStatus status) {
    return decide_figure_status(state, PersonId(person), {{cell, status}}, "");
  };
  CHECK(code(mark("u-work", CellStatus::kAgreed)) == "ok");
  CHECK(code(mark("u-work", CellStatus::kLocked)) == "right.propose_only");
  CHECK(code(mark("u-prev", CellStatus::kAgreed)) == "figure.no_right");
  CHECK(code(mark("u-lead", CellStatus::kLocked)) == "ok");
  state = after(state, mark("u-pmo", CellStatus::kLocked));
  CHECK(code(mark("u-work", CellStatus::kDraft)) == "right.propose_only");
  auto kept = decode_state(encode_state(state));
  REQUIRE(kept);
  CHECK(kept->cell(cell)->status == CellStatus::kLocked);
}

TEST_CASE("an offered draft is settled once, by who leads the section") {
  PlanState state = sample();
  DraftOffer offer{SectionKey("finance"), "d1", "Refused words", "right.read_only", ""};
  auto offered = decide_draft_offer(state, PersonId("u-crit"), offer);
  state = after(state, offered);
  CHECK(event_body(state, **offered).contains("text") == false);
  CHECK(event_body(state, **offered)["words"] == 2);
  CHECK(may_see_event(state, PersonId("u-fin"), **offered));
  CHECK(may_see_event(state, PersonId("u-crit"), **offered));
  CHECK_FALSE(may_see_event(state, PersonId("u-obs"), **offered));
  CHECK(code(decide_draft_settlement(state, PersonId("u-crit"), {"d1", true, ""})) == "right.role");
  CHECK(code(decide_draft_settlement(state, PersonId("u-fin"), {"d2", true, ""})) ==
        "draft.unknown");
  state = after(state, decide_draft_settlement(state, PersonId("u-fin"), {"d1", false, "Said."}));
  CHECK(code(decide_draft_settlement(state, PersonId("u-lead"), {"d1", true, ""})) ==
        "draft.settled");
  auto kept = decode_state(encode_state(state));
  REQUIRE(kept);
  CHECK(kept->draft("d1")->outcome == "declined");
  CHECK(kept->draft("d1")->settled_by.person == PersonId("u-fin"));
}

TEST_CASE("a snapshot of the version before is read") {
  PlanState state = sample();
  json old = json::from_cbor(encode_state(state));
  old["version"] = 1;
  old.erase("drafts");
  auto read = decode_state(json::to_cbor(old));
  REQUIRE(read);
  CHECK(encode_state(*read) == encode_state(state));
}

TEST_CASE("what an event of people cannot be is refused whole") {
  PlanState state = sample();
  Bytes before = encode_state(state);
  for (const char* body : {"{}", R"({"person":"u-x","memberships":[]})",
                           R"({"person":"u-x","memberships":[{"organisation":"no","roles":[]}]})",
                           R"({"person":"u-x","memberships":7})"}) {
    Event event{EventKind::kMemberChanged, {}, {}, {}, to_bytes(as_bytes(body))};
    CHECK_FALSE(apply(state, state.position + 1, kNowMs, event));
  }
  CHECK(encode_state(state) == before);
}

}  // namespace
}  // namespace footprint::plan
