#include "room/room.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "plan/rights.hpp"
#include "room/job.hpp"

namespace footprint::room {

namespace {

constexpr std::uint32_t kTickMs = 1'000;
constexpr std::int64_t kSectionIdleMs = 60'000;
// A snapshot is due when replaying the tail would take longer than reading the document.
constexpr std::size_t kSnapshotEvents = 2'000;
constexpr std::size_t kSnapshotBytes = 2u << 20;
// Updates handed in and not committed; beyond it the room stops reading from those who write.
constexpr std::size_t kJobBytesMax = 16u << 20;

}  // namespace

Room::Room(PlanId plan, LoadedPlan loaded, RoomOptions options)
    : plan_(std::move(plan)),
      options_(std::move(options)),
      state_(std::move(loaded.state)),
      position_(loaded.position),
      plan_snapshot_position_(loaded.snapshot_position) {
  take_names();
}

Room::~Room() = default;

void Room::start() {
  options_.executor->after_ms(kTickMs, [weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self || self->failed_ || self->stopping_) return;
    self->tick();
    self->start();
  });
}

Section* Room::section(const SectionKey& key) {
  auto found = sections_.find(key);
  return found != sections_.end() && found->second->state == Section::State::kReady
             ? found->second.get()
             : nullptr;
}

void Room::open_section(const SectionKey& key, SectionOpened opened) {
  if (failed_ || stopping_) {
    opened(fail(ErrorKind::kUnavailable, "load-failed",
                "The plan cannot be used just now. Try again in a moment."));
    return;
  }
  if (!options_.bench && state_.section(key) == nullptr) {
    opened(
        fail(ErrorKind::kNotFound, "not-found", "This plan has no section \"" + key.value + "\"."));
    return;
  }
  auto found = sections_.find(key);
  if (found != sections_.end() && found->second->state == Section::State::kReady) {
    opened(found->second.get());
    return;
  }
  bool start_loading = found == sections_.end() || found->second->state == Section::State::kFailed;
  if (start_loading) {
    found = sections_.insert_or_assign(key, std::make_unique<Section>(key)).first;
    found->second->empty_since_ms = options_.clock->now_ms();
  }
  Section* section = found->second.get();
  section->waiting.push_back([section, opened = std::move(opened)] {
    if (section->state == Section::State::kReady) {
      opened(section);
    } else {
      opened(forward_error(section->failure));
    }
  });
  if (!start_loading) return;
  Position upto = options_.bench ? position_ : state_.section(key)->text_position;
  options_.run_blocking([weak = weak_from_this(), log = options_.log, plan = plan_, key, upto,
                         executor = options_.executor] {
    auto loaded = std::make_shared<Result<LoadedSection>>(load_section(*log, plan, key, upto));
    executor->post([weak, key, loaded] {
      auto self = weak.lock();
      if (!self) return;
      auto place = self->sections_.find(key);
      if (place == self->sections_.end() || place->second->state != Section::State::kLoading)
        return;
      self->section_loaded(*place->second, std::move(*loaded));
    });
  });
}

void Room::section_loaded(Section& section, Result<LoadedSection> loaded) {
  if (failed_ || stopping_) {
    section.fail({ErrorKind::kUnavailable, "load-failed",
                  "The plan cannot be used just now. Try again in a moment."});
  } else if (!loaded) {
    section.fail(std::move(loaded.error()));
  } else {
    section.ready(std::move(*loaded));
  }
}

void Room::join(Section& section, const std::shared_ptr<Member>& member) {
  section.join(member);
}

void Room::leave(Section& section, Member& member) {
  section.leave(member);
  if (section.members().empty()) section.empty_since_ms = options_.clock->now_ms();
  presence_turn();
}

Refusal Room::refusal(Error error) const {
  return {std::move(error), std::nullopt, std::nullopt};
}

std::optional<Refusal> Room::refused_at_once(ByteView update) const {
  if (failed_ || stopping_) {
    return refusal({ErrorKind::kUnavailable, "room.stopping", "The server cannot save just now."});
  }
  if (update.size() <= limits::kUpdateBytesMax) return std::nullopt;
  return Refusal{{ErrorKind::kTooLarge, "update.too_large",
                  "This change is too large to be saved in one piece. Make it in smaller parts."},
                 limits::kUpdateBytesMax,
                 update.size()};
}

