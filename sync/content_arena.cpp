#include "sync/content_arena.hpp"

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"

namespace footprint::sync {

// Small documents start with a small block; the block that follows is as large as all before it, up
// to a page.
void ContentArena::start_block(std::size_t size) {
  std::size_t wish = std::clamp<std::size_t>(allocated_, 1024, kPageBytes);
  block_capacity_ = std::max(size, wish);
  block_used_ = 0;
  block_first_page_ = pages_.size();
  FP_ASSERT(block_first_page_ + block_capacity_ / kPageBytes + 1 < (1u << (32 - kPageBits)));
  blocks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(block_capacity_));
  std::uint8_t* base = blocks_.back().get();
  for (std::size_t at = 0; at < block_capacity_; at += kPageBytes) pages_.push_back({base + at});
  allocated_ += block_capacity_;
}

ContentArena::Offset ContentArena::reserve(std::size_t size) {
  if (size == 0) return 0;
  if (block_used_ + size > block_capacity_) start_block(size);
  auto offset = static_cast<Offset>((block_first_page_ << kPageBits) + block_used_);
  block_used_ += size;
  used_ += size;
  return offset;
}

ContentArena::Offset ContentArena::add(ByteView bytes) {
  Offset offset = reserve(bytes.size());
  if (!bytes.empty()) std::memcpy(data(offset), bytes.data(), bytes.size());
  return offset;
}

}  // namespace footprint::sync
