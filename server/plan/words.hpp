// How long a text is, as screens and word limits count it.
#pragma once

#include <cstddef>
#include <string_view>

namespace footprint::plan {

/// Runs of characters between white space.
std::size_t count_words(std::string_view text);

}  // namespace footprint::plan
