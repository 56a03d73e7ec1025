// RFC 6455, table by table: what a client may send, in any pieces, and what it may not.
#include "net/frame_parser.hpp"

#include <string>
#include <vector>

#include "base/random.hpp"
#include "catch.hpp"

using namespace footprint;
using footprint::net::FrameParser;
using Kind = FrameParser::Kind;

namespace {

constexpr std::size_t kLimit = 1u << 20;

Bytes masked(std::uint8_t first, ByteView payload, std::uint32_t mask = 0x11223344) {
  Bytes out{first};
  if (payload.size() < 126) {
    out.push_back(static_cast<std::uint8_t>(0x80 | payload.size()));
  } else if (payload.size() <= 0xffff) {
    out.push_back(0x80 | 126);
    out.push_back(static_cast<std::uint8_t>(payload.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(payload.size()));
  } else {
    out.push_back(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(payload.size()) >> shift));
    }
  }
  std::uint8_t key[4];
  for (int i = 0; i < 4; ++i) key[i] = static_cast<std::uint8_t>(mask >> (24 - 8 * i));
  out.insert(out.end(), key, key + 4);
  for (std::size_t i = 0; i < payload.size(); ++i) out.push_back(payload[i] ^ key[i % 4]);
  return out;
}

Bytes masked(std::uint8_t first, std::string_view text) {
  return masked(first, as_bytes(text));
}

Bytes operator+(Bytes a, const Bytes& b) {
  append(a, b);
  return a;
}

struct Seen {
  Kind kind;
  std::string payload;
  std::uint16_t code;
  bool operator==(const Seen&) const = default;
};

/// Feeds `bytes` in pieces of `step` and writes down what comes out.
std::vector<Seen> parse(const Bytes& bytes, std::size_t step, std::size_t limit = kLimit) {
  FrameParser parser(limit);
  std::vector<Seen> seen;
  Bytes buffer;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    buffer.assign(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                  bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at + step, bytes.size())));
    parser.feed(buffer);
    while (auto item = parser.next()) {
      std::string text(item->kind == Kind::kClose || item->kind == Kind::kFailed
                           ? item->reason
                           : as_text(item->payload));
      seen.push_back({item->kind, text, item->code});
    }
    parser.park();
  }
  return seen;
}

std::string letters(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
  return text;
}

}  // namespace

TEST_CASE("messages of every length form arrive whole, in any pieces") {
  for (std::size_t size : {0u, 1u, 3u, 4u, 7u, 8u, 125u, 126u, 127u, 65535u, 65536u, 100'000u}) {
    auto text = letters(size);
    auto bytes = masked(0x82, text) + masked(0x82, "next");
    for (std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, bytes.size()}) {
      if (step == 1 && size > 1000) continue;
      CAPTURE(size, step);
      CHECK(parse(bytes, step) ==
            std::vector<Seen>{{Kind::kBinary, text, 0}, {Kind::kBinary, "next", 0}});
    }
  }
}

TEST_CASE("fragments are joined, with control frames in between") {
  auto bytes = masked(0x02, "one ") + masked(0x89, "hello") + masked(0x00, "two ") +
               masked(0x8a, "") + masked(0x80, "three") + masked(0x82, "after");
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    CAPTURE(step);
    CHECK(parse(bytes, step) == std::vector<Seen>{{Kind::kPing, "hello", 0},
                                                  {Kind::kPong, "", 0},
                                                  {Kind::kBinary, "one two three", 0},
                                                  {Kind::kBinary, "after", 0}});
  }
}

TEST_CASE("empty fragments make an empty message") {
  auto bytes = masked(0x02, "") + masked(0x00, "") + masked(0x80, "");
  CHECK(parse(bytes, 3) == std::vector<Seen>{{Kind::kBinary, "", 0}});
}

TEST_CASE("text is told from binary, in fragments too") {
  CHECK(parse(masked(0x81, "words"), 2) == std::vector<Seen>{{Kind::kText, "words", 0}});
  CHECK(parse(masked(0x01, "wo") + masked(0x80, "rds"), 2) ==
        std::vector<Seen>{{Kind::kText, "words", 0}});
}

