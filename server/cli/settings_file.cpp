// The TOML half of settings.hpp, apart because its library is slow to compile.
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>

#include "cli/settings.hpp"

namespace footprint::cli {
namespace {

std::string place(const std::string& path, const toml::source_region& at) {
  return path + ":" + std::to_string(at.begin.line);
}

/// nullopt for kinds of value that no setting takes.
std::optional<SettingValue> value_of(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return SettingValue(*text);
  if (const auto flag = node.value_exact<bool>()) return SettingValue(*flag);
  if (const auto whole = node.value_exact<std::int64_t>()) return SettingValue(*whole);
  const toml::array* list = node.as_array();
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const toml::node& one : *list) {
    const auto text = one.value_exact<std::string>();
    if (!text) return std::nullopt;
    texts.push_back(*text);
  }
  return SettingValue(std::move(texts));
}

Result<SettingValues> values_of(const toml::table& table, const std::string& path) {
  SettingValues values;
  const std::vector<SettingInfo>& known = all_settings();
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (name == "sso") continue;  // settings_sso.cpp reads it
    const std::string at = place(path, key.source());
    const auto info = std::find_if(known.begin(), known.end(),
                                   [&](const SettingInfo& one) { return one.name == name; });
    if (info == known.end()) {
      std::string names = "[[sso]]";
      for (const SettingInfo& one : known) names += ", " + one.name;
      return fail(ErrorKind::kInvalid, "settings.unknown",
                  at + ": there is no setting \"" + name + "\". Allowed: " + names + ".");
    }
    std::optional<SettingValue> value = value_of(node);
    if (!value) {
      return fail(ErrorKind::kInvalid, "settings.value",
                  at + ": " + name +
                      ": this kind of value is not allowed here. Allowed: " + info->allowed + ".");
    }
    values[name] = {std::move(*value), at + ": " + name};
  }
  return values;
}

}  // namespace

Result<SettingValues> read_settings_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail(ErrorKind::kInvalid, "settings.file", path + ": there is no such settings file.");
  }
  try {
    return values_of(toml::parse_file(path), path);
  } catch (const toml::parse_error& bad) {
    return fail(ErrorKind::kInvalid, "settings.file",
                place(path, bad.source()) +
                    ": this is no valid TOML: " + std::string(bad.description()) + ".");
  }
}

}  // namespace footprint::cli
