// Damage of every sort: named by plan and position, and everything else still reads.
#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "base/limits.hpp"
#include "base/random.hpp"
#include "catch.hpp"
#include "storage/log_testing.hpp"
#include "storage/record_format.hpp"
#include "storage/rocks_plan_log.hpp"
#include "storage/verify.hpp"

using namespace footprint;
using namespace footprint::storage;
using namespace footprint::storage::testing;

namespace {

const PlanId kPlan("north-2016"), kOther("south-2016");

std::unique_ptr<PlanLog> open_log(const std::string& data, bool read_only = false) {
  RocksPlanLogOptions options;
  options.read_only = read_only;
  auto opened = open_rocks_plan_log(data, options);
  if (!opened) FAIL(opened.error().message);
  return std::move(*opened);
}

/// Two plans: kPlan with runs of 1, 4 and 1 events, kOther with 3.
void write_plans(const std::string& data) {
  auto log = open_log(data);
  REQUIRE(append_now(*log, kPlan, 0, events({"first"})));
  REQUIRE(append_now(*log, kPlan, 1, events({"second", "third", "fourth", "fifth"})));
  REQUIRE(append_now(*log, kPlan, 5, events({"sixth"})));
  fill(*log, kOther, 3);
}

/// Opens the database below the log and hands the log (1), snap (2) or meta (3) family to `change`.
void tamper(const std::string& data,
            const std::function<void(rocksdb::DB&,
                                     const std::vector<rocksdb::ColumnFamilyHandle*>&)>& change) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : {"default", "log", "snap", "meta"})
    families.emplace_back(name, rocksdb::ColumnFamilyOptions{});
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  REQUIRE(rocksdb::DB::Open({}, data + "/log", families, &handles, &raw).ok());
  std::unique_ptr<rocksdb::DB> db(raw);
  change(*db, handles);
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
}

void change_value(const std::string& data, std::size_t family, const std::string& key,
                  const std::function<void(std::string&)>& change) {
  tamper(data, [&](rocksdb::DB& db, const auto& handles) {
    std::string value;
    REQUIRE(db.Get({}, handles[family], key, &value).ok());
    change(value);
    REQUIRE(db.Put({}, handles[family], key, value).ok());
  });
}

void flip(std::string& value, std::size_t at) {
  value[at] = static_cast<char>(value[at] ^ 0x20);
}

std::string good_positions(const PlanLog& log, const PlanId& plan, Position last) {
  std::string good;
  for (Position at = 1; at <= last; ++at) {
    auto read = log.read(plan, at, 1);
    if (read && read->size() == 1) good += std::to_string(at) + " ";
    if (!read) CHECK(read.error().code == "log.corrupt");
  }
  return good;
}

void flip_in_file(const std::string& path, std::uint64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get() ^ 0x20);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

std::vector<std::string> files_ending(const std::string& folder, const std::string& end) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().string().ends_with(end)) found.push_back(entry.path().string());
  }
  return found;
}

}  // namespace

TEST_CASE("a flipped byte in a record costs that record alone, whichever byte it is") {
  ScratchDirectory scratch;
  write_plans(scratch.data());
  const std::string key = log_key(kPlan, 5);
  std::string whole;
  change_value(scratch.data(), 1, key, [&](std::string& value) { whole = value; });
  const std::size_t header = 1 + 2 + 8 + 32 + 4 * 4 + 4, overhead = 2 + 8 + 32 + 4;
  const std::size_t third = header + overhead + 6, size = overhead + 5;
  for (std::size_t at = third; at < third + size; at += 3) {
    change_value(scratch.data(), 1, key, [&](std::string& value) {
      value = whole;
      flip(value, at);
    });
    CAPTURE(at);
    auto log = open_log(scratch.data());
    auto read = log->read(kPlan, 1, 100);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::kCorrupt);
    CHECK(read.error().message.find("Position 3 of the plan \"north-2016\"") != std::string::npos);
    CHECK(good_positions(*log, kPlan, 6) == "1 2 4 5 6 ");
    auto scan = log->scan(kPlan, 1, 100);
    REQUIRE(scan->damage);
    CHECK(scan->events.size() == 2);
    CHECK(scan->damage->first == 3);
    CHECK(scan->damage->last == 3);
    CHECK(log->read(kPlan, scan->damage->last + 1, 100)->size() == 3);
    CHECK(log->read(kOther, 1, 100)->size() >= 3);
    CHECK(append_now(*log, kOther, std::nullopt, events({"more"})));
  }
}

