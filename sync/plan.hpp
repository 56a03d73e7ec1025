// Which structs of an update can be applied now, in which order, and which must wait. Looks at
// clocks only and changes nothing, so an update can be refused after it.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "sync/doc_store.hpp"

namespace footprint::sync {

class ApplyPlan {
 public:
  struct Ready {
    const WireStruct* in;
    Clock offset;  // units the document has already
  };

  explicit ApplyPlan(const DocStore& store) : store_(store) {}

  /// Plans all structs it can; the others are in waiting(). Called once.
  void run(const std::map<ClientId, std::vector<const WireStruct*>>& by_client);

  const std::vector<Ready>& ready() const { return ready_; }
  /// What could not be applied: of each client in clock order.
  const std::vector<const WireStruct*>& waiting() const { return waiting_; }
  /// State of a client once all ready structs are applied.
  Clock state(ClientId client);

 private:
  struct Queue {
    ClientId client = 0;
    const std::vector<const WireStruct*>* structs = nullptr;
    std::size_t next = 0;
    bool blocked = false;
    bool open = false;  // on the stack
    bool done() const { return next == structs->size(); }
  };
  enum class Step { kMoved, kBlocked, kNeeds };

  Step step(Queue& queue, ClientId* needed);
  void drain(Queue& bottom);

  const DocStore& store_;
  std::unordered_map<ClientId, Clock> states_;
  std::unordered_map<ClientId, Queue> queues_;
  std::vector<Ready> ready_;
  std::vector<const WireStruct*> waiting_;
};

}  // namespace footprint::sync
