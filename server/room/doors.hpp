// How server/net gets a door for a new WebSocket: first the plan (which names the thread), then the
// door on that thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "room/connection.hpp"

namespace footprint::room {

class RoomRegistry;

/// Who a session stands for, and until when: signing out brings the end forward (none: never).
struct SignedIn {
  PersonId person;
  std::shared_ptr<const std::atomic<UnixMs>> ends_ms;
  bool read_only = false;  // an API token that may not change anything
  PlanId only_plan{};      // the one plan that an API token is for; empty: all of the person's
  bool is_for(const PlanId& plan) const { return only_plan.empty() || only_plan == plan; }
  bool is_over(UnixMs now_ms) const {
    return ends_ms && ends_ms->load(std::memory_order_relaxed) <= now_ms;
  }
};

/// Shared by all doors; set up once before the first socket, thread-safe to read.
struct DoorContext {
  RoomRegistry* registry = nullptr;
  const Clock* clock = nullptr;
  /// The session of a token, if it is live; from any thread.
  std::function<std::optional<SignedIn>(std::string_view token)> identify;
};

/// The plan that the first binary message of a /collab socket addresses. server/net reads that
/// message on whichever thread accepted the socket, moves the socket to registry.executor_of(plan),
/// makes the door there and hands the message in again. Errors: "collab.malformed" (close with
/// kBadMessage).
Result<PlanId> plan_of_collab_message(ByteView payload);

/// `session`: that of the upgrade request, if it had a live one. On the plan's thread. Within a
/// second of the end of a session that it acts for, the door closes the socket with kSignIn.
std::unique_ptr<Door> make_collab_door(const DoorContext& context, const PlanId& plan,
                                       Connection& connection, std::optional<SignedIn> session);

struct YjsTarget {
  PlanId plan;
  SectionKey section;
  bool bench = false;  // any room name; no rights, no schema
  std::string epoch;   // of ?epoch=, which server/net fills in; empty: not given
};

/// `path` is what follows "/yjs/" up to '?', as it stood in the request: "PLAN/SECTION" or, in
/// bench mode, "bench/ROOM" with any room name. Errors: "not-found": accept, then close with
/// kNotFound.
Result<YjsTarget> parse_yjs_path(std::string_view path, bool bench_mode);

/// `session`: by cookie, bearer or ?token=; cut at its end as above. On the plan's thread.
std::unique_ptr<Door> make_yjs_door(const DoorContext& context, const YjsTarget& target,
                                    Connection& connection, std::optional<SignedIn> session);

}  // namespace footprint::room
