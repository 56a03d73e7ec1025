// The y-websocket door: one socket, one section, no messages but those of y-protocols.
#include <deque>
#include <functional>
#include <optional>

#include "base/limits.hpp"
#include "plan/rights.hpp"
#include "room/doors.hpp"
#include "room/people.hpp"
#include "room/registry.hpp"
#include "room/room.hpp"
#include "sync/y_protocol.hpp"

namespace footprint::room {

namespace {

constexpr std::int64_t kFillerAfterMs = 20'000;
const SectionKey kBenchSection("room");

class YjsMember final : public Member {
 public:
  YjsMember(Outbox& out, std::function<bool()> may_read)
      : Member(out, {}, true), is_readable(std::move(may_read)) {}

  const std::function<bool()> is_readable;

  void on_settled(std::uint64_t, const std::optional<Refusal>& refused) override {
    if (refused) refuse(*refused);
  }
  void on_turn_settled() override {}
  void on_rights_moved(const RightsMoved&) override {
    // The dialect has no words for it. Who may no longer write is closed at the next update.
    if (!is_readable()) outbox.close(CloseCode::kNoRight, "no-right");
  }
  void on_room_failed(const Error&) override { outbox.close(CloseCode::kTryLater, kRoomFailed); }

  /// The dialect has no way to refuse one update, and silence would make the client diverge.
  void refuse(const Refusal& refused) {
    bool later = refused.error.kind == ErrorKind::kUnavailable;
    bool right =
        refused.error.kind == ErrorKind::kForbidden &&
        (refused.error.code.starts_with("right.") || refused.error.code.starts_with("token."));
    outbox.close(later   ? CloseCode::kTryLater
                 : right ? CloseCode::kNoRight
                         : CloseCode::kUpdateRefused,
                 refused.error.code);
  }
};

class YjsDoor final : public Door {
 public:
  YjsDoor(const DoorContext& context, YjsTarget target, Connection& connection,
          std::optional<SignedIn> session)
      : target_(std::move(target)),
        session_(std::move(session)),
        clock_(*context.clock),
        outbox_(connection, *context.clock),
        alive_(std::make_shared<YjsDoor*>(this)),
        began_ms_(context.clock->now_ms()) {}
  ~YjsDoor() override { leave(); }

  void open(RoomRegistry& registry) {
    if (!target_.bench && !session_) return outbox_.close(CloseCode::kSignIn, "sign-in");
    if (!target_.bench && !session_->is_for(target_.plan))
      return outbox_.close(CloseCode::kNoRight, "token.other_plan");
    auto opened = [weak = std::weak_ptr(alive_)](Result<std::shared_ptr<Room>> room) {
      if (auto self = weak.lock()) (*self)->room_opened(std::move(room));
    };
    if (target_.bench) {
      registry.open_bench_room(target_.plan, std::move(opened));
    } else {
      registry.open_room(target_.plan, std::move(opened));
    }
  }

  void on_message(ByteView payload) override {
    if (outbox_.closed() || cut_off(clock_.now_ms())) return;
    if (!section_) return queue(payload);
    auto message = sync::parse_y_websocket(payload);
    if (!message) return outbox_.close(CloseCode::kBadMessage, message.error().code);
    take(*message);
  }
  void on_text() override { outbox_.close(CloseCode::kUnsupportedData, "binary messages only"); }
  void on_close() override { leave(); }
  void on_tick(UnixMs now_ms) override {
    if (outbox_.closed() || cut_off(now_ms)) return;
    if (!section_) {
      if (now_ms - began_ms_ >= limits::kAuthenticationDeadlineMs) {
        outbox_.close(CloseCode::kTryLater, "load-failed");
      }
      return;
    }
    if (now_ms - outbox_.last_sent_ms() < kFillerAfterMs) return;
    outbox_.send(make_frame(sync::filler_message({})));
  }

 private:
  PersonId person() const { return session_ ? session_->person : PersonId(); }

  /// Whether the session has ended, and the socket with it.
  bool cut_off(UnixMs now_ms) {
    if (target_.bench || !session_ || !session_->is_over(now_ms)) return false;
    outbox_.close(CloseCode::kSignIn, "sign-in");
    return true;
  }

  void queue(ByteView payload) {
    queued_bytes_ += payload.size();
    if (queued_bytes_ > limits::kPendingBytesMax ||
        queue_.size() >= limits::kUnauthenticatedFramesMax) {
      return outbox_.close(CloseCode::kPolicy, "too much before the document is open");
    }
    queue_.push_back(to_bytes(payload));
  }

