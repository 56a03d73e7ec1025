#include "sync/authorship.hpp"

#include <random>

#include "catch.hpp"
#include "sync/doc_testing.hpp"
#include "sync/text_runs.hpp"

using namespace footprint;
using namespace footprint::sync;
using namespace footprint::sync::testing;

namespace {

/// A server's replica with its record of authors, and writers that have what it has.
struct Section {
  Doc doc = doc_of(1);
  Authorship authors;
  std::vector<Bytes> log;

  void take(Bytes update) {
    auto outcome = authors.apply(doc, update);
    REQUIRE(outcome);
    log.push_back(std::move(update));
  }
  Doc writer(ClientId client) const {
    Doc copy = doc_of(client);
    sync_to(copy, doc);
    return copy;
  }
  /// Every run of text with the client that wrote it: "11:Hello |22:there".
  std::string written() const {
    std::string out;
    ClientId last = 0;
    for (const TextRun& run : text_runs(doc, find_root(doc, "body"))) {
      for (Clock i = 0; i < run.text.size(); ++i) {
        const ClientId author = authors.author_of({run.id.client, run.id.clock + i});
        if (author != last) out += (out.empty() ? "" : "|") + std::to_string(author) + ":";
        last = author;
        out += static_cast<char>(run.text[i]);
      }
    }
    return out;
  }
};

TypeId body(Transaction& t) {
  return t.root("body", TypeRef::kXmlFragment);
}

TypeId text_of_block(const Doc& doc, std::size_t block) {
  const Value element = list_values(doc, find_root(doc, "body")).at(block);
  return std::get<TypeId>(list_values(doc, std::get<TypeId>(element)).at(0));
}

/// A block with a text behind the others.
Bytes write_block(Doc& doc, Clock at, std::string_view words) {
  return doc.transact([&](Transaction& t) {
    TypeId block = t.insert_type(body(t), at, TypeRef::kXmlElement, "paragraph");
    t.insert_text(t.insert_type(block, 0, TypeRef::kXmlText), 0, words);
  });
}

/// What an editor does on Enter: the tail is deleted, and written into a new block.
Bytes press_enter(Doc& doc, Clock block, Clock at) {
  const TypeId text = text_of_block(doc, block);
  const std::string words = text_string(doc, text);
  return doc.transact([&](Transaction& t) {
    t.delete_text(text, at, static_cast<Clock>(words.size()) - at);
    TypeId next = t.insert_type(body(t), block + 1, TypeRef::kXmlElement, "paragraph");
    t.insert_text(t.insert_type(next, 0, TypeRef::kXmlText), 0, words.substr(at));
  });
}

/// What an editor does on Backspace at the start of a block.
Bytes join_with_next(Doc& doc, Clock block) {
  const TypeId text = text_of_block(doc, block);
  const std::string next = text_string(doc, text_of_block(doc, block + 1));
  return doc.transact([&](Transaction& t) {
    t.insert_text(text, length(doc, text), next);
    t.delete_values(body(t), block + 1, 1);
  });
}

Bytes replace(Doc& doc, Clock block, Clock at, Clock gone, std::string_view words) {
  const TypeId text = text_of_block(doc, block);
  return doc.transact([&](Transaction& t) {
    t.delete_text(text, at, gone);
    t.insert_text(text, at, words);
  });
}

}  // namespace

TEST_CASE("whoever presses Enter does not become the author of the tail") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, "Hospital when it helps."));
  Doc b = section.writer(22);
  section.take(press_enter(b, 0, 9));
  CHECK(section.written() == "11:Hospital when it helps.");
  Doc c = section.writer(33);
  section.take(press_enter(c, 1, 5));
  CHECK(section.written() == "11:Hospital when it helps.");
}

TEST_CASE("a tail of one character keeps its author, too") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, "Home first."));
  Doc b = section.writer(22);
  section.take(press_enter(b, 0, 10));
  CHECK(section.written() == "11:Home first.");
}

TEST_CASE("blocks that are joined keep all of their authors") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, "One budget "));
  Doc b = section.writer(22);
  section.take(write_block(b, 1, "in mind, "));
  Doc c = section.writer(33);
  const TypeId second = text_of_block(c, 1);
  section.take(c.transact([&](Transaction& t) { t.insert_text(second, 9, "always"); }));
  Doc d = section.writer(44);
  section.take(join_with_next(d, 0));
  CHECK(section.written() == "11:One budget |22:in mind, |33:always");
}

