#include "net/log.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <cmath>
#include <memory>
#include <string>

#include "base/limits.hpp"

namespace footprint::net::log {

namespace {

constexpr std::array<std::string_view, 5> kNames{"trace", "debug", "info", "warn", "error"};

std::shared_ptr<spdlog::details::thread_pool> g_pool;
std::shared_ptr<spdlog::logger> g_logger;
std::atomic<int> g_threshold{static_cast<int>(kNames.size())};

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::size_t kValueBytesMax = 512;
  bool cut = text.size() > kValueBytesMax;
  for (char c : text.substr(0, kValueBytesMax)) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      // Byte by byte as \u00xx: valid JSON whatever the bytes are.
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  if (cut) out += "...";
}

void append_value(std::string& out, const Field& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    out += '"';
    append_escaped(out, *text);
    out += '"';
  } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    out += std::to_string(*number);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    out += std::isfinite(*real) ? fmt::format("{:.3f}", *real) : "null";
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
}

}  // namespace

Status start(std::string_view level) {
  int threshold = level == "off" ? static_cast<int>(kNames.size()) : -1;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (level == kNames[i]) threshold = static_cast<int>(i);
  }
  if (threshold < 0) {
    return fail(ErrorKind::kInvalid, "settings.log_level",
                "The log level must be trace, debug, info, warn, error or off.");
  }
  // A reader of our output that is slow loses old lines; it never slows the loops.
  g_pool = std::make_shared<spdlog::details::thread_pool>(limits::kLogLinesWaitingMax, 1);
  g_logger = std::make_shared<spdlog::async_logger>(
      "footprint", std::make_shared<spdlog::sinks::stdout_sink_mt>(), g_pool,
      spdlog::async_overflow_policy::overrun_oldest);
  g_logger->set_pattern("{\"at\":\"%Y-%m-%dT%H:%M:%S.%eZ\",%v}", spdlog::pattern_time_type::utc);
  g_logger->set_level(spdlog::level::trace);
  g_logger->flush_on(spdlog::level::trace);
  g_threshold = threshold;
  return {};
}

void stop() {
  g_threshold = static_cast<int>(kNames.size());
  g_logger.reset();
  g_pool.reset();
}

bool enabled(Level level) {
  return static_cast<int>(level) >= g_threshold;
}

std::string format_line(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line = "\"level\":\"";
  line += kNames[static_cast<std::size_t>(level)];
  line += "\",\"event\":\"";
  append_escaped(line, event);
  line += '"';
  for (const Field& field : fields) {
    line += ",\"";
    append_escaped(line, field.key);
    line += "\":";
    append_value(line, field);
  }
  return line;
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  g_logger->log(static_cast<spdlog::level::level_enum>(level),
                spdlog::string_view_t(format_line(level, event, fields)));
}

}  // namespace footprint::net::log
