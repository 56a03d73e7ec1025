// What every plan log promises, asked of each of them.
#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "base/limits.hpp"
#include "catch.hpp"
#include "storage/log_testing.hpp"
#include "storage/memory_plan_log.hpp"
#include "storage/record_format.hpp"
#include "storage/rocks_plan_log.hpp"

using namespace footprint;
using namespace footprint::storage;
using namespace footprint::storage::testing;

namespace {

const PlanId kPlan("north-2016");
const PlanId kOther("north-2016-b");

struct Fixture {
  ScratchDirectory scratch;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'480'000'000'000);
  std::unique_ptr<PlanLog> log;

  explicit Fixture(bool on_disk) {
    if (on_disk) {
      RocksPlanLogOptions options;
      options.clock = clock;
      auto opened = open_rocks_plan_log(scratch.data(), options);
      REQUIRE(opened);
      log = std::move(*opened);
    } else {
      log = make_memory_plan_log({clock, nullptr});
    }
  }
};

}  // namespace

#define FOR_EACH_LOG                          \
  const bool on_disk = GENERATE(false, true); \
  CAPTURE(on_disk);                           \
  Fixture fixture(on_disk);                   \
  PlanLog& log = *fixture.log;

TEST_CASE("appended events come back numbered, timed and chained") {
  FOR_EACH_LOG
  auto first = append_now(log, kPlan, 0, events({"one", "two"}));
  REQUIRE(first);
  REQUIRE(first->events.size() == 2);
  fixture.clock->advance_ms(5);
  REQUIRE(append_now(log, kPlan, 2, {event("three", 7)}));
  auto read = log.read(kPlan, 1, 100);
  REQUIRE(read);
  REQUIRE(read->size() == 3);
  CHECK(text_of((*read)[0]) == "one");
  CHECK(text_of((*read)[2]) == "three");
  CHECK((*read)[2].kind == 7);
  CHECK((*read)[2].at_ms == 1'480'000'000'005);
  CHECK((*read)[0].previous == Hash{});
  Hash previous{};
  for (const Event& one : *read) {
    CHECK(one.previous == previous);
    CHECK(one.hash == hash_event(previous, one.position, one.at_ms, one.kind, one.payload));
    previous = one.hash;
  }
  auto head = log.head(kPlan);
  REQUIRE(head);
  CHECK(head->position == 3);
  CHECK(head->hash == previous);
}

TEST_CASE("reading takes any start and limit, and ends at the head") {
  FOR_EACH_LOG
  REQUIRE(append_now(log, kPlan, 0, events({"1", "2", "3", "4", "5"})));
  REQUIRE(append_now(log, kPlan, 5, events({"6", "7"})));
  CHECK(log.read(kPlan, 3, 2)->size() == 2);
  CHECK(log.read(kPlan, 3, 2)->front().position == 3);
  CHECK(log.read(kPlan, 5, 100)->size() == 3);
  CHECK(log.read(kPlan, 7, 1)->size() == 1);
  CHECK(log.read(kPlan, 8, 100)->empty());
  CHECK(log.read(kPlan, 0, 100)->size() == 7);
  CHECK(log.read(kPlan, 1, 0)->empty());
  CHECK(log.read(kOther, 1, 100)->empty());
  CHECK(log.head(kOther)->position == 0);
  CHECK_FALSE(log.scan(kPlan, 1, 100)->damage);
}

TEST_CASE("an append that expects another position is refused whole and names both") {
  FOR_EACH_LOG
  REQUIRE(append_now(log, kPlan, 0, events({"one"})));
  auto stale = append_now(log, kPlan, 0, events({"two", "three"}));
  REQUIRE_FALSE(stale);
  CHECK(stale.error().code == "log.moved");
  CHECK(stale.error().kind == ErrorKind::kConflict);
  CHECK(stale.error().message.find("position 0 was expected, it is at 1") != std::string::npos);
  CHECK(append_now(log, kPlan, 9, events({"x"})).error().code == "log.moved");
  CHECK(log.head(kPlan)->position == 1);
  CHECK(append_now(log, kPlan, 1, events({"two"})));
}

