// Passwords: argon2id hashes, and which passwords are not taken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace footprint::access {

inline constexpr std::size_t kPasswordCharactersMin = 12;
inline constexpr std::size_t kPasswordCharactersMax = 128;

/// What one hash takes. The standing one is libsodium's "interactive": two passes over 64 MiB.
struct PasswordCost {
  unsigned long long passes = 2;
  std::size_t memory_bytes = 64u << 20;
};

/// Thread-safe; each call takes the memory of its cost while it runs, so callers bound how many do.
class Passwords {
 public:
  explicit Passwords(PasswordCost cost = {});

  /// Errors: "password.memory" (kUnavailable).
  Result<std::string> hash(std::string_view password) const;
  /// An empty `hash` takes as long as any other and is never right: who asks learns nothing from
  /// the time.
  bool is_right(const std::string& hash, std::string_view password) const;
  /// Whether the hash was made at another cost than today's.
  bool is_outdated(const std::string& hash) const;

 private:
  PasswordCost cost_;
  std::string nobodys_hash_;
};

/// Whether a new password may be one. `about` are words that are easily guessed for this person:
/// name, e-mail address, name of the service. No rule asks for kinds of characters. Errors
/// (kInvalid): "password.short", "password.long", "password.malformed" (no text),
/// "password.common".
Status check_new_password(std::string_view password, const std::vector<std::string>& about);

}  // namespace footprint::access