TEST_CASE("a flipped byte in the header of a run costs the run alone") {
  ScratchDirectory scratch;
  write_plans(scratch.data());
  for (std::size_t at : {0U, 1U, 5U, 20U, 45U, 60U}) {
    change_value(scratch.data(), 1, log_key(kPlan, 5),
                 [&](std::string& value) { flip(value, at); });
    CAPTURE(at);
    auto log = open_log(scratch.data());
    CHECK(good_positions(*log, kPlan, 6) == "1 6 ");
    auto report = verify_plan(*log, kPlan);
    REQUIRE(report->damages.size() == 1);
    CHECK(report->damages[0].first == 2);
    CHECK(report->damages[0].last == 5);
    log.reset();
    change_value(scratch.data(), 1, log_key(kPlan, 5),
                 [&](std::string& value) { flip(value, at); });
  }
}

TEST_CASE("a missing or shortened run is damage, not the end of the log") {
  ScratchDirectory scratch;
  write_plans(scratch.data());
  SECTION("missing") {
    tamper(scratch.data(), [](rocksdb::DB& db, const auto& handles) {
      REQUIRE(db.Delete({}, handles[1], log_key(kPlan, 5)).ok());
    });
    auto log = open_log(scratch.data());
    CHECK(good_positions(*log, kPlan, 6) == "1 6 ");
    CHECK(log->read(kPlan, 1, 100).error().message.find("Position 2") != std::string::npos);
  }
  SECTION("shortened") {
    change_value(scratch.data(), 1, log_key(kPlan, 5),
                 [](std::string& value) { value.resize(value.size() - 20); });
    auto log = open_log(scratch.data());
    CHECK(good_positions(*log, kPlan, 6) == "1 2 3 4 6 ");
  }
}

TEST_CASE("a record that was rewritten with care still breaks the chain") {
  ScratchDirectory scratch;
  write_plans(scratch.data());
  auto log = open_log(scratch.data());
  Event forged = log->read(kPlan, 1, 1)->front();
  log.reset();
  forged.payload = to_bytes(as_bytes("forged"));
  forged.hash = hash_event({}, 1, forged.at_ms, forged.kind, forged.payload);
  const Event* one = &forged;
  change_value(scratch.data(), 1, log_key(kPlan, 1), [&](std::string& value) {
    value = encode_run({}, {&one, 1});
  });
  log = open_log(scratch.data());
  CHECK(log->read(kPlan, 1, 100).error().message.find("Position 2") != std::string::npos);
  CHECK_FALSE(log->read(kPlan, 2, 1));
  CHECK(verify_plan(*log, kPlan)->damages.at(0).first == 2);
}

TEST_CASE("a plan whose last record is damaged takes no appends; other plans do") {
  ScratchDirectory scratch;
  write_plans(scratch.data());
  SECTION("the record") {
    change_value(scratch.data(), 1, log_key(kPlan, 6),
                 [](std::string& value) { flip(value, value.size() - 6); });
  }
  SECTION("the head record") {
    change_value(scratch.data(), 3, head_key(kPlan), [](std::string& value) { flip(value, 12); });
  }
  SECTION("a head record that names another hash") {
    change_value(scratch.data(), 3, head_key(kPlan), [](std::string& value) {
      value = encode_head({{6, Hash{1}}, decode_head(value)->at_ms});
    });
  }
  SECTION("no head record at all") {
    tamper(scratch.data(), [](rocksdb::DB& db, const auto& handles) {
      REQUIRE(db.Delete({}, handles[3], head_key(kPlan)).ok());
    });
  }
  auto log = open_log(scratch.data());
  CHECK(log->head(kPlan).error().code == "log.corrupt");
  CHECK(log->head(kPlan).error().message.find("north-2016") != std::string::npos);
  CHECK(append_now(*log, kPlan, std::nullopt, events({"more"})).error().code == "log.corrupt");
  CHECK(log->read(kPlan, 1, 5)->size() == 5);
  CHECK(append_now(*log, kOther, 3, events({"more"})));
  auto report = verify_plan(*log, kPlan);
  CHECK_FALSE(report->sound());
  CHECK(verify_plan(*log, kOther)->sound());
}

