#include "sync/plan.hpp"

#include "sync/pending.hpp"

namespace footprint::sync {

Clock ApplyPlan::state(ClientId client) {
  auto [at, added] = states_.try_emplace(client, 0);
  if (added) at->second = store_.state(client);
  return at->second;
}

ApplyPlan::Step ApplyPlan::step(Queue& queue, ClientId* needed) {
  const WireStruct& in = *(*queue.structs)[queue.next];
  Clock known = state(in.id.client);
  if (in.content.kind == ContentKind::kSkip || in.id.clock + in.length <= known) {
    queue.next++;
    return Step::kMoved;
  }
  if (in.id.clock > known) return Step::kBlocked;
  auto lacks = [this](const Id& id) { return id.clock >= state(id.client); };
  if (const Id* lacking = first_missing(in, lacks)) {
    *needed = lacking->client;
    return Step::kNeeds;
  }
  ready_.push_back({&in, known - in.id.clock});
  states_[in.id.client] = in.id.clock + in.length;
  queue.next++;
  return Step::kMoved;
}

// Works through one client; a struct that needs another client's goes on as soon as that has been
// applied.
void ApplyPlan::drain(Queue& bottom) {
  std::vector<Queue*> stack = {&bottom};
  bottom.open = true;
  auto pop = [&] {
    stack.back()->open = false;
    stack.pop_back();
  };
  while (!stack.empty()) {
    Queue& top = *stack.back();
    if (top.done()) {
      pop();
      continue;
    }
    ClientId needed = 0;
    switch (step(top, &needed)) {
      case Step::kMoved:
        if (stack.size() > 1) pop();
        continue;
      case Step::kNeeds: {
        auto other = queues_.find(needed);
        bool helps = other != queues_.end() && !other->second.blocked && !other->second.open &&
                     !other->second.done();
        if (helps) {
          stack.push_back(&other->second);
          other->second.open = true;
          continue;
        }
        break;
      }
      case Step::kBlocked:
        break;
    }
    while (!stack.empty()) {
      stack.back()->blocked = true;
      pop();
    }
  }
}

void ApplyPlan::run(const std::map<ClientId, std::vector<const WireStruct*>>& by_client) {
  for (const auto& [client, structs] : by_client)
    queues_[client] = Queue{client, &structs, 0, false, false};
  // The highest client first, as yjs: it keeps conflict scans short.
  for (auto it = by_client.rbegin(); it != by_client.rend(); ++it) {
    Queue& queue = queues_[it->first];
    if (!queue.blocked && !queue.done()) drain(queue);
  }
  for (const auto& [client, structs] : by_client) {
    auto next = static_cast<std::ptrdiff_t>(queues_[client].next);
    waiting_.insert(waiting_.end(), structs.begin() + next, structs.end());
  }
}

}  // namespace footprint::sync
