// What a benchmark runs on: files of one workload in one folder, made by yjs.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace footprint::bench {

struct Patch {
  std::uint32_t position = 0;
  std::uint32_t deleted = 0;
  std::string inserted;
};
using Edit = std::vector<Patch>;  // one transaction

struct Expectation {
  std::string kind;      // "seq", "conc" or "rich"
  std::string text_sha;  // first 16 hexadecimal digits of SHA-256
};

class Fixture {
 public:
  explicit Fixture(std::string folder) : folder_(std::move(folder)) {}

  Result<Bytes> file(const std::string& name) const;
  Result<std::vector<Bytes>> updates() const;
  Result<std::vector<Edit>> edits() const;
  Result<std::vector<std::string>> script() const;  // lines of script.jsonl
  Result<Expectation> expectation() const;

 private:
  std::string folder_;
};

std::string short_sha(std::string_view text);

}  // namespace footprint::bench
