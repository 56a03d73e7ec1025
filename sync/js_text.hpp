// Where output has to look as JavaScript makes it: String(value) and the order of strings.
#pragma once

#include <string>
#include <string_view>

#include "sync/any.hpp"

namespace footprint::sync {

/// By UTF-16 units, as JavaScript's < compares strings.
bool js_less(std::string_view a, std::string_view b);
/// String(value): objects are "[object Object]", arrays their elements joined by commas.
std::string js_string(const Any& value);

}  // namespace footprint::sync
