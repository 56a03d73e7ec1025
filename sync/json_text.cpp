// JSON text <-> Any, with the exact results of JSON.parse and JSON.stringify.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "sync/any.hpp"
#include "sync/utf8.hpp"

namespace footprint::sync {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// A recursive-descent parser. With a null target it only checks.
class JsonParser {
 public:
  JsonParser(std::string_view text, std::size_t depth_max) : text_(text), depth_max_(depth_max) {}

  JsonCheck parse(Any* out) {
    skip_blank();
    bool good = value(out, 0);
    skip_blank();
    if (too_deep_) return JsonCheck::kTooDeep;
    return good && at_ == text_.size() ? JsonCheck::kValid : JsonCheck::kInvalid;
  }

 private:
  void skip_blank() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool accept(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  bool value(Any* out, std::size_t depth) {
    switch (peek()) {
      case '{':
        return enter(depth) && object(out, depth + 1);
      case '[':
        return enter(depth) && array(out, depth + 1);
      case '"': {
        std::string text;
        if (!string(out != nullptr ? &text : nullptr)) return false;
        if (out != nullptr) *out = std::move(text);
        return true;
      }
      case 't':
        return word("true", out, true);
      case 'f':
        return word("false", out, false);
      case 'n':
        return word("null", out, Any::null());
      default:
        return number(out);
    }
  }

  bool enter(std::size_t depth) {
    too_deep_ = too_deep_ || depth >= depth_max_;
    return !too_deep_;
  }

  bool word(std::string_view expected, Any* out, Any meaning) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    if (out != nullptr) *out = std::move(meaning);
    return true;
  }

  bool array(Any* out, std::size_t depth) {
    Any::Array values;
    ++at_;
    skip_blank();
    if (!accept(']')) {
      do {
        skip_blank();
        Any element;
        if (!value(out != nullptr ? &element : nullptr, depth)) return false;
        if (out != nullptr) values.push_back(std::move(element));
        skip_blank();
      } while (accept(','));
      if (!accept(']')) return false;
    }
    if (out != nullptr) *out = std::move(values);
    return true;
  }

  bool object(Any* out, std::size_t depth) {
    Any::Object members;
    ++at_;
    skip_blank();
    if (!accept('}')) {
      do {
        skip_blank();
        AnyMember member;
        if (!string(out != nullptr ? &member.key : nullptr)) return false;
        skip_blank();
        if (!accept(':')) return false;
        skip_blank();
        if (!value(out != nullptr ? &member.value : nullptr, depth)) return false;
        if (out != nullptr) members.push_back(std::move(member));
        skip_blank();
      } while (accept(','));
      if (!accept('}')) return false;
    }
    if (out != nullptr) *out = std::move(members);
    return true;
  }

  bool string(std::string* out) {
    if (!accept('"')) return false;
    while (at_ < text_.size()) {
      char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\') {
        if (!escape(out)) return false;
      } else if (out != nullptr) {
        out->push_back(c);
      }
    }
    return false;
  }

  bool escape(std::string* out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    char letter = peek();
    ++at_;
    if (letter == 'u') return unicode_escape(out);
    std::size_t which = kLetters.find(letter);
    if (which == std::string_view::npos || at_ > text_.size()) return false;
    if (out != nullptr) out->push_back(kMeanings[which]);
    return true;
  }

  std::optional<std::uint32_t> four_hex(std::size_t from) const {
    if (text_.size() < 4 || from > text_.size() - 4) return std::nullopt;
    std::uint32_t unit = 0;
    for (std::size_t i = from; i < from + 4; ++i) {
      char c = text_[i];
      std::uint32_t digit = 0;
      if (is_digit(c))
        digit = static_cast<std::uint32_t>(c - '0');
      else if (c >= 'a' && c <= 'f')
        digit = static_cast<std::uint32_t>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        digit = static_cast<std::uint32_t>(c - 'A' + 10);
      else
        return std::nullopt;
      unit = unit << 4 | digit;
    }
    return unit;
  }

  bool unicode_escape(std::string* out) {
    auto unit = four_hex(at_);
    if (!unit) return false;
    at_ += 4;
    std::uint32_t code_point = *unit;
    if (is_high_surrogate(code_point) && text_.substr(at_, 2) == "\\u") {
      auto low = four_hex(at_ + 2);
      if (low && is_low_surrogate(*low)) {
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (*low - 0xDC00);
        at_ += 6;
      }
    }
    if (out != nullptr) append_utf8(*out, code_point);
    return true;
  }

  bool digits() {
    std::size_t from = at_;
    while (is_digit(peek())) ++at_;
    return at_ > from;
  }

