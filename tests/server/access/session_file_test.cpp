#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "access/sessions.hpp"
#include "catch.hpp"

using namespace footprint;
using namespace footprint::access;

namespace {

struct TemporaryFolder {
  std::string path;
  TemporaryFolder() {
    char name[] = "/tmp/footprint-sessions-XXXXXX";
    path = mkdtemp(name);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
};

/// Warnings land in `warned` as error codes.
void keep(Sessions& sessions, const std::string& file, std::string& warned) {
  sessions.keep_in(file, [&warned](const Error& error) { warned = error.code; });
}

std::string content_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a session outlives the process, an ended or expired one does not") {
  TemporaryFolder folder;
  const std::string file = folder.path + "/sessions";
  std::string warned;
  auto clock = std::make_shared<ManualClock>(1'000'000);
  std::string kept, ended;
  {
    Sessions sessions({.clock = clock});
    keep(sessions, file, warned);
    kept = sessions.create(PersonId("u-lead")).token;
    ended = sessions.create(PersonId("u-fin")).token;
    sessions.end(ended);
  }
  {
    Sessions sessions({.clock = clock});
    keep(sessions, file, warned);
    CHECK(sessions.identify(kept) == PersonId("u-lead"));
    CHECK_FALSE(sessions.identify(ended));
  }
  clock->advance_ms(24 * 3'600'000);
  Sessions sessions({.clock = clock});
  keep(sessions, file, warned);
  CHECK_FALSE(sessions.identify(kept));
  CHECK(sessions.count() == 0);
}

TEST_CASE("the file of sessions holds no token and is its owner's alone") {
  TemporaryFolder folder;
  const std::string file = folder.path + "/sessions";
  std::string warned;
  Sessions sessions;
  keep(sessions, file, warned);
  std::string token = sessions.create(PersonId("u-lead")).token;
  CHECK(content_of(file).find(token) == std::string::npos);
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 077) == 0);
}

TEST_CASE("a last line torn by a crash is left out, a damaged file is named and left alone") {
  TemporaryFolder folder;
  const std::string file = folder.path + "/sessions";
  std::string warned;
  std::string token;
  {
    Sessions sessions;
    keep(sessions, file, warned);
    token = sessions.create(PersonId("u-lead")).token;
  }
  std::ofstream(file, std::ios::app) << "+ 00ff";
  {
    Sessions sessions;
    keep(sessions, file, warned);
    CHECK(sessions.identify(token) == PersonId("u-lead"));
  }
  std::ofstream(file) << "something else\n";
  Sessions sessions;
  keep(sessions, file, warned);
  CHECK(warned == "sessions.unreadable");
  CHECK(content_of(file) == "something else\n");
  std::string fresh = sessions.create(PersonId("u-lead")).token;
  CHECK(sessions.identify(fresh) == PersonId("u-lead"));
}
