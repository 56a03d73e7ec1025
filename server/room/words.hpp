// How many words a section's fields have, for screens and word limits.
#pragma once

#include <map>
#include <string>

#include "plan/state.hpp"
#include "sync/doc.hpp"

namespace footprint::room {

/// By key of the field.
std::map<std::string, std::size_t> count_words(const sync::Doc& doc, const plan::Section& section);

}  // namespace footprint::room
