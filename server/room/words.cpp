#include "room/words.hpp"

#include "sync/read.hpp"

namespace footprint::room {

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

std::map<std::string, std::size_t> count_words(const sync::Doc& doc, const plan::Section& section) {
  std::map<std::string, std::size_t> words;
  for (const plan::Field& field : section.fields) {
    words[field.key] = count_words(sync::plain_text(doc, sync::find_root(doc, field.key)));
  }
  return words;
}

}  // namespace footprint::room
