#include "room/load.hpp"
#include "room_testing.hpp"
#include "sync/text_runs.hpp"

using namespace footprint;
using namespace footprint::room;
using namespace footprint::room::testing;

namespace {

sync::TypeId text_of_block(const sync::Doc& doc, std::size_t block) {
  auto blocks = sync::list_values(doc, sync::find_root(doc, "statement"));
  return std::get<sync::TypeId>(
      sync::list_values(doc, std::get<sync::TypeId>(blocks.at(block))).at(0));
}

/// The clients that wrote the second block of the vision's statement.
std::vector<sync::ClientId> writers(const LoadedSection& section) {
  std::vector<sync::ClientId> out;
  const sync::TypeId second = text_of_block(section.doc, 1);
  for (const auto& run : sync::text_runs(section.doc, sync::find_root(section.doc, "statement"))) {
    if (!(run.parent == second)) continue;
    for (sync::Clock i = 0; i < run.text.size(); ++i) {
      sync::ClientId author = section.authors.author_of({run.id.client, run.id.clock + i});
      if (out.empty() || out.back() != author) out.push_back(author);
    }
  }
  return out;
}

LoadedSection load(TestServer& server) {
  auto loaded = load_section(*server.log, PlanId(kPlan), SectionKey("vision"), server.head());
  REQUIRE(loaded);
  return std::move(*loaded);
}

/// Cuts the first block in two, as an editor does on Enter.
Bytes press_enter(TestClient& client, sync::Clock at) {
  const sync::TypeId text = text_of_block(client.doc, 0);
  const std::string words = sync::text_string(client.doc, text);
  return client.doc.transact([&](sync::Transaction& change) {
    auto root = change.root("statement", sync::TypeRef::kXmlFragment);
    change.delete_text(text, at, static_cast<sync::Clock>(words.size()) - at);
    auto next = change.insert_type(root, 1, sync::TypeRef::kXmlElement, "paragraph");
    change.insert_text(change.insert_type(next, 0, sync::TypeRef::kXmlText), 0, words.substr(at));
  });
}

/// The footprint lead writes a sentence, and somebody else presses Enter in it.
struct Moved {
  TestServer server;
  std::unique_ptr<TestClient> lead, pmo;

  Moved() {
    server.import();
    lead = std::make_unique<TestClient>(server, "u-lead", 100);
    pmo = std::make_unique<TestClient>(server, "u-pmo", 200);
    lead->connect();
    lead->send_update(lead->write("A sentence of the lead."));
    CHECK(lead->wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 1; }));
    pmo->connect();
    pmo->send_update(press_enter(*pmo, 11));
    CHECK(pmo->wait_for([](const Inbox& inbox) { return inbox.statuses.size() == 1; }));
  }
};

}  // namespace

TEST_CASE("words that were moved keep their author through snapshots and restarts") {
  Moved moved;
  TestServer& server = moved.server;
  CHECK(writers(load(server)) == std::vector<sync::ClientId>{100});

  bool done = false;
  server.registry->shut_down([&] { server.executor.post([&] { done = true; }); });
  CHECK(server.executor.run_until([&] { return done; }));
  LoadedSection kept = load(server);
  CHECK(kept.snapshot_position == server.head());
  CHECK(writers(kept) == std::vector<sync::ClientId>{100});
}

TEST_CASE("a text's snapshot without its authors is not used: the log tells them") {
  Moved moved;
  TestServer& server = moved.server;
  storage::Snapshot text{server.head(), load(server).doc.encode_state({}, sync::Format::kV2)};
  REQUIRE(server.log->write_snapshot(PlanId(kPlan), "vision", text));
  LoadedSection loaded = load(server);
  CHECK(loaded.snapshot_position == 0);
  CHECK(writers(loaded) == std::vector<sync::ClientId>{100});
}
