#include "plan/rights_matrix.hpp"

#include <nlohmann/json.hpp>

#include "base/assert.hpp"
#include "plan/embedded.hpp"
#include "plan/names.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, kActionCount> kActionNames = {
    "read",           "write",          "edit_figure",     "change_locked",
    "lock_figure",    "comment",        "mark_blocking",   "close_comment",
    "offer_draft",    "settle_draft",   "appoint_lead",    "share_section",
    "move_section",   "freeze_section", "request_signoff", "decide_signoff",
    "run_round",      "submit",         "publish",         "raise_support",
    "answer_support", "see_audit",      "manage_people",   "manage_organisations"};

constexpr std::array<std::string_view, 18> kScopeNames = {"no",
                                                          "yes",
                                                          "partners",
                                                          "shared",
                                                          "own_sections",
                                                          "organisation_sections",
                                                          "own_cells",
                                                          "own_cells_else_reason",
                                                          "with_reason",
                                                          "readable",
                                                          "own",
                                                          "own_organisation",
                                                          "with_authority",
                                                          "propose",
                                                          "prepare",
                                                          "request",
                                                          "national",
                                                          "accounts"};

RightsMatrix read_matrix() {
  RightsMatrix matrix;
  json file = json::parse(embedded_file("rights.json"), nullptr, false);
  FP_ASSERT(file.is_object() && file["actions"].size() == kActionCount);
  for (std::size_t i = 0; i < kActionCount; ++i) {
    const json& action = file["actions"][i];
    FP_ASSERT(action["key"] == kActionNames[i]);
    RightsMatrix::Row& row = matrix.rows[i];
    row.title = action["title"];
    row.on_section = action["target"] != "plan";
    row.unless_frozen = action.value("unless_frozen", false);
    for (std::size_t role = 0; role < kRoleNames.size(); ++role) {
      auto scope = from_name<Scope>(
          kScopeNames, action["roles"].value(std::string(kRoleNames[role]), std::string()));
      FP_ASSERT(scope.has_value());
      row.scopes[role] = *scope;
    }
  }
  return matrix;
}

}  // namespace

std::string_view action_name(Action action) {
  return kActionNames[static_cast<std::size_t>(action)];
}

std::string_view scope_name(Scope scope) {
  return kScopeNames[static_cast<std::size_t>(scope)];
}

Scope scope_of(Role role, Action action) {
  return RightsMatrix::get().row(action).scopes[static_cast<std::size_t>(role)];
}

const RightsMatrix& RightsMatrix::get() {
  static const RightsMatrix matrix = read_matrix();
  return matrix;
}

}  // namespace footprint::plan
