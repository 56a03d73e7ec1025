// How many words a section's fields have, for screens and word limits.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "plan/state.hpp"
#include "sync/doc.hpp"

namespace footprint::room {

/// By key of the field.
std::map<std::string, std::size_t> count_words(const sync::Doc& doc, const plan::Section& section);

/// Runs of characters between white space.
std::size_t count_words(std::string_view text);

}  // namespace footprint::room
