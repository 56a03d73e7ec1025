#include "room/words.hpp"

#include "plan/words.hpp"
#include "sync/read.hpp"

namespace footprint::room {

std::map<std::string, std::size_t> count_words(const sync::Doc& doc, const plan::Section& section) {
  std::map<std::string, std::size_t> words;
  for (const plan::Field& field : section.fields) {
    words[field.key] = plan::count_words(sync::plain_text(doc, sync::find_root(doc, field.key)));
  }
  return words;
}

}  // namespace footprint::room
