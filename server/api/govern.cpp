// Handlers of the commands that run a plan: people, sections, organisations, status of figures.
#include "plan/govern.hpp"

#include <nlohmann/json.hpp>

#include "api/commands.hpp"
#include "plan/embedded.hpp"
#include "plan/names.hpp"
#include "plan/plan_file.hpp"
#include "plan/schema_check.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

/// The body by its schema; nullopt: a refusal was answered.
std::optional<json> body_of(Call& call, const char* definition) {
  auto body = plan::parse_checked(call.request.body, "api.schema.json", definition, "request");
  if (body) return std::move(*body);
  call.answer_error(body.error());
  return std::nullopt;
}

std::optional<std::string> text(const json& body, const char* key) {
  if (!body.contains(key)) return std::nullopt;
  return body[key].get<std::string>();
}

template <typename Id>
std::optional<Id> name(const json& body, const char* key) {
  if (!body.contains(key)) return std::nullopt;
  return Id(body[key].get<std::string>());
}

std::optional<std::vector<PersonId>> people(const json& body, const char* key) {
  if (!body.contains(key)) return std::nullopt;
  std::vector<PersonId> out;
  for (const json& entry : body[key]) out.emplace_back(entry.get<std::string>());
  return out;
}

plan::SectionChange section_change(const std::string& section, const json& body) {
  plan::SectionChange change;
  change.section = SectionKey(section);
  change.title = text(body, "title");
  change.lead = name<PersonId>(body, "lead");
  change.lead_organisation = name<OrganisationId>(body, "lead_organisation");
  change.deputies = people(body, "deputies");
  change.named_people = people(body, "named_people");
  change.due_date = text(body, "due_date");
  if (auto word = text(body, "visibility"))
    change.visibility = plan::from_name<plan::Visibility>(plan::kVisibilityNames, *word);
  if (auto word = text(body, "status"))
    change.status = plan::from_name<plan::SectionStatus>(plan::kSectionStatusNames, *word);
  change.reason = body.value("reason", std::string());
  return change;
}

Error no_such(const char* code, const char* what) {
  return {ErrorKind::kNotFound, code, std::string("This plan has no such ") + what + "."};
}

}  // namespace

void get_rights(const std::shared_ptr<Call>& call) {
  HttpResponse response;
  response.body = plan::embedded_file("rights.json");
  call->answer(std::move(response));
}

void put_member(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    auto body = body_of(*self, "MemberChange");
    if (!body) return;
    plan::MemberChange change{PersonId(self->parameter("person")),
                              plan::memberships_from_json(body->at("memberships")),
                              body->value("reason", std::string())};
    submit(self, room, [self, change](const plan::PlanState& state) -> plan::Decided {
      // Rights first: who may not manage people learns nothing of who there is.
      if (auto right = check(state, *self->request.person, plan::Action::kManagePeople); !right)
        return forward_error(right.error());
      // Somebody new comes by an invitation, which they accept.
      if (state.person(change.person) == nullptr)
        return forward_error(no_such("member.unknown", "person. Invite them first"));
      return decide_members(state, *self->request.person, change);
    });
  });
}

void patch_section(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    if (!shows_section(*self, room)) return;
    auto body = body_of(*self, "SectionChange");
    if (!body) return;
    submit(self, room,
           [self, change = section_change(self->parameter("section"), *body)](
               const plan::PlanState& state) {
             return decide_section(state, *self->request.person, change);
           });
  });
}

void put_organisation(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    auto body = body_of(*self, "OrganisationChange");
    if (!body) return;
    std::string id = self->parameter("organisation");
    if (!is_valid_name(id)) return self->answer_error(no_such("not-found", "organisation"));
    plan::Organisation organisation;
    organisation.id = OrganisationId(id);
    organisation.name = body->at("name");
    organisation.real_name = body->value("real_name", organisation.name);
    organisation.kind = body->at("kind");
    organisation.signing_body = body->at("signing_body");
    organisation.signs = body->at("signs");
    submit(self, room, [self, organisation](const plan::PlanState& state) {
      return decide_organisation(state, *self->request.person, {organisation});
    });
  });
}

void change_figure_status(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    auto body = body_of(*self, "FigureStatusChanges");
    if (!body) return;
    std::vector<plan::FigureStatusChange> changes;
    std::vector<plan::CellRef> cells;
    for (const json& entry : body->at("cells")) {
      plan::CellRef cell{TableKey(entry.at("table").get<std::string>()), entry.at("row"),
                         entry.at("column")};
      auto status = plan::from_name<plan::CellStatus>(plan::kCellStatusNames,
                                                      entry.at("status").get<std::string>());
      cells.push_back(cell);
      changes.push_back({std::move(cell), status.value_or(plan::CellStatus::kDraft)});
    }
    std::string reason = body->value("reason", std::string());
    submit(
        self, room,
        [self, changes, reason](const plan::PlanState& state) {
          return decide_figure_status(state, *self->request.person, changes, reason);
        },
        [self, cells, keep = room.shared_from_this()](Position position) {
          self->answer_json(
              {{"position", position},
               {"cells", changed_cells_json(view_of(*keep, *self->request.person), cells)}});
        });
  });
}

}  // namespace footprint::api
