// What comes before what it needs.
#include <algorithm>
#include <ctime>
#include <numeric>

#include "base/random.hpp"
#include "catch.hpp"
#include "crafted_update.hpp"
#include "doc_testing.hpp"

using namespace footprint;
using namespace footprint::sync;
using namespace footprint::sync::testing;

namespace {

constexpr Clock kMany = 20'000;
// Far above what the work takes, also under sanitizers, and far below what it took when all that
// waits was tried anew each time (16 s for 4,000 that wait and are woken).
constexpr double kCpuSecondsMax = 20;

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

Bytes one_unit(ClientId client, Clock clock, std::optional<Id> origin) {
  CraftedUpdate update;
  update.begin_at(client, clock);
  WireStruct& item = update.add(client);
  if (origin)
    after(item, *origin);
  else
    at_root(item, "t");
  return update.write();
}

/// Hands in all updates; each must be taken.
void take(Doc& doc, const std::vector<Bytes>& updates) {
  for (const Bytes& update : updates) {
    auto taken = doc.apply_update(update);
    if (!taken) FAIL(taken.error().code);
  }
}

}  // namespace

TEST_CASE("many that wait for one another each cost little, waiting and woken") {
  Doc doc({.client_id = 1, .pending_bytes_max = 64u << 20});
  std::vector<Bytes> early, late;
  SECTION("each for a client of its own") {
    for (Clock i = 0; i < kMany; i++) {
      early.push_back(one_unit(1'000'000 + i, 0, Id{1'000 + i, 0}));
      late.push_back(one_unit(1'000 + i, 0, std::nullopt));
    }
  }
  SECTION("all for one client, which comes unit by unit") {
    for (Clock i = 0; i < kMany; i++) {
      early.push_back(one_unit(1'000'000 + i, 0, Id{7, i}));
      late.push_back(one_unit(7, i, i > 0 ? std::optional<Id>({7, i - 1}) : std::nullopt));
    }
  }
  SECTION("one client backwards") {
    for (Clock i = kMany; i-- > 1;) early.push_back(one_unit(7, i, Id{7, i - 1}));
    late.push_back(one_unit(7, 0, std::nullopt));
  }
  SECTION("a chain from client to client, backwards") {
    for (Clock i = kMany; i-- > 1;) early.push_back(one_unit(10 + i, 0, Id{10 + i - 1, 0}));
    late.push_back(one_unit(10, 0, std::nullopt));
  }
  SECTION("deletes") {
    for (Clock i = 0; i < kMany; i++) {
      CraftedUpdate erased;
      erased.erase(7, 2 * i, 1);
      early.push_back(erased.write());
      late.push_back(one_unit(7, 2 * i, i > 0 ? std::optional<Id>({7, 2 * i - 1}) : std::nullopt));
      late.push_back(one_unit(7, 2 * i + 1, Id{7, 2 * i}));
    }
  }
  double began = cpu_seconds();
  take(doc, early);
  CHECK((doc.has_pending_structs() || doc.has_pending_deletes()));
  take(doc, late);
  CHECK(cpu_seconds() - began < kCpuSecondsMax);
  CHECK_FALSE(doc.has_pending_structs());
  CHECK_FALSE(doc.has_pending_deletes());
  CHECK(doc.pending_bytes() == 0);
}

TEST_CASE("in any order, with repeats and a change of replica halfway, the end is the same") {
  for (std::uint64_t seed = 1; seed <= 150; seed++) {
    CAPTURE(seed);
    SeededRandom random(seed);
    Doc writers[] = {doc_of(11), doc_of(12), doc_of(13)};
    std::vector<Bytes> updates;
    for (int i = 0; i < 60; i++) {
      Doc& writer = writers[random.below(3)];
      if (random.below(3) == 0 && !updates.empty())
        take(writer, {updates[random.below(updates.size())]});
      Bytes update = writer.transact([&](Transaction& change) {
        TypeId text = change.root("text", TypeRef::kText);
        Clock length = change.length(text);
        if (length > 3 && random.below(3) == 0)
          change.delete_text(text, static_cast<Clock>(random.below(length - 2)), 2);
        else
          change.insert_text(text, static_cast<Clock>(random.below(length + 1)), "ab");
      });
      if (!update.empty()) updates.push_back(std::move(update));
    }
    Doc in_order = doc_of(21);
    take(in_order, updates);
    std::vector<std::size_t> order(updates.size());
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[random.below(i + 1)]);
    Doc shuffled = doc_of(22), heir = doc_of(23);
    for (std::size_t i = 0; i < order.size(); i++) {
      if (i == order.size() / 2) take(heir, {shuffled.encode_state()});
      take(shuffled, {updates[order[i]]});
      if (random.below(4) == 0) take(shuffled, {updates[order[random.below(i + 1)]]});
      if (i >= order.size() / 2) take(heir, {updates[order[i]]});
    }
    for (const Doc* doc : {&shuffled, &heir}) {
      CHECK_FALSE(doc->has_pending_structs());
      CHECK_FALSE(doc->has_pending_deletes());
      CHECK(text_in(*doc) == text_in(in_order));
      CHECK(doc->state_vector() == in_order.state_vector());
      CHECK(doc->delete_set() == in_order.delete_set());
    }
  }
}