std::optional<Refusal> Room::refused_for_room(Section& section, const Checked& checked,
                                              std::size_t bytes) const {
  // What only deletes may come into a full section: it makes room.
  bool adds = !checked.contents.structs.empty();
  std::size_t size = section.encoded_bytes() + section.queued_bytes + bytes;
  if (adds && size > limits::kSectionBytesMax) {
    size = section.measured_bytes() + section.queued_bytes + bytes;
    if (size > limits::kSectionBytesMax)
      return Refusal{{ErrorKind::kTooLarge, "section.full",
                      "This section has reached its largest size, so the change was not saved."},
                     limits::kSectionBytesMax,
                     size};
  }
  size = section.pending_bytes() + bytes;
  if (checked.gap && size > limits::kPendingBytesMax) {
    return Refusal{{ErrorKind::kTooLarge, "update.pending_full",
                    "Too many changes wait for earlier ones that never came. Reload the section."},
                   limits::kPendingBytesMax,
                   size};
  }
  return std::nullopt;
}

tl::expected<Room::Checked, Refusal> Room::check(Section& section, const Member& member,
                                                 ByteView update, UpdateKind kind) const {
  auto contents = sync::inspect_update(update, sync::Format::kV1);
  if (!contents) return tl::unexpected(refusal(std::move(contents.error())));
  Checked checked;
  checked.contents = std::move(*contents);
  checked.actor = member.actor;
  for (const auto& range : checked.contents.structs) {
    checked.gap = checked.gap || range.from > section.known.get(range.client);
  }
  checked.news = !kind.step2 || section.has_news(checked.contents);
  if (!checked.news) return checked;
  if (member.read_only) {
    return tl::unexpected(refusal({ErrorKind::kForbidden, "token.read_only",
                                   "This token may only read. Make one that may write."}));
  }
  if (!options_.bench) {
    const PersonId& person = member.speaker.person;
    auto right = plan::check(state_, person, plan::Action::kWrite, {section.key, {}, {}});
    if (!right) return tl::unexpected(refusal(std::move(right.error())));
    checked.actor = right->actor(person);
    auto claims = plan::check_update(state_, claims_, checked.actor, section.key, section.known,
                                     checked.contents);
    if (!claims) return tl::unexpected(refusal(std::move(claims.error())));
    checked.claims = std::move(*claims);
  }
  if (checked.gap && kind.no_gaps) {
    return tl::unexpected(
        refusal({ErrorKind::kInvalid, "update.after_refused",
                 "This change builds on one that was refused, so it was not saved either."}));
  }
  if (auto refused = refused_for_room(section, checked, update.size())) {
    return tl::unexpected(std::move(*refused));
  }
  return checked;
}

/// From here on what comes later is judged as if the job were in the document.
void Room::let_in(Job& job, const Checked& checked) {
  job.gap = checked.gap;
  job.event.actor = checked.actor;
  job.event.claims = checked.claims;
  for (sync::ClientId client : checked.claims) claims_.emplace(client, job.event.actor);
  job.section->queue(checked.contents, job.event.body.size(), job.gap);
}

tl::expected<Room::Taken, Refusal> Room::submit_update(Section& section,
                                                       const std::shared_ptr<Member>& member,
                                                       ByteView update, UpdateKind kind) {
  if (auto refused = refused_at_once(update)) return tl::unexpected(std::move(*refused));
  auto checked = check(section, *member, update, kind);
  if (!checked) return tl::unexpected(std::move(checked.error()));
  if (!checked->news) return Taken::kNothingNew;
  Job job;
  job.section = &section;
  job.member = member;
  job.ticket = kind.ticket;
  job.event.kind = plan::EventKind::kSectionUpdated;
  job.event.section = section.key;
  job.event.body = to_bytes(update);
  let_in(job, *checked);
  jobs_.push_back(std::move(job));
  ++section.in_flight;
  job_bytes_ += update.size();
  if (job_bytes_ > kJobBytesMax) {
    member->outbox.connection().set_reading(false);
    held_back_.push_back(member);
  }
  schedule_flush();
  return Taken::kOnItsWay;
}

void Room::submit_command(Decide decide, Done done) {
  if (failed_ || stopping_ || options_.bench) {
    done(fail(ErrorKind::kUnavailable, "room.stopping",
              "The server cannot save just now. Try again in a moment."));
    return;
  }
  Job job;
  job.decide = std::move(decide);
  job.done = std::move(done);
  jobs_.push_back(std::move(job));
  schedule_flush();
}