TEST_CASE("plans do not touch each other, also when one's name begins another's") {
  FOR_EACH_LOG
  REQUIRE(append_now(log, kPlan, 0, events({"a"})));
  REQUIRE(append_now(log, kOther, 0, events({"b", "c"})));
  CHECK(log.read(kPlan, 1, 10)->size() == 1);
  CHECK(log.read(kOther, 1, 10)->size() == 2);
  CHECK(*log.plans() == std::vector<PlanId>{kPlan, kOther});
}

TEST_CASE("bad appends are refused and the next one goes on") {
  FOR_EACH_LOG
  CHECK(append_now(log, PlanId("No Plan"), 0, events({"x"})).error().code == "log.bad_plan");
  CHECK(append_now(log, kPlan, 0, {}).error().code == "log.empty");
  auto large = append_now(log, kPlan, 0, {{1, Bytes(limits::kLogPayloadBytesMax + 1)}});
  REQUIRE_FALSE(large);
  CHECK(large.error().code == "log.too_large");
  CHECK(large.error().message.find(std::to_string(limits::kLogPayloadBytesMax)) !=
        std::string::npos);
  CHECK(append_now(log, kPlan, 0, {{1, Bytes(limits::kLogPayloadBytesMax)}}));
  CHECK(log.read(kPlan, 1, 1)->front().payload.size() == limits::kLogPayloadBytesMax);
  CHECK(append_now(log, kPlan, 1, {{1, Bytes{}}}));
  CHECK(log.read(kPlan, 2, 1)->front().payload.empty());
}

TEST_CASE("an append larger than a run comes back whole") {
  FOR_EACH_LOG
  std::vector<NewEvent> many;
  for (int i = 0; i < 1500; ++i) many.push_back(event("event " + std::to_string(i)));
  REQUIRE(append_now(log, kPlan, 0, std::move(many)));
  auto read = log.read(kPlan, 1, 2000);
  REQUIRE(read);
  REQUIRE(read->size() == 1500);
  for (int i = 0; i < 1500; ++i)
    CHECK(text_of((*read)[static_cast<std::size_t>(i)]) == "event " + std::to_string(i));
  CHECK(log.read(kPlan, 700, 3)->front().position == 700);
}

TEST_CASE("one read is bounded in events and bytes, and a reader gets on") {
  FOR_EACH_LOG
  const std::size_t big = limits::kLogPayloadBytesMax;
  const int count = static_cast<int>(limits::kLogReadBytesMax / big) + 2;
  for (int i = 0; i < count; ++i) REQUIRE(append_now(log, kPlan, std::nullopt, {{1, Bytes(big)}}));
  Position next = 1;
  int reads = 0;
  while (next <= log.head(kPlan)->position) {
    auto read = log.read(kPlan, next, 1000);
    REQUIRE(read);
    REQUIRE_FALSE(read->empty());
    next = read->back().position + 1;
    ++reads;
  }
  CHECK(reads == 2);
  CHECK(next == static_cast<Position>(count) + 1);
}

TEST_CASE("time in a plan never goes back, though the clock does") {
  FOR_EACH_LOG
  REQUIRE(append_now(log, kPlan, 0, events({"now"})));
  fixture.clock->advance_ms(-86'400'000);
  REQUIRE(append_now(log, kPlan, 1, events({"yesterday"})));
  auto read = log.read(kPlan, 1, 2);
  CHECK((*read)[1].at_ms == (*read)[0].at_ms);
}

TEST_CASE("callbacks come in the order of the appends, refusals in their place") {
  FOR_EACH_LOG
  std::mutex mutex;
  std::vector<int> order;
  const auto note = [&](int i) {
    return [&, i](Result<Appended> result) {
      std::lock_guard lock(mutex);
      order.push_back(result ? i : -i);
    };
  };
  for (int i = 1; i <= 200; ++i) {
    const bool refused = i % 10 == 0;
    log.append(kPlan, std::nullopt, refused ? std::vector<NewEvent>{} : events({"x"}), note(i));
  }
  log.close();
  REQUIRE(order.size() == 200);
  for (int i = 1; i <= 200; ++i)
    CHECK(order[static_cast<std::size_t>(i - 1)] == (i % 10 == 0 ? -i : i));
}

