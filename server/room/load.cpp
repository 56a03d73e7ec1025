#include "room/load.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "plan/event.hpp"
#include "plan/update_check.hpp"
#include "room/words.hpp"

namespace footprint::room {

namespace {

tl::unexpected<Error> load_failed(const PlanId& plan, std::string_view what, const Error& cause) {
  ErrorKind kind = cause.kind == ErrorKind::kIo ? ErrorKind::kIo : ErrorKind::kCorrupt;
  return fail(
      kind, "load-failed",
      "The plan " + plan.value + " cannot be opened (" + std::string(what) + "): " + cause.message);
}

/// Hands each event from `from` to `upto` to `take`, which may fail.
template <typename Take>
Status for_each_event(const storage::PlanLog& log, const PlanId& plan, Position from, Position upto,
                      Take take) {
  while (from <= upto) {
    std::size_t wanted =
        static_cast<std::size_t>(std::min<Position>(upto - from + 1, limits::kLogReadEventsMax));
    auto events = log.read(plan, from, wanted);
    if (!events) return forward_error(std::move(events.error()));
    if (events->empty()) {
      return fail(ErrorKind::kCorrupt, "log.short",
                  "The log ends before position " + std::to_string(upto) + ".");
    }
    for (const storage::Event& event : *events) {
      if (Status taken = take(event); !taken) return taken;
      from = event.position + 1;
    }
  }
  return {};
}

/// Word counts are no facts of the log: those that the snapshot has not got are made here, where
/// there is time.
Status count_missing_words(const storage::PlanLog& log, const PlanId& plan,
                           plan::PlanState& state) {
  for (const plan::Section& section : state.sections) {
    if (section.words_position >= section.text_position) continue;
    auto loaded = load_section(log, plan, section.key, section.text_position);
    if (!loaded) return forward_error(std::move(loaded.error()));
    state.set_words(section.key, count_words(loaded->doc, section), section.text_position);
  }
  return {};
}

/// The text's snapshot is used only together with who wrote it: that may be newer (what it notes of
/// the updates in between, it notes again), but it cannot be made from the text alone.
void start_from_snapshots(const storage::PlanLog& log, const PlanId& plan,
                          const SectionKey& section, Position upto, LoadedSection& loaded) {
  auto text = log.read_snapshot(plan, section.value);
  auto authors = log.read_snapshot(plan, authors_name(section));
  if (!text || !*text || !authors || !*authors) return;
  if ((*text)->position > upto || (*authors)->position < (*text)->position) return;
  auto read = sync::Authorship::decode((*authors)->content);
  if (!read || !loaded.doc.apply_update((*text)->content, sync::Format::kV2)) return;
  loaded.authors = std::move(*read);
  loaded.position = loaded.snapshot_position = (*text)->position;
}

}  // namespace

std::string authors_name(const SectionKey& section) {
  return section.value + ".authors";
}

Result<LoadedPlan> load_plan(const storage::PlanLog& log, const PlanId& plan) {
  auto head = log.head(plan);
  if (!head) return load_failed(plan, "its newest records", head.error());
  if (head->position == 0) {
    return fail(ErrorKind::kNotFound, "not-found", "There is no plan \"" + plan.value + "\".");
  }
  LoadedPlan loaded;
  // A snapshot that cannot be used costs time, not data: the log has everything.
  if (auto snapshot = log.read_snapshot(plan, "plan"); snapshot && *snapshot) {
    auto state = plan::decode_state((*snapshot)->content);
    if (state && state->position == (*snapshot)->position && state->position <= head->position) {
      loaded.state = std::move(*state);
      loaded.snapshot_position = (*snapshot)->position;
    }
  }
  loaded.state.id = plan;
  Status folded =
      for_each_event(log, plan, loaded.state.position + 1, head->position,
                     [&](const storage::Event& stored) -> Status {
                       auto event = plan::decode_event(stored.payload);
                       if (!event) return forward_error(std::move(event.error()));
                       return plan::apply(loaded.state, stored.position, stored.at_ms, *event);
                     });
  if (!folded) return load_failed(plan, "its log", folded.error());
  if (Status counted = count_missing_words(log, plan, loaded.state); !counted) {
    return forward_error(std::move(counted.error()));
  }
  loaded.position = head->position;
  return loaded;
}

Result<LoadedSection> load_section(const storage::PlanLog& log, const PlanId& plan,
                                   const SectionKey& section, Position upto) {
  LoadedSection loaded{sync::Doc({.client_id = plan::kServerClientId,
                                  .pending_bytes_max = limits::kPendingBytesMax}),
                       {},
                       {},
                       0,
                       0};
  if (upto == 0) {
    loaded.encoded = loaded.doc.encode_state();
    return loaded;
  }
  start_from_snapshots(log, plan, section, upto, loaded);
  Status replayed = for_each_event(
      log, plan, loaded.position + 1, upto, [&](const storage::Event& stored) -> Status {
        if (stored.kind != static_cast<std::uint16_t>(plan::EventKind::kSectionUpdated)) return {};
        auto event = plan::decode_event(stored.payload);
        if (!event) return forward_error(std::move(event.error()));
        if (event->section != section) return {};
        auto outcome = loaded.authors.apply(loaded.doc, event->body);
        // The one reason for which an update that was checked is refused, then as now.
        if (!outcome && outcome.error().code != "update.pending_full")
          return forward_error(std::move(outcome.error()));
        loaded.position = stored.position;
        return {};
      });
  if (!replayed) return load_failed(plan, "section " + section.value, replayed.error());
  loaded.encoded = loaded.doc.encode_state();
  return loaded;
}

}  // namespace footprint::room
