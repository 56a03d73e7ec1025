// Names a shared type (list, map, text, XML node) inside one document.
#pragma once

#include <cstdint>

namespace footprint::sync {

/// Good until the type is deleted: look it up, use it, forget it.
struct TypeId {
  std::uint32_t index = 0xFFFF'FFFF;
  explicit operator bool() const { return index != 0xFFFF'FFFF; }
  bool operator==(const TypeId&) const = default;
};

}  // namespace footprint::sync