TEST_CASE("closing commits what waits; afterwards appends are refused and reading goes on") {
  FOR_EACH_LOG
  std::atomic<int> durable{0};
  for (int i = 0; i < 100; ++i) {
    log.append(kPlan, std::nullopt, events({"x"}),
               [&](Result<Appended> result) { durable += result ? 1 : 0; });
  }
  CHECK(log.writable());
  log.close();
  log.close();
  CHECK(durable == 100);
  CHECK(append_now(log, kPlan, std::nullopt, events({"late"})).error().code == "log.closed");
  CHECK(log.writable().error().code == "log.closed");
  CHECK(log.read(kPlan, 1, 1000)->size() == 100);
}

TEST_CASE("subscribers hear every commit once, before the author, until they leave") {
  FOR_EACH_LOG
  std::vector<std::string> heard;
  auto subscription = log.subscribe([&](const PlanId& plan, const std::vector<Event>& events) {
    for (const Event& one : events) heard.push_back(plan.value + " " + text_of(one));
  });
  std::size_t heard_by_done = 0;
  std::promise<void> done;
  log.append(kPlan, 0, events({"one", "two"}), [&](const Result<Appended>&) {
    heard_by_done = heard.size();
    done.set_value();
  });
  done.get_future().wait();
  CHECK(heard_by_done == 2);
  CHECK_FALSE(append_now(log, kPlan, 0, events({"refused"})));
  REQUIRE(append_now(log, kOther, 0, events({"three"})));
  subscription.reset();
  REQUIRE(append_now(log, kPlan, 2, events({"unheard"})));
  CHECK(heard ==
        std::vector<std::string>{"north-2016 one", "north-2016 two", "north-2016-b three"});
}

TEST_CASE("a listener may end its own subscription, and a subscription may outlive its log") {
  FOR_EACH_LOG
  int calls = 0;
  std::unique_ptr<Subscription> own,
      lasting = log.subscribe([](const PlanId&, const std::vector<Event>&) {});
  own = log.subscribe([&](const PlanId&, const std::vector<Event>&) {
    ++calls;
    own.reset();
  });
  REQUIRE(append_now(log, kPlan, 0, events({"one"})));
  REQUIRE(append_now(log, kPlan, 1, events({"two"})));
  CHECK(calls == 1);
  fixture.log.reset();
}

TEST_CASE("the newest snapshot of a name comes back") {
  FOR_EACH_LOG
  fill(log, kPlan, 5);
  CHECK_FALSE(log.read_snapshot(kPlan, "vision")->has_value());
  for (Position at : {2U, 3U, 5U})
    REQUIRE(log.write_snapshot(kPlan, "vision", {at, Bytes(5000, std::uint8_t(at))}));
  REQUIRE(log.write_snapshot(kPlan, "vision-2", {1, {}}));
  auto newest = log.read_snapshot(kPlan, "vision");
  REQUIRE(newest);
  REQUIRE(newest->has_value());
  CHECK((*newest)->position == 5);
  CHECK((*newest)->content == Bytes(5000, 5));
  CHECK((*log.read_snapshot(kPlan, "vision-2"))->content.empty());
  CHECK(*log.snapshot_names(kPlan) == std::vector<std::string>{"vision", "vision-2"});
  CHECK(log.snapshot_names(kOther)->empty());
  CHECK(log.write_snapshot(kPlan, "vision", {6, {}}).error().code == "snapshot.ahead");
  for (const char* name : {"a b", "", ".authors", "vision.", "vision.a.b"})
    CHECK(log.write_snapshot(kPlan, name, {1, {}}).error().code == "snapshot.bad_name");
  CHECK(log.write_snapshot(kPlan, "vision.authors", {1, Bytes(3, 1)}));
  CHECK((*log.read_snapshot(kPlan, "vision.authors"))->content == Bytes(3, 1));
  CHECK((*log.read_snapshot(kPlan, "vision"))->position == 5);
  CHECK(log.write_snapshot(kPlan, "big", {1, Bytes(limits::kSnapshotBytesMax + 1)}).error().code ==
        "snapshot.too_large");
}

