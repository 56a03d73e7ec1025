// The items of one client in clock order: chunks of handles, so that a split moves at most one
// chunk.
#pragma once

#include <vector>

#include "sync/item.hpp"

namespace footprint::sync {

class IdIndex {
 public:
  struct Position {
    std::uint32_t chunk = 0;
    std::uint32_t slot = 0;
    bool operator==(const Position&) const = default;
  };

  bool empty() const { return chunks_.empty(); }
  /// Of the item that holds `clock`, which must be below the client's state.
  Position find(const std::vector<Item>& items, Clock clock) const;
  Handle at(Position position) const { return chunks_[position.chunk][position.slot]; }
  Position first() const { return {0, 0}; }
  Position last() const;
  bool is_first(Position position) const { return position == Position{0, 0}; }
  bool is_last(Position position) const;
  Position next(Position position) const;
  Position previous(Position position) const;
  std::size_t count_from(Position position) const;

  void push_back(Handle handle, Clock clock);
  /// Puts `handle` after `position`; positions behind it are void afterwards.
  void insert_after(const std::vector<Item>& items, Position position, Handle handle);
  /// Takes out what stands at `position`, which must not be the first; positions behind it are void
  /// afterwards.
  void erase(const std::vector<Item>& items, Position position);
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kChunkMax = 256;

  std::vector<std::vector<Handle>> chunks_;
  std::vector<Clock> firsts_;  // first clock of each chunk
  mutable std::uint32_t last_hit_ = 0;
};

}  // namespace footprint::sync
