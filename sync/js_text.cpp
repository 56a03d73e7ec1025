#include "sync/js_text.hpp"

#include <algorithm>

namespace footprint::sync {

bool js_less(std::string_view a, std::string_view b) {
  auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_b == b.end()) return false;
  if (in_a == a.end()) return true;
  auto left = static_cast<unsigned char>(*in_a);
  auto right = static_cast<unsigned char>(*in_b);
  // Surrogates (four bytes in UTF-8) come before U+E000..U+FFFF (EE, EF) in UTF-16.
  auto rank = [](unsigned char byte) {
    return byte == 0xEE || byte == 0xEF ? 0x100u + byte : byte;
  };
  return rank(left) < rank(right);
}

std::string js_string(const Any& value) {
  if (const std::string* text = value.as_string()) return *text;
  if (const double* number = value.as_number()) return number_text(*number);
  if (const bool* truth = value.as_bool()) return *truth ? "true" : "false";
  if (const Any::BigInt* big = value.as_bigint()) return std::to_string(big->value);
  if (value.is_null()) return "null";
  if (value.is_undefined()) return "undefined";
  std::string out;
  if (const Any::Array* array = value.as_array()) {
    for (std::size_t i = 0; i < array->size(); i++) {
      if (i > 0) out += ',';
      const Any& element = (*array)[i];
      if (!element.is_null() && !element.is_undefined()) out += js_string(element);
    }
    return out;
  }
  if (const Bytes* bytes = value.as_bytes()) {
    for (std::size_t i = 0; i < bytes->size(); i++) {
      if (i > 0) out += ',';
      out += std::to_string((*bytes)[i]);
    }
    return out;
  }
  return "[object Object]";
}

}  // namespace footprint::sync
