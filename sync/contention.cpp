// Placing: the ordered trees and the questions put to them. Labels and crossings:
// contention_order.cpp.

#include "base/random.hpp"
#include "sync/doc_store.hpp"

namespace footprint::sync {

// The trees are balanced by random priorities. Their shape changes no result; the address keeps
// remote writers from knowing it.
Contention::Contention(const DocStore& store)
    : store_(store), seed_(SeededRandom(reinterpret_cast<std::uintptr_t>(this)).next()) {}

const Item& Contention::item(Slot at) const {
  return store_.items[nodes_[at].item];
}
ClientId Contention::client(Slot at) const {
  return store_.clients[item(at).client].id;
}
std::uint64_t Contention::priority(Slot at) const {
  return SeededRandom(seed_ + at).next();
}

Contention::Spot Contention::unit_spot(ClientIndex c, Clock clock) const {
  return {nodes_[slot(store_.find(c, clock))].label, clock};
}

Contention::Spot Contention::origin_spot(Slot at) const {
  const Item& own = item(at);
  if (!own.has_origin()) return {};
  const Node& node = nodes_[at];
  auto holds = [&](Handle h) {
    const Item& there = store_.items[h];
    return there.client == own.origin_client && there.clock <= own.origin_clock &&
           own.origin_clock < there.end();
  };
  bool known = node.origin != kNone && slots_[node.origin] != kNone && holds(node.origin);
  if (!known) node.origin = store_.find(own.origin_client, own.origin_clock);
  return {nodes_[slot(node.origin)].label, own.origin_clock};
}

namespace {

int three_way(std::uint64_t a, std::uint64_t b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
int compare_origins(const Item& a, const Item& b) {
  if (int order = three_way(a.origin_client, b.origin_client)) return order;
  return a.has_origin() ? three_way(a.origin_clock, b.origin_clock) : 0;
}
int compare_rights(const Item& a, const Item& b) {
  if (int order = three_way(a.right_client, b.right_client)) return order;
  return a.has_right_origin() ? three_way(a.right_clock, b.right_clock) : 0;
}

}  // namespace

int Contention::compare(Tree tree, Slot a, Slot b) const {
  if (tree != kOrder) {
    if (int order = compare_origins(item(a), item(b))) return order;
  }
  if (tree == kRivals) {
    if (int order = compare_rights(item(a), item(b))) return order;
  }
  return three_way(nodes_[a].label, nodes_[b].label);
}

void Contention::own_summary(Tree tree, Slot at) {
  Node& node = nodes_[at];
  if (tree == kOrder) {
    node.leftmost = at;
  } else if (tree == kSiblings) {
    node.smallest = client(at);
    node.farthest = at;
  } else {
    node.largest = client(at);
  }
}

/// Whether the first arc that `at` crosses ends no earlier than `end` (kNone: the end of the
/// sequence).
bool Contention::reaches(Slot at, Slot end) const {
  if (nodes_[at].crossed == kNone) return true;
  if (end == kNone) return false;
  return nodes_[slot(nodes_[at].crossed)].label >= nodes_[end].label;
}

/// Adds the summary of `from`'s subtree to that of `into`'s; whether it changed.
bool Contention::absorb(Tree tree, Slot into, Slot from) {
  Node& node = nodes_[into];
  const Node& other = nodes_[from];
  if (tree == kOrder) {
    if (origin_spot(other.leftmost) >= origin_spot(node.leftmost)) return false;
    node.leftmost = other.leftmost;
    return true;
  }
  if (tree == kRivals) {
    if (other.largest <= node.largest) return false;
    node.largest = other.largest;
    return true;
  }
  bool changed = other.smallest < node.smallest;
  if (changed) node.smallest = other.smallest;
  Handle mine = nodes_[node.farthest].crossed;
  Handle theirs = nodes_[other.farthest].crossed;
  bool farther =
      mine != kNone && (theirs == kNone || nodes_[slot(theirs)].label > nodes_[slot(mine)].label);
  if (farther) node.farthest = other.farthest;
  return changed || farther;
}

void Contention::pull(Tree tree, Slot at) {
  own_summary(tree, at);
  const Links& links = nodes_[at].links[tree];
  if (links.left != kNone) absorb(tree, at, links.left);
  if (links.right != kNone) absorb(tree, at, links.right);
}

void Contention::rotate_up(Tree tree, Slot& root, Slot at) {
  Links& low = nodes_[at].links[tree];
  Slot top = low.parent;
  Links& high = nodes_[top].links[tree];
  bool was_left = high.left == at;
  Slot moved = was_left ? low.right : low.left;
  (was_left ? high.left : high.right) = moved;
  (was_left ? low.right : low.left) = top;
  if (moved != kNone) nodes_[moved].links[tree].parent = top;
  low.parent = high.parent;
  high.parent = at;
  if (low.parent == kNone) {
    root = at;
  } else {
    Links& above = nodes_[low.parent].links[tree];
    (above.left == top ? above.left : above.right) = at;
  }
  pull(tree, top);
  pull(tree, at);
}

void Contention::attach(Tree tree, Slot& root, Slot fresh) {
  nodes_[fresh].links[tree] = {};
  own_summary(tree, fresh);
  Slot parent = kNone;
  bool left = false;
  for (Slot at = root; at != kNone;) {
    parent = at;
    left = compare(tree, fresh, at) < 0;
    at = left ? nodes_[at].links[tree].left : nodes_[at].links[tree].right;
  }
  if (parent == kNone) {
    root = fresh;
    return;
  }
  nodes_[fresh].links[tree].parent = parent;
  (left ? nodes_[parent].links[tree].left : nodes_[parent].links[tree].right) = fresh;
  for (Slot at = parent; at != kNone && absorb(tree, at, fresh);)
    at = nodes_[at].links[tree].parent;
  std::uint64_t rank = priority(fresh);
  while (nodes_[fresh].links[tree].parent != kNone &&
         priority(nodes_[fresh].links[tree].parent) < rank) {
    rotate_up(tree, root, fresh);
  }
}

void Contention::detach(Tree tree, Slot& root, Slot at) {
  for (;;) {
    const Links& links = nodes_[at].links[tree];
    if (links.left == kNone && links.right == kNone) break;
    bool left_wins = links.right == kNone ||
                     (links.left != kNone && priority(links.left) > priority(links.right));
    rotate_up(tree, root, left_wins ? links.left : links.right);
  }
  Slot parent = nodes_[at].links[tree].parent;
  if (parent == kNone) {
    root = kNone;
    return;
  }
  Links& above = nodes_[parent].links[tree];
  (above.left == at ? above.left : above.right) = kNone;
  for (; parent != kNone; parent = nodes_[parent].links[tree].parent) pull(tree, parent);
}

/// The first node above a bound that matches; `may` says whether a node's subtree holds a match.
template <typename Above, typename May, typename Match>
Contention::Slot Contention::first_where(Tree tree, Slot root, const Above& above, const May& may,
                                         const Match& match) const {
  if (root == kNone || !may(root)) return kNone;
  const Links& links = nodes_[root].links[tree];
  if (above(root)) {
    Slot found = first_where(tree, links.left, above, may, match);
    if (found != kNone) return found;
    if (match(root)) return root;
  }
  return first_where(tree, links.right, above, may, match);
}

template <typename Below, typename May, typename Match>
Contention::Slot Contention::last_where(Tree tree, Slot root, const Below& below, const May& may,
                                        const Match& match) const {
  if (root == kNone || !may(root)) return kNone;
  const Links& links = nodes_[root].links[tree];
  if (below(root)) {
    Slot found = last_where(tree, links.right, below, may, match);
    if (found != kNone) return found;
    if (match(root)) return root;
  }
  return last_where(tree, links.left, below, may, match);
}

/// The first item of the same origin and right origin whose client is not smaller.
Contention::Slot Contention::stopping_rival(Slot root, const Item& fresh) const {
  ClientId own = store_.clients[fresh.client].id;
  auto order = [&](Slot at) {
    int origins = compare_origins(item(at), fresh);
    return origins != 0 ? origins : compare_rights(item(at), fresh);
  };
  Slot found = first_where(
      kRivals, root, [&](Slot at) { return order(at) >= 0; },
      [&](Slot at) { return nodes_[at].largest >= own; },
      [&](Slot at) { return client(at) >= own; });
  return found != kNone && order(found) == 0 ? found : kNone;
}

/// Where yjs's scan would end: the right origin, an item that hangs on something before the origin,
/// or a rival that stays to the right.
Contention::Slot Contention::scan_end(const Roots& roots, const Item& fresh, Slot origin,
                                      Handle right) const {
  Slot end = kNone;
  auto take = [&](Slot at) {
    if (at != kNone && (end == kNone || nodes_[at].label < nodes_[end].label)) end = at;
  };
  std::uint64_t start = origin == kNone ? 0 : nodes_[origin].label;
  bool same_sequence = right != kNone && store_.items[right].sequence == fresh.sequence;
  if (same_sequence && nodes_[slot(right)].label > start) take(slot(right));
  take(stopping_rival(roots[kRivals], fresh));
  if (origin != kNone) {
    Spot spot{start, fresh.origin_clock};
    take(first_where(
        kOrder, roots[kOrder], [&](Slot at) { return nodes_[at].label > start; },
        [&](Slot at) { return origin_spot(nodes_[at].leftmost) < spot; },
        [&](Slot at) { return origin_spot(at) < spot; }));
  }
  return end;
}

Handle Contention::left_of(const Item& fresh, const Placement& at) const {
  const Roots& roots = roots_.at(fresh.sequence);
  Slot end = scan_end(roots, fresh, at.left == kNone ? kNone : slot(at.left), at.right);
  ClientId own = store_.clients[fresh.client].id;
  // The last sibling before the end that belongs to the left.
  Slot lower = last_where(
      kSiblings, roots[kSiblings],
      [&](Slot s) {
        int order = compare_origins(item(s), fresh);
        return order < 0 || (order == 0 && (end == kNone || nodes_[s].label < nodes_[end].label));
      },
      [&](Slot s) { return nodes_[s].smallest < own; }, [&](Slot s) { return client(s) < own; });
  if (lower == kNone || compare_origins(item(lower), fresh) != 0) return at.left;
  // All that hangs on what is to the left comes along, up to the first sibling that no arc from
  // there crosses.
  Slot stop = first_where(
      kSiblings, roots[kSiblings], [&](Slot s) { return compare(kSiblings, s, lower) > 0; },
      [&](Slot s) { return reaches(nodes_[s].farthest, end); },
      [&](Slot s) { return reaches(s, end); });
  bool sibling = stop != kNone && compare_origins(item(stop), fresh) == 0 &&
                 (end == kNone || nodes_[stop].label < nodes_[end].label);
  if (!sibling) stop = end;
  if (stop != kNone) return store_.order.previous(nodes_[stop].item);
  return store_.order.last(store_.sequences[fresh.sequence].root);
}

}  // namespace footprint::sync
