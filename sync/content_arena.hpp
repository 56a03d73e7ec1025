// Where a document keeps the bytes of its contents: append-only pages addressed by 32-bit offsets.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"

namespace footprint::sync {

/// Views from view() live until the next reserve(). What items no longer name is reclaimed by
/// DocStore's compaction.
class ContentArena {
 public:
  using Offset = std::uint32_t;

  /// Room for `size` bytes that lie together; the caller fills it through data().
  Offset reserve(std::size_t size);
  Offset add(ByteView bytes);
  std::uint8_t* data(Offset offset) {
    return pages_[offset >> kPageBits].bytes + (offset & kPageMask);
  }
  const std::uint8_t* data(Offset offset) const {
    return pages_[offset >> kPageBits].bytes + (offset & kPageMask);
  }
  ByteView view(Offset offset, std::size_t size) const {
    return size == 0 ? ByteView{} : ByteView{data(offset), size};
  }

  /// Bytes handed out, dead ones too.
  std::size_t used() const { return used_; }
  std::size_t memory_bytes() const { return allocated_ + pages_.capacity() * sizeof(Page); }

 private:
  static constexpr std::uint32_t kPageBits = 16;
  static constexpr std::uint32_t kPageBytes = 1u << kPageBits;
  static constexpr std::uint32_t kPageMask = kPageBytes - 1;

  // A block larger than a page fills several entries, so that an offset inside it finds its own
  // page.
  struct Page {
    std::uint8_t* bytes = nullptr;
  };

  void start_block(std::size_t size);

  std::vector<Page> pages_;
  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
  std::size_t block_capacity_ = 0;  // of the open block
  std::size_t block_used_ = 0;
  std::size_t block_first_page_ = 0;
  std::size_t used_ = 0;
  std::size_t allocated_ = 0;
};

}  // namespace footprint::sync
