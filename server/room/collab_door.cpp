// The Hocuspocus door: the documents of one plan on one socket, each authenticated for itself.
#include <map>

#include "base/limits.hpp"
#include "plan/rights.hpp"
#include "room/collab_document.hpp"
#include "room/doors.hpp"
#include "room/people.hpp"
#include "room/registry.hpp"
#include "sync/lib0.hpp"
#include "sync/y_protocol.hpp"

namespace footprint::room {

namespace {

constexpr std::int64_t kFillerAfterMs = 20'000;
constexpr std::size_t kDocumentsMax = 500;  // of one socket, whatever their state

struct Target {
  PlanId plan;
  std::optional<SectionKey> section;  // none: the plan's channel
};

std::optional<Target> parse_document(std::string_view document) {
  Target target;
  std::size_t slash = document.find('/');
  std::string_view plan = document.substr(0, slash);
  if (!is_valid_name(plan)) return std::nullopt;
  target.plan = PlanId(plan);
  if (slash != std::string_view::npos) {
    std::string_view section = document.substr(slash + 1);
    if (!is_valid_name(section)) return std::nullopt;
    target.section = SectionKey(section);
  }
  return target;
}

/// The address that a message starts with, even if the rest cannot be read.
std::optional<std::string> address_at_front(ByteView payload) {
  sync::Reader reader(payload);
  std::string address(reader.var_string());
  if (!reader.ok() || !sync::split_address(address)) return std::nullopt;
  return address;
}

std::string_view denial(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kNotFound:
      return "not-found";
    case ErrorKind::kForbidden:
      return "no-right";
    default:
      return "load-failed";
  }
}

class CollabDoor final : public Door {
 public:
  CollabDoor(const DoorContext& context, PlanId plan, Connection& connection,
             std::optional<SignedIn> session)
      : context_(context),
        plan_(std::move(plan)),
        session_(std::move(session)),
        outbox_(connection, *context.clock),
        alive_(std::make_shared<CollabDoor*>(this)),
        began_ms_(context.clock->now_ms()),
        knows_session_(session_.has_value()) {}
  ~CollabDoor() override { leave_all(); }

  void on_message(ByteView payload) override;
  void on_text() override { outbox_.close(CloseCode::kUnsupportedData, "binary messages only"); }
  void on_close() override { leave_all(); }
  void on_drained() override;
  void on_tick(UnixMs now_ms) override;

 private:
  using Document = std::shared_ptr<CollabDocument>;

  void take(const Document& document, const sync::Message& message);
  void take_token(Document document, const sync::Message& message);
  void open_document(const Document& document, const Target& target, const PersonId& person,
                     const Credentials& credentials);
  void room_opened(const Document& document, const Target& target, const PersonId& person,
                   const Credentials& credentials, Result<std::shared_ptr<Room>> room);
  void finish_opening(const Document& document, const Target& target, const PersonId& person);
  std::string_view judge(const Room& room, const Target& target, const PersonId& person,
                         const Credentials& credentials) const;
  bool introduce(CollabDocument& document, const Room& room, const Target& target,
                 const PersonId& person) const;
  void refuse_document(const std::string& address, const Document& document,
                       std::string_view reason);
  void queue(const Document& document, ByteView payload);
  void drain(const Document& document);
  Document document_of(const std::string& address);
  void leave_all();
  bool cut_off(UnixMs now_ms);
  bool too_much_unknown(ByteView payload);
  void deny_late(UnixMs now_ms);