TEST_CASE("a lost journal is found by the anchors, and found again after a restart") {
  ScratchDirectory scratch;
  write_plans(scratch.data());
  {
    // Emptying the log family's newest file is what a lost journal looks like from inside: nothing
    // there.
    tamper(scratch.data(), [](rocksdb::DB& db, const auto& handles) {
      REQUIRE(db.Delete({}, handles[1], log_key(kPlan, 6)).ok());
      REQUIRE(db.Delete({}, handles[1], log_key(kPlan, 5)).ok());
      std::string head;
      REQUIRE(db.Get({}, handles[3], head_key(kPlan), &head).ok());
      const std::string first = [&] {
        std::string value;
        REQUIRE(db.Get({}, handles[1], log_key(kPlan, 1), &value).ok());
        return value;
      }();
      const Event event = *RunReader::open(first, 1)->event(1);
      REQUIRE(db.Put({}, handles[3], head_key(kPlan), encode_head({{1, event.hash}, event.at_ms}))
                  .ok());
    });
  }
  for (int round = 0; round < 2; ++round) {
    auto log = open_log(scratch.data());
    auto head = log->head(kPlan);
    REQUIRE_FALSE(head);
    CHECK(head.error().message.find(
              "lost its events after position 1: position 6 had been saved") != std::string::npos);
    CHECK(append_now(*log, kPlan, std::nullopt, events({"x"})).error().code == "log.corrupt");
    CHECK(log->read(kPlan, 1, 10)->size() == 1);
    REQUIRE(append_now(*log, kOther, std::nullopt, events({"x"})));
  }
}

TEST_CASE("a whole lost database is found by the anchors") {
  ScratchDirectory scratch;
  write_plans(scratch.data());
  std::filesystem::remove_all(scratch.data() + "/log");
  auto log = open_log(scratch.data());
  CHECK(log->plans()->size() == 2);
  CHECK(log->head(kPlan).error().message.find("position 6 had been saved") != std::string::npos);
}

TEST_CASE("a flipped bit in the middle of the journal refuses to open and changes nothing") {
  ScratchDirectory scratch;
  {
    auto log = open_log(scratch.data());
    fill(*log, kPlan, 200);
    // As a killed process leaves it: the journal not yet turned into tables.
    std::filesystem::copy(scratch.data(), scratch.path() + "/copy",
                          std::filesystem::copy_options::recursive);
  }
  const std::string copy = scratch.path() + "/copy";
  std::string journal;
  for (const std::string& file : files_ending(copy + "/log", ".log")) {
    if (std::filesystem::file_size(file) > 10'000) journal = file;
  }
  REQUIRE_FALSE(journal.empty());
  CHECK(verify_plan(*open_log(copy, true), kPlan)->readable == 200);
  flip_in_file(journal, std::filesystem::file_size(journal) / 2);
  auto opened = open_rocks_plan_log(copy);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == "data.corrupt");
  CHECK(opened.error().kind == ErrorKind::kCorrupt);
  flip_in_file(journal, std::filesystem::file_size(journal) / 2);
  CHECK(open_log(copy)->read(kPlan, 1, 1000)->size() == 200);
}

