#include "plan/words.hpp"

namespace footprint::plan {

std::size_t count_words(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (char c : text) {
    bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space && !inside) ++words;
    inside = !space;
  }
  return words;
}

}  // namespace footprint::plan
