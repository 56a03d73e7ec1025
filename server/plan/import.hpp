// A new plan from a plan file, and a plan as a file again.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plan/event.hpp"
#include "plan/state.hpp"
#include "sync/doc.hpp"

namespace footprint::plan {

struct ImportedPlan {
  PlanId id;
  std::vector<Event> events;  // plan.created, then one section.updated for each section with text
};

/// Builds the first events of a plan from the text of a plan file (JSON,
/// schemas/plan-file.schema.json). `epoch` names this making of the documents: another one for
/// every import (random text), as browsers must not merge what they kept of an earlier one. Errors:
/// "plan_file.json", "plan_file.schema", "plan_file.reference" naming the place.
Result<ImportedPlan> import_plan(std::string_view file, std::string_view epoch);

/// The worked example, which is compiled in.
std::string_view worked_example();

/// The plan as a plan file, which import_plan takes: figures as they stand, text from the documents
/// given (by section; a section without one is exported without text).
std::string export_plan(const PlanState& state,
                        const std::map<SectionKey, const sync::Doc*>& documents);

}  // namespace footprint::plan