  const DoorContext& context_;
  const PlanId plan_;
  const std::optional<SignedIn> session_;  // of the upgrade request
  Outbox outbox_;
  std::shared_ptr<CollabDoor*> alive_;  // who is called back later finds out that the door is gone
  const UnixMs began_ms_;
  std::map<std::string, Document> documents_;  // by full address, session id included
  std::size_t waiting_bytes_ = 0;              // queued by documents that have shown no token
  std::size_t waiting_frames_ = 0;
  bool knows_session_ = false;     // some token, or the upgrade request, was of a live session
  std::size_t unknown_bytes_ = 0;  // of all that came before that
  std::size_t unknown_frames_ = 0;
  bool knows_pings_ = false;  // the provider named its version
};

void CollabDoor::on_message(ByteView payload) {
  if (outbox_.closed() || cut_off(context_.clock->now_ms()) || too_much_unknown(payload)) return;
  auto message = sync::parse_hocuspocus(payload);
  if (!message) {
    auto address = address_at_front(payload);
    auto found = address ? documents_.find(*address) : documents_.end();
    if (found == documents_.end())
      return outbox_.close(CloseCode::kBadMessage, message.error().code);
    return refuse_document(found->first, Document(found->second), "bad-message");
  }
  if (message->kind == sync::MessageKind::kPing) {
    return outbox_.send(make_frame(sync::pong_message()));
  }
  if (message->kind == sync::MessageKind::kPong) return;
  if (!sync::split_address(message->address)) {
    return outbox_.close(CloseCode::kBadMessage, "frame.malformed");
  }
  std::string address(message->address);
  Document document = document_of(address);
  if (!document) return;
  if (message->kind == sync::MessageKind::kToken) return take_token(document, *message);
  if (message->kind == sync::MessageKind::kClose) {
    document->leave();
    documents_.erase(address);
    return;
  }
  switch (document->state) {
    case CollabDocument::State::kWaiting:
    case CollabDocument::State::kJudging:
      return queue(document, payload);
    case CollabDocument::State::kOpen:
      return take(document, *message);
    case CollabDocument::State::kDenied:
      return;
  }
}

CollabDoor::Document CollabDoor::document_of(const std::string& address) {
  auto found = documents_.find(address);
  if (found != documents_.end()) return found->second;
  std::size_t not_open = 0;
  for (const auto& [other, document] : documents_) {
    not_open += document->state == CollabDocument::State::kOpen ? 0 : 1;
  }
  if (not_open >= limits::kUnauthenticatedDocumentsMax || documents_.size() >= kDocumentsMax) {
    outbox_.close(CloseCode::kPolicy, "too many documents");
    return nullptr;
  }
  auto document = std::make_shared<CollabDocument>(outbox_, address, context_.clock->now_ms());
  documents_.emplace(address, document);
  return document;
}

void CollabDoor::queue(const Document& document, ByteView payload) {
  document->queued_bytes += payload.size();
  bool waiting = document->state == CollabDocument::State::kWaiting;
  if (waiting) {
    waiting_bytes_ += payload.size();
    ++waiting_frames_;
  }
  std::size_t judged_bytes = 0;
  for (const auto& [address, other] : documents_) {
    if (other->state == CollabDocument::State::kJudging) judged_bytes += other->queued_bytes;
  }
  bool too_much = waiting ? waiting_bytes_ > limits::kUnauthenticatedBytesMax ||
                                waiting_frames_ > limits::kUnauthenticatedFramesMax
                          : judged_bytes > limits::kPendingBytesMax;
  if (too_much) return outbox_.close(CloseCode::kPolicy, "too much before the document is open");
  document->queue.push_back(to_bytes(payload));
}

void CollabDoor::drain(const Document& document) {
  for (const Bytes& payload : std::exchange(document->queue, {})) {
    auto message = sync::parse_hocuspocus(payload);
    if (message && document->state == CollabDocument::State::kOpen) take(document, *message);
  }
  document->queued_bytes = 0;
}

void CollabDoor::take(const Document& document, const sync::Message& message) {
  switch (message.kind) {
    case sync::MessageKind::kSync:
      return document->take_sync(message.sync);
    case sync::MessageKind::kAwareness:
      return document->take_presence(message.body);
    case sync::MessageKind::kQueryAwareness:
      if (document->section) document->section->send_presence(*document);
      return;
    case sync::MessageKind::kStateless:
      return document->tell_refused({{ErrorKind::kInvalid, "stateless.unknown",
                                      "The server takes no such messages. Use the REST API."},
                                     std::nullopt,
                                     std::nullopt});
    case sync::MessageKind::kBroadcastStateless:
    case sync::MessageKind::kSyncReply:
    case sync::MessageKind::kSyncStatus:
    case sync::MessageKind::kAuthenticated:
    case sync::MessageKind::kAuthDenied:
      return refuse_document(std::string(message.address), document, "server-message");
    default:
      return refuse_document(std::string(message.address), document, "unknown-message");
  }
}

void CollabDoor::refuse_document(const std::string& address, const Document& document,
                                 std::string_view reason) {
  document->leave();
  outbox_.send(make_frame(sync::close_message(document->prefix, reason)));
  documents_.erase(std::string(address));
}

void CollabDoor::take_token(Document document, const sync::Message& message) {
  if (!message.version.empty()) knows_pings_ = true;
  if (document->state == CollabDocument::State::kJudging) return;  // the one before is being judged
  if (document->state == CollabDocument::State::kDenied) {
    // Begun anew: what the old one handed in may still be on its way, and is owed nothing any more.
    std::string address(message.address);
    document = std::make_shared<CollabDocument>(outbox_, address, context_.clock->now_ms());
    documents_[address] = document;
  }
  auto name = sync::split_address(message.address);
  auto target = parse_document(name->document);
  waiting_bytes_ -= document->state == CollabDocument::State::kWaiting ? document->queued_bytes : 0;
  waiting_frames_ -=
      document->state == CollabDocument::State::kWaiting ? document->queue.size() : 0;
  if (!target) return document->denied("not-found");
  if (target->plan != plan_) return document->denied("one-plan-per-connection");
  Credentials credentials = parse_credentials(message.text);
  std::optional<SignedIn> session = session_;
  if (!credentials.session_token.empty()) session = context_.identify(credentials.session_token);
  if (!session) return document->denied("sign-in");
  if (!session->is_for(plan_)) return document->denied("token.other_plan");
  document->session = session;
  knows_session_ = true;
  document->read_only = session->read_only;
  const PersonId& person = session->person;
  if (credentials.schema && *credentials.schema < kSchemaVersion) {
    return document->denied("client-too-old");
  }
  if (document->state != CollabDocument::State::kOpen) {
    return open_document(document, *target, person, credentials);
  }
  std::string_view against = judge(*document->room, *target, person, credentials);
  if (!against.empty()) return document->denied(against);
  document->refreshed(introduce(*document, *document->room, *target, person));
}

std::string_view CollabDoor::judge(const Room& room, const Target& target, const PersonId& person,
                                   const Credentials& credentials) const {
  if (!target.section) return room.state().actor_of(person) ? "" : "no-right";
  if (Status right = plan::may_read(room.state(), person, *target.section); !right) {
    // What does not show to somebody is as if it were not there.
    return right.error().code == "right.not_shared" ? "not-found" : denial(right.error());
  }
  const plan::Section* section = room.state().section(*target.section);
  return credentials.epoch.empty() || credentials.epoch == section->epoch ? "" : "epoch-changed";
}

/// Gives the member its name; whether it may write.
bool CollabDoor::introduce(CollabDocument& document, const Room& room, const Target& target,
                           const PersonId& person) const {
  room::introduce(document, room.state(), person, target.section);
  return target.section && !document.read_only &&
         plan::may_write(room.state(), person, *target.section).has_value();
}

void CollabDoor::open_document(const Document& document, const Target& target,
                               const PersonId& person, const Credentials& credentials) {
  document->state = CollabDocument::State::kJudging;
  context_.registry->open_room(plan_, [weak = std::weak_ptr(alive_), document, target, person,
                                       credentials](Result<std::shared_ptr<Room>> room) {
    auto self = weak.lock();
    if (!self || document->state != CollabDocument::State::kJudging) return;
    (*self)->room_opened(document, target, person, credentials, std::move(room));
  });
}

void CollabDoor::room_opened(const Document& document, const Target& target, const PersonId& person,
                             const Credentials& credentials, Result<std::shared_ptr<Room>> room) {
  if (outbox_.closed()) return;
  if (!room) return document->denied(denial(room.error()));
  std::string_view against = judge(**room, target, person, credentials);
  if (!against.empty()) return document->denied(against);
  document->room = std::move(*room);
  if (!target.section) return finish_opening(document, target, person);
  document->room->open_section(*target.section, [weak = std::weak_ptr(alive_), document, target,
                                                 person](Result<Section*> section) {
    auto self = weak.lock();
    if (!self || document->state != CollabDocument::State::kJudging) return;
    if (!section) return document->denied(denial(section.error()));
    document->section = *section;
    (*self)->finish_opening(document, target, person);
  });
}

void CollabDoor::finish_opening(const Document& document, const Target& target,
                                const PersonId& person) {
  if (outbox_.closed()) return;
  bool read_write = introduce(*document, *document->room, target, person);
  document->gone = false;
  if (document->section) document->room->join(*document->section, document);
  document->opened(read_write);
  if (!document->section) document->room->join_channel(document);
  drain(document);
}

void CollabDoor::on_drained() {
  for (const auto& [address, document] : documents_) {
    if (outbox_.closed() || !document->answer_waiting()) return;
  }
}

void CollabDoor::on_tick(UnixMs now_ms) {
  if (outbox_.closed() || cut_off(now_ms)) return;
  deny_late(now_ms);
  if (outbox_.closed() || now_ms - outbox_.last_sent_ms() < kFillerAfterMs) return;
  Bytes frames;
  for (const auto& [address, document] : documents_) {
    if (document->state != CollabDocument::State::kOpen) continue;
    append_frame(frames, sync::filler_message(document->prefix));
    break;
  }
  if (frames.empty() && knows_pings_) append_frame(frames, sync::ping_message());
  if (!frames.empty()) outbox_.send(to_frame(std::move(frames)));
}

/// Whether a session that this socket acts for has ended, and the socket with it. The documents are
/// told first: providers come back after any close, but not after a denial.
bool CollabDoor::cut_off(UnixMs now_ms) {
  auto is_over = [now_ms](const std::optional<SignedIn>& session) {
    return session && session->is_over(now_ms);
  };
  bool over = is_over(session_);
  for (const auto& [address, document] : documents_) {
    if (!is_over(document->session) || document->state == CollabDocument::State::kDenied) continue;
    over = true;
    document->denied("sign-in");
  }
  if (over) outbox_.close(CloseCode::kSignIn, "sign-in");
  return over;
}

/// Whoever nobody knows may say little, whatever becomes of it: bad tokens count too.
bool CollabDoor::too_much_unknown(ByteView payload) {
  if (knows_session_) return false;
  unknown_bytes_ += payload.size();
  if (unknown_bytes_ <= limits::kUnauthenticatedBytesMax &&
      ++unknown_frames_ <= limits::kUnauthenticatedFramesMax)
    return false;
  outbox_.close(CloseCode::kPolicy, "too much before the document is open");
  return true;
}

void CollabDoor::deny_late(UnixMs now_ms) {
  // The deadline is for the socket: no traffic, and no denied token, puts it off.
  if (!knows_session_ && now_ms - began_ms_ >= limits::kAuthenticationDeadlineMs)
    return outbox_.close(CloseCode::kTimeout, "sign-in");
  bool any_judged = false;
  for (const auto& [address, document] : documents_) {
    any_judged = any_judged || document->state != CollabDocument::State::kWaiting;
  }
  if (!any_judged && now_ms - began_ms_ >= limits::kAuthenticationDeadlineMs) {
    return outbox_.close(CloseCode::kTimeout, "sign-in");
  }
  for (const auto& [address, document] : documents_) {
    if (document->state != CollabDocument::State::kWaiting) continue;
    if (now_ms - document->began_ms < limits::kAuthenticationDeadlineMs) continue;
    waiting_bytes_ -= document->queued_bytes;
    waiting_frames_ -= document->queue.size();
    document->denied("sign-in");
  }
}

void CollabDoor::leave_all() {
  alive_.reset();
  for (auto& [address, document] : documents_) document->leave();
  documents_.clear();
}

}  // namespace

Result<PlanId> plan_of_collab_message(ByteView payload) {
  auto address = address_at_front(payload);
  if (address) {
    auto name = sync::split_address(*address);
    // A name that is no plan's is judged by the door, which can say so in words.
    std::string_view plan = name->document.substr(0, name->document.find('/'));
    return PlanId(plan);
  }
  return fail(ErrorKind::kMalformed, "collab.malformed",
              "The first message on /collab must start with a document's address.");
}

std::unique_ptr<Door> make_collab_door(const DoorContext& context, const PlanId& plan,
                                       Connection& connection, std::optional<SignedIn> session) {
  return std::make_unique<CollabDoor>(context, plan, connection, std::move(session));
}

}  // namespace footprint::room
