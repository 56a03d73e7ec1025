// Checks JSON against the schemas that are compiled in.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.hpp"

namespace footprint::plan {

/// Parses `text` and checks it. `schema` is a file of schemas/, such as "api.schema.json";
/// `definition` one of its definitions, or empty for the whole. Thread-safe. Errors: `code` +
/// ".json" (kMalformed; not JSON, or nested too deep), `code` + ".schema" (kInvalid); the message
/// names the place and the rule.
Result<nlohmann::json> parse_checked(std::string_view text, std::string_view schema,
                                     std::string_view definition, std::string_view code);

/// The same for a value that is parsed already.
Status check_schema(const nlohmann::json& value, std::string_view schema,
                    std::string_view definition, std::string_view code);

}  // namespace footprint::plan
