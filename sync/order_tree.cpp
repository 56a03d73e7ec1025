#include "sync/order_tree.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace footprint::sync {

std::uint32_t OrderTree::slot_of(const Leaf& leaf, Handle item) {
  std::uint32_t slot = 0;
  while (leaf.slots[slot] != item) slot++;
  return slot;
}

std::uint32_t OrderTree::child_of(const Inner& inner, std::uint32_t child) {
  std::uint32_t slot = 0;
  while (inner.children[slot] != child) slot++;
  return slot;
}

Handle OrderTree::first(const Root& root) const {
  if (root.node == kNone || root.height == 0) return root.node;
  std::uint32_t node = root.node;
  for (int level = root.height; level > 1; level--) node = inners_[node].children[0];
  return leaves_[node].slots[0];
}

Handle OrderTree::last(const Root& root) const {
  if (root.node == kNone || root.height == 0) return root.node;
  std::uint32_t node = root.node;
  for (int level = root.height; level > 1; level--) {
    node = inners_[node].children[inners_[node].count - 1];
  }
  return leaves_[node].slots[leaves_[node].count - 1];
}

Handle OrderTree::next(Handle item) const {
  std::uint32_t at = items_[item].leaf;
  if (at == kNone) return kNone;
  const Leaf& leaf = leaves_[at];
  std::uint32_t slot = slot_of(leaf, item);
  if (slot + 1 < leaf.count) return leaf.slots[slot + 1];
  return leaf.next == kNone ? kNone : leaves_[leaf.next].slots[0];
}

Handle OrderTree::previous(Handle item) const {
  std::uint32_t at = items_[item].leaf;
  if (at == kNone) return kNone;
  const Leaf& leaf = leaves_[at];
  std::uint32_t slot = slot_of(leaf, item);
  if (slot > 0) return leaf.slots[slot - 1];
  return leaf.previous == kNone ? kNone
                                : leaves_[leaf.previous].slots[leaves_[leaf.previous].count - 1];
}

std::uint32_t OrderTree::new_leaf() {
  if (free_leaves_.empty()) {
    leaves_.emplace_back();
    return static_cast<std::uint32_t>(leaves_.size() - 1);
  }
  std::uint32_t leaf = free_leaves_.back();
  free_leaves_.pop_back();
  leaves_[leaf] = Leaf{};
  return leaf;
}

std::uint32_t OrderTree::new_inner() {
  if (free_inners_.empty()) {
    inners_.emplace_back();
    return static_cast<std::uint32_t>(inners_.size() - 1);
  }
  std::uint32_t inner = free_inners_.back();
  free_inners_.pop_back();
  inners_[inner] = Inner{};
  return inner;
}

std::uint32_t OrderTree::leaf_units(const Leaf& leaf) const {
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < leaf.count; i++) sum += items_[leaf.slots[i]].visible_units();
  return sum;
}

std::uint32_t OrderTree::node_units(std::uint32_t node, bool is_leaf) const {
  if (is_leaf) return leaf_units(leaves_[node]);
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < inners_[node].count; i++) sum += inners_[node].units[i];
  return sum;
}

void OrderTree::set_parent(std::uint32_t node, bool is_leaf, std::uint32_t parent) {
  (is_leaf ? leaves_[node].parent : inners_[node].parent) = parent;
}

void OrderTree::insert_after(Root& root, Handle left, Handle item) {
  if (root.node == kNone) {
    root = {item, 0};
    items_[item].leaf = kNone;
    return;
  }
  if (root.height == 0) {  // the second item: now a leaf is worth its bytes
    Handle only = root.node;
    std::uint32_t at = new_leaf();
    leaves_[at].slots[0] = only;
    leaves_[at].count = 1;
    items_[only].leaf = at;
    root = {at, 1};
  }
  Handle anchor = left == kNone ? first(root) : left;
  std::uint32_t at = items_[anchor].leaf;
  if (leaves_[at].count == kFanout) {
    split_leaf(root, at);
    at = items_[anchor].leaf;
  }
  Leaf& leaf = leaves_[at];
  std::uint32_t slot = left == kNone ? 0 : slot_of(leaf, left) + 1;
  std::copy_backward(leaf.slots.begin() + slot, leaf.slots.begin() + leaf.count,
                     leaf.slots.begin() + leaf.count + 1);
  leaf.slots[slot] = item;
  leaf.count++;
  items_[item].leaf = at;
  if (Clock units = items_[item].visible_units()) add_above(leaf.parent, at, units);
}

