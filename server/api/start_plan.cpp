// From the catalogue of footprints to a plan of one's own.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "access/directory.hpp"
#include "api/call.hpp"
#include "plan/new_plan.hpp"
#include "plan/schema_check.hpp"
#include "room/epoch.hpp"
#include "storage/plan_log.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

/// Those who look after accounts start plans: they lead what they start until they hand it over.
Status may_start(const Call& call) {
  if (!call.request.person) return forward_error(not_signed_in());
  auto known =
      call.options.directory ? call.options.directory->known(*call.request.person) : std::nullopt;
  if (!known || !known->administrator)
    return fail(ErrorKind::kForbidden, "plan.no_right",
                "Only administrators of this service can start a plan. Ask one of them to start it "
                "and to invite you.");
  return {};
}

json footprint_json(const plan::CatalogueFootprint& footprint, bool started, bool is_member) {
  json out = {{"number", footprint.number},     {"name", footprint.name},
              {"region", footprint.region},     {"population", footprint.population},
              {"organisations", json::array()}, {"started", started}};
  for (const auto& organisation : footprint.organisations)
    out["organisations"].push_back(organisation.name);
  if (is_member) out["plan"] = plan::plan_id_of(footprint).value;
  return out;
}

Error already_started(const plan::CatalogueFootprint& footprint) {
  return {ErrorKind::kConflict, "plan.exists",
          "The plan for " + footprint.name +
              " has been started already. Ask its footprint lead to invite you."};
}

/// The starter's organisation: the one named, or the first that the catalogue has.
const OrganisationId* organisation_of(const plan::CatalogueFootprint& footprint,
                                      const json& request) {
  if (!request.contains("organisation")) return &footprint.organisations.front().id;
  const auto found =
      std::find_if(footprint.organisations.begin(), footprint.organisations.end(),
                   [&](const auto& one) { return one.name == request.at("organisation"); });
  return found == footprint.organisations.end() ? nullptr : &found->id;
}

void append_plan(const std::shared_ptr<Call>& call, const plan::CatalogueFootprint& footprint,
                 const plan::ImportedPlan& made) {
  std::vector<storage::NewEvent> events;
  for (const plan::Event& event : made.events)
    events.push_back({static_cast<std::uint16_t>(event.kind), plan::encode_event(event)});
  call->options.log->append(
      made.id, 0, std::move(events),
      [call, &footprint, id = made.id](const Result<storage::Appended>& appended) {
        if (appended) return call->answer_json({{"plan", id.value}}, 201);
        call->answer_error(appended.error().code == "log.moved" ? already_started(footprint)
                                                                : appended.error());
      });
}

}  // namespace

void list_footprints(const std::shared_ptr<Call>& call) {
  if (!call->request.person) return call->answer_error(not_signed_in());
  auto started = std::make_shared<std::map<PlanId, bool>>();
  each_plan(
      call,
      [call, started](room::Room& room) {
        (*started)[room.plan()] = room.state().member(*call->request.person) != nullptr;
      },
      [call, started](const std::optional<Error>&) {
        json list = json::array();
        for (const auto& footprint : plan::footprint_catalogue()) {
          auto plan = started->find(plan::plan_id_of(footprint));
          bool exists = plan != started->end();
          list.push_back(footprint_json(footprint, exists, exists && plan->second));
        }
        call->answer_json({{"footprints", std::move(list)}});
      });
}

void start_plan(const std::shared_ptr<Call>& call) {
  if (auto allowed = may_start(*call); !allowed) return call->answer_error(allowed.error());
  auto body = plan::parse_checked(call->request.body, "api.schema.json", "StartPlan", "request");
  if (!body) return call->answer_error(body.error());
  const auto* footprint = plan::catalogue_footprint(body->at("footprint").get<int>());
  if (footprint == nullptr)
    return call->answer_error({ErrorKind::kInvalid, "plan.unknown_footprint",
                               "There is no footprint of that number. They are numbered 1 to 44."});
  const OrganisationId* organisation = organisation_of(*footprint, *body);
  if (organisation == nullptr)
    return call->answer_error(
        {ErrorKind::kInvalid, "plan.unknown_organisation",
         footprint->name + " has no organisation of that name. Pick one of those that it lists."});
  auto made = plan::new_plan(*footprint, {*call->request.person, *organisation}, room::new_epoch());
  if (!made) return call->answer_error(made.error());
  append_plan(call, *footprint, *made);
}

}  // namespace footprint::api
