#include "plan/new_plan.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "plan/embedded.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

const json& plan_template() {
  static const json made = json::parse(embedded_file("plan-template.json"));
  return made;
}

std::string round_date() {
  const json& round = plan_template().at("round");
  for (const json& milestone : plan_template().at("milestones"))
    if (milestone.at("key") == round) return milestone.at("date").get<std::string>();
  return {};
}

struct SigningBody {
  std::string_view kind, body;
  bool signs;
};

/// Who decides for an organisation of a kind, and whether a decision of its is asked for at all.
const SigningBody& signing_body_of(std::string_view kind) {
  static constexpr std::array<SigningBody, 11> kBodies{{
      {"ccg", "Governing Body", true},
      {"provider_acute", "Board of Directors", true},
      {"provider_specialist", "Board of Directors", true},
      {"provider_mh_community", "Board of Directors", true},
      {"ambulance", "Trust Board", true},
      {"local_authority", "Cabinet", true},
      {"health_wellbeing_board", "Health and Wellbeing Board", false},
      {"primary_care", "Committee", false},
      {"healthwatch", "Board", false},
      {"voluntary_sector", "Trustees", false},
      {"national_body", "none", false},
  }};
  const auto* found = std::find_if(kBodies.begin(), kBodies.end(),
                                   [&](const SigningBody& body) { return body.kind == kind; });
  return found == kBodies.end() ? kBodies.back() : *found;
}

json organisations_of(const CatalogueFootprint& footprint) {
  json out = json::array();
  for (const CatalogueOrganisation& one : footprint.organisations) {
    const SigningBody& body = signing_body_of(one.kind);
    out.push_back({{"id", one.id.value},
                   {"name", one.name},
                   {"alias", one.name},
                   {"kind", one.kind},
                   {"signing_body", body.body},
                   {"signs", body.signs},
                   {"basis", "entered"}});
  }
  return out;
}

json bodies_of_kinds(const CatalogueFootprint& footprint, const json& kinds) {
  json out = json::array();
  for (const CatalogueOrganisation& one : footprint.organisations)
    if (std::find(kinds.begin(), kinds.end(), one.kind) != kinds.end()) out.push_back(one.id.value);
  return out;
}

json sections_of(const CatalogueFootprint& footprint, const Starter& starter) {
  json out = json::array();
  for (json section : plan_template().at("sections")) {
    json agreement = section.at("agreement");
    section.erase("agreement");
    section["lead"] = starter.person.value;
    section["lead_organisation"] = starter.organisation.value;
    section["status"] = "drafting";
    section["required_signatories"] = bodies_of_kinds(footprint, agreement.at("required"));
    section["asked_to_endorse"] = bodies_of_kinds(footprint, agreement.at("endorse"));
    section["asked_for_statement"] = bodies_of_kinds(footprint, agreement.at("statement"));
    out.push_back(std::move(section));
  }
  return out;
}

/// Every cell stands there, empty.
void empty_cells(json& row, const json& columns) {
  row["cells"] = json::object();
  for (const json& column : columns) row["cells"][column.at("key").get<std::string>()] = nullptr;
}

/// One line for each organisation that plans savings of its own.
json savings_rows(const CatalogueFootprint& footprint) {
  json rows = json::array();
  for (const CatalogueOrganisation& one : footprint.organisations) {
    bool provider = one.kind.starts_with("provider") || one.kind == "ambulance";
    if (one.kind != "ccg" && !provider) continue;
    rows.push_back(
        {{"id", one.id.value}, {"title", one.name}, {"owner", one.id.value}, {"basis", "entered"}});
  }
  return rows;
}

json tables_of(const CatalogueFootprint& footprint) {
  json out = json::array();
  for (json table : plan_template().at("tables")) {
    if (table.at("key") == "finance_organisation_plans") table["rows"] = savings_rows(footprint);
    for (const char* part : {"rows", "totals"})
      if (table.contains(part))
        for (json& row : table.at(part)) empty_cells(row, table.at("columns"));
    out.push_back(std::move(table));
  }
  return out;
}

json milestones() {
  json out = plan_template().at("milestones");
  for (json& milestone : out) milestone["basis"] = "entered";
  return out;
}

}  // namespace

PlanId plan_id_of(const CatalogueFootprint& footprint) {
  std::string id;
  for (char c : footprint.name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain)
      id += c;
    else if (!id.empty() && id.back() != '-')
      id += '-';
  }
  return PlanId(id + "-" + round_date().substr(0, 4));
}

Result<ImportedPlan> new_plan(const CatalogueFootprint& footprint, const Starter& starter,
                              std::string_view epoch) {
  bool known = std::any_of(footprint.organisations.begin(), footprint.organisations.end(),
                           [&](const auto& one) { return one.id == starter.organisation; });
  if (!known)
    return fail(ErrorKind::kInvalid, "plan.unknown_organisation",
                "The footprint " + footprint.name + " has no organisation \"" +
                    starter.organisation.value + "\". Pick one of those that it lists.");
  const json& made_of = plan_template();
  json file = {
      {"format", "footprint-plan"},
      {"version", 1},
      {"id", plan_id_of(footprint).value},
      {"title", footprint.name + ": " + made_of.at("title").get<std::string>()},
      {"disclaimer", made_of.at("disclaimer")},
      {"footprint",
       {{"number", footprint.number},
        {"name", footprint.name},
        {"alias", footprint.name},
        {"region", footprint.region},
        {"population", {{"value", footprint.population}, {"basis", "entered"}}}}},
      {"round", made_of.at("round")},
      {"years", made_of.at("years")},
      {"sources", json::object()},
      {"milestones", milestones()},
      {"organisations", organisations_of(footprint)},
      {"people", json::array({{{"id", starter.person.value},
                               {"name", starter.person.value},
                               {"organisation", starter.organisation.value},
                               {"roles", {"footprint_lead"}}}})},
      {"sections", sections_of(footprint, starter)},
      {"tables", tables_of(footprint)},
  };
  return import_plan(file.dump(), epoch);
}

}  // namespace footprint::plan