void OrderTree::split_leaf(Root& root, std::uint32_t at) {
  std::uint32_t upper = new_leaf();
  Leaf& from = leaves_[at];
  Leaf& to = leaves_[upper];
  // Appending is the common case: leave the full leaf nearly full.
  std::uint32_t keep = from.next == kNone ? kFanout - 4 : kFanout / 2;
  to.count = from.count - keep;
  for (std::uint32_t i = 0; i < to.count; i++) {
    to.slots[i] = from.slots[keep + i];
    items_[to.slots[i]].leaf = upper;
  }
  from.count = keep;
  to.previous = at;
  to.next = from.next;
  from.next = upper;
  if (to.next != kNone) leaves_[to.next].previous = upper;
  insert_child(root, from.parent, at, upper, true);
}

// Hooks `node`, split off from `after`, into the parent; both sums are taken anew.
void OrderTree::insert_child(Root& root, std::uint32_t parent, std::uint32_t after,
                             std::uint32_t node, bool is_leaf) {
  if (parent == kNone) {
    parent = new_inner();
    Inner& top = inners_[parent];
    top.over_leaves = is_leaf;
    top.children[0] = after;
    top.count = 1;
    set_parent(after, is_leaf, parent);
    root.node = parent;
    root.height++;
  } else if (inners_[parent].count == kFanout) {
    split_inner(root, parent);
    parent = is_leaf ? leaves_[after].parent : inners_[after].parent;
  }
  Inner& inner = inners_[parent];
  std::uint32_t slot = child_of(inner, after) + 1;
  std::copy_backward(inner.children.begin() + slot, inner.children.begin() + inner.count,
                     inner.children.begin() + inner.count + 1);
  std::copy_backward(inner.units.begin() + slot, inner.units.begin() + inner.count,
                     inner.units.begin() + inner.count + 1);
  inner.children[slot] = node;
  inner.count++;
  inner.units[slot] = node_units(node, is_leaf);
  inner.units[slot - 1] = node_units(after, is_leaf);
  set_parent(node, is_leaf, parent);
}

void OrderTree::split_inner(Root& root, std::uint32_t at) {
  std::uint32_t upper = new_inner();
  Inner& from = inners_[at];
  Inner& to = inners_[upper];
  to.over_leaves = from.over_leaves;
  std::uint32_t keep = kFanout / 2;
  to.count = from.count - keep;
  for (std::uint32_t i = 0; i < to.count; i++) {
    to.children[i] = from.children[keep + i];
    to.units[i] = from.units[keep + i];
    set_parent(to.children[i], to.over_leaves, upper);
  }
  from.count = keep;
  insert_child(root, from.parent, at, upper, false);
}

void OrderTree::add_above(std::uint32_t parent, std::uint32_t child, std::int64_t change) {
  while (parent != kNone) {
    Inner& inner = inners_[parent];
    auto& units = inner.units[child_of(inner, child)];
    units = static_cast<std::uint32_t>(units + change);
    child = parent;
    parent = inner.parent;
  }
}

void OrderTree::add_units(Handle item, std::int64_t change) {
  std::uint32_t leaf = items_[item].leaf;
  if (leaf != kNone) add_above(leaves_[leaf].parent, leaf, change);
}

void OrderTree::remove(Root& root, Handle item) {
  std::uint32_t at = items_[item].leaf;
  if (at == kNone) {
    root = Root{};
    return;
  }
  if (Clock units = items_[item].visible_units()) {
    add_above(leaves_[at].parent, at, -static_cast<std::int64_t>(units));
  }
  Leaf& leaf = leaves_[at];
  std::uint32_t slot = slot_of(leaf, item);
  std::copy(leaf.slots.begin() + slot + 1, leaf.slots.begin() + leaf.count,
            leaf.slots.begin() + slot);
  leaf.count--;
  items_[item].leaf = kNone;
  if (root.height == 1 && leaf.count == 1) {
    Handle only = leaf.slots[0];
    items_[only].leaf = kNone;
    free_leaves_.push_back(at);
    root = {only, 0};
  } else if (leaf.count == 0) {
    drop_leaf(root, at);
  } else if (leaf.count < kFanout / 4) {
    join_with_next(root, at);
  }
}

void OrderTree::drop_leaf(Root& root, std::uint32_t at) {
  Leaf& leaf = leaves_[at];
  if (leaf.previous != kNone) leaves_[leaf.previous].next = leaf.next;
  if (leaf.next != kNone) leaves_[leaf.next].previous = leaf.previous;
  std::uint32_t parent = leaf.parent;
  free_leaves_.push_back(at);
  if (parent == kNone) {
    root = Root{};
  } else {
    remove_child(root, parent, at);
  }
}

