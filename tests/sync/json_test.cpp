#include <limits>

#include "catch.hpp"
#include "codec_testing.hpp"
#include "sync/any.hpp"

using namespace footprint;
using namespace footprint::sync;

namespace {
std::string round(std::string_view text) {
  auto value = parse_json(text);
  CHECK((check_json(text) == JsonCheck::kValid) == value.has_value());
  return value ? to_json(*value) : "refused";
}
}  // namespace

TEST_CASE("numbers are written as JavaScript writes them") {
  CHECK(number_text(1e21) == "1e+21");
  CHECK(number_text(1e20) == "100000000000000000000");
  CHECK(number_text(1e-7) == "1e-7");
  CHECK(number_text(1e-6) == "0.000001");
  CHECK(number_text(0.1 + 0.2) == "0.30000000000000004");
  CHECK(number_text(-1.5e300) == "-1.5e+300");
  CHECK(number_text(123.456) == "123.456");
  CHECK(number_text(-0.0) == "0");
  CHECK(number_text(5e-324) == "5e-324");
  CHECK(number_text(9007199254740993.0) == "9007199254740992");
  CHECK(number_text(std::numeric_limits<double>::infinity()) == "Infinity");
}

TEST_CASE("JSON text goes in and out as JSON.parse and JSON.stringify do") {
  CHECK(round(" { \"b\" : 1 , \"2\":[], \"1\":{} } ") == R"({"1":{},"2":[],"b":1})");
  CHECK(round(R"({"a":1,"b":2,"a":3})") == R"({"a":3,"b":2})");
  CHECK(round(R"("\ud83d\ude00\u00e9\n\u0001")") == "\"\xF0\x9F\x98\x80\xC3\xA9\\n\\u0001\"");
  CHECK(round(R"("\ud83d x")") == R"("\ud83d x")");
  CHECK(round(R"("\ude00\ud83d")") == R"("\ude00\ud83d")");
  CHECK(round("1e400") == "null");
  CHECK(round("1E-400") == "0");
  CHECK(round("-0") == "0");
  CHECK(round("[1.50,true,null]") == "[1.5,true,null]");
}

TEST_CASE("what is not JSON is refused") {
  for (const char* text :
       {"", "undefined", "01", "1.", ".5", "+1", "[1,]", "{\"a\":1,}", "{a:1}", "\"\n\"", "\"\\x\"",
        "\"\\u12\"", "\"", "[", "{\"a\"", "nul", "1 2", "'a'", "\"\\"}) {
    CHECK(round(text) == "refused");
  }
  std::string deep(100'000, '[');
  CHECK(check_json(deep) == JsonCheck::kTooDeep);
  CHECK_FALSE(parse_json(deep));
}

TEST_CASE("values that JSON lacks are written as JSON.stringify writes them") {
  CHECK(to_json(
            Any::Object{{"u", {}}, {"n", std::numeric_limits<double>::quiet_NaN()}, {"z", -0.0}}) ==
        R"({"n":null,"z":0})");
  CHECK(to_json(Any::Array{Any(), Any::null(), Bytes{7, 8}}) == R"([null,null,{"0":7,"1":8}])");
}

TEST_CASE("a lone surrogate from JSON becomes U+FFFD in lib0 bytes") {
  Writer writer;
  write_any(writer, *parse_json(R"("\ud83d")"));
  CHECK(to_hex(writer.bytes()) == "7703efbfbd");
}
