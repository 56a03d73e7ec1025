#include "room/collab_document.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "plan/rights.hpp"
#include "plan/visibility.hpp"
#include "room/people.hpp"
#include "sync/any.hpp"
#include "sync/update.hpp"

namespace footprint::room {

Credentials parse_credentials(std::string_view token) {
  Credentials credentials;
  auto json = token.starts_with('{') ? sync::parse_json(token, 4) : std::nullopt;
  if (!json || json->as_object() == nullptr) {
    credentials.session_token = token;
    return credentials;
  }
  if (const sync::Any* schema = json->find("schema"); schema && schema->as_number()) {
    double number = *schema->as_number();
    credentials.schema = number >= 0 && number < 1e6 ? static_cast<int>(number) : 0;
  }
  if (const sync::Any* epoch = json->find("epoch"); epoch && epoch->as_string()) {
    credentials.epoch = *epoch->as_string();
  }
  if (const sync::Any* own = json->find("token"); own && own->as_string()) {
    credentials.session_token = *own->as_string();
  }
  return credentials;
}

void CollabDocument::send_bytes(Bytes frames) {
  if (!frames.empty()) outbox.send(to_frame(std::move(frames)));
}

void CollabDocument::append_welcome(Bytes& frames) const {
  std::string json =
      R"({"type":"welcome","schema":)" + std::to_string(kSchemaVersion) + R"(,"epoch":)";
  const plan::Section* known = section ? room->state().section(section->key) : nullptr;
  sync::append_json_string(json, known ? known->epoch : std::string());
  json += R"(,"limits":{"update_bytes_max":)" + std::to_string(limits::kUpdateBytesMax) +
          R"(,"section_bytes_max":)" + std::to_string(limits::kSectionBytesMax) + "}}";
  append_frame(frames, sync::stateless_message(prefix, json));
}

void CollabDocument::opened(bool read_write) {
  state = State::kOpen;
  read_write_ = read_write;
  Bytes frames;
  append_frame(frames, sync::authenticated_message(prefix, read_write));
  append_welcome(frames);
  outbox.send(to_frame(std::move(frames)));
  step1_sent_ = true;
  if (section) {
    section->send_presence(*this);
    section->send_step1(*this);
    return;
  }
  outbox.send(make_frame(sync::step1_message(prefix, sync::StateVector().encode())));
}

void CollabDocument::refreshed(bool read_write) {
  read_write_ = read_write;
  Bytes frames;
  append_frame(frames, sync::authenticated_message(prefix, read_write));
  append_welcome(frames);
  outbox.send(to_frame(std::move(frames)));
  if (!std::exchange(recovery_asked_, false) || !section) return;
  section->send_step1(*this);
  answer({});
}

void CollabDocument::answer(sync::StateVector has) {
  asked_ = std::move(has);
  answer_waiting();
}

bool CollabDocument::answer_waiting() {
  if (!asked_) return true;
  if (!outbox.ready_for_state()) return false;
  section->send_state(*this, *std::exchange(asked_, std::nullopt));
  return true;
}

void CollabDocument::denied(std::string_view reason) {
  leave();
  state = State::kDenied;
  queue.clear();
  queued_bytes = 0;
  outbox.send(make_frame(sync::denied_message(prefix, reason)));
}

void CollabDocument::leave() {
  if (state == State::kOpen) {
    if (section) {
      room->leave(*section, *this);
    } else {
      room->leave_channel(*this);
    }
  }
  state = State::kWaiting;
  asked_.reset();
  section = nullptr;
  room.reset();
}

void CollabDocument::take_sync(const sync::SyncMessage& message) {
  if (message.type == sync::SyncType::kStep1) return take_step1(message.body);
  take_update(message.body, message.type == sync::SyncType::kStep2);
}

void CollabDocument::take_step1(ByteView state_vector) {
  auto has = sync::StateVector::decode(state_vector);
  if (!has) return tell_refused({std::move(has.error()), std::nullopt, std::nullopt});
  Bytes frames;
  // Ours went out when the document was opened; a client that asks again expects to be asked again.
  bool ask = !std::exchange(step1_sent_, false);
  if (!section) {
    if (ask) append_frame(frames, sync::step1_message(prefix, sync::StateVector().encode()));
    constexpr std::uint8_t kEmptyUpdate[] = {0, 0};
    append_frame(frames, sync::step2_message(prefix, kEmptyUpdate));
    return send_bytes(std::move(frames));
  }
  if (ask) section->send_step1(*this);
  answer(std::move(*has));
}

void CollabDocument::take_update(ByteView update, bool step2) {
  owed_.push_back(Owed::kPending);
  if (!section) {
    auto contents = sync::inspect_update(update, sync::Format::kV1);
    if (contents && contents->structs.empty() && contents->deletes.empty()) {
      owed_.back() = Owed::kApplied;
    } else {
      refuse(owed_.back(),
             {{ErrorKind::kForbidden, "right.channel",
               "The plan's own document cannot be written. Write in one of its sections."},
              std::nullopt,
              std::nullopt});
    }
    return send_owed();
  }
  auto self = shared_from_this();
  Room::UpdateKind kind{.step2 = step2, .no_gaps = recovering_, .ticket = 0};
  kind.ticket = owed_from_ + owed_.size() - 1;
  auto taken = room->submit_update(*section, self, update, kind);
  if (!taken) {
    refuse(owed_.back(), taken.error());
  } else {
    if (*taken == Room::Taken::kNothingNew) owed_.back() = Owed::kApplied;
    // The client has come with a document that holds nothing we refuse.
    if (step2) recovering_ = false;
  }
  send_owed();
}

void CollabDocument::refuse(Owed& owed, const Refusal& refused) {
  owed = Owed::kRefused;
  tell_refused(refused);
  // A reader was told so when the document was opened; asking again would change nothing. After one
  // recovery the next refusals are its consequence.
  if (!read_write_ || recovering_) return;
  recovering_ = recovery_asked_ = true;
  outbox.send(make_frame(sync::token_request_message(prefix)));
}

void CollabDocument::tell_refused(const Refusal& refused) {
  std::string json = R"({"type":"refused","code":)";
  sync::append_json_string(json, refused.error.code);
  json += R"(,"message":)";
  sync::append_json_string(json, refused.error.message);
  if (refused.limit) json += R"(,"limit":)" + std::to_string(*refused.limit);
  if (refused.size) json += R"(,"size":)" + std::to_string(*refused.size);
  json += "}";
  outbox.send(make_frame(sync::stateless_message(prefix, json)));
}

void CollabDocument::take_presence(ByteView awareness_update) {
  if (!section) return;  // nobody is in a plan's channel
  Status taken = room->receive_presence(*section, *this, awareness_update);
  if (!taken) tell_refused({std::move(taken.error()), std::nullopt, std::nullopt});
}

void CollabDocument::on_settled(std::uint64_t ticket, const std::optional<Refusal>& refused) {
  Owed& owed = owed_[ticket - owed_from_];
  if (refused) {
    refuse(owed, *refused);
  } else {
    owed = Owed::kApplied;
  }
}

void CollabDocument::send_owed() {
  Bytes frames;
  while (!owed_.empty() && owed_.front() != Owed::kPending) {
    append_frame(frames, sync::sync_status_message(prefix, owed_.front() == Owed::kApplied));
    owed_.pop_front();
    ++owed_from_;
  }
  send_bytes(std::move(frames));
}

void CollabDocument::append_rights(Bytes& frames, const RightsMoved& moved, bool read,
                                   bool write) const {
  std::string json = R"({"type":"rights","section":)";
  sync::append_json_string(json, section->key.value);
  json += R"(,"may":{"read":)" + std::string(read ? "true" : "false") + R"(,"write":)" +
          (write ? "true" : "false") + R"(},"message":)";
  std::string what = plan::rights_words(room->state(), moved.placed.event, speaker.person);
  std::string now = !read   ? "you can no longer read this section."
                    : write ? "you can now write in this section."
                            : "you can read this section and no longer write in it.";
  sync::append_json_string(json, what + ": " + now);
  json += R"(,"actor":)" + moved.actor_json + R"(,"position":)" +
          std::to_string(moved.placed.position) + "}";
  append_frame(frames, sync::stateless_message(prefix, json));
}

void CollabDocument::on_rights_moved(const RightsMoved& moved) {
  const PersonId& person = speaker.person;
  if (!section) {
    if (room->state().member(person) == nullptr) return denied("no-right");
    return introduce(*this, room->state(), person, std::nullopt);
  }
  bool read = plan::may_read(room->state(), person, section->key).has_value();
  bool write = !read_only && plan::may_write(room->state(), person, section->key).has_value();
  if (read && write == read_write_) return;
  Bytes frames;
  if (read) append_frame(frames, sync::authenticated_message(prefix, write));
  append_rights(frames, moved, read, write);
  send_bytes(std::move(frames));
  read_write_ = write;
  if (!read) denied("no-right");
}

void CollabDocument::on_room_failed(const Error&) {
  outbox.close(CloseCode::kTryLater, kRoomFailed);
}

}  // namespace footprint::room
