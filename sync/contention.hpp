// The conflict rule of yjs without the scan, for sequences where many items claim one place.
//
// yjs finds an item's place by walking from its origin to its right origin; a crafted update makes
// every walk long. Here the same answer comes from three ordered trees over the items of a
// sequence, in O(log n). It holds for anything that can be in a sequence, not only for what honest
// writers make. README.md ("Conflicts") has the reasoning.
#pragma once

#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sync/item.hpp"

namespace footprint::sync {

struct DocStore;
struct Placement;

class Contention {
 public:
  explicit Contention(const DocStore& store);

  bool has(SequenceIndex sequence) const { return roots_.contains(sequence); }
  /// Takes in a sequence in which no arc (item to its origin) is crossed by another.
  void add_sequence(SequenceIndex sequence);
  void drop_sequence(SequenceIndex sequence);
  /// After the item has been put in order / before it is taken out.
  void insert(Handle item);
  void erase(Handle item);

  /// After which item `fresh` goes; kNone: in front.
  Handle left_of(const Item& fresh, const Placement& at) const;
  std::size_t memory_bytes() const;

 private:
  using Slot = std::uint32_t;  // of a node; kNone: none
  /// The items of a sequence in document order; those of one origin together, in document order;
  /// those of one origin and right origin together, in document order.
  enum Tree : std::uint8_t { kOrder, kSiblings, kRivals };
  struct Links {
    Slot left = kNone, right = kNone, parent = kNone;
  };
  struct Node {
    Handle item = kNone;
    mutable Handle origin = kNone;  // where the origin's unit was last found
    Handle crossed = kNone;         // where the first arc it crosses ends
    std::uint64_t label = 0;        // grows along the sequence
    std::array<Links, 3> links;
    // Over the subtree of each tree: who has the leftmost origin, whose crossing reaches farthest,
    // the smallest client among siblings, the largest among rivals.
    Slot leftmost = kNone;
    Slot farthest = kNone;
    ClientId smallest = 0;
    ClientId largest = 0;
  };
  using Roots = std::array<Slot, 3>;
  /// A unit in document order; before all: none.
  struct Spot {
    std::uint64_t label = 0;
    Clock clock = 0;
    auto operator<=>(const Spot&) const = default;
  };

  Slot slot(Handle item) const { return slots_[item]; }
  const Item& item(Slot at) const;
  ClientId client(Slot at) const;
  Spot origin_spot(Slot at) const;
  Spot unit_spot(ClientIndex client, Clock clock) const;
  std::uint64_t priority(Slot at) const;

  int compare(Tree tree, Slot a, Slot b) const;
  void own_summary(Tree tree, Slot at);
  bool absorb(Tree tree, Slot into, Slot from);
  void pull(Tree tree, Slot at);
  void attach(Tree tree, Slot& root, Slot fresh);
  void detach(Tree tree, Slot& root, Slot at);
  void rotate_up(Tree tree, Slot& root, Slot at);
  bool reaches(Slot at, Slot end) const;

  template <typename Above, typename May, typename Match>
  Slot first_where(Tree tree, Slot root, const Above& above, const May& may,
                   const Match& match) const;
  template <typename Below, typename May, typename Match>
  Slot last_where(Tree tree, Slot root, const Below& below, const May& may,
                  const Match& match) const;
  Slot scan_end(const Roots& roots, const Item& fresh, Slot origin, Handle right) const;
  Slot stopping_rival(Slot root, const Item& fresh) const;

  Slot new_node(Handle item);
  void link(Roots& roots, Slot fresh);
  void label_between(Slot fresh, Slot previous, Slot next);
  void spread_labels(Slot around);
  Handle crossed_by(Slot fresh, Handle previous, Handle next) const;

  const DocStore& store_;
  std::vector<Slot> slots_;  // by item
  std::vector<Node> nodes_;
  std::vector<Slot> free_nodes_;
  std::unordered_map<SequenceIndex, Roots> roots_;
  std::uint64_t seed_;
};

}  // namespace footprint::sync
