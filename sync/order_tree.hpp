// Document order: for each sequence of items a B+-tree of handles with sums of visible units.
//
// Items know their leaf and leaves their parent, so order gives position -> item and item ->
// position in O(log n), and an item's neighbours without pointers in the item. A sequence of one
// item has no node at all.
#pragma once

#include <array>
#include <vector>

#include "sync/item.hpp"

namespace footprint::sync {

class OrderTree {
 public:
  /// A sequence's part of the tree, kept by whoever owns the sequence.
  struct Root {
    std::uint32_t node = kNone;  // kNone: empty; height 0: the one item's handle
    std::uint8_t height = 0;     // 0 none or one item, 1 a leaf, more: inner nodes above
  };
  struct Found {
    Handle item = kNone;
    Clock offset = 0;  // units into the item
  };

  /// Walks forward without looking for the item's slot again at each step; void after a change.
  class Cursor {
   public:
    Cursor(const OrderTree& tree, Handle item) : tree_(tree), item_(item) {
      if (item == kNone) return;
      leaf_ = tree.items_[item].leaf;
      if (leaf_ != kNone) slot_ = slot_of(tree.leaves_[leaf_], item);
    }
    Handle item() const { return item_; }
    void advance() {
      if (leaf_ != kNone && ++slot_ == tree_.leaves_[leaf_].count) {
        leaf_ = tree_.leaves_[leaf_].next;
        slot_ = 0;
      }
      item_ = leaf_ == kNone ? kNone : tree_.leaves_[leaf_].slots[slot_];
    }

   private:
    const OrderTree& tree_;
    Handle item_;
    std::uint32_t leaf_ = kNone;
    std::uint32_t slot_ = 0;
  };

  explicit OrderTree(std::vector<Item>& items) : items_(items) {}

  Handle first(const Root& root) const;
  Handle last(const Root& root) const;
  Handle next(Handle item) const;
  Handle previous(Handle item) const;

  /// Visits all items in order; the sequence must not change meanwhile.
  template <typename Visit>
  void each(const Root& root, Visit&& visit) const {
    if (root.height == 0) {
      if (root.node != kNone) visit(root.node);
      return;
    }
    for (std::uint32_t at = items_[first(root)].leaf; at != kNone; at = leaves_[at].next) {
      for (std::uint32_t i = 0; i < leaves_[at].count; i++) visit(leaves_[at].slots[i]);
    }
  }

  /// Puts an item after `left` (kNone: in front) and sets the item's leaf.
  void insert_after(Root& root, Handle left, Handle item);
  void remove(Root& root, Handle item);
  /// Frees all nodes; the items' leaves are not touched.
  void clear(Root& root);

  /// Adds to the sums above an item whose visible units have changed.
  void add_units(Handle item, std::int64_t change);
  std::uint64_t units(const Root& root) const;
  std::uint64_t units_before(Handle item) const;
  /// The visible item that holds the unit at `index`; item kNone when there are not so many.
  Found find(const Root& root, std::uint64_t index) const;

  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kFanout = 32;
  struct Leaf {
    std::uint32_t parent = kNone;
    std::uint32_t previous = kNone, next = kNone;
    std::uint32_t count = 0;
    std::array<Handle, kFanout> slots;
  };
  struct Inner {
    std::uint32_t parent = kNone;
    std::uint32_t count = 0;
    bool over_leaves = false;
    std::array<std::uint32_t, kFanout> children;
    std::array<std::uint32_t, kFanout> units;
  };

  static std::uint32_t slot_of(const Leaf& leaf, Handle item);
  static std::uint32_t child_of(const Inner& inner, std::uint32_t child);
  std::uint32_t leaf_units(const Leaf& leaf) const;
  std::uint32_t node_units(std::uint32_t node, bool is_leaf) const;
  std::uint32_t new_leaf();
  std::uint32_t new_inner();
  void split_leaf(Root& root, std::uint32_t leaf);
  void insert_child(Root& root, std::uint32_t parent, std::uint32_t after, std::uint32_t node,
                    bool is_leaf);
  void split_inner(Root& root, std::uint32_t inner);
  void set_parent(std::uint32_t node, bool is_leaf, std::uint32_t parent);
  void remove_child(Root& root, std::uint32_t parent, std::uint32_t child);
  void drop_leaf(Root& root, std::uint32_t leaf);
  void join_with_next(Root& root, std::uint32_t leaf);
  void add_above(std::uint32_t parent, std::uint32_t child, std::int64_t change);

  std::vector<Item>& items_;
  std::vector<Leaf> leaves_;
  std::vector<Inner> inners_;
  std::vector<std::uint32_t> free_leaves_, free_inners_;
};

}  // namespace footprint::sync
