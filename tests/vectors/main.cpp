// footprint-vectors FILE.jsonl[.gz]...: runs conformance vectors against sync/ and prints for each
// of three levels how many passed. Ends with 0 when none failed.
#include <sodium.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "checks.hpp"
#include "values.hpp"

namespace footprint::vectors {
namespace {

constexpr std::size_t kFailuresShown = 15;
constexpr std::size_t kDepthMax = 600;  // of content in a vector

struct Run {
  std::vector<Outcome> outcomes;
  std::vector<std::string> questions;
  std::vector<std::size_t> asked_by;  // index of the outcome, for each question
};

/// Reads plain files too.
bool read_all(const char* path, std::string& text) {
  gzFile file = gzopen(path, "rb");
  if (file == nullptr) return false;
  std::vector<char> chunk(1U << 20);
  int size = 0;
  while ((size = gzread(file, chunk.data(), static_cast<unsigned>(chunk.size()))) > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(size));
  }
  gzclose(file);
  return size == 0;
}

void run_line(Run& run, std::string_view line) {
  auto vector = sync::parse_json(line, kDepthMax);
  if (!vector) {
    run.outcomes.emplace_back("?", "unreadable")
        .check(Level::kContent, false, "this line is not JSON");
    return;
  }
  Outcome& outcome = run.outcomes.emplace_back(text_at(*vector, "id"), text_at(*vector, "family"));
  std::string kind = text_at(*vector, "kind");
  if (kind == "session") {
    check_session(*vector, outcome, run.questions);
  } else if (kind == "local") {
    check_local(*vector, outcome, run.questions);
  } else if (kind == "lib0") {
    check_lib0(*vector, outcome);
  } else if (kind == "proto") {
    check_proto(*vector, outcome);
  } else if (kind == "damaged") {
    check_damaged(*vector, outcome);
  } else {
    outcome.check(Level::kContent, false, "unknown kind " + kind);
  }
  run.asked_by.resize(run.questions.size(), run.outcomes.size() - 1);
}

/// Lets yjs read our encodings. Each line of the answer is empty when all is well, else what is
/// wrong.
void ask_yjs(Run& run) {
  std::string path = (std::filesystem::temp_directory_path() / "footprint-vectors-XXXXXX").string();
  int descriptor = mkstemp(path.data());
  if (descriptor >= 0) close(descriptor);
  {
    std::ofstream questions(path);
    for (const std::string& question : run.questions) questions << question << '\n';
  }
  std::string command =
      "node '" FOOTPRINT_SOURCE_DIR "/tests/vectors/interchange.mjs' '" + path + "'";
  std::FILE* answers = popen(command.c_str(), "r");
  std::vector<char> line(1U << 16);
  std::size_t answered = 0;
  while (answers != nullptr && answered < run.questions.size() &&
         std::fgets(line.data(), static_cast<int>(line.size()), answers) != nullptr) {
    std::string answer(line.data());
    while (!answer.empty() && answer.back() == '\n') answer.pop_back();
    run.outcomes[run.asked_by[answered++]].check(Level::kInterchange, answer.empty(), answer);
  }
  if (answers != nullptr) pclose(answers);
  std::filesystem::remove(path);
  if (answered < run.questions.size()) {
    std::cout << "yjs has not answered: are node and tests/node_modules/yjs there?\n";
  }
  for (; answered < run.questions.size(); ++answered) {
    run.outcomes[run.asked_by[answered]].check(Level::kInterchange, false, "yjs has not answered");
  }
}

/// Prints one level; gives how many failed.
std::size_t report(const Run& run, Level level) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const Outcome& outcome : run.outcomes) {
    if (!outcome.asked(level)) continue;
    const std::vector<std::string>& problems = outcome.problems(level);
    ++(problems.empty() ? passed : failed);
    if (problems.empty() || failed > kFailuresShown) continue;
    std::cout << "  " << outcome.id << " " << outcome.family << ": " << problems.front();
    if (problems.size() > 1) std::cout << " (and " << problems.size() - 1 << " more)";
    std::cout << '\n';
  }
  std::cout << kLevelNames[static_cast<std::size_t>(level)] << ": " << passed << " passed, "
            << failed << " failed\n";
  return failed;
}

int run_all(int count, char** paths) {
  Run run;
  for (int i = 0; i < count; ++i) {
    std::string text;
    if (!read_all(paths[i], text)) {
      std::cerr << paths[i] << " cannot be read\n";
      return 2;
    }
    for (std::size_t from = 0; from < text.size();) {
      std::size_t end = std::min(text.find('\n', from), text.size());
      if (end > from) run_line(run, std::string_view(text).substr(from, end - from));
      from = end + 1;
    }
  }
  if (!run.questions.empty()) ask_yjs(run);
  std::size_t failed = 0;
  for (Level level : {Level::kContent, Level::kInterchange, Level::kBytes})
    failed += report(run, level);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace footprint::vectors

int main(int argc, char** argv) {
  if (argc < 2 || sodium_init() < 0) {
    std::cerr << "usage: footprint-vectors FILE.jsonl[.gz]...\n";
    return 2;
  }
  return footprint::vectors::run_all(argc - 1, argv + 1);
}
