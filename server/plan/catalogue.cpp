#include "plan/catalogue.hpp"

#include <nlohmann/json.hpp>

#include "plan/embedded.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

std::vector<CatalogueFootprint> read_catalogue() {
  std::vector<CatalogueFootprint> footprints;
  for (const json& entry : json::parse(embedded_file("footprints.json"))) {
    CatalogueFootprint one;
    one.number = entry.at("number").get<int>();
    one.name = entry.at("name").get<std::string>();
    one.region = entry.at("region").get<std::string>();
    one.population = entry.at("population").get<std::int64_t>();
    for (const json& organisation : entry.at("organisations"))
      one.organisations.push_back({OrganisationId(organisation.at("id").get<std::string>()),
                                   organisation.at("name").get<std::string>(),
                                   organisation.at("kind").get<std::string>()});
    footprints.push_back(std::move(one));
  }
  return footprints;
}

}  // namespace

const std::vector<CatalogueFootprint>& footprint_catalogue() {
  static const std::vector<CatalogueFootprint> catalogue = read_catalogue();
  return catalogue;
}

const CatalogueFootprint* catalogue_footprint(int number) {
  for (const CatalogueFootprint& one : footprint_catalogue())
    if (one.number == number) return &one;
  return nullptr;
}

}  // namespace footprint::plan
