// Structs that have come before what they need, each kept until then.
//
// For each client they wait in clock order, and only the first of a queue is ever asked about: it
// says which id it needs, and the queue is looked at again when the document holds that id. So what
// waits costs nothing while other things come, and something each time it moves on; yjs decodes and
// tries all of it anew. README.md ("Pending") has the reasoning.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sync/wire_struct.hpp"

namespace footprint::sync {

/// The first id that a struct needs of another client and that `lacks` says is not there; null when
/// it has all.
template <typename Lacks>
const Id* first_missing(const WireStruct& in, const Lacks& lacks) {
  auto of_another = [&](const Id& id) { return id.client != in.id.client && lacks(id); };
  if (!in.is_item()) return nullptr;
  if (in.has_origin && of_another(in.origin)) return &in.origin;
  if (in.has_right_origin && of_another(in.right_origin)) return &in.right_origin;
  if (in.parent_kind == ParentKind::kItem && of_another(in.parent_item)) return &in.parent_item;
  return nullptr;
}

class PendingStructs {
 public:
  /// Memory that a struct takes while it waits.
  static std::size_t bytes_of(const WireStruct& in);

  bool empty() const { return queues_.empty(); }
  std::size_t bytes() const { return bytes_; }

  /// Copies what the views point to. Skips, and what is waiting already, are left out.
  void add(const WireStruct& in);

  /// The first of a client's queue; null when none waits. Valid until pop() of that client.
  const WireStruct* front(ClientId client) const;
  void pop(ClientId client);
  /// The queue is to be looked at again when the document holds `needed`, or the client's own unit
  /// `own` (another form of what waits has come then).
  void await(ClientId client, Id needed, Clock own);
  /// Clients whose queues are to be looked at, now that `client` has `state` units.
  std::vector<ClientId> woken_by(ClientId client, Clock state) const;

  /// All that waits, as a v2 update.
  Bytes encode() const;

 private:
  struct Waiting {
    WireStruct in;  // its views point into `text`
    Bytes text;
  };
  struct Queue {
    std::multimap<Clock, Waiting> structs;  // by first clock
    std::vector<Id> awaited;                // as they stand in awaits_
  };

  void forget_awaited(ClientId client, Queue& queue);

  std::map<ClientId, Queue> queues_;
  std::set<std::pair<Id, ClientId>> awaits_;  // (what is needed, whose queue)
  std::size_t bytes_ = 0;
};

}  // namespace footprint::sync
