// Handlers of offered drafts: words that were refused, and what became of them.
#include <nlohmann/json.hpp>

#include "access/secrets.hpp"
#include "api/commands.hpp"
#include "plan/schema_check.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

constexpr std::size_t kIdBytes = 12;

bool may_settle(const View& view, const plan::Draft& draft) {
  return check(view.state, view.person, plan::Action::kSettleDraft, {draft.section, {}, {}})
      .has_value();
}

json draft_json(const View& view, const plan::Draft& draft) {
  json out = {{"id", draft.id},
              {"section", draft.section.value},
              {"by", actor_json(view.state, draft.by)},
              {"at", draft.at_ms},
              {"position", draft.position},
              {"text", draft.text},
              {"code", draft.code},
              {"message", draft.message},
              {"may_settle", draft.outcome.empty() && may_settle(view, draft)}};
  if (draft.outcome.empty()) return out;
  out["outcome"] = draft.outcome;
  if (!draft.reason.empty()) out["reason"] = draft.reason;
  out["settled_by"] = actor_json(view.state, draft.settled_by);
  out["settled_at"] = draft.settled_at_ms;
  return out;
}

}  // namespace

void offer_draft(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    if (!shows_section(*self, room)) return;
    auto body = plan::parse_checked(self->request.body, "api.schema.json", "DraftOffer", "request");
    if (!body) return self->answer_error(body.error());
    plan::DraftOffer offer{SectionKey(self->parameter("section")), access::random_hex(kIdBytes),
                           body->at("text"), body->at("code"), body->at("message")};
    if (offer.text.size() > plan::kDraftTextMax)
      return self->answer_error({ErrorKind::kTooLarge, "draft.too_large",
                                 "These words are too many for one draft. Offer them in parts."});
    submit(
        self, room,
        [self, offer](const plan::PlanState& state) {
          return decide_draft_offer(state, *self->request.person, offer);
        },
        [self, id = offer.id](Position position) {
          self->answer_json({{"draft", id}, {"position", position}});
        });
  });
}

void list_drafts(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    View view = view_of(room, *self->request.person);
    json list = json::array();
    const auto& drafts = room.state().drafts;
    for (auto draft = drafts.rbegin(); draft != drafts.rend(); ++draft)
      if (draft->by.person == view.person || may_settle(view, *draft))
        list.push_back(draft_json(view, *draft));
    self->answer_json({{"drafts", std::move(list)}});
  });
}

void settle_draft(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    auto body =
        plan::parse_checked(self->request.body, "api.schema.json", "DraftSettlement", "request");
    if (!body) return self->answer_error(body.error());
    plan::DraftSettlement settlement{self->parameter("draft"), body->at("outcome") == "taken",
                                     body->value("reason", std::string())};
    submit(self, room, [self, settlement](const plan::PlanState& state) {
      return decide_draft_settlement(state, *self->request.person, settlement);
    });
  });
}

}  // namespace footprint::api
