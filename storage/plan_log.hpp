// The plan log: a plan's append-only record. Everything else in the product is computed from it.
//
// The interface that memory, RocksDB and later PostgreSQL implement; nothing above storage/ knows
// which. It knows bytes and positions, nothing of sections or people. Thread-safe: any thread may
// call; callbacks run on the log's own threads and must only hand on (post) to their owner.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace footprint::storage {

using Hash = std::array<std::uint8_t, 32>;  // SHA-256

/// An event as its writer hands it over. `kind` and `payload` mean something only to the writer.
struct NewEvent {
  std::uint16_t kind = 0;
  Bytes payload;
};

struct Event {
  Position position = 0;
  UnixMs at_ms =
      0;  // when it was committed to the log, set by the log, never going back within a plan
  std::uint16_t kind = 0;
  Hash previous{};  // hash of the record before; zeros for the first
  Hash hash{};      // SHA-256 over previous, position, at_ms, kind, payload (docs/protocol.md)
  Bytes payload;
};

struct Head {
  Position position = 0;  // 0: the plan has no events
  Hash hash{};
};

/// Positions `first` to `last` cannot be read back; `message` says what is wrong with the first of
/// them.
struct Damage {
  Position first = 0;
  Position last = 0;
  std::string message;
};

/// What scan() found: events in order up to the first damage, or up to the limit or the head.
struct Scan {
  std::vector<Event> events;
  std::optional<Damage> damage;  // go on reading at damage->last + 1
};

struct Appended {
  std::vector<Event> events;  // as stored, with positions, times and hashes
};

/// A snapshot of one section (or of the plan's projection) at a position; the bytes are compressed
/// at rest.
struct Snapshot {
  Position position = 0;
  Bytes content;
};

class Subscription {
 public:
  virtual ~Subscription() = default;  // destroying it ends it: no callback starts afterwards
};

class PlanLog {
 public:
  virtual ~PlanLog() = default;

  using AppendDone = std::function<void(Result<Appended>)>;
  /// Appends all of `events` next to each other, or none. `expected` is the position the caller
  /// believes to be the last (0: a new plan); nullopt takes any. `done` is called once, after the
  /// events are durable, in the order in which appends to a plan were handed in. Errors:
  /// "log.moved" (kConflict; message names both positions), "log.too_large", "log.write_failed"
  /// (kIo; the log then refuses all further writes), "log.closed", "log.overloaded" (kUnavailable;
  /// the queue's bound is reached), "log.corrupt" (the plan's head is damaged). Listeners hear of
  /// the events before `done`. Once the log is closed, `done` is called inside append().
  virtual void append(const PlanId& plan, std::optional<Position> expected,
                      std::vector<NewEvent> events, AppendDone done) = 0;

  /// Events from `from` (inclusive), at most `limit` (capped by limits::kLogReadEventsMax), in
  /// order; also fewer than `limit` when their payloads pass limits::kLogReadBytesMax, but never
  /// none while there are any: read until head(). A record in that range that does not match its
  /// checksum or the chain gives "log.corrupt" (kCorrupt) naming plan and position; positions
  /// before and after it can still be read by asking for them.
  virtual Result<std::vector<Event>> read(const PlanId& plan, Position from,
                                          std::size_t limit) const = 0;
  /// The same, stopping at a damaged record instead of failing: for verifying, exporting and
  /// repairing.
  virtual Result<Scan> scan(const PlanId& plan, Position from, std::size_t limit) const = 0;
  /// "log.corrupt" when the newest records of the plan are known to be lost or damaged.
  virtual Result<Head> head(const PlanId& plan) const = 0;
  virtual Result<std::vector<PlanId>> plans() const = 0;

  /// Called after each commit with the events of any plan, in order per plan.
  using Listener = std::function<void(const PlanId&, const std::vector<Event>&)>;
  virtual std::unique_ptr<Subscription> subscribe(Listener listener) = 0;

  /// `name` is a section key, or "plan" for the projection; what belongs to it has a part of its
  /// own behind a dot ("vision.authors"). Writing is not part of an append: a snapshot can be made
  /// again from the log, so losing one loses nothing. The newest two of a name are kept. Errors:
  /// "snapshot.ahead" (its position is past the head), "snapshot.too_large".
  virtual Status write_snapshot(const PlanId& plan, const std::string& name,
                                const Snapshot& snapshot) = 0;
  /// The newest undamaged one, or nullopt when none was ever written. When all kept ones are
  /// damaged: "snapshot.corrupt"; the caller replays the log instead.
  virtual Result<std::optional<Snapshot>> read_snapshot(const PlanId& plan,
                                                        const std::string& name) const = 0;
  /// Names under which the plan has snapshots, in order.
  virtual Result<std::vector<std::string>> snapshot_names(const PlanId& plan) const = 0;

  /// An error once writes are refused for good: "log.write_failed" or "log.closed". For readiness
  /// checks.
  virtual Status writable() const = 0;
  /// Commits what waits, calls its callbacks, then refuses appends. Not from a callback. The
  /// destructor does it too.
  virtual void close() = 0;
};

}  // namespace footprint::storage