  void refuse_opening(const Error& error) {
    CloseCode code = CloseCode::kTryLater;
    std::string_view reason = "load-failed";
    if (error.kind == ErrorKind::kNotFound) code = CloseCode::kNotFound, reason = "not-found";
    // What does not show to somebody is as if it were not there.
    if (error.code == "right.not_shared")
      code = CloseCode::kNotFound, reason = "not-found";
    else if (error.kind == ErrorKind::kForbidden)
      code = CloseCode::kNoRight, reason = "no-right";
    outbox_.close(code, reason);
  }

  void room_opened(Result<std::shared_ptr<Room>> room) {
    if (outbox_.closed()) return;
    if (!room) return refuse_opening(room.error());
    room_ = std::move(*room);
    SectionKey key = target_.bench ? kBenchSection : target_.section;
    if (!target_.bench) {
      Status right = plan::may_read(room_->state(), session_->person, key);
      if (!right) return refuse_opening(right.error());
      if (!target_.epoch.empty() && room_->state().section(key)->epoch != target_.epoch) {
        return outbox_.close(CloseCode::kEpochChanged, "epoch-changed");
      }
    }
    room_->open_section(key, [weak = std::weak_ptr(alive_)](Result<Section*> section) {
      if (auto self = weak.lock()) (*self)->section_opened(std::move(section));
    });
  }

  void section_opened(Result<Section*> section) {
    if (outbox_.closed()) return;
    if (!section) return refuse_opening(section.error());
    section_ = *section;
    member_ = std::make_shared<YjsMember>(
        outbox_, [room = room_.get(), key = section_->key, who = person()] {
          return room->bench() || plan::may_read(room->state(), who, key).has_value();
        });
    if (session_) introduce(*member_, room_->state(), session_->person, section_->key);
    member_->read_only = session_ && session_->read_only;
    room_->join(*section_, member_);
    section_->send_step1(*member_);
    section_->send_presence(*member_);
    for (const Bytes& payload : std::exchange(queue_, {})) on_message(payload);
  }

  void take(const sync::Message& message) {
    switch (message.kind) {
      case sync::MessageKind::kSync:
        return take_sync(message.sync);
      case sync::MessageKind::kAwareness:
        if (Status taken = room_->receive_presence(*section_, *member_, message.body);
            !taken && taken.error().kind == ErrorKind::kMalformed) {
          outbox_.close(CloseCode::kBadMessage, taken.error().code);
        }
        return;
      case sync::MessageKind::kQueryAwareness:
        return section_->send_presence(*member_);
      default:
        return outbox_.close(CloseCode::kBadMessage, "unknown-message");
    }
  }

  void take_sync(const sync::SyncMessage& message) {
    if (message.type == sync::SyncType::kStep1) {
      auto has = sync::StateVector::decode(message.body);
      if (!has) return outbox_.close(CloseCode::kBadMessage, has.error().code);
      return section_->send_state(*member_, *has);
    }
    bool step2 = message.type == sync::SyncType::kStep2;
    auto taken = room_->submit_update(*section_, member_, message.body, {.step2 = step2});
    if (!taken) member_->refuse(taken.error());
  }

  void leave() {
    alive_.reset();
    if (member_) room_->leave(*section_, *member_);
    member_.reset();
    section_ = nullptr;
    room_.reset();
  }

  const YjsTarget target_;
  const std::optional<SignedIn> session_;
  const Clock& clock_;
  Outbox outbox_;
  std::shared_ptr<YjsDoor*> alive_;  // what is asked for meanwhile finds out that the door is gone
  const UnixMs began_ms_;
  std::shared_ptr<Room> room_;
  Section* section_ = nullptr;  // open, and kept open by our membership
  std::shared_ptr<YjsMember> member_;
  std::vector<Bytes> queue_;  // what came before the document was loaded
  std::size_t queued_bytes_ = 0;
};

}  // namespace

Result<YjsTarget> parse_yjs_path(std::string_view path, bool bench_mode) {
  constexpr std::string_view kBench = "bench/";
  auto not_found = [] {
    return fail(ErrorKind::kNotFound, "not-found", "The address must be /yjs/PLAN/SECTION.");
  };
  YjsTarget target;
  if (bench_mode && path.starts_with(kBench)) {
    if (path.size() == kBench.size()) return not_found();
    target.plan = bench_plan(path.substr(kBench.size()));
    target.bench = true;
    return target;
  }
  std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return not_found();
  std::string_view plan = path.substr(0, slash), section = path.substr(slash + 1);
  if (!is_valid_name(plan) || !is_valid_name(section)) return not_found();
  target.plan = PlanId(plan);
  target.section = SectionKey(section);
  return target;
}

std::unique_ptr<Door> make_yjs_door(const DoorContext& context, const YjsTarget& target,
                                    Connection& connection, std::optional<SignedIn> session) {
  auto door = std::make_unique<YjsDoor>(context, target, connection, std::move(session));
  door->open(*context.registry);
  return door;
}

}  // namespace footprint::room
