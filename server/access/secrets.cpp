#include "access/secrets.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/assert.hpp"

namespace footprint::access {

std::string random_hex(std::size_t bytes) {
  unsigned char random[32];
  char digits[2 * sizeof random + 1];
  FP_ASSERT(bytes <= sizeof random);
  FP_ASSERT(sodium_init() >= 0);
  randombytes_buf(random, bytes);
  sodium_bin2hex(digits, sizeof digits, random, bytes);
  std::string text(digits, 2 * bytes);
  sodium_memzero(random, sizeof random);
  sodium_memzero(digits, sizeof digits);
  return text;
}

DigestKey::DigestKey() {
  FP_ASSERT(sodium_init() >= 0);
  randombytes_buf(key_.data(), key_.size());
}

DigestKey::~DigestKey() {
  sodium_memzero(key_.data(), key_.size());
}

Result<DigestKey> DigestKey::of(Database& database) {
  DigestKey key;
  auto rows = database.write([&](Connection& connection) -> Result<std::vector<Row>> {
    if (Status put = connection.run("INSERT OR IGNORE INTO meta(key, value) VALUES('digest', ?1)",
                                    {bytes_of(key.key_)});
        !put)
      return forward_error(put.error());
    return connection.rows("SELECT value FROM meta WHERE key = 'digest'");
  });
  if (!rows) return forward_error(rows.error());
  Bytes kept = rows->front().blob(0);
  if (kept.size() != key.key_.size())
    return fail(ErrorKind::kCorrupt, "accounts.unusable",
                "The file of accounts holds a key of another length.");
  std::copy(kept.begin(), kept.end(), key.key_.begin());
  sodium_memzero(kept.data(), kept.size());
  return key;
}

Digest DigestKey::digest_of(std::string_view secret) const {
  Digest digest;
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                     key_.data(), key_.size());
  return digest;
}

}  // namespace footprint::access
