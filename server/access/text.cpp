#include "access/text.hpp"

#include <algorithm>
#include <cstdint>

namespace footprint::access {

namespace {

constexpr std::size_t kEmailBytesMax = 254;
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kNameCharactersMax = 100;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<std::size_t> count_characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    auto lead = static_cast<unsigned char>(text[i]);
    std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || i + length > text.size())
      return std::nullopt;
    std::uint32_t code = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return std::nullopt;
      code = (code << 6) | (next & 0x3fu);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    bool line_break = code == 0x2028 || code == 0x2029;
    bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    if (control || code < kLeast[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
        line_break)
      return std::nullopt;
    i += length;
  }
  return count;
}

std::optional<std::string> normalised_email(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text.size() > kEmailBytesMax) return std::nullopt;
  std::string email;
  for (char c : text) {
    // What could end a header, a command or a quoted name in a mail has no place in an address.
    if (is_control(c) || c == ' ' || static_cast<unsigned char>(c) >= 0x80 ||
        std::string_view("<>()[]\\,;:\"").find(c) != std::string_view::npos)
      return std::nullopt;
    email += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  auto at = email.find('@');
  if (at == std::string::npos || at == 0 || at > 64 || email.find('@', at + 1) != email.npos)
    return std::nullopt;
  std::string_view host = std::string_view(email).substr(at + 1);
  auto dot = host.find('.');
  if (dot == std::string_view::npos || host.front() == '.' || host.back() == '.' ||
      host.find("..") != std::string_view::npos)
    return std::nullopt;
  return email;
}

std::optional<std::string> normalised_name(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text.size() > kNameBytesMax ||
      std::any_of(text.begin(), text.end(), is_control))
    return std::nullopt;
  auto characters = count_characters(text);
  if (!characters || *characters > kNameCharactersMax) return std::nullopt;
  return std::string(text);
}

}  // namespace footprint::access
