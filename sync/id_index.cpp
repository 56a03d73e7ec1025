#include "sync/id_index.hpp"

#include <algorithm>

namespace footprint::sync {

IdIndex::Position IdIndex::find(const std::vector<Item>& items, Clock clock) const {
  std::uint32_t chunk = last_hit_;
  bool hit = chunk < firsts_.size() && firsts_[chunk] <= clock &&
             (chunk + 1 == firsts_.size() || firsts_[chunk + 1] > clock);
  if (!hit) {
    auto after = std::upper_bound(firsts_.begin(), firsts_.end(), clock);
    chunk = static_cast<std::uint32_t>(after - firsts_.begin()) - 1;
    last_hit_ = chunk;
  }
  const std::vector<Handle>& handles = chunks_[chunk];
  if (items[handles.back()].clock <= clock) {
    return {chunk, static_cast<std::uint32_t>(handles.size()) - 1};
  }
  auto after = std::upper_bound(handles.begin(), handles.end(), clock,
                                [&](Clock c, Handle h) { return c < items[h].clock; });
  return {chunk, static_cast<std::uint32_t>(after - handles.begin()) - 1};
}

IdIndex::Position IdIndex::last() const {
  auto chunk = static_cast<std::uint32_t>(chunks_.size()) - 1;
  return {chunk, static_cast<std::uint32_t>(chunks_[chunk].size()) - 1};
}

bool IdIndex::is_last(Position position) const {
  return position == last();
}

IdIndex::Position IdIndex::next(Position position) const {
  if (position.slot + 1 < chunks_[position.chunk].size())
    return {position.chunk, position.slot + 1};
  return {position.chunk + 1, 0};
}

IdIndex::Position IdIndex::previous(Position position) const {
  if (position.slot > 0) return {position.chunk, position.slot - 1};
  return {position.chunk - 1, static_cast<std::uint32_t>(chunks_[position.chunk - 1].size()) - 1};
}

std::size_t IdIndex::count_from(Position position) const {
  std::size_t count = chunks_[position.chunk].size() - position.slot;
  for (std::size_t c = position.chunk + 1; c < chunks_.size(); c++) count += chunks_[c].size();
  return count;
}

void IdIndex::push_back(Handle handle, Clock clock) {
  if (chunks_.empty() || chunks_.back().size() >= kChunkMax) {
    chunks_.emplace_back();
    firsts_.push_back(clock);
  }
  chunks_.back().push_back(handle);
}

void IdIndex::insert_after(const std::vector<Item>& items, Position position, Handle handle) {
  std::vector<Handle>& chunk = chunks_[position.chunk];
  chunk.insert(chunk.begin() + position.slot + 1, handle);
  if (chunk.size() <= kChunkMax) return;
  std::vector<Handle> upper(chunk.begin() + kChunkMax / 2, chunk.end());
  chunk.resize(kChunkMax / 2);
  chunk.shrink_to_fit();
  firsts_.insert(firsts_.begin() + position.chunk + 1, items[upper.front()].clock);
  chunks_.insert(chunks_.begin() + position.chunk + 1, std::move(upper));
}

void IdIndex::erase(const std::vector<Item>& items, Position position) {
  std::vector<Handle>& chunk = chunks_[position.chunk];
  chunk.erase(chunk.begin() + position.slot);
  if (chunk.empty()) {
    chunks_.erase(chunks_.begin() + position.chunk);
    firsts_.erase(firsts_.begin() + position.chunk);
  } else if (position.slot == 0) {
    firsts_[position.chunk] = items[chunk.front()].clock;
  }
}

std::size_t IdIndex::memory_bytes() const {
  std::size_t bytes = chunks_.capacity() * sizeof(chunks_[0]) + firsts_.capacity() * sizeof(Clock);
  for (const auto& chunk : chunks_) bytes += chunk.capacity() * sizeof(Handle);
  return bytes;
}

}  // namespace footprint::sync
