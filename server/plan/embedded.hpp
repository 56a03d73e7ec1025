// The files that are compiled into the program: schemas, API description, worked example.
#pragma once

#include <string_view>

namespace footprint::plan {

/// The text of "prose.json", "rights.json", "plan-file.schema.json", "api.schema.json",
/// "openapi.yaml", "api-docs.html", "api-docs.css" or "worked-example.json"; empty for any other
/// name. Lives as long as the program.
std::string_view embedded_file(std::string_view name);

}  // namespace footprint::plan
