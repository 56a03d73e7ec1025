// Random secrets, and the keyed digests that stand for them wherever they are kept.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "access/sqlite.hpp"

namespace footprint::access {

using Digest = std::array<std::uint8_t, 32>;

struct DigestHash {
  std::size_t operator()(const Digest& digest) const noexcept {
    std::size_t hash;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
  }
};

/// `bytes` random bytes as hexadecimal digits. At most 32.
std::string random_hex(std::size_t bytes);

/// Makes digests with a key that is drawn once and kept in the file, apart from any backup of
/// memory: neither the file nor the time that a look-up takes tells a secret.
class DigestKey {
 public:
  DigestKey();  // a key of its own, kept nowhere
  ~DigestKey();
  DigestKey(const DigestKey&) = default;
  DigestKey& operator=(const DigestKey&) = default;

  static Result<DigestKey> of(Database& database);
  Digest digest_of(std::string_view secret) const;

 private:
  Digest key_{};
};

inline Bytes bytes_of(const Digest& digest) {
  return {digest.begin(), digest.end()};
}

}  // namespace footprint::access
