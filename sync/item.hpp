// The record of one struct in a document, and the handles that name records.
#pragma once

#include <cstdint>

#include "sync/wire_struct.hpp"

namespace footprint::sync {

using Handle = std::uint32_t;       // of an item; stable while the item lives
using ClientIndex = std::uint32_t;  // interned client id, 24 bits
using SequenceIndex = std::uint32_t;
using TypeIndex = std::uint32_t;
using NameIndex = std::uint32_t;  // interned string

inline constexpr std::uint32_t kNone = 0xFFFF'FFFF;
inline constexpr ClientIndex kNoClient = 0xFF'FFFF;

/// 44 bytes. Order in the document is not here: `leaf` says which leaf of its sequence holds the
/// item.
struct Item {
  Clock clock = 0;
  Clock length = 0;
  Clock origin_clock = 0;
  Clock right_clock = 0;
  SequenceIndex sequence = kNone;  // none: a GC struct
  std::uint32_t content = 0;       // kType: type index; else offset in the content arena
  std::uint32_t bytes = 0;         // length of the content there
  std::uint32_t leaf = kNone;      // none: the only item of its sequence
  ClientIndex client : 24 = kNoClient;
  std::uint32_t kind_bits : 8 = 0;
  ClientIndex origin_client : 24 = kNoClient;
  bool deleted : 1 = false;
  bool ascii : 1 = false;      // kString: UTF-16 offset = byte offset
  bool value_any : 1 = false;  // kEmbed, kFormat: value is lib0 `any`, else JSON text
  // The content owns bit_ceil(bytes) bytes of the arena, so it can grow in place.
  bool roomy : 1 = false;
  ClientIndex right_client : 24 = kNoClient;

  ContentKind kind() const { return static_cast<ContentKind>(kind_bits); }
  void set_kind(ContentKind kind) { kind_bits = static_cast<std::uint8_t>(kind); }
  bool has_origin() const { return origin_client != kNoClient; }
  bool has_right_origin() const { return right_client != kNoClient; }
  Clock end() const { return clock + length; }
  bool is_gc() const { return kind() == ContentKind::kGc; }
  /// Whether its units have positions in a list.
  bool countable() const {
    auto k = kind();
    return k != ContentKind::kGc && k != ContentKind::kDeleted && k != ContentKind::kFormat;
  }
  Clock visible_units() const { return !deleted && countable() ? length : 0; }
};
static_assert(sizeof(Item) == 44);

}  // namespace footprint::sync
