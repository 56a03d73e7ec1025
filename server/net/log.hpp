// The process's own log: one JSON object a line on standard output. Says who, what and when; never
// a cookie, a token or a query string. Values are escaped, so nothing a client sends can start a
// line of its own.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/result.hpp"

namespace footprint::net::log {

enum class Level { kTrace, kDebug, kInfo, kWarn, kError };

struct Field {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, const std::string& text)
      : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, bool flag) : key(name), value(flag) {}
  Field(std::string_view name, double number) : key(name), value(number) {}
  template <typename T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Field(std::string_view name, T number)
      : key(name), value(static_cast<std::int64_t>(number)) {}
};

/// Before the first line. Errors: "settings.log_level".
Status start(std::string_view level);
/// Writes out what waits; nothing is logged afterwards.
void stop();
bool enabled(Level level);
/// `event` is a fixed word, like "http.request". Any thread.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

/// The JSON text of a line without the time, for tests and for write().
std::string format_line(Level level, std::string_view event, std::initializer_list<Field> fields);

}  // namespace footprint::net::log
