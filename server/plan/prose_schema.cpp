#include "plan/prose_schema.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/assert.hpp"
#include "plan/embedded.hpp"

namespace footprint::plan {

namespace {

// A suffix such as a comment's id; longer ones are no ids of ours.
constexpr std::size_t kSuffixMax = 64;

bool has_prefix_of(const std::vector<std::string>& prefixes, std::string_view key) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
    return key.starts_with(prefix) && key.size() > prefix.size() &&
           key.size() <= prefix.size() + kSuffixMax;
  });
}

}  // namespace

const ProseSchema& ProseSchema::get() {
  static const ProseSchema schema;
  return schema;
}

ProseSchema::ProseSchema() {
  using nlohmann::json;
  json file = json::parse(embedded_file("prose.json"), nullptr, false);
  FP_ASSERT(file.is_object());
  version_ = file.at("version").get<int>();
  for (const auto& [name, node] : file.at("nodes").items()) {
    nodes_.insert(name);
    for (const json& attribute : node.at("attributes")) attributes_.insert(attribute);
  }
  for (const json& mark : file.at("marks")) marks_.insert(mark);
  mark_prefixes_ = file.at("mark_prefixes").get<std::vector<std::string>>();
  attribute_prefixes_ = file.at("attribute_prefixes").get<std::vector<std::string>>();
}

bool ProseSchema::has_attribute(std::string_view key) const {
  return attributes_.contains(key) || has_prefix_of(attribute_prefixes_, key);
}

bool ProseSchema::has_mark(std::string_view key) const {
  return marks_.contains(key) || has_prefix_of(mark_prefixes_, key);
}

}  // namespace footprint::plan
