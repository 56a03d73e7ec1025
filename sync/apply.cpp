// Applying an update: plan, check, change; and the structs and deletes that wait for others.
#include <algorithm>

#include "base/assert.hpp"
#include "sync/plan.hpp"
#include "sync/update.hpp"

namespace footprint::sync {

namespace {

using ByClient = std::map<ClientId, std::vector<const WireStruct*>>;

void add_structs(ByClient& to, const DecodedUpdate& update) {
  for (const ClientStructs& client : update.clients) {
    auto& list = to[client.client];
    for (const WireStruct& in : client.structs) list.push_back(&in);
  }
}

/// Deletes that will have to wait once the plan has been carried out.
std::size_t waiting_ranges(const DeleteSet& deletes, ApplyPlan& plan) {
  std::size_t count = 0;
  for (const auto& [client, ranges] : deletes.ranges()) {
    Clock known = plan.state(client);
    for (const DeleteRange& range : ranges) count += range.clock + range.length > known ? 1 : 0;
  }
  return count;
}

}  // namespace

Result<ApplyOutcome> DocStore::apply(DecodedUpdate& update) {
  if (Status possible = check_references(update); !possible) return forward_error(possible.error());
  ByClient by_client;
  add_structs(by_client, update);
  ApplyPlan plan(*this);
  plan.run(by_client);
  std::size_t more_bytes = waiting_ranges(update.deletes, plan) * DocOptions::kPendingRangeBytes;
  for (const WireStruct* in : plan.waiting()) more_bytes += PendingStructs::bytes_of(*in);
  if (more_bytes > 0 && pending_bytes() + more_bytes > options.pending_bytes_max) {
    return fail(ErrorKind::kTooLarge, "update.pending_full",
                "Too much waits for earlier changes that have not arrived. Reload to start from "
                "the current text.");
  }
  Change change;
  for (const ApplyPlan::Ready& ready : plan.ready()) integrate(change, *ready.in, ready.offset);
  wake(change, plan.waiting());
  DeleteSet rest = remove(change, update.deletes);
  remove_pending(change);
  pending_deletes.merge(rest);
  return finish(change);
}

std::size_t DocStore::pending_bytes() const {
  std::size_t ranges = 0;
  for (const auto& [client, waiting] : pending_deletes.ranges()) ranges += waiting.size();
  return pending.bytes() + ranges * DocOptions::kPendingRangeBytes;
}

/// Structs that need what has not come join those that wait; of all of them, those that need no
/// more are integrated.
void DocStore::wake(Change& change, const std::vector<const WireStruct*>& more) {
  std::vector<ClientId> open;
  for (const WireStruct* in : more) {
    pending.add(*in);
    if (open.empty() || open.back() != in->id.client) open.push_back(in->id.client);
  }
  if (pending.empty()) return;
  auto moved = [&](ClientId client) {
    std::vector<ClientId> woken = pending.woken_by(client, state(client));
    open.insert(open.end(), woken.begin(), woken.end());
  };
  for (ClientIndex c : std::vector(change.touched)) moved(clients[c].id);
  while (!open.empty()) {
    ClientId client = open.back();
    open.pop_back();
    Clock before = state(client);
    integrate_pending(change, client);
    if (state(client) > before) moved(client);
  }
}

void DocStore::integrate_pending(Change& change, ClientId client) {
  auto lacks = [this](const Id& id) { return id.clock >= state(id.client); };
  while (const WireStruct* in = pending.front(client)) {
    Clock known = state(client);
    if (in->id.clock + in->length > known) {
      if (in->id.clock > known) {
        return pending.await(client, {client, in->id.clock - 1}, in->id.clock);
      }
      if (const Id* needed = first_missing(*in, lacks)) {
        return pending.await(client, *needed, known);
      }
      integrate(change, *in, known - in->id.clock);
    }
    pending.pop(client);
  }
}

/// Deletes that waited, of clients that the change has brought something of.
void DocStore::remove_pending(Change& change) {
  if (pending_deletes.empty()) return;
  for (ClientIndex c : std::vector(change.touched)) {
    ClientId client = clients[c].id;
    DeleteSet due;
    due.add_all(client, pending_deletes.take_below(client, clients[c].state));
    if (!due.empty()) pending_deletes.merge(remove(change, due));
  }
}

ApplyOutcome DocStore::finish(Change& change) {
  ApplyOutcome outcome;
  for (ClientIndex c : change.touched) {
    outcome.before.set(clients[c].id, clients[c].before);
    outcome.after.set(clients[c].id, clients[c].state);
  }
  Change cleanup;
  if (options.clean_formatting) clean_formatting(change, cleanup);
  commit(change);
  commit(cleanup);
  outcome.deleted = deleted_by(change);
  outcome.changed = !change.touched.empty() || !outcome.deleted.empty();
  outcome.deleted.merge(deleted_by(cleanup));
  outcome.pending = !pending.empty() || !pending_deletes.empty();
  return outcome;
}

}  // namespace footprint::sync