void OrderTree::remove_child(Root& root, std::uint32_t parent, std::uint32_t child) {
  Inner& inner = inners_[parent];
  std::uint32_t slot = child_of(inner, child);
  std::copy(inner.children.begin() + slot + 1, inner.children.begin() + inner.count,
            inner.children.begin() + slot);
  std::copy(inner.units.begin() + slot + 1, inner.units.begin() + inner.count,
            inner.units.begin() + slot);
  inner.count--;
  if (inner.count == 0) {
    std::uint32_t above = inner.parent;
    free_inners_.push_back(parent);
    if (above == kNone) {
      root = Root{};
    } else {
      remove_child(root, above, parent);
    }
  }
  // A root over one child is one level too many.
  while (root.height > 1 && inners_[root.node].count == 1) {
    std::uint32_t top = root.node;
    root.node = inners_[top].children[0];
    root.height--;
    set_parent(root.node, root.height == 1, kNone);
    free_inners_.push_back(top);
  }
}

// Keeps runs of removals from leaving a trail of nearly empty leaves.
void OrderTree::join_with_next(Root& root, std::uint32_t at) {
  std::uint32_t other = leaves_[at].next;
  if (other == kNone || leaves_[other].parent != leaves_[at].parent) return;
  Leaf& from = leaves_[other];
  Leaf& to = leaves_[at];
  if (to.count + from.count > kFanout * 3 / 4) return;
  std::uint32_t moved = leaf_units(from);
  for (std::uint32_t i = 0; i < from.count; i++) {
    to.slots[to.count++] = from.slots[i];
    items_[from.slots[i]].leaf = at;
  }
  if (to.parent != kNone) {
    Inner& inner = inners_[to.parent];
    inner.units[child_of(inner, at)] += moved;
    inner.units[child_of(inner, other)] -= moved;
  }
  from.count = 0;
  drop_leaf(root, other);
}

void OrderTree::clear(Root& root) {
  if (root.height > 0) {
    std::uint32_t node = root.node;
    for (int level = root.height; level > 1; level--) node = inners_[node].children[0];
    std::uint32_t parent = leaves_[node].parent;
    for (std::uint32_t leaf = node; leaf != kNone; leaf = leaves_[leaf].next)
      free_leaves_.push_back(leaf);
    if (parent != kNone) {
      std::vector<std::uint32_t> open = {root.node};
      while (!open.empty()) {
        std::uint32_t inner = open.back();
        open.pop_back();
        free_inners_.push_back(inner);
        const Inner& node_at = inners_[inner];
        if (node_at.over_leaves) continue;
        open.insert(open.end(), node_at.children.begin(), node_at.children.begin() + node_at.count);
      }
    }
  }
  root = Root{};
}

std::uint64_t OrderTree::units(const Root& root) const {
  if (root.node == kNone) return 0;
  if (root.height == 0) return items_[root.node].visible_units();
  return node_units(root.node, root.height == 1);
}

std::uint64_t OrderTree::units_before(Handle item) const {
  std::uint32_t at = items_[item].leaf;
  if (at == kNone) return 0;
  const Leaf& leaf = leaves_[at];
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; leaf.slots[i] != item; i++)
    sum += items_[leaf.slots[i]].visible_units();
  std::uint32_t child = at;
  for (std::uint32_t parent = leaf.parent; parent != kNone; parent = inners_[parent].parent) {
    const Inner& inner = inners_[parent];
    for (std::uint32_t i = 0; inner.children[i] != child; i++) sum += inner.units[i];
    child = parent;
  }
  return sum;
}

OrderTree::Found OrderTree::find(const Root& root, std::uint64_t index) const {
  if (root.node == kNone) return {};
  if (root.height == 0) {
    bool inside = index < items_[root.node].visible_units();
    return inside ? Found{root.node, static_cast<Clock>(index)} : Found{};
  }
  std::uint32_t node = root.node;
  for (int level = root.height; level > 1; level--) {
    const Inner& inner = inners_[node];
    std::uint32_t slot = 0;
    while (slot < inner.count && index >= inner.units[slot]) index -= inner.units[slot++];
    if (slot == inner.count) return {};
    node = inner.children[slot];
  }
  const Leaf& leaf = leaves_[node];
  for (std::uint32_t i = 0; i < leaf.count; i++) {
    Clock units = items_[leaf.slots[i]].visible_units();
    if (index < units) return {leaf.slots[i], static_cast<Clock>(index)};
    index -= units;
  }
  return {};
}

std::size_t OrderTree::memory_bytes() const {
  return leaves_.capacity() * sizeof(Leaf) + inners_.capacity() * sizeof(Inner) +
         (free_leaves_.capacity() + free_inners_.capacity()) * sizeof(std::uint32_t);
}

}  // namespace footprint::sync
