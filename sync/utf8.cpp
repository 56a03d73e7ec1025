#include "sync/utf8.hpp"

#include <cstring>

namespace footprint::sync {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

bool is_continuation(std::uint8_t byte) {
  return (byte & 0xC0) == 0x80;
}

/// Bytes of the valid character at `i`, 0 when there is none.
std::size_t valid_character(std::string_view text, std::size_t i) {
  std::uint8_t first = byte_at(text, i);
  std::size_t left = text.size() - i;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (left < length) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if (!is_continuation(byte_at(text, i + k))) return 0;
  }
  std::uint8_t second = byte_at(text, i + 1);
  bool refused = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                 (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return refused ? 0 : length;
}

/// Skips eight ASCII bytes at a time.
std::size_t skip_ascii(std::string_view text, std::size_t i) {
  while (text.size() - i >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080ULL) != 0) break;
    i += 8;
  }
  return i;
}

std::size_t character_bytes(std::uint8_t first) {
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

bool is_lone_surrogate_at(std::string_view text, std::size_t i) {
  return byte_at(text, i) == 0xED && text.size() - i >= 3 && byte_at(text, i + 1) >= 0xA0;
}

}  // namespace

bool is_valid_utf8(std::string_view text, std::size_t* utf16_units) {
  std::size_t units = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t ascii_end = skip_ascii(text, i);
    units += ascii_end - i;
    i = ascii_end;
    if (i == text.size()) break;
    std::size_t length = valid_character(text, i);
    if (length == 0) return false;
    units += length == 4 ? 2 : 1;
    i += length;
  }
  if (utf16_units != nullptr) *utf16_units = units;
  return true;
}

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (char c : text) {
    auto byte = static_cast<std::uint8_t>(c);
    units += is_continuation(byte) ? 0 : byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

Utf16Cut utf16_cut(std::string_view text, std::size_t units) {
  std::size_t i = 0;
  while (units > 0 && i < text.size()) {
    std::size_t length = character_bytes(byte_at(text, i));
    std::size_t width = length == 4 ? 2 : 1;
    if (width > units) return {i, true};
    units -= width;
    i += length;
  }
  return {i < text.size() ? i : text.size(), false};
}

Utf16Cut utf16_cut_from_end(std::string_view text, std::size_t units) {
  std::size_t i = text.size();
  while (units > 0 && i > 0) {
    std::size_t start = i - 1;
    while (start > 0 && is_continuation(byte_at(text, start))) start--;
    std::size_t width = i - start == 4 ? 2 : 1;
    if (width > units) return {start, true};
    units -= width;
    i = start;
  }
  return {i, false};
}

std::string utf16_head(std::string_view text, std::size_t units) {
  Utf16Cut cut = utf16_cut(text, units);
  std::string head(text.substr(0, cut.byte));
  if (cut.inside_pair) head += kReplacement;
  return head;
}

std::string utf16_tail(std::string_view text, std::size_t units) {
  Utf16Cut cut = utf16_cut(text, units);
  if (!cut.inside_pair) return std::string(text.substr(cut.byte));
  std::string tail(kReplacement);
  tail += text.substr(cut.byte + 4);
  return tail;
}

void append_utf8(std::string& to, std::uint32_t code_point) {
  auto put = [&to](std::uint32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

bool has_lone_surrogate(std::string_view text) {
  for (std::size_t i = text.find('\xED'); i != std::string_view::npos;
       i = text.find('\xED', i + 1)) {
    if (is_lone_surrogate_at(text, i)) return true;
  }
  return false;
}

std::string to_well_formed(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (is_lone_surrogate_at(out, i)) out.replace(i, 3, kReplacement);
  }
  return out;
}

}  // namespace footprint::sync
