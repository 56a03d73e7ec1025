// Hostile bytes: whatever arrives, the codec answers; run under sanitizers it also proves it reads
// nothing it should not.
#include "base/random.hpp"
#include "catch.hpp"
#include "codec_testing.hpp"
#include "samples.hpp"
#include "sync/awareness.hpp"
#include "sync/update.hpp"
#include "sync/y_protocol.hpp"

using namespace footprint;
using namespace footprint::sync;

namespace {

Bytes mutated(SeededRandom& random, Bytes bytes) {
  for (std::uint64_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    auto at = static_cast<std::ptrdiff_t>(random.below(bytes.size()));
    switch (random.below(5)) {
      case 0:
        bytes.resize(static_cast<std::size_t>(at));
        break;
      case 1:
        bytes.insert(bytes.begin() + at, static_cast<std::uint8_t>(random.next()));
        break;
      case 2:
        bytes.erase(bytes.begin() + at);
        break;
      case 3:
        bytes[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << random.below(8));
        break;
      default:
        bytes[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random.next());
    }
  }
  return bytes;
}

/// Everything that takes an update; what is accepted must also survive being written.
bool exercise(const Bytes& bytes, Format format) {
  auto update = decode_update(bytes, format);
  if (!update) return false;
  Bytes again = rewritten(*update, format);
  CHECK(decode_update(again, format).has_value());
  Format other = format == Format::kV1 ? Format::kV2 : Format::kV1;
  auto converted = convert_update(bytes, format, other);
  REQUIRE(converted);
  CHECK(decode_update(*converted, other).has_value());
  Bytes sample = format == Format::kV1 ? samples::full_v1() : samples::full_v2();
  std::vector<ByteView> both{sample, bytes};
  auto merged = merge_updates(both, format);
  REQUIRE(merged);
  CHECK(decode_update(*merged, format).has_value());
  StateVector known;
  known.set(5, 9);
  CHECK(diff_update(bytes, known, format).has_value());
  CHECK(inspect_update(bytes, format).has_value());
  return true;
}

}  // namespace

TEST_CASE("120,000 mutated updates are answered without harm") {
  SeededRandom random(20260714);
  std::size_t accepted = 0;
  for (int round = 0; round < 60'000; ++round) {
    if (exercise(mutated(random, samples::full_v1()), Format::kV1)) ++accepted;
    if (exercise(mutated(random, samples::full_v2()), Format::kV2)) ++accepted;
  }
  CHECK(accepted > 1000);  // otherwise the loop tests only the first check
}

TEST_CASE("mutated frames, state vectors and awareness updates are answered without harm") {
  SeededRandom random(7);
  const Bytes frame = hex("01 64 00 02 0c 01 01 02 00 04 01 01 74 02 68 69 00");
  const Bytes awareness = hex("02 03 01 02 7b 7d 04 02 07 7b 22 61 22 3a 31 7d");
  const Bytes vector = hex("03 a0f736 02 07 05 05 06");
  for (int round = 0; round < 20'000; ++round) {
    if (auto message = parse_hocuspocus(mutated(random, frame))) {
      CHECK(message->sync.body.size() <= frame.size() + 4);
    }
    Bytes plain = mutated(random, Bytes(frame.begin() + 2, frame.end()));
    if (auto message = parse_y_websocket(plain)) CHECK(message->sync.body.size() <= plain.size());
    AwarenessTable table;
    if (auto change = table.apply(mutated(random, awareness), 0)) CHECK(table.here().size() <= 8);
    if (auto decoded = StateVector::decode(mutated(random, vector))) {
      CHECK(*StateVector::decode(decoded->encode()) == *decoded);
    }
  }
}
