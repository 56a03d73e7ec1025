// The server's settings from a TOML file and from flags, each checked, each error with its place.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "access/oidc_settings.hpp"
#include "base/result.hpp"
#include "net/server.hpp"

namespace footprint::cli {

/// What a flag or a line of the file says, before it is known whether it makes sense.
using SettingValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

struct PlacedValue {
  SettingValue value;
  std::string place;  // "--listen" or "footprint.toml:3: listen", as errors name it
};

/// By name as in the file ("io_threads").
using SettingValues = std::map<std::string, PlacedValue>;

/// A name, what may stand there, and whether the flag takes no value.
struct SettingInfo {
  std::string name;
  std::string allowed;
  std::string help;
  bool is_switch = false;
  bool is_list = false;
};

const std::vector<SettingInfo>& all_settings();

/// "io_threads" -> "--io-threads".
std::string flag_of(const std::string& setting);

/// Errors (kInvalid): "settings.file" (unreadable or no TOML, with file and line),
/// "settings.unknown" (a key that is none, with file, line and the keys there are).
Result<SettingValues> read_settings_file(const std::string& path);

/// Its [[sso]] tables. Errors as above, and "settings.value", "settings.missing".
Result<std::vector<access::OidcSettings>> read_sso_settings(const std::string& path);

/// Turns values into settings; `flags` win over `file`. Errors (kInvalid): "settings.value" naming
/// the place, the value and what is allowed; "settings.missing"; "settings.not_loopback" (demo or
/// bench with another address).
Result<net::ServerSettings> make_settings(const SettingValues& file, const SettingValues& flags);

}  // namespace footprint::cli
