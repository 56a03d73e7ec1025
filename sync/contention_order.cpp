// Keeping a contended sequence: labels that grow along it, and which arcs an item crosses.
#include <algorithm>

#include "sync/doc_store.hpp"

namespace footprint::sync {

namespace {
constexpr int kLabelBits = 62;
constexpr std::uint64_t kLabelEnd = 1ULL << kLabelBits;
constexpr std::uint64_t kStride = 1ULL << 24;  // between items that are appended
}  // namespace

Contention::Slot Contention::new_node(Handle handle) {
  Slot at = static_cast<Slot>(nodes_.size());
  if (free_nodes_.empty()) {
    nodes_.emplace_back();
  } else {
    at = free_nodes_.back();
    free_nodes_.pop_back();
    nodes_[at] = Node{};
  }
  nodes_[at].item = handle;
  if (slots_.size() < store_.items.size()) {
    slots_.reserve(store_.items.capacity());
    slots_.resize(store_.items.size(), kNone);
  }
  slots_[handle] = at;
  return at;
}

void Contention::link(Roots& roots, Slot fresh) {
  for (Tree tree : {kOrder, kSiblings, kRivals}) attach(tree, roots[tree], fresh);
}

void Contention::add_sequence(SequenceIndex sequence) {
  std::vector<Slot> all;
  store_.order.each(store_.sequences[sequence].root, [&](Handle h) { all.push_back(new_node(h)); });
  std::uint64_t gap = kLabelEnd / (all.size() + 1), label = 0;
  for (Slot at : all) nodes_[at].label = label += gap;
  Roots& roots = roots_[sequence];
  roots.fill(kNone);
  for (Slot at : all) link(roots, at);
}

void Contention::drop_sequence(SequenceIndex sequence) {
  auto found = roots_.find(sequence);
  if (found == roots_.end()) return;
  std::vector<Slot> open = {found->second[kOrder]};
  while (!open.empty()) {
    Slot at = open.back();
    open.pop_back();
    if (at == kNone) continue;
    open.push_back(nodes_[at].links[kOrder].left);
    open.push_back(nodes_[at].links[kOrder].right);
    slots_[nodes_[at].item] = kNone;
    free_nodes_.push_back(at);
  }
  roots_.erase(found);
}

void Contention::insert(Handle handle) {
  auto found = roots_.find(store_.items[handle].sequence);
  if (found == roots_.end()) return;
  Handle previous = store_.order.previous(handle);
  Handle next = store_.order.next(handle);
  Slot fresh = new_node(handle);
  label_between(fresh, previous == kNone ? kNone : slot(previous),
                next == kNone ? kNone : slot(next));
  nodes_[fresh].crossed = crossed_by(fresh, previous, next);
  link(found->second, fresh);
}

void Contention::erase(Handle handle) {
  auto found = roots_.find(store_.items[handle].sequence);
  if (found == roots_.end()) return;
  Slot at = slot(handle);
  for (Tree tree : {kOrder, kSiblings, kRivals}) detach(tree, found->second[tree], at);
  slots_[handle] = kNone;
  free_nodes_.push_back(at);
}

void Contention::label_between(Slot fresh, Slot previous, Slot next) {
  auto gap = [&] {
    return (next == kNone ? kLabelEnd : nodes_[next].label) -
           (previous == kNone ? 0 : nodes_[previous].label);
  };
  if (gap() < 2) spread_labels(previous == kNone ? next : previous);
  std::uint64_t from = previous == kNone ? 0 : nodes_[previous].label;
  std::uint64_t step = next == kNone ? std::min(gap() / 2, kStride) : gap() / 2;
  nodes_[fresh].label = from + step;
}

// Bender et al., "Two simplified algorithms for maintaining order in a list": the smallest
// surrounding range of labels that is sparse enough is spread evenly; O(log n) an insertion,
// amortised.
void Contention::spread_labels(Slot around) {
  std::vector<Slot> lower, upper;  // outwards from `around`
  auto neighbour = [&](Slot at, bool up) {
    Handle h = up ? store_.order.next(nodes_[at].item) : store_.order.previous(nodes_[at].item);
    // The item that is being put in has no label yet.
    if (h != kNone && slots_[h] != kNone && nodes_[slots_[h]].label == 0)
      h = up ? store_.order.next(h) : store_.order.previous(h);
    return h == kNone ? kNone : slot(h);
  };
  std::uint64_t label = nodes_[around].label;
  Slot below = neighbour(around, false), above = neighbour(around, true);
  double room = 1;
  for (int bits = 1; bits <= kLabelBits; bits++) {
    room *= 2.0 / 1.4;
    std::uint64_t low = label >> bits << bits, high = low + (1ULL << bits);
    for (; below != kNone && nodes_[below].label >= low; below = neighbour(below, false))
      lower.push_back(below);
    for (; above != kNone && nodes_[above].label < high; above = neighbour(above, true))
      upper.push_back(above);
    std::uint64_t count = lower.size() + upper.size() + 1;
    // What is spread must have gaps of two.
    if (static_cast<double>(count) > room || (1ULL << bits) < count * 4) continue;
    std::uint64_t gap = (1ULL << bits) / (count + 1), next = low;
    for (auto at = lower.rbegin(); at != lower.rend(); ++at) nodes_[*at].label = next += gap;
    nodes_[around].label = next += gap;
    for (Slot at : upper) nodes_[at].label = next += gap;
    return;
  }
}

/// Of the arcs that start between the item's origin and the item: where the first behind the item
/// ends. It follows from the next item, since nothing hangs on `fresh` yet.
Handle Contention::crossed_by(Slot fresh, Handle previous, Handle next) const {
  const Item& own = item(fresh);
  bool beside_origin = previous == kNone ||
                       (own.has_origin() && own.origin_client == store_.items[previous].client &&
                        own.origin_clock + 1 == store_.items[previous].end());
  if (next == kNone || beside_origin) return kNone;
  Spot start = origin_spot(fresh), there = origin_spot(slot(next));
  if (there == start) return nodes_[slot(next)].crossed;  // a sibling: the same arcs
  if (there > start) return next;
  // The next item hangs on something before our origin. Every scan from there ends at it, so what
  // lies behind does not matter.
  return kNone;
}

std::size_t Contention::memory_bytes() const {
  constexpr std::size_t kHashNode = 40;
  return sizeof(*this) + slots_.capacity() * sizeof(Slot) + nodes_.capacity() * sizeof(Node) +
         free_nodes_.capacity() * sizeof(Slot) + roots_.size() * kHashNode;
}

}  // namespace footprint::sync
