// The snapshot of a PlanState: CBOR of {version, file, and what a plan file does not say}.
#include <nlohmann/json.hpp>

#include "plan/plan_file.hpp"
#include "plan/state.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;

constexpr int kSnapshotVersion = 2;
// Version 1 knew no drafts and no more than one membership, which reads the same.
constexpr int kSnapshotVersionOldest = 1;

json write_actor(const Actor& actor) {
  return json::array({actor.person.value, actor.organisation.value});
}

Actor read_actor(const json& pair) {
  return {PersonId(pair.at(0).get<std::string>()), OrganisationId(pair.at(1).get<std::string>())};
}

json write_change(const std::optional<LastChange>& change) {
  if (!change) return nullptr;
  return json::array({change->at_ms, change->position, write_actor(change->actor)});
}

std::optional<LastChange> read_change(const json& value) {
  if (value.is_null()) return std::nullopt;
  return LastChange{value.at(0), value.at(1), read_actor(value.at(2))};
}

json write_sections(const PlanState& state) {
  json out = json::array();
  for (const Section& section : state.sections) {
    json words = json::array();
    for (const Field& field : section.fields) words.push_back(field.words);
    out.push_back({section.epoch, section.text_position, section.words_position,
                   write_change(section.last_change), std::move(words)});
  }
  return out;
}

void read_sections(const json& list, PlanState& state) {
  for (std::size_t i = 0; i < state.sections.size(); ++i) {
    const json& entry = list.at(i);
    Section& section = state.sections[i];
    section.epoch = entry.at(0);
    section.text_position = entry.at(1);
    section.words_position = entry.at(2);
    section.last_change = read_change(entry.at(3));
    for (std::size_t f = 0; f < section.fields.size(); ++f)
      section.fields[f].words = entry.at(4).at(f);
  }
}

/// Only cells that were changed since the plan was made: [table, row, column, revision, at, by].
json write_cells(const PlanState& state) {
  json out = json::array();
  for (const Table& table : state.tables)
    for (const auto* rows : {&table.rows, &table.totals})
      for (const Row& row : *rows)
        for (const auto& [key, cell] : row.cells)
          if (cell.revision != 0)
            out.push_back({table.key.value, row.id, key, cell.revision, cell.changed_at_ms,
                           write_actor(cell.changed_by)});
  return out;
}

bool read_cells(const json& list, PlanState& state) {
  for (const json& entry : list) {
    Table* table = state.table(TableKey(entry.at(0).get<std::string>()));
    Row* row = table == nullptr ? nullptr : table->row(entry.at(1).get<std::string>());
    auto found = row == nullptr ? std::map<std::string, Cell>::iterator()
                                : row->cells.find(entry.at(2).get<std::string>());
    if (row == nullptr || found == row->cells.end()) return false;
    found->second.revision = entry.at(3);
    found->second.changed_at_ms = entry.at(4);
    found->second.changed_by = read_actor(entry.at(5));
  }
  return true;
}

json write_clients(const PlanState& state) {
  json out = json::array();
  for (const auto& [client, owner] : state.clients)
    out.push_back({client, owner.first_seen_ms, write_actor(owner.actor)});
  return out;
}

json write_drafts(const PlanState& state) {
  json out = json::array();
  for (const Draft& draft : state.drafts)
    out.push_back({draft.id, draft.section.value, write_actor(draft.by), draft.at_ms,
                   draft.position, draft.text, draft.code, draft.message, draft.outcome,
                   draft.reason, write_actor(draft.settled_by), draft.settled_at_ms});
  return out;
}

Draft read_draft(const json& entry) {
  Draft draft;
  draft.id = entry.at(0);
  draft.section = SectionKey(entry.at(1).get<std::string>());
  draft.by = read_actor(entry.at(2));
  draft.at_ms = entry.at(3);
  draft.position = entry.at(4);
  draft.text = entry.at(5);
  draft.code = entry.at(6);
  draft.message = entry.at(7);
  draft.outcome = entry.at(8);
  draft.reason = entry.at(9);
  draft.settled_by = read_actor(entry.at(10));
  draft.settled_at_ms = entry.at(11);
  return draft;
}

tl::unexpected<Error> malformed() {
  return fail(ErrorKind::kCorrupt, "plan_snapshot.malformed",
              "The stored summary of this plan cannot be read; the plan is computed from its log.");
}

Result<PlanState> read_snapshot(const json& snapshot) {
  auto state = state_from_file(snapshot.at("file"));
  if (!state) return malformed();
  state->position = snapshot.at("position");
  state->created_at_ms = snapshot.at("created_at");
  state->last_change = read_change(snapshot.at("last_change"));
  read_sections(snapshot.at("sections"), *state);
  if (!read_cells(snapshot.at("cells"), *state)) return malformed();
  for (const json& entry : snapshot.value("drafts", json::array()))
    state->drafts.push_back(read_draft(entry));
  for (const json& entry : snapshot.at("clients"))
    state->clients.emplace(entry.at(0).get<sync::ClientId>(),
                           ClientOwner{read_actor(entry.at(2)), entry.at(1)});
  return state;
}

/// Follows CBOR and stops where it nests deeper than any snapshot does: reading damaged bytes must
/// not take more stack than there is.
class NestingGuard final : public json::json_sax_t {
 public:
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(json::number_integer_t) override { return true; }
  bool number_unsigned(json::number_unsigned_t) override { return true; }
  bool number_float(json::number_float_t, const json::string_t&) override { return true; }
  bool string(json::string_t&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool key(json::string_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;
  }

 private:
  static constexpr int kDepthMax = 64;

  bool enter() { return ++depth_ <= kDepthMax; }
  bool leave() { return --depth_ >= 0; }

  int depth_ = 0;
};

}  // namespace

Bytes encode_state(const PlanState& state) {
  json snapshot = {{"version", kSnapshotVersion},
                   {"file", file_from_state(state, Names::kOfFile)},
                   {"position", state.position},
                   {"created_at", state.created_at_ms},
                   {"last_change", write_change(state.last_change)},
                   {"sections", write_sections(state)},
                   {"cells", write_cells(state)},
                   {"drafts", write_drafts(state)},
                   {"clients", write_clients(state)}};
  return json::to_cbor(snapshot);
}

Result<PlanState> decode_state(ByteView bytes) {
  NestingGuard guard;
  if (!json::sax_parse(bytes.begin(), bytes.end(), &guard, json::input_format_t::cbor))
    return malformed();
  json snapshot = json::from_cbor(bytes.begin(), bytes.end(), true, false);
  if (!snapshot.is_object()) return malformed();
  try {
    int version = snapshot.at("version");
    if (version < kSnapshotVersionOldest || version > kSnapshotVersion)
      return fail(
          ErrorKind::kCorrupt, "plan_snapshot.version",
          "The stored summary of this plan is of another version; the plan is computed from "
          "its log.");
    return read_snapshot(snapshot);
  } catch (const json::exception&) {
    return malformed();
  }
}

}  // namespace footprint::plan
