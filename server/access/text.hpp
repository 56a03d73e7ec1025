// Small checks of text that comes from people.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace footprint::access {

/// Without spaces, tabs and line ends on both sides.
std::string_view trimmed(std::string_view text);
/// Characters (code points) of valid UTF-8 without control characters or line separators; nullopt
/// if it is anything else.
std::optional<std::size_t> count_characters(std::string_view text);
/// Trimmed, lower-case, plausible (one '@', a dot behind it, no control characters or spaces, at
/// most 254 bytes of ASCII); nullopt if it is none.
std::optional<std::string> normalised_email(std::string_view text);
/// Trimmed, 1 to 100 characters of valid UTF-8 without control characters; nullopt if it is none.
std::optional<std::string> normalised_name(std::string_view text);

}  // namespace footprint::access
