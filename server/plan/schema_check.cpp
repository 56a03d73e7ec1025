#include "plan/schema_check.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/assert.hpp"
#include "plan/embedded.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

// Deeper JSON is no body of ours, and validators and destructors recurse.
constexpr int kDepthMax = 64;

std::shared_ptr<const valijson::Schema> build(std::string_view file, std::string_view definition) {
  json document = json::parse(embedded_file(file), nullptr, false);
  FP_ASSERT(document.is_object());
  if (!definition.empty()) {
    FP_ASSERT(document["definitions"].contains(definition));
    json definitions = std::move(document["definitions"]);
    document = {{"$ref", "#/definitions/" + std::string(definition)}};
    document["definitions"] = std::move(definitions);
  }
  auto schema = std::make_shared<valijson::Schema>();
  valijson::SchemaParser parser;
  parser.populateSchema(Adapter(document), *schema);
  return schema;
}

/// Built once for each definition.
std::shared_ptr<const valijson::Schema> schema_of(std::string_view file,
                                                  std::string_view definition) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, std::string>, std::shared_ptr<const valijson::Schema>>
      built;
  std::lock_guard lock(mutex);
  auto& schema = built[{std::string(file), std::string(definition)}];
  if (!schema) schema = build(file, definition);
  return schema;
}

/// "/changes/0/value" from valijson's list of "<root>", "[changes]", "[0]".
std::string place_of(const valijson::ValidationResults::Error& error) {
  std::string place;
  for (const std::string& part : error.context) {
    if (part.size() < 2 || part.front() != '[') continue;
    place += "/" + part.substr(1, part.size() - 2);
  }
  return place.empty() ? "the top" : place;
}

/// The report that lies deepest says most.
std::string first_reason(valijson::ValidationResults& results) {
  valijson::ValidationResults::Error error, deepest;
  bool any = false;
  while (results.popError(error)) {
    if (!any || error.context.size() > deepest.context.size()) deepest = error;
    any = true;
  }
  std::string reason = "At " + place_of(deepest) + ": " + deepest.description.substr(0, 400);
  return reason.ends_with('.') ? reason : reason + ".";
}

}  // namespace

Status check_schema(const json& value, std::string_view schema, std::string_view definition,
                    std::string_view code) {
  std::string reason;
  try {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(*schema_of(schema, definition), Adapter(value), &results)) return {};
    reason = first_reason(results);
  } catch (const std::exception& problem) {
    reason = problem.what();
  }
  return fail(ErrorKind::kInvalid, std::string(code) + ".schema",
              "The JSON does not have the form that is described. " + reason);
}

Result<json> parse_checked(std::string_view text, std::string_view schema,
                           std::string_view definition, std::string_view code) {
  bool too_deep = false;
  auto watch = [&](int depth, json::parse_event_t, json&) {
    too_deep |= depth > kDepthMax;
    return !too_deep;
  };
  json value = json::parse(text, watch, false);
  if (value.is_discarded() || too_deep)
    return fail(ErrorKind::kMalformed, std::string(code) + ".json",
                too_deep ? "The JSON is nested too deep."
                         : "This is not JSON. Send one JSON object in UTF-8.");
  if (auto checked = check_schema(value, schema, definition, code); !checked)
    return forward_error(checked.error());
  return value;
}

}  // namespace footprint::plan