Status Room::receive_presence(Section& section, Member& member, ByteView awareness_update) {
  Status taken =
      section.awareness.receive(member.speaker, awareness_update, options_.clock->now_ms());
  presence_turn();
  return taken;
}

void Room::presence_turn() {
  if (presence_scheduled_) return;
  presence_scheduled_ = true;
  options_.executor->post([weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self) return;
    self->presence_scheduled_ = false;
    bool people = false;
    for (auto& [key, section] : self->sections_) {
      section->broadcast_presence();
      people = people || std::exchange(section->people_changed, false);
    }
    if (people) self->tell_presence();
  });
}

std::set<PersonId> Room::people_in(const SectionKey& key) const {
  auto found = sections_.find(key);
  return found == sections_.end() ? std::set<PersonId>{} : found->second->awareness.people();
}

void Room::tick() {
  UnixMs now_ms = options_.clock->now_ms();
  std::vector<std::pair<std::string, storage::Snapshot>> due;
  for (auto& [key, section] : sections_) {
    if (section->state != Section::State::kReady) continue;
    section->awareness.expire(now_ms);
    for (const auto& member : section->members()) {
      if (member->presence_due) section->send_presence(*member);
    }
    if (section->event_due) tell_section_event(*section, now_ms);
    bool long_tail =
        section->tail_events >= kSnapshotEvents || section->tail_bytes >= kSnapshotBytes;
    bool idle = section->members().empty() && now_ms - section->empty_since_ms >= kSectionIdleMs;
    if (long_tail || idle) save_section(*section, due);
  }
  presence_turn();
  if (!due.empty()) store_snapshots(std::move(due), [] {});
  unload_idle(now_ms);
}

void Room::unload_idle(UnixMs now_ms) {
  std::erase_if(sections_, [&](const auto& item) {
    const Section& section = *item.second;
    return section.state == Section::State::kReady && section.members().empty() &&
           section.in_flight == 0 && now_ms - section.empty_since_ms >= kSectionIdleMs;
  });
}

bool Room::save_section(Section& section,
                        std::vector<std::pair<std::string, storage::Snapshot>>& due) {
  if (section.state != Section::State::kReady || section.position == section.snapshot_position)
    return false;
  // Before the text, so that the text's snapshot never stands without it.
  due.emplace_back(authors_name(section.key),
                   storage::Snapshot{section.position, section.authors.encode()});
  due.emplace_back(
      section.key.value,
      storage::Snapshot{section.position, section.doc.encode_state({}, sync::Format::kV2)});
  section.snapshot_position = section.position;
  section.tail_bytes = section.tail_events = 0;
  return true;
}

void Room::store_snapshots(std::vector<std::pair<std::string, storage::Snapshot>> due,
                           std::function<void()> done) {
  auto shared = std::make_shared<decltype(due)>(std::move(due));
  options_.run_blocking([shared, log = options_.log, plan = plan_, executor = options_.executor,
                         done = std::move(done)] {
    // One that cannot be written is made again later from the log, which has everything.
    for (const auto& [name, snapshot] : *shared) (void)log->write_snapshot(plan, name, snapshot);
    executor->post(done);
  });
}

void Room::write_snapshots(std::function<void()> done) {
  std::vector<std::pair<std::string, storage::Snapshot>> due;
  for (auto& [key, section] : sections_) save_section(*section, due);
  if (!options_.bench && position_ > plan_snapshot_position_) {
    due.emplace_back("plan", storage::Snapshot{position_, plan::encode_state(state_)});
    plan_snapshot_position_ = position_;
  }
  store_snapshots(std::move(due), std::move(done));
}

void Room::shut_down(std::function<void()> done) {
  auto members = channel_;
  for (auto& [key, section] : sections_) {
    members.insert(members.end(), section->members().begin(), section->members().end());
  }
  for (const auto& member : members)
    member->outbox.close(CloseCode::kTryLater, "the server restarts");
  stopping_ = true;
  when_idle_.push_back([self = shared_from_this(), done = std::move(done)] {
    if (self->failed_) {
      done();
    } else {
      self->write_snapshots(done);
    }
  });
  if (in_flight_.empty() && jobs_.empty()) finished();
}

void Room::finished() {
  for (auto& told : std::exchange(when_idle_, {})) told();
}

}  // namespace footprint::room
