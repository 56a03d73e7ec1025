#include "plan/import.hpp"

#include <nlohmann/json.hpp>

#include "plan/embedded.hpp"
#include "plan/plan_file.hpp"
#include "plan/schema_check.hpp"
#include "plan/seed.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

/// The texts are in the sections' documents; the plan's own data goes without.
json without_text(json file) {
  for (json& section : file.at("sections"))
    for (json& field : section.at("fields")) {
      field.erase("text");
      field.erase("content");
    }
  return file;
}

Result<ImportedPlan> build(const json& file, std::string_view epoch) {
  // Checked for what its schema cannot say before anything is made of it.
  if (auto state = state_from_file(file); !state) return forward_error(state.error());
  ImportedPlan plan{PlanId(file.at("id").get<std::string>()), {}};
  json words = json::object();
  std::vector<Event> seeds;
  for (const json& section : file.at("sections")) {
    auto seeded = seed_section(section);
    if (!seeded) return forward_error(seeded.error());
    std::string key = section.at("key");
    words[key] = seeded->words;
    if (seeded->update.empty()) continue;
    seeds.push_back(
        {EventKind::kSectionUpdated, {}, SectionKey(key), {}, std::move(seeded->update)});
  }
  json body = {{"epoch", epoch}, {"words", std::move(words)}, {"file", without_text(file)}};
  plan.events.push_back({EventKind::kPlanCreated, {}, {}, {}, to_bytes(as_bytes(body.dump()))});
  plan.events.insert(plan.events.end(), std::make_move_iterator(seeds.begin()),
                     std::make_move_iterator(seeds.end()));
  return plan;
}

}  // namespace

Result<ImportedPlan> import_plan(std::string_view file, std::string_view epoch) {
  auto checked = parse_checked(file, "plan-file.schema.json", "", "plan_file");
  if (!checked) return forward_error(checked.error());
  try {
    return build(*checked, epoch);
  } catch (const json::exception& reason) {
    return fail(ErrorKind::kInvalid, "plan_file.malformed",
                std::string("The plan file does not follow its format (") + reason.what() + ").");
  }
}

std::string_view worked_example() {
  return embedded_file("worked-example.json");
}

}  // namespace footprint::plan
