// The vocabulary of Yjs, kept: a client numbers every unit it inserts with a clock; (client, clock)
// is an id.
#pragma once

#include <compare>
#include <cstdint>

namespace footprint::sync {

using ClientId = std::uint64_t;  // at most 2^53 - 1
using Clock =
    std::uint32_t;  // counts UTF-16 units and other units of content; refused above 2^31 - 1

inline constexpr ClientId kClientIdMax = (1ULL << 53) - 1;
inline constexpr std::uint64_t kClockMax = (1ULL << 31) - 1;

struct Id {
  ClientId client = 0;
  Clock clock = 0;
  auto operator<=>(const Id&) const = default;
};

/// Which of the two update encodings: v1 travels on the wire, v2 rests on disk.
enum class Format : std::uint8_t { kV1 = 1, kV2 = 2 };

}  // namespace footprint::sync
