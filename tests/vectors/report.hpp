// What a vector run found: for each level how many vectors passed, and the first that did not.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace footprint::vectors {

enum class Level { kContent, kInterchange, kBytes };
inline constexpr std::array<const char*, 3> kLevelNames{"content", "interchange", "bytes"};

/// The findings about one vector. A level that nothing was asked about does not count it.
class Outcome {
 public:
  Outcome(std::string vector_id, std::string vector_family)
      : id(std::move(vector_id)), family(std::move(vector_family)) {}

  void check(Level level, bool good, const std::string& what) {
    Findings& findings = levels_[static_cast<std::size_t>(level)];
    findings.asked = true;
    if (!good) findings.problems.push_back(what);
  }
  bool asked(Level level) const { return levels_[static_cast<std::size_t>(level)].asked; }
  const std::vector<std::string>& problems(Level level) const {
    return levels_[static_cast<std::size_t>(level)].problems;
  }

  std::string id;
  std::string family;

 private:
  struct Findings {
    bool asked = false;
    std::vector<std::string> problems;
  };
  std::array<Findings, 3> levels_;
};

}  // namespace footprint::vectors
