// footprint-bench TASK FIXTURE_DIR: measures one task of the merge engine and prints one JSON line.
#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "engine_tasks.hpp"

int main(int argc, char** argv) {
  if (argc != 3 || sodium_init() < 0) {
    std::fprintf(
        stderr,
        "usage: footprint-bench TASK FIXTURE_DIR\n"
        "tasks: local remote batch load load_read encode encode_v2 diff1 diff_bytes merge10k "
        "merge_all merge1k memory\n"
        "       footprint-bench hostile MEGABYTES   (updates made to cost much)\n");
    return 2;
  }
  if (argv[1] == std::string_view("hostile")) {
    auto done = footprint::bench::run_hostile(std::atof(argv[2]));
    if (!done) std::fprintf(stderr, "footprint-bench: %s\n", done.error().message.c_str());
    return done ? 0 : 1;
  }
  auto line = footprint::bench::run_task(argv[1], footprint::bench::Fixture(argv[2]));
  if (!line) {
    std::fprintf(stderr, "footprint-bench: %s\n", line.error().message.c_str());
    return 1;
  }
  std::puts(line->c_str());
  return 0;
}
