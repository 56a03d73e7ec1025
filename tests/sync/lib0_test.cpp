#include "sync/lib0.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "codec_testing.hpp"
#include "sync/any.hpp"
#include "sync/columns.hpp"
#include "sync/utf8.hpp"

using namespace footprint;
using namespace footprint::sync;

namespace {

std::string var_uint(std::uint64_t value) {
  Writer writer;
  writer.var_uint(value);
  CHECK(Reader(writer.bytes()).var_uint() == value);
  return to_hex(writer.bytes());
}

std::string any(const Any& value) {
  Writer writer;
  write_any(writer, value);
  Reader reader(writer.bytes());
  reader.skip_any(kAnyDepthMax);
  CHECK(reader.ok());
  CHECK(reader.at_end());
  Reader again(writer.bytes());
  Any back = read_any(again);
  Writer second;
  write_any(second, back);
  CHECK(second.bytes() == writer.bytes());
  return to_hex(writer.bytes());
}

}  // namespace

TEST_CASE("varUint has the bytes of the protocol page") {
  CHECK(var_uint(127) == "7f");
  CHECK(var_uint(128) == "8001");
  CHECK(var_uint(300) == "ac02");
  CHECK(var_uint(1ULL << 32) == "8080808010");
  CHECK(var_uint(kVarUintMax) == "ffffffffffffff0f");
  CHECK(var_uint(0) == "00");
}

TEST_CASE("varUint beyond the safe integers, over 8 bytes or cut short is refused") {
  for (const char* bytes : {"ffffffffffffff10", "808080808080808001", "", "80", "ffff"}) {
    Bytes input = hex(bytes);
    Reader reader(input);
    reader.var_uint();
    CHECK_FALSE(reader.ok());
  }
  Bytes padded = hex("8000");  // not minimal, but readers accept it
  Reader reader(padded);
  CHECK(reader.var_uint() == 0);
  CHECK(reader.ok());
}

TEST_CASE("varInt keeps the sign of zero") {
  auto written = [](SignedMagnitude value) {
    Writer writer;
    writer.var_int(value);
    Reader reader(writer.bytes());
    SignedMagnitude back = reader.var_int();
    CHECK(back.magnitude == value.magnitude);
    CHECK(back.negative == value.negative);
    return to_hex(writer.bytes());
  };
  CHECK(written({63, false}) == "3f");
  CHECK(written({64, false}) == "8001");
  CHECK(written({1, true}) == "41");
  CHECK(written({64, true}) == "c001");
  CHECK(written({0, true}) == "40");
  CHECK(written({kVarUintMax, true}).size() == 16);
}

TEST_CASE("any has the tags and forms of lib0") {
  CHECK(any({}) == "7f");
  CHECK(any(Any::null()) == "7e");
  CHECK(any(true) == "78");
  CHECK(any(false) == "79");
  CHECK(any(-0.0) == "7d40");
  CHECK(any(2147483647.0) == "7dbfffffff0f");
  CHECK(any(2147483648.0) == "7c4f000000");
  CHECK(any(0.1) == "7b3fb999999999999a");
  CHECK(any(std::numeric_limits<double>::quiet_NaN()) == "7b7ff8000000000000");
  CHECK(any(std::numeric_limits<double>::infinity()) == "7c7f800000");
  CHECK(any(Any::BigInt{-1}) == "7affffffffffffffff");
  CHECK(any("hi") == "77026869");
  CHECK(any(Bytes{1, 2}) == "74020102");
  CHECK(any(Any::Array{1, "a"}) == "75027d01770161");
  CHECK(any(Any::Object{{"b", 1}, {"10", 2}, {"9", 3}, {"b", 4}}) ==
        "760301397d030231307d0201627d04");
}

TEST_CASE("hostile any values fail without running away") {
  Bytes deep(100'000, 117);
  for (std::size_t i = 1; i < deep.size(); i += 2) deep[i] = 1;
  Reader nested(deep);
  nested.skip_any(kAnyDepthMax);
  CHECK(nested.failure() == ReadFailure::kDepth);
  Reader nested_again(deep);
  read_any(nested_again);
  CHECK(nested_again.failure() == ReadFailure::kDepth);
  for (const char* bytes :
       {"75ffffffff0f", "76ffffffff0f", "77ff01", "7bffff", "01", "7701ff", "7703eda080"}) {
    Bytes input = hex(bytes);
    Reader reader(input);
    reader.skip_any(kAnyDepthMax);
    CHECK_FALSE(reader.ok());
  }
}

TEST_CASE("UTF-8 is counted and cut in UTF-16 units") {
  std::size_t units = 0;
  CHECK(is_valid_utf8("a\xC3\xA9\xF0\x9F\x98\x80z", &units));
  CHECK(units == 5);
  CHECK(utf16_head("x\xF0\x9F\x98\x80y", 2) == "x\xEF\xBF\xBD");
  CHECK(utf16_tail("x\xF0\x9F\x98\x80y", 2) == "\xEF\xBF\xBDy");
  CHECK(utf16_tail("x\xF0\x9F\x98\x80y", 3) == "y");
  for (const char* bad : {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF8", "\xE2\x82"}) {
    CHECK_FALSE(is_valid_utf8(bad));
  }
}

TEST_CASE("columns come back as they went in") {
  UintOptRleWriter uints;
  IntDiffOptRleWriter differences;
  RleByteWriter bytes;
  const std::array<int, 12> values{0, 0, 5, 5, 5, 7, 6, 5, 4, 3, 300, 300};
  for (int value : values) {
    uints.write(static_cast<std::uint64_t>(value));
    differences.write(value);
    bytes.write(static_cast<std::uint8_t>(value));
  }
  Bytes a = uints.finish(), b = differences.finish(), c = bytes.finish();
  UintOptRleReader uint_reader(a);
  IntDiffOptRleReader difference_reader(b);
  RleByteReader byte_reader(c);
  for (int value : values) {
    CHECK(uint_reader.next() == static_cast<std::uint64_t>(value));
    CHECK(difference_reader.next() == value);
    CHECK(byte_reader.next() == static_cast<std::uint8_t>(value));
  }
  uint_reader.next();
  CHECK_FALSE(uint_reader.reader().ok());
}

TEST_CASE("a string column cut inside a surrogate pair gives U+FFFD on both sides") {
  const std::string text = "a\xF0\x9F\x98\x80\xF0\x9F\x98\x80z";
  const std::string column = static_cast<char>(text.size()) + text + "\x02\x02\x02";
  TextArena arena;
  StringColumnReader reader(as_bytes(column), arena);
  CHECK(reader.next() == "a\xEF\xBF\xBD");
  CHECK(reader.next() == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(reader.next() == "\xEF\xBF\xBDz");
  CHECK(reader.ok());
  reader.next();
  CHECK_FALSE(reader.ok());
}
