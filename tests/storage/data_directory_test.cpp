// Who may open which directory, and what a person reads who may not.
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "storage/log_testing.hpp"
#include "storage/rocks_plan_log.hpp"

using namespace footprint;
using namespace footprint::storage;
using namespace footprint::storage::testing;

namespace {

std::string code_of(const Result<std::unique_ptr<PlanLog>>& opened) {
  return opened ? "" : opened.error().code;
}

}  // namespace

TEST_CASE("what was appended is there when the log is opened again") {
  ScratchDirectory scratch;
  const PlanId plan("p");
  for (int round = 0; round < 3; ++round) {
    auto log = open_rocks_plan_log(scratch.data());
    REQUIRE(log);
    CHECK((*log)->head(plan)->position == static_cast<Position>(round) * 10);
    fill(**log, plan, 10);
    REQUIRE((*log)->write_snapshot(plan, "s", {static_cast<Position>(round) * 10 + 1, {1, 2}}));
  }
  auto log = open_rocks_plan_log(scratch.data());
  CHECK((*log)->read(plan, 1, 100)->size() == 30);
  CHECK((**(*log)->read_snapshot(plan, "s")).position == 21);
}

TEST_CASE("a second process is told in plain words that the directory is in use") {
  ScratchDirectory scratch;
  auto first = open_rocks_plan_log(scratch.data());
  REQUIRE(first);
  auto second = open_rocks_plan_log(scratch.data());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == "data.in_use");
  CHECK(second.error().message.find("already in use by another footprint process (process ") !=
        std::string::npos);
  first->reset();
  CHECK(open_rocks_plan_log(scratch.data()));
}

TEST_CASE("only our own directories are opened") {
  ScratchDirectory scratch;
  RocksPlanLogOptions existing;
  existing.must_exist = true;
  CHECK(code_of(open_rocks_plan_log(scratch.data(), existing)) == "data.missing");
  CHECK_FALSE(std::filesystem::exists(scratch.data()));
  SECTION("files of somebody else") {
    std::ofstream(scratch.path() + "/letter.txt") << "hello";
    CHECK(code_of(open_rocks_plan_log(scratch.path())) == "data.foreign");
  }
  SECTION("an empty directory will do") {
    CHECK(open_rocks_plan_log(scratch.path()));
  }
  SECTION("a newer format") {
    REQUIRE(open_rocks_plan_log(scratch.data()));
    std::ofstream(scratch.data() + "/FORMAT") << "footprint data 2\n";
    auto opened = open_rocks_plan_log(scratch.data());
    CHECK(code_of(opened) == "data.newer");
    CHECK(opened.error().message.find("written by a newer footprint") != std::string::npos);
  }
  SECTION("a format file that says nothing") {
    REQUIRE(open_rocks_plan_log(scratch.data()));
    std::ofstream(scratch.data() + "/FORMAT") << "?";
    CHECK(code_of(open_rocks_plan_log(scratch.data())) == "data.foreign");
  }
  SECTION("a path that cannot be made") {
    std::ofstream(scratch.path() + "/file") << "x";
    CHECK(code_of(open_rocks_plan_log(scratch.path() + "/file/data")) == "data.io");
  }
}

TEST_CASE("opened for reading only, nothing is written and appends are refused") {
  ScratchDirectory scratch;
  const PlanId plan("p");
  { fill(**open_rocks_plan_log(scratch.data()), plan, 5); }
  RocksPlanLogOptions options;
  options.read_only = true;
  auto log = open_rocks_plan_log(scratch.data(), options);
  REQUIRE(log);
  CHECK((*log)->read(plan, 1, 10)->size() == 5);
  CHECK(append_now(**log, plan, 5, events({"x"})).error().code == "log.closed");
  CHECK((*log)->write_snapshot(plan, "s", {1, {}}).error().code == "log.closed");
}

TEST_CASE("a damaged anchors file is a warning, and is written again") {
  ScratchDirectory scratch;
  const PlanId plan("p");
  { fill(**open_rocks_plan_log(scratch.data()), plan, 1); }
  std::ofstream(scratch.data() + "/anchors") << "rubbish";
  int warnings = 0;
  RocksPlanLogOptions options;
  options.on_warning = [&](const Error& error) {
    warnings += error.code == "data.corrupt" ? 1 : 0;
  };
  {
    auto log = open_rocks_plan_log(scratch.data(), options);
    REQUIRE(log);
    fill(**log, plan, 1);
  }
  CHECK(warnings == 1);
  CHECK(open_rocks_plan_log(scratch.data(), options));
  CHECK(warnings == 1);
}