  bool number(Any* out) {
    std::size_t from = at_;
    accept('-');
    if (!accept('0') && !digits()) return false;
    if (accept('.') && !digits()) return false;
    if (accept('e') || accept('E')) {
      if (!accept('+')) accept('-');
      if (!digits()) return false;
    }
    if (out != nullptr) *out = to_double(text_.substr(from, at_ - from));
    return true;
  }

  static double to_double(std::string_view digits) {
    double value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    // Beyond a double's range strtod gives infinity or zero, as JavaScript does.
    if (error == std::errc::result_out_of_range)
      value = std::strtod(std::string(digits).c_str(), nullptr);
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_max_;
  bool too_deep_ = false;
};

void append_json(std::string& to, const Any& value);

void append_members(std::string& to, const Any::Object& object) {
  to.push_back('{');
  bool first = true;
  for (const AnyMember* member : in_js_order(object)) {
    if (member->value.is_undefined()) continue;
    if (!first) to.push_back(',');
    first = false;
    append_json_string(to, member->key);
    to.push_back(':');
    append_json(to, member->value);
  }
  to.push_back('}');
}

/// JSON.stringify treats a Uint8Array as an object of its indices.
void append_byte_members(std::string& to, const Bytes& bytes) {
  to.push_back('{');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) to.push_back(',');
    to += '"' + std::to_string(i) + "\":" + std::to_string(bytes[i]);
  }
  to.push_back('}');
}

void append_json(std::string& to, const Any& value) {
  if (const bool* flag = value.as_bool()) {
    to += *flag ? "true" : "false";
  } else if (const double* number = value.as_number()) {
    to += std::isfinite(*number) ? number_text(*number) : "null";
  } else if (const Any::BigInt* integer = value.as_bigint()) {
    to += std::to_string(integer->value);
  } else if (const std::string* text = value.as_string()) {
    append_json_string(to, *text);
  } else if (const Bytes* bytes = value.as_bytes()) {
    append_byte_members(to, *bytes);
  } else if (const Any::Array* array = value.as_array()) {
    to.push_back('[');
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) to.push_back(',');
      append_json(to, (*array)[i]);
    }
    to.push_back(']');
  } else if (const Any::Object* object = value.as_object()) {
    append_members(to, *object);
  } else {
    to += "null";
  }
}

void append_u_escape(std::string& to, std::uint32_t unit) {
  constexpr std::string_view kHex = "0123456789abcdef";
  to += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) to.push_back(kHex[(unit >> shift) & 0xF]);
}

}  // namespace

std::optional<Any> parse_json(std::string_view text, std::size_t depth_max) {
  Any value;
  if (JsonParser(text, depth_max).parse(&value) != JsonCheck::kValid) return std::nullopt;
  return value;
}

JsonCheck check_json(std::string_view text, std::size_t depth_max) {
  return JsonParser(text, depth_max).parse(nullptr);
}

std::string to_json(const Any& value) {
  std::string text;
  append_json(text, value);
  return text;
}

void append_json_string(std::string& to, std::string_view text) {
  constexpr std::string_view kPlain = "\b\t\n\f\r\"\\";
  constexpr std::string_view kLetters = "btnfr\"\\";
  to.push_back('"');
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (std::size_t which = kPlain.find(text[i]); which != std::string_view::npos) {
      to.push_back('\\');
      to.push_back(kLetters[which]);
    } else if (byte < 0x20) {
      append_u_escape(to, byte);
    } else if (byte == 0xED && i + 2 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) >= 0xA0) {
      append_u_escape(to, 0xD000U | (static_cast<unsigned char>(text[i + 1]) & 0x3FU) << 6 |
                              (static_cast<unsigned char>(text[i + 2]) & 0x3FU));
      i += 2;
    } else {
      to.push_back(text[i]);
    }
  }
  to.push_back('"');
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return "0";
  // Shortest digits d.ddd and the power of ten, laid out by the rules of Number::toString.
  std::array<char, 40> buffer{};
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value),
                           std::chars_format::scientific);
  std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  std::size_t e = text.find('e');
  int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  std::string digits;
  for (char c : text.substr(0, e)) {
    if (c != '.') digits.push_back(c);
  }
  auto count = static_cast<int>(digits.size());
  int point = exponent + 1;  // digits before the decimal point
  std::string out = value < 0 ? "-" : "";
  if (point > 0 && point <= 21) {
    if (count <= point)
      return out + digits + std::string(static_cast<std::size_t>(point - count), '0');
    auto split = static_cast<std::size_t>(point);
    return out + digits.substr(0, split) + "." + digits.substr(split);
  }
  if (point > -6 && point <= 0)
    return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  out += digits.substr(0, 1);
  if (count > 1) out += "." + digits.substr(1);
  return out + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
}

}  // namespace footprint::sync
