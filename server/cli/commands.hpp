// The commands that work on a data directory while no server uses it. Each prints what it did, or
// to stderr why not, and gives the exit code of the process.
#pragma once

#include <string>

namespace footprint::cli {

/// 0 done; 1 the command could not be done; 2 done, and verify found damage.
inline constexpr int kDone = 0, kFailed = 1, kDamaged = 2;

struct ImportArguments {
  std::string data_dir;
  std::string file;             // a plan file; empty with worked_example
  bool worked_example = false;  // the one that is compiled in
};
int run_import(const ImportArguments& arguments);

struct ExportArguments {
  std::string data_dir;
  std::string plan;
  std::string out;  // "-": standard output
};
int run_export(const ExportArguments& arguments);

struct VerifyArguments {
  std::string data_dir;
  std::string plan;  // empty: all
};
int run_verify(const VerifyArguments& arguments);

}  // namespace footprint::cli