TEST_CASE("what is written anew beside what is moved is its writer's") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, "We will open three hubs in the county."));
  Doc b = section.writer(22);
  section.take(replace(b, 0, 8, 30, "not open three hubs in Fenland at all."));
  CHECK(section.written() == "11:We will |22:not |11:open three hubs in |22:Fenland at all.");
}

TEST_CASE("words that only resemble what was deleted are their writer's") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, "The gap is large"));
  Doc b = section.writer(22);
  section.take(replace(b, 0, 11, 5, "lax"));
  CHECK(section.written() == "11:The gap is |22:lax");
}

TEST_CASE("a deleted run is given to one place only") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, "stay well"));
  Doc b = section.writer(22);
  section.take(replace(b, 0, 0, 9, "stay well, stay well"));
  CHECK(section.written() == "11:stay well|22:, stay well");
}

TEST_CASE("words deleted in one update and inserted in another are written anew") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, "A sentence to cut."));
  Doc b = section.writer(22);
  const TypeId text = text_of_block(b, 0);
  section.take(b.transact([&](Transaction& t) { t.delete_text(text, 0, 18); }));
  section.take(b.transact([&](Transaction& t) { t.insert_text(text, 0, "A sentence to cut."); }));
  CHECK(section.written() == "22:A sentence to cut.");
}

TEST_CASE("the record is the same after a replay, and after being kept and read") {
  Section section;
  std::mt19937 random(7);
  for (int step = 0; step < 300; ++step) {
    Doc writer = section.writer(10 + random() % 5);
    const auto blocks = static_cast<Clock>(list_values(writer, find_root(writer, "body")).size() *
                                           (step > 0 ? 1 : 0));
    if (blocks == 0 || random() % 4 == 0) {
      section.take(
          write_block(writer, random() % (blocks + 1), "words number " + std::to_string(random())));
    } else if (blocks > 1 && random() % 3 == 0) {
      section.take(join_with_next(writer, random() % (blocks - 1)));
    } else {
      const Clock block = random() % blocks;
      const Clock units = length(writer, text_of_block(writer, block));
      section.take(press_enter(writer, block, random() % (units + 1)));
    }
  }
  Section again;
  for (const Bytes& update : section.log) again.take(update);
  CHECK(again.authors == section.authors);
  auto kept = Authorship::decode(section.authors.encode());
  REQUIRE(kept);
  CHECK(*kept == section.authors);
  CHECK_FALSE(section.authors == Authorship{});
}

TEST_CASE("same_until ends where the author changes") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, "moved words"));
  Doc b = section.writer(22);
  section.take(replace(b, 0, 0, 11, "new moved words too"));
  for (const TextRun& run : text_runs(section.doc, find_root(section.doc, "body"))) {
    const auto end = static_cast<Clock>(run.id.clock + run.text.size());
    for (Clock at = run.id.clock; at < end;) {
      const Clock until = section.authors.same_until({run.id.client, at}, end);
      REQUIRE(until > at);
      for (Clock i = at; i < until; ++i)
        CHECK(section.authors.author_of({run.id.client, i}) ==
              section.authors.author_of({run.id.client, at}));
      at = until;
    }
  }
}

TEST_CASE("an update that moves very much costs little, and the words are then its sender's") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, std::string(Authorship::kUnitsMax / 2, 'a')));
  Doc b = section.writer(22);
  section.take(press_enter(b, 0, 0));
  CHECK(section.authors.author_of({22, 3}) == 11);
  Doc c = section.writer(33);
  section.take(write_block(c, 0, std::string(Authorship::kUnitsMax + 1, 'b')));
  Doc d = section.writer(44);
  section.take(press_enter(d, 0, 0));
  CHECK(section.authors.author_of({44, 3}) == 44);
}

TEST_CASE("a damaged record is refused") {
  Section section;
  Doc a = section.writer(11);
  section.take(write_block(a, 0, "some words to move"));
  Doc b = section.writer(22);
  section.take(press_enter(b, 0, 5));
  const Bytes good = section.authors.encode();
  for (std::size_t cut = 0; cut < good.size(); ++cut)
    CHECK_FALSE(Authorship::decode(ByteView(good).first(cut)));
  Bytes more = good;
  more.push_back(0);
  CHECK_FALSE(Authorship::decode(more));
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    Bytes changed = good;
    changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
    (void)Authorship::decode(changed);
  }
}
