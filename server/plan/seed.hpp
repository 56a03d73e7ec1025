// The first text of a section: from the plain text or the ProseMirror document of a plan file to
// one Yjs update.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace footprint::plan {

struct SeededSection {
  Bytes update;  // v1, made under the server's client id; empty where no field has text
  std::map<std::string, std::size_t> words;  // by field
};

/// `section`: one section of a plan file. Errors (kInvalid): "plan_file.content" naming the field.
Result<SeededSection> seed_section(const nlohmann::json& section);

}  // namespace footprint::plan
