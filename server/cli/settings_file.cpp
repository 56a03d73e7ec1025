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

bool is_table_of(const std::vector<SettingInfo>& known, const std::string& name) {
  return std::any_of(known.begin(), known.end(),
                     [&](const SettingInfo& one) { return one.name.starts_with(name + "."); });
}

/// Adds what a table says; `prefix` is its own name and a dot, or empty.
Status add_values(const toml::table& table, const std::string& path, const std::string& prefix,
                  SettingValues& values) {
  const std::vector<SettingInfo>& known = all_settings();
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (name == "sso") continue;  // settings_sso.cpp reads it
    const std::string at = place(path, key.source());
    if (node.is_table() && is_table_of(known, name)) {
      Status added = add_values(*node.as_table(), path, name + ".", values);
      if (!added) return added;
      continue;
    }
    const auto info = std::find_if(known.begin(), known.end(),
                                   [&](const SettingInfo& one) { return one.name == name; });
    if (info == known.end()) {
      std::string names;
      for (const SettingInfo& one : known) names += one.name + ", ";
      names += "[[sso]]";
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
  return {};
}

Result<SettingValues> values_of(const toml::table& table, const std::string& path) {
  SettingValues values;
  if (Status added = add_values(table, path, "", values); !added)
    return forward_error(added.error());
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
