// Helpers of the codec tests: bytes as the hexadecimal text that the protocol page shows.
#pragma once

#include <cctype>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "sync/wire_struct.hpp"

namespace footprint::sync {

inline Bytes hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0) continue;
    int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<std::uint8_t>(high * 16 + digit));
      high = -1;
    }
  }
  return bytes;
}

inline std::string to_hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

/// Decodes and writes again, which for what yjs wrote gives the same bytes.
inline Bytes rewritten(const DecodedUpdate& update, Format format) {
  UpdateWriter writer(format);
  writer.begin(update.clients.size());
  for (const ClientStructs& section : update.clients) {
    writer.begin_client(section.client, section.structs.size(), section.structs.front().id.clock);
    for (const WireStruct& item : section.structs) writer.write(item);
  }
  return writer.finish(update.deletes);
}

}  // namespace footprint::sync
