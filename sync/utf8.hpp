// UTF-8 as yjs sees it: strings are counted and cut in UTF-16 units.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace footprint::sync {

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// Whether `text` is UTF-8 without overlong forms and surrogates, as a fatal TextDecoder wants it.
/// When it is,
/// `*utf16_length` (may be null) becomes its length in UTF-16 units.
bool is_valid_utf8(std::string_view text, std::size_t* utf16_length = nullptr);

/// UTF-16 units of valid UTF-8 (or of UTF-8 with lone surrogates as three bytes each).
std::size_t utf16_length(std::string_view text);

/// Where a number of UTF-16 units ends in a text.
struct Utf16Cut {
  std::size_t byte = 0;      // of the first character that does not fit wholly
  bool inside_pair = false;  // the cut falls between the halves of the four-byte character there
};
/// The cut after `units` units; `units` may not exceed the text's length.
Utf16Cut utf16_cut(std::string_view text, std::size_t units);
/// The cut in front of the last `units` units.
Utf16Cut utf16_cut_from_end(std::string_view text, std::size_t units);

/// The text before / from the cut, with U+FFFD for the half of a cut pair, as yjs leaves it.
std::string utf16_head(std::string_view text, std::size_t units);
std::string utf16_tail(std::string_view text, std::size_t units);

/// Appends a code point; lone surrogates become three bytes (WTF-8).
void append_utf8(std::string& to, std::uint32_t code_point);

/// Lone surrogates (WTF-8) replaced by U+FFFD, which is what a TextEncoder writes.
std::string to_well_formed(std::string_view text);
bool has_lone_surrogate(std::string_view text);

}  // namespace footprint::sync