TEST_CASE("many threads append, read and subscribe at once; every acknowledgement is true") {
  FOR_EACH_LOG
  constexpr int kThreads = 8, kAppends = 150;
  const std::vector<PlanId> plans{PlanId("a"), PlanId("b"), PlanId("c")};
  std::mutex mutex;
  std::map<PlanId, std::map<Position, std::string>> acked;
  std::map<PlanId, Position> heard;
  auto subscription = log.subscribe([&](const PlanId& plan, const std::vector<Event>& events) {
    for (const Event& one : events) {
      if (one.position != heard[plan] + 1) std::abort();
      heard[plan] = one.position;
    }
  });
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kAppends; ++i) {
        const PlanId& plan = plans[static_cast<std::size_t>(t + i) % plans.size()];
        const std::string text = std::to_string(t) + "/" + std::to_string(i);
        std::optional<Position> expected;
        if (i % 3 == 0) expected = log.head(plan)->position;
        log.append(plan, expected, events({text, text + "+"}), [&, plan](Result<Appended> result) {
          if (!result) {
            ++refused;
            return;
          }
          std::lock_guard lock(mutex);
          for (const Event& one : result->events) acked[plan][one.position] = text_of(one);
        });
        if (i % 20 == 0 && !log.read(plan, 1, 50)) std::abort();
        if (i % 50 == 0) {
          const Head head = *log.head(plan);
          if (head.position > 0 && !log.write_snapshot(plan, "s", {head.position, Bytes(100)}))
            std::abort();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  log.close();
  std::size_t total = 0;
  for (const PlanId& plan : plans) {
    auto read = log.read(plan, 1, 10'000);
    REQUIRE(read);
    REQUIRE(read->size() == acked[plan].size());
    for (const Event& one : *read) CHECK(acked[plan][one.position] == text_of(one));
    CHECK(heard[plan] == read->size());
    total += read->size();
  }
  CHECK(total == 2U * (kThreads * kAppends - static_cast<unsigned>(refused)));
}

TEST_CASE("a full queue refuses instead of growing") {
  std::promise<void> release;
  auto released = release.get_future().share();
  auto log = make_memory_plan_log({std::make_shared<SystemClock>(), [released] {
                                     released.wait();
                                     return Status{};
                                   }});
  std::atomic<int> stored{0}, overloaded{0};
  const int count = static_cast<int>(limits::kLogQueueBytesMax / limits::kLogPayloadBytesMax) + 4;
  for (int i = 0; i < count; ++i) {
    log->append(kPlan, std::nullopt, {{1, Bytes(limits::kLogPayloadBytesMax)}},
                [&](Result<Appended> result) {
                  if (result) ++stored;
                  if (!result && result.error().code == "log.overloaded") ++overloaded;
                });
  }
  release.set_value();
  log->close();
  CHECK(overloaded >= 4);
  CHECK(stored + overloaded == count);
}

TEST_CASE("after one failed write the log takes no more, though the disk recovers") {
  int calls = 0;
  auto log = make_memory_plan_log({std::make_shared<SystemClock>(), [&]() -> Status {
                                     if (++calls == 2)
                                       return fail(ErrorKind::kIo, "test", "no space left");
                                     return {};
                                   }});
  REQUIRE(append_now(*log, kPlan, 0, events({"one"})));
  auto failed = append_now(*log, kPlan, 1, events({"two"}));
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == "log.write_failed");
  CHECK(failed.error().message.find("no space left") != std::string::npos);
  CHECK(append_now(*log, kPlan, 1, events({"three"})).error().code == "log.write_failed");
  CHECK(log->writable().error().code == "log.write_failed");
  CHECK(calls == 2);
  CHECK(log->head(kPlan)->position == 1);
  CHECK(log->read(kPlan, 1, 10)->size() == 1);
}
