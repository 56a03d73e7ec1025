#include "access/totp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>

namespace footprint::access {

namespace {

constexpr std::int64_t kStepMs = 30'000;
constexpr int kDigits = 6;

}  // namespace

std::int64_t totp_step(UnixMs at_ms) {
  return at_ms / kStepMs;
}

std::string totp_code(ByteView secret, std::int64_t step, int digits) {
  std::array<std::uint8_t, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
       mac.data(), &size);
  std::size_t at = mac[size - 1] & 0x0f;
  std::uint32_t number = (std::uint32_t{mac[at]} & 0x7f) << 24 | std::uint32_t{mac[at + 1]} << 16 |
                         std::uint32_t{mac[at + 2]} << 8 | mac[at + 3];
  std::string code(static_cast<std::size_t>(digits), '0');
  for (std::size_t i = code.size(); i-- > 0; number /= 10)
    code[i] = static_cast<char>('0' + number % 10);
  return code;
}

std::optional<std::int64_t> totp_match(ByteView secret, std::string_view code, UnixMs now_ms,
                                       std::int64_t last_step) {
  std::optional<std::int64_t> match;
  std::int64_t now = totp_step(now_ms);
  for (std::int64_t step = now - 1; step <= now + 1; ++step) {
    std::string right = totp_code(secret, step, kDigits);
    bool same =
        code.size() == right.size() && sodium_memcmp(code.data(), right.data(), right.size()) == 0;
    if (same && step > last_step) match = step;
  }
  return match;
}

std::string base32(ByteView bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (held += 8; held >= 5; held -= 5) text += kAlphabet[(bits >> (held - 5)) & 31];
  }
  if (held > 0) text += kAlphabet[(bits << (5 - held)) & 31];
  return text;
}

std::string totp_uri(ByteView secret, std::string_view account) {
  std::string label;
  for (char c : account) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '.' || c == '_' || c == '~' || c == '@';
    constexpr std::string_view kHex = "0123456789ABCDEF";
    auto byte = static_cast<unsigned char>(c);
    if (plain)
      label += c;
    else
      label += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return "otpauth://totp/Footprint:" + label + "?secret=" + base32(secret) +
         "&issuer=Footprint&algorithm=SHA1&digits=6&period=30";
}

}  // namespace footprint::access
