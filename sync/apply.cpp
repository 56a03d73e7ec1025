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

WireStruct skip(ClientId client, Clock from, Clock to) {
  WireStruct out;
  out.id = {client, from};
  out.length = to - from;
  out.content.kind = ContentKind::kSkip;
  return out;
}

/// Waiting structs as an update of their own; parts that overlap are written once.
Bytes encode_waiting(const ByClient& waiting) {
  struct Part {
    WireStruct in;
    Clock offset = 0;
  };
  std::vector<std::pair<ClientId, std::vector<Part>>> lists;
  for (auto it = waiting.rbegin(); it != waiting.rend(); ++it) {
    std::vector<Part> parts;
    Clock end = 0;
    for (const WireStruct* in : it->second) {
      if (in->content.kind == ContentKind::kSkip) continue;
      if (!parts.empty() && in->id.clock + in->length <= end) continue;
      if (!parts.empty() && in->id.clock > end)
        parts.push_back({skip(it->first, end, in->id.clock), 0});
      Clock offset = !parts.empty() && in->id.clock < end ? end - in->id.clock : 0;
      parts.push_back({*in, offset});
      end = in->id.clock + in->length;
    }
    if (!parts.empty()) lists.emplace_back(it->first, std::move(parts));
  }
  UpdateWriter writer(Format::kV2);
  writer.begin(lists.size());
  for (const auto& [client, parts] : lists) {
    writer.begin_client(client, parts.size(), parts.front().in.id.clock);
    for (const Part& part : parts) writer.write(part.in, part.offset);
  }
  return writer.finish({});
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

/// How far the plan has got with what waited before.
struct PendingPlan {
  DecodedUpdate woken;
  Bytes waiting;
  std::map<ClientId, Clock> missing;
};

Result<PendingPlan> plan_pending(const DocStore& store, ApplyPlan& plan) {
  PendingPlan out;
  bool wake = false;
  if (!store.pending_update.empty()) {
    for (const auto& [client, clock] : store.missing) wake = wake || plan.state(client) > clock;
  }
  if (wake) {
    auto pending = decode_update(store.pending_update, Format::kV2);
    if (!pending) return forward_error(pending.error());
    out.woken = std::move(*pending);
    ByClient all = plan.waiting();
    add_structs(all, out.woken);
    for (auto& [client, list] : all) {
      std::stable_sort(list.begin(), list.end(), [](const WireStruct* a, const WireStruct* b) {
        return a->id.clock < b->id.clock;
      });
    }
    plan.run(all);
  }
  out.missing = plan.missing();
  if (!plan.waiting().empty()) out.waiting = encode_waiting(plan.waiting());
  if (wake || store.pending_update.empty()) return out;
  for (const auto& [client, clock] : store.missing) {
    auto [at, added] = out.missing.try_emplace(client, clock);
    if (!added) at->second = std::min(at->second, clock);
  }
  if (out.waiting.empty()) {
    out.waiting = store.pending_update;
    return out;
  }
  ByteView both[] = {store.pending_update, out.waiting};
  auto merged = merge_updates(both, Format::kV2);
  if (!merged) return forward_error(merged.error());
  out.waiting = std::move(*merged);
  return out;
}

}  // namespace

Result<ApplyOutcome> DocStore::apply(DecodedUpdate& update) {
  if (Status possible = check_references(update); !possible) return forward_error(possible.error());
  ByClient by_client;
  add_structs(by_client, update);
  ApplyPlan plan(*this);
  plan.run(by_client);
  auto pending = plan_pending(*this, plan);
  if (!pending) return forward_error(pending.error());
  std::size_t more_ranges = waiting_ranges(update.deletes, plan);
  std::size_t waiting_bytes =
      pending->waiting.size() +
      (more_ranges + waiting_ranges(pending_deletes, plan)) * DocOptions::kPendingRangeBytes;
  bool grows = pending->waiting.size() > pending_update.size() || more_ranges > 0;
  if (grows && waiting_bytes > options.pending_bytes_max) {
    return fail(ErrorKind::kTooLarge, "update.pending_full",
                "Too much waits for earlier changes that have not arrived. Reload to start from "
                "the current text.");
  }
  Change change;
  for (const ApplyPlan::Ready& ready : plan.ready()) integrate(change, *ready.in, ready.offset);
  pending_update = std::move(pending->waiting);
  missing = std::move(pending->missing);
  DeleteSet rest = remove(change, update.deletes);
  if (!change.touched.empty() && !pending_deletes.empty())
    pending_deletes = remove(change, pending_deletes);
  pending_deletes.merge(rest);
  return finish(change);
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
  outcome.pending = !pending_update.empty() || !pending_deletes.empty();
  return outcome;
}

}  // namespace footprint::sync
