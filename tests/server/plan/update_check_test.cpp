#include "plan/update_check.hpp"

#include "plan/prose_schema.hpp"
#include "sample.hpp"

namespace footprint::plan {
namespace {

using sync::ContentKind, sync::TypeRef;

/// What typing a bold word into a new paragraph brings.
sync::UpdateContents typed(sync::ClientId client) {
  sync::UpdateContents contents;
  contents.structs = {{client, 0, 12}};
  contents.root_names = {"challenge"};
  contents.node_names = {"paragraph"};
  contents.attribute_keys = {"kind", "bid", "indent"};
  contents.format_keys = {"strong"};
  contents.type_refs = {TypeRef::kXmlElement, TypeRef::kXmlText};
  contents.kinds = {ContentKind::kType, ContentKind::kString, ContentKind::kFormat,
                    ContentKind::kAny};
  return contents;
}

struct Fixture {
  PlanState state = sample();
  Claims in_flight;
  sync::StateVector known;
  Actor fin = actor(state, "u-fin"), pmo = actor(state, "u-pmo");

  std::string check(const sync::UpdateContents& contents) {
    auto claims = check_update(state, in_flight, fin, SectionKey("finance"), known, contents);
    if (claims) return "ok";
    CHECK_FALSE(claims.error().message.empty());
    return claims.error().code;
  }
};

TEST_CASE("a new client id becomes the writer's") {
  Fixture f;
  auto claims =
      check_update(f.state, f.in_flight, f.fin, SectionKey("finance"), f.known, typed(42));
  REQUIRE(claims);
  CHECK(*claims == std::vector<sync::ClientId>{42});
  f.state.clients[42] = {f.fin, kNowMs};
  claims = check_update(f.state, f.in_flight, f.fin, SectionKey("finance"), f.known, typed(42));
  REQUIRE(claims);
  CHECK(claims->empty());
}

TEST_CASE("somebody else's client id refuses the whole update, unless it is known already") {
  Fixture f;
  SECTION("in the registry") {
    f.state.clients[42] = {f.pmo, kNowMs};
  }
  SECTION("on its way into the log") {
    f.in_flight[42] = f.pmo;
  }
  CHECK(f.check(typed(42)) == "update.foreign_client");
  auto mixed = typed(7);
  mixed.structs.push_back({42, 0, 3});
  CHECK(f.check(mixed) == "update.foreign_client");
  f.known.set(42, 12);
  CHECK(f.check(typed(42)) == "ok");
  auto more = typed(42);
  more.structs = {{42, 10, 13}};
  CHECK(f.check(more) == "update.foreign_client");
}

TEST_CASE("the same person for another organisation is somebody else") {
  Fixture f;
  f.state.clients[42] = {{f.fin.person, OrganisationId("psh")}, kNowMs};
  CHECK(f.check(typed(42)) == "update.foreign_client");
}

TEST_CASE("the server's own id is nobody's, but its text may be sent again") {
  Fixture f;
  CHECK(f.check(typed(kServerClientId)) == "update.reserved_client");
  f.known.set(kServerClientId, 100);
  CHECK(f.check(typed(kServerClientId)) == "ok");
}

TEST_CASE("what an update is made of must be in the schema") {
  Fixture f;
  auto contents = typed(42);
  SECTION("field") {
    contents.root_names.push_back("diary");
    CHECK(f.check(contents) == "update.unknown_field");
  }
  SECTION("a field of another section") {
    contents.root_names = {"statement"};
    CHECK(f.check(contents) == "update.unknown_field");
  }
  SECTION("node") {
    contents.node_names.push_back("iframe");
    CHECK(f.check(contents) == "update.unknown_node");
  }
  SECTION("attribute") {
    contents.attribute_keys.push_back("onclick");
    CHECK(f.check(contents) == "update.unknown_attribute");
  }
  SECTION("mark") {
    contents.format_keys.push_back("blink");
    CHECK(f.check(contents) == "update.unknown_mark");
  }
  SECTION("mark whose prefix alone is there") {
    contents.format_keys.push_back("comment--");
    CHECK(f.check(contents) == "update.unknown_mark");
  }
  SECTION("types") {
    for (TypeRef type : {TypeRef::kArray, TypeRef::kMap, TypeRef::kText, TypeRef::kXmlFragment,
                         TypeRef::kXmlHook}) {
      contents.type_refs = {type};
      CHECK(f.check(contents) == "update.unknown_type");
    }
  }
  SECTION("content") {
    for (ContentKind kind :
         {ContentKind::kJson, ContentKind::kBinary, ContentKind::kEmbed, ContentKind::kDoc}) {
      contents.kinds = {kind};
      CHECK(f.check(contents) == "update.unknown_content");
    }
  }
  SECTION("section") {
    auto claims = check_update(f.state, {}, f.fin, SectionKey("estates"), f.known, contents);
    CHECK(claims.error().code == "section.unknown");
  }
  SECTION("hostile names are shown cut and clean") {
    contents.node_names = {std::string(5000, '\n')};
    auto claims = check_update(f.state, {}, f.fin, SectionKey("finance"), f.known, contents);
    CHECK(claims.error().message.size() < 400);
    CHECK(claims.error().message.find('\n') == std::string::npos);
  }
}

TEST_CASE("comment and suggestion marks with an id are in the schema") {
  const ProseSchema& schema = ProseSchema::get();
  CHECK(schema.version() == 1);
  CHECK(schema.has_mark("strong"));
  CHECK(schema.has_mark("comment--Ab3dEf7+"));
  CHECK_FALSE(schema.has_mark("comment--" + std::string(100, 'x')));
  CHECK(schema.has_attribute("_mark_comment"));
  CHECK_FALSE(schema.has_attribute("_mark_"));
  CHECK(schema.has_node("table_cell"));
}

TEST_CASE("one update cannot claim ids without end") {
  Fixture f;
  auto contents = typed(42);
  for (sync::ClientId client = 100; client < 100 + kClaimsMax + 1; ++client)
    contents.structs.push_back({client, 0, 1});
  CHECK(f.check(contents) == "update.too_many_clients");
}

}  // namespace
}  // namespace footprint::plan
