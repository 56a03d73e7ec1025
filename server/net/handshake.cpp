#include "net/handshake.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/bytes.hpp"

namespace footprint::net {

namespace {

constexpr std::string_view kAcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

using Sha1 = std::array<std::uint32_t, 5>;

void sha1_block(Sha1& state, const std::uint8_t* block) {
  std::array<std::uint32_t, 80> w{};
  for (std::size_t i = 0; i < 16; ++i) {
    w[i] = (std::uint32_t{block[4 * i]} << 24) | (std::uint32_t{block[4 * i + 1]} << 16) |
           (std::uint32_t{block[4 * i + 2]} << 8) | block[4 * i + 3];
  }
  for (std::size_t i = 16; i < 80; ++i) {
    w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (std::size_t i = 0; i < 80; ++i) {
    std::uint32_t f = b ^ c ^ d, k = 0xca62c1d6;
    if (i < 20) {
      f = (b & c) | (~b & d), k = 0x5a827999;
    } else if (i < 40) {
      k = 0x6ed9eba1;
    } else if (i < 60) {
      f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
    }
    std::uint32_t next = std::rotl(a, 5) + f + e + k + w[i];
    e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

/// SHA-1 (FIPS 180-4). The WebSocket handshake demands it; nothing here rests on its strength.
std::array<std::uint8_t, 20> sha1(std::string_view text) {
  Bytes padded(text.begin(), text.end());
  padded.push_back(0x80);
  while (padded.size() % 64 != 56) padded.push_back(0);
  auto bits = static_cast<std::uint64_t>(text.size()) * 8;
  for (int shift = 56; shift >= 0; shift -= 8) {
    padded.push_back(static_cast<std::uint8_t>(bits >> shift));
  }
  Sha1 state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  for (std::size_t at = 0; at < padded.size(); at += 64) sha1_block(state, padded.data() + at);
  std::array<std::uint8_t, 20> digest{};
  for (std::size_t i = 0; i < 20; ++i) {
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view without_port(std::string_view host) {
  auto colon = host.rfind(':');
  if (colon == std::string_view::npos || host.find(']', colon) != std::string_view::npos)
    return host;
  return host.substr(0, colon);
}

std::string_view without_default_port(std::string_view host, std::string_view scheme) {
  std::string_view port = scheme == "https" ? ":443" : ":80";
  if (host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::string websocket_accept(std::string_view key) {
  auto digest = sha1(std::string(key) + std::string(kAcceptSuffix));
  std::array<char, sodium_base64_ENCODED_LEN(20, sodium_base64_VARIANT_ORIGINAL)> text{};
  sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return text.data();
}

bool is_websocket_key(std::string_view key) {
  std::array<unsigned char, 16> bytes{};
  std::size_t size = 0;
  return key.size() == 24 &&
         sodium_base642bin(bytes.data(), bytes.size(), key.data(), key.size(), nullptr, &size,
                           nullptr, sodium_base64_VARIANT_ORIGINAL) == 0 &&
         size == bytes.size();
}

bool origin_allowed(std::string_view origin, std::string_view host,
                    const std::vector<std::string>& allowed) {
  if (origin.empty()) return true;
  for (const auto& each : allowed) {
    if (equal_ignoring_case(origin, each)) return true;
  }
  auto slashes = origin.find("://");
  if (slashes == std::string_view::npos || host.empty()) return false;
  auto scheme = origin.substr(0, slashes);
  if (scheme != "http" && scheme != "https") return false;
  auto origin_host = origin.substr(slashes + 3);
  return equal_ignoring_case(without_default_port(origin_host, scheme),
                             without_default_port(host, scheme));
}

bool is_loopback_host(std::string_view host) {
  auto name = without_port(host);
  return equal_ignoring_case(name, "localhost") || name == "127.0.0.1" || name == "[::1]";
}

bool header_has_token(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    auto comma = value.find(',');
    if (equal_ignoring_case(trim(value.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    value.remove_prefix(comma + 1);
  }
  return false;
}

std::string_view first_of_list(std::string_view value) {
  return trim(value.substr(0, value.find(',')));
}

}  // namespace footprint::net
