// The 44 footprints of March 2016 with the organisations known of each: where a new plan starts.
//
// Public facts, compiled in (server/data/footprints.json). Councils, ambulance services and
// voluntary bodies are there only where a published list names them: the partners add the others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace footprint::plan {

struct CatalogueOrganisation {
  OrganisationId id;
  std::string name;
  std::string kind;  // as in schemas/plan-file.schema.json
};

struct CatalogueFootprint {
  int number = 0;  // the official one, 1 to 44
  std::string name, region;
  std::int64_t population = 0;
  std::vector<CatalogueOrganisation> organisations;
};

/// In the order of their numbers. Read once, thread-safe.
const std::vector<CatalogueFootprint>& footprint_catalogue();
/// Null if there is none of that number.
const CatalogueFootprint* catalogue_footprint(int number);

}  // namespace footprint::plan