TEST_CASE("a damaged block of a table costs the runs in it; reading resumes behind it") {
  ScratchDirectory scratch;
  constexpr int kEvents = 4000;
  {
    auto log = open_log(scratch.data());
    SeededRandom random(7);
    for (int i = 0; i < kEvents / 10; ++i) {
      std::vector<NewEvent> run;
      for (int j = 0; j < 10; ++j) {
        Bytes noise(100);
        for (auto& byte : noise) byte = static_cast<std::uint8_t>(random.next());
        run.push_back({1, std::move(noise)});
      }
      auto appended = append_now(*log, kPlan, std::nullopt, std::move(run));
      REQUIRE(appended);
    }
  }
  tamper(scratch.data(), [](rocksdb::DB& db, const auto& handles) {
    REQUIRE(db.Flush({}, handles[1]).ok());
    REQUIRE(db.CompactRange({}, handles[1], nullptr, nullptr).ok());
  });
  std::string table;
  for (const std::string& file : files_ending(scratch.data() + "/log", ".sst")) {
    if (table.empty() || std::filesystem::file_size(file) > std::filesystem::file_size(table))
      table = file;
  }
  flip_in_file(table, std::filesystem::file_size(table) / 2);
  auto log = open_log(scratch.data());
  auto report = verify_plan(*log, kPlan);
  REQUIRE(report);
  REQUIRE(report->damages.size() == 1);
  const Damage damage = report->damages[0];
  CHECK(damage.first > 1000);
  CHECK(damage.last < 3000);
  CHECK(report->damaged < 400);
  CHECK(report->readable + report->damaged == kEvents);
  CHECK(report->last == kEvents);
  auto refused = log->read(kPlan, damage.first, 1);
  REQUIRE_FALSE(refused);
  INFO(refused.error().message);
  CHECK(refused.error().message.find(scratch.data()) == std::string::npos);
  CHECK(refused.error().message.find(".sst") != std::string::npos);
  CHECK_FALSE(log->read(kPlan, damage.last, 1));
  CHECK(log->read(kPlan, damage.last + 1, 1));
  CHECK(log->read(kPlan, damage.first - 1, 1));
  CHECK(describe(*report).find("positions " + std::to_string(damage.first)) != std::string::npos);
}

TEST_CASE("damaged snapshots: the older one steps in, and none is an error of its own") {
  ScratchDirectory scratch;
  write_plans(scratch.data());
  {
    auto log = open_log(scratch.data());
    for (Position at : {1U, 3U, 4U}) {
      REQUIRE(log->write_snapshot(kPlan, "vision", {at, Bytes(300, std::uint8_t(at))}));
    }
  }
  const auto break_at = [&](Position at) {
    change_value(scratch.data(), 2, snapshot_key(kPlan, "vision", at),
                 [](std::string& value) { flip(value, 25); });
  };
  break_at(4);
  CHECK((*open_log(scratch.data())->read_snapshot(kPlan, "vision"))->position == 3);
  tamper(scratch.data(), [](rocksdb::DB& db, const auto& handles) {
    std::string value;
    CHECK(db.Get({}, handles[2], snapshot_key(kPlan, "vision", 1), &value).IsNotFound());
  });
  break_at(3);
  auto log = open_log(scratch.data());
  CHECK(log->read_snapshot(kPlan, "vision").error().code == "snapshot.corrupt");
  auto report = verify_plan(*log, kPlan);
  CHECK(report->sound());
  CHECK(report->damaged_snapshots == std::vector<std::string>{"vision"});
}

TEST_CASE("hostile run bytes are refused without reading past them") {
  SeededRandom random(11);
  Event one{1, 5, 1, {}, {}, to_bytes(as_bytes("hello"))};
  one.hash = hash_event({}, 1, 5, 1, one.payload);
  const Event* pointer = &one;
  const std::string whole = encode_run({}, {&pointer, 1});
  REQUIRE(RunReader::open(whole, 1)->event(1));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    auto run = RunReader::open(std::string_view(whole).substr(0, cut), 1);
    if (run) CHECK_FALSE(run->event(1));
  }
  for (int i = 0; i < 20'000; ++i) {
    std::string noise(random.below(200), '\0');
    for (char& c : noise) c = static_cast<char>(random.next());
    if (!noise.empty() && random.chance(0.5)) noise[0] = 1;
    CHECK_FALSE(RunReader::open(noise, 1));
    CHECK_FALSE(decode_head(noise));
    CHECK_FALSE(decode_snapshot(noise));
    CHECK_FALSE(decode_anchors("FPANCHOR" + noise));
  }
}
