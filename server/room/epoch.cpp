#include "room/epoch.hpp"

#include <sodium.h>

#include <array>
#include <cstdlib>

namespace footprint::room {

std::string new_epoch() {
  if (sodium_init() < 0) std::abort();
  std::array<unsigned char, 12> random{};
  std::array<char, random.size() * 2 + 1> text{};
  randombytes_buf(random.data(), random.size());
  return sodium_bin2hex(text.data(), text.size(), random.data(), random.size());
}

}  // namespace footprint::room
