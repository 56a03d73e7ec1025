// Assertions that stay on in production: a broken invariant stops the process before it can write a
// wrong byte.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace footprint {

[[noreturn]] inline void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
  std::abort();
}

}  // namespace footprint

#define FP_ASSERT(expression)                                                          \
  do {                                                                                 \
    if (!(expression)) ::footprint::assertion_failed(#expression, __FILE__, __LINE__); \
  } while (false)
