#include "base/ids.hpp"

#include "catch.hpp"

using namespace footprint;

TEST_CASE("names are short, lower case and free of path characters") {
  CHECK(is_valid_name("vision"));
  CHECK(is_valid_name("cambridgeshire-and-peterborough-2016"));
  CHECK_FALSE(is_valid_name(""));
  CHECK_FALSE(is_valid_name("Vision"));
  CHECK_FALSE(is_valid_name("../secrets"));
  CHECK_FALSE(is_valid_name("a/b"));
  CHECK_FALSE(is_valid_name(std::string(101, 'a')));
}
