// One open section of a plan: its document, its readers and writers, and what they show of
// themselves.
//
// Own thread only. A section is Loading until its document has been read from the log; nothing is
// sent or taken in before it is Ready; a load that fails is told to everybody who waits, never an
// empty document.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "room/awareness.hpp"
#include "room/load.hpp"
#include "room/member.hpp"
#include "sync/authorship.hpp"
#include "sync/doc.hpp"
#include "sync/update.hpp"

namespace footprint::room {

/// An update that has been committed and applied, on its way to the readers.
struct Delivery {
  ByteView update;  // v1
  MemberId author = 0;
};

class Section {
 public:
  enum class State { kLoading, kReady, kFailed };

  explicit Section(SectionKey section_key) : key(std::move(section_key)) {}

  const SectionKey key;
  State state = State::kLoading;
  Error failure;                               // kFailed
  std::vector<std::function<void()>> waiting;  // to be called once when no longer loading
  sync::Doc doc;                               // kReady
  sync::Authorship authors;                    // of the words in `doc`
  AwarenessHub awareness;

  /// What the document has, with what is on its way into the log.
  sync::StateVector known;
  std::size_t queued_bytes = 0;      // of updates handed in and not applied
  std::size_t queued_gap_bytes = 0;  // of those of them that will wait for others
  Position position = 0;             // of the last update in `doc`
  Position snapshot_position = 0;    // of the newest snapshot
  std::size_t tail_bytes = 0;        // of updates since that snapshot
  std::size_t tail_events = 0;
  std::size_t in_flight = 0;  // updates handed in and not settled
  UnixMs event_sent_ms = 0;   // when "section.updated" was last told
  bool event_due = false;
  Position event_position = 0;
  UnixMs event_at_ms = 0;
  plan::Actor event_actor;
  UnixMs empty_since_ms = 0;
  bool people_changed = false;

  void ready(LoadedSection loaded);
  void fail(Error error);

  void join(const std::shared_ptr<Member>& member);
  /// Takes its presence away too.
  void leave(Member& member);
  const std::vector<std::shared_ptr<Member>>& members() const { return members_; }

  /// Applies a committed update to the document. A refusal leaves the document as it was.
  Result<sync::ApplyOutcome> apply(ByteView update, Position at);
  /// One shared buffer a dialect and address; authors without echo get one without their own.
  void broadcast(const std::vector<Delivery>& deliveries);
  /// Presence that changed since the last call, to all but its owners.
  void broadcast_presence();
  void send_presence(Member& member);

  /// Answers a step 1: step 2, and what has been committed since the cached state.
  void send_state(Member& member, const sync::StateVector& has);
  void send_step1(Member& member);
  /// Whether an update brings something that the document lacks.
  bool has_news(const sync::UpdateContents& update);

  /// An update is on its way into the log: counts as known, and by its size, until unqueue() or
  /// forget_queued().
  void queue(const sync::UpdateContents& update, std::size_t bytes, bool gap);
  /// One of them is about to be applied.
  void unqueue(std::size_t bytes, bool gap);
  /// As if none were on its way.
  void forget_queued();
  /// Bytes of updates that wait for others, at most.
  std::size_t pending_bytes() const { return doc.pending_bytes() + queued_gap_bytes; }
  /// Encoded size, for the section's ceiling: measured when last encoded, plus what came since.
  std::size_t encoded_bytes() const { return encoded_bytes_ + tail_since_encoded_; }
  /// The same, measured now: what was deleted since does not count any more.
  std::size_t measured_bytes();

 private:
  void refresh_cache();

  std::vector<std::shared_ptr<Member>> members_;
  // A join is answered from here: the state as it was, and the updates since.
  struct JoinCache {
    Bytes state;
    // As step 2 for readers of one prefix, as long as it is on its way to any of them.
    std::weak_ptr<const Bytes> framed;
    Bytes framed_prefix;
    std::vector<Bytes> updates;
    std::size_t update_bytes = 0;
  };
  std::optional<JoinCache> cache_;
  std::optional<sync::DeleteSet> deleted_;  // of the document as it is now, once asked for
  sync::StateVector held_;                  // of the document as it is now
  std::size_t encoded_bytes_ = 0;
  std::size_t tail_since_encoded_ = 0;
};

}  // namespace footprint::room
