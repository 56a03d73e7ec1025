#include <nlohmann/json.hpp>

#include "plan/import.hpp"
#include "plan/plan_file.hpp"
#include "sync/read.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

void put_text(json& field, const sync::Doc& doc) {
  sync::TypeId root = sync::find_root(doc, field.at("key").get<std::string>());
  if (!root) return;
  json content = json::parse(sync::to_json(sync::prosemirror_doc(doc, root)), nullptr, false);
  if (content.is_object()) field["content"] = std::move(content);
  field["text"] = sync::plain_text(doc, root);
}

}  // namespace

std::string export_plan(const PlanState& state,
                        const std::map<SectionKey, const sync::Doc*>& documents) {
  json file = file_from_state(state, Names::kShown);
  for (json& section : file.at("sections")) {
    auto found = documents.find(SectionKey(section.at("key").get<std::string>()));
    if (found == documents.end()) continue;
    for (json& field : section.at("fields")) put_text(field, *found->second);
  }
  // Text may hold half a surrogate pair, which JSON cannot: it becomes U+FFFD.
  return file.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace footprint::plan