TEST_CASE("what breaks the protocol is refused with 1002 and a reason") {
  Bytes unmasked{0x82, 0x03, 'a', 'b', 'c'};
  Bytes not_minimal_16 = {0x82, 0x80 | 126, 0, 125};
  Bytes not_minimal_64 = {0x82, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  Bytes top_bit = {0x82, 0x80 | 127, 0x80, 0, 0, 0, 0, 0, 0, 0};
  Bytes long_ping = {0x89, 0x80 | 126, 0, 126};
  struct Case {
    Bytes bytes;
    std::string reason;
  };
  std::vector<Case> cases{
      {unmasked, "frame is not masked"},
      {masked(0xc2, "x"), "reserved bits are set"},
      {masked(0xa2, "x"), "reserved bits are set"},
      {masked(0x92, "x"), "reserved bits are set"},
      {masked(0x83, "x"), "unknown kind of frame"},
      {masked(0x87, "x"), "unknown kind of frame"},
      {masked(0x8b, "x"), "unknown control frame"},
      {masked(0x8f, "x"), "unknown control frame"},
      {masked(0x09, "x"), "control frame is fragmented"},
      {masked(0x08, ""), "control frame is fragmented"},
      {long_ping, "control frame is too long"},
      {masked(0x80, "x"), "continuation without a start"},
      {masked(0x02, "x") + masked(0x82, "y"), "new message inside a fragmented one"},
      {masked(0x02, "x") + masked(0x01, "y"), "new message inside a fragmented one"},
      {not_minimal_16, "length is not minimal"},
      {not_minimal_64, "length is not minimal"},
      {top_bit, "length has its top bit set"},
      {masked(0x88, "\x03"), "close code is cut short"},
      {masked(0x88, std::string("\x03\xed", 2)), "close code is not allowed"},  // 1005
      {masked(0x88, std::string("\x03\xee", 2)), "close code is not allowed"},  // 1006
      {masked(0x88, std::string("\x00\x01", 2)), "close code is not allowed"},
      {masked(0x88, std::string("\x13\x88", 2)), "close code is not allowed"},  // 5000
  };
  for (const auto& each : cases) {
    for (std::size_t step : {std::size_t{1}, each.bytes.size()}) {
      CAPTURE(each.reason, step);
      auto seen = parse(each.bytes + masked(0x82, "never seen"), step);
      REQUIRE(seen.size() == 1);
      CHECK(seen[0] == Seen{Kind::kFailed, each.reason, 1002});
    }
  }
}

TEST_CASE("close frames carry code and reason") {
  CHECK(parse(masked(0x88, ""), 1) == std::vector<Seen>{{Kind::kClose, "", 1005}});
  CHECK(parse(masked(0x88, std::string("\x03\xe8", 2) + "bye"), 1) ==
        std::vector<Seen>{{Kind::kClose, "bye", 1000}});
  CHECK(parse(masked(0x88, std::string("\x11\x31", 2)), 9) ==
        std::vector<Seen>{{Kind::kClose, "", 4401}});
}

TEST_CASE("too large a message is refused by its header alone, whole or in fragments") {
  Bytes huge = {0x82, 0x80 | 127, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  CHECK(parse(huge, 4).at(0).code == 1009);
  CHECK(parse(masked(0x82, letters(100)), 50, 100).at(0).kind == Kind::kBinary);
  CHECK(parse(masked(0x82, letters(101)), 50, 100).at(0).code == 1009);
  auto fragments = masked(0x02, letters(60)) + masked(0x00, letters(40)) + masked(0x80, letters(1));
  CHECK(parse(fragments, 50, 101).at(0).payload.size() == 101);
  CHECK(parse(fragments, 50, 100).at(0).code == 1009);
}

TEST_CASE("what is not consumed can go on in another parser") {
  FrameParser first(kLimit), second(kLimit);
  auto bytes = masked(0x82, "first") + masked(0x82, "second") + masked(0x82, "third");
  Bytes part(bytes.begin(), bytes.end() - 4);
  first.feed(part);
  REQUIRE(first.next()->kind == Kind::kBinary);
  Bytes rest = first.take_rest();
  second.feed(rest);
  CHECK(as_text(second.next()->payload) == "second");
  CHECK(!second.next());
  second.park();
  Bytes tail(bytes.end() - 4, bytes.end());
  second.feed(tail);
  CHECK(as_text(second.next()->payload) == "third");
}

TEST_CASE("random bytes never make it crash or hold more than it was given") {
  SeededRandom random(20161123);
  for (int round = 0; round < 3000; ++round) {
    FrameParser parser(5000);
    std::size_t given = 0;
    for (int piece = 0; piece < 8; ++piece) {
      Bytes chunk(random.below(300));
      for (auto& byte : chunk) byte = static_cast<std::uint8_t>(random.next());
      // Often a plausible beginning, so that the deeper states are reached.
      if (chunk.size() > 2 && random.chance(0.7)) {
        chunk[0] = random.chance(0.5) ? 0x82 : 0x02;
        chunk[1] = static_cast<std::uint8_t>(0x80 | random.below(127));
      }
      given += chunk.size();
      parser.feed(chunk);
      while (parser.next()) {
      }
      parser.park();
      REQUIRE(parser.held_bytes() <= given);
    }
  }
}

TEST_CASE("a close reason is cut at 123 bytes, not inside a character") {
  std::string reason(122, 'x');
  reason += "\xc3\xa9";  // é over the edge
  auto frame = net::close_frame(1013, reason);
  CHECK(frame.size() == 2 + 2 + 122);
  CHECK(frame[1] == 124);
  CHECK(net::close_frame(1000, "").size() == 4);
  CHECK(net::control_frame(net::kOpPong, as_bytes("x")) == Bytes{0x8a, 1, 'x'});
}
