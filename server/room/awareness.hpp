// Who is in a section and where, as Yjs awareness: the hub that decides what one member may show to
// the others.
//
// Nothing in the awareness protocol proves who speaks, so the hub keeps its own table: a client id
// belongs to the member that shows it, `user` is the server's word, and clocks towards readers are
// the hub's own and always rise (otherwise a client that comes back after a removal stays invisible
// until its next renewal).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "sync/id.hpp"

namespace footprint::room {

/// Names a member of a section within the process.
using MemberId = std::uint64_t;

/// Whoever speaks: as the session says.
struct Speaker {
  MemberId member = 0;
  PersonId person;
  std::string
      user;  // JSON that replaces `user` in every state; empty: keep what is sent (bench rooms)
};

class AwarenessHub {
 public:
  /// Takes in what a member sent. States under other people's ids are dropped without a word:
  /// y-websocket clients repeat what they hear. Errors: "awareness.malformed" (nothing of it
  /// counts), "awareness.too_large", "awareness.too_many" (the states before the faulty one
  /// count).
  Status receive(const Speaker& speaker, ByteView update, UnixMs now_ms);
  /// What the member shows of itself gets `speaker.user` in place of what it had.
  void rename(const Speaker& speaker);
  /// The member is gone: so are its states, at once.
  void leave(MemberId member);
  /// Takes out states that nobody has renewed for `kExpiryMs`.
  void expire(UnixMs now_ms);

  /// Whether anything has changed since take_changes().
  bool changed() const { return !changed_.empty(); }
  /// The client ids changed since the last call.
  std::set<sync::ClientId> take_changes();
  /// Which members own any of `clients`: they must not get their own states back under the hub's
  /// clocks.
  std::set<MemberId> owners(const std::set<sync::ClientId>& clients) const;

  /// An awareness update of `clients` (removed ones as null) without those of `except`; empty when
  /// none is left.
  Bytes encode(const std::set<sync::ClientId>& clients, std::optional<MemberId> except) const;
  /// The same of all that are here.
  Bytes encode_all(std::optional<MemberId> except) const;
  /// People with a state, each once, in order.
  std::set<PersonId> people() const;

  static constexpr std::int64_t kExpiryMs = 45'000;  // clients renew every 15 s

 private:
  struct Entry {
    MemberId owner = 0;
    PersonId person;
    std::uint64_t clock_in = 0;
    std::uint64_t clock_out = 0;
    std::string state;  // JSON; empty: removed
    UnixMs renewed_ms = 0;
    bool here() const { return !state.empty(); }
  };

  bool may_show(const Speaker& speaker, const Entry& entry, std::uint64_t clock, bool gone,
                bool first) const;
  void remove(sync::ClientId client, Entry& entry);
  void forget_removed();

  std::map<sync::ClientId, Entry> entries_;
  std::map<MemberId, std::set<sync::ClientId>> ids_of_;  // members that have spoken
  std::set<sync::ClientId> changed_;
  std::size_t removed_ = 0;  // entries kept for their clocks only
};

}  // namespace footprint::room
