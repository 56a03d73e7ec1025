// Who wrote which words of a section.
#include <nlohmann/json.hpp>

#include "api/call.hpp"
#include "room/section.hpp"
#include "sync/read.hpp"
#include "sync/text_runs.hpp"
#include "sync/utf8.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

std::string to_utf8(std::u16string_view units) {
  std::string out;
  for (std::size_t i = 0; i < units.size(); ++i) {
    std::uint32_t code = units[i];
    const bool high = code >= 0xD800 && code < 0xDC00;
    if (high && i + 1 < units.size() && units[i + 1] >= 0xDC00 && units[i + 1] < 0xE000)
      code = 0x10000 + ((code - 0xD800) << 10) + (units[++i] - 0xDC00u);
    sync::append_utf8(out, code);
  }
  return sync::to_well_formed(out);
}

/// Collects runs of one author, text by text.
class Blocks {
 public:
  explicit Blocks(const plan::PlanState& state) : state_(state) {}

  void add(const sync::TextRun& run, const sync::Authorship& authors) {
    if (!(run.parent == text_)) end_block();
    text_ = run.parent;
    const auto end = static_cast<sync::Clock>(run.id.clock + run.text.size());
    for (sync::Clock at = run.id.clock; at < end;) {
      const sync::Id unit{run.id.client, at};
      const sync::Clock until = authors.same_until(unit, end);
      const plan::Actor actor = actor_of(authors.author_of(unit));
      if (units_.empty() || !(actor == actor_)) end_run();
      actor_ = actor;
      units_ += run.text.substr(at - run.id.clock, until - at);
      at = until;
    }
  }
  json take() {
    end_block();
    return std::move(blocks_);
  }

 private:
  plan::Actor actor_of(sync::ClientId client) const {
    auto owner = state_.clients.find(client);
    return owner == state_.clients.end() ? plan::Actor{} : owner->second.actor;
  }
  void end_run() {
    if (!units_.empty())
      runs_.push_back({{"text", to_utf8(units_)}, {"author", actor_json(state_, actor_)}});
    units_.clear();
  }
  void end_block() {
    end_run();
    if (!runs_.empty()) blocks_.push_back({{"runs", std::exchange(runs_, json::array())}});
  }

  const plan::PlanState& state_;
  sync::TypeId text_;
  plan::Actor actor_;
  std::u16string units_;
  json runs_ = json::array();
  json blocks_ = json::array();
};

json authors_json(const room::Room& room, const plan::Section& section, const room::Section& live) {
  json fields = json::array();
  for (const plan::Field& field : section.fields) {
    Blocks blocks(room.state());
    for (const auto& run : sync::text_runs(live.doc, sync::find_root(live.doc, field.key)))
      blocks.add(run, live.authors);
    fields.push_back({{"key", field.key}, {"title", field.title}, {"blocks", blocks.take()}});
  }
  return {
      {"section", section.key.value}, {"position", room.position()}, {"fields", std::move(fields)}};
}

}  // namespace

void get_authors(const std::shared_ptr<Call>& call) {
  with_section(
      call, [](Call& self, const room::Room& room, const plan::Section& section,
               const room::Section& live) { self.answer_json(authors_json(room, section, live)); });
}

}  // namespace footprint::api
