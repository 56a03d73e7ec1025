// Errors as values: every function that can fail for a reason outside the program returns
// Result<T>.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace footprint {

/// What sort of failure it is; decides the HTTP status and the WebSocket answer.
enum class ErrorKind {
  kMalformed,  // the bytes or the JSON cannot be understood
  kInvalid,    // understood, but breaks a rule (wrong unit, unknown row)
  kTooLarge,   // over a stated limit
  kNotFound,   // no such plan, section, cell, position
  kForbidden,  // the person has no right to it
  kUnauthenticated,
  kConflict,     // the state has moved since the caller looked
  kUnavailable,  // not now: loading, overloaded, shutting down
  kCorrupt,      // stored bytes do not match their checksum or chain
  kIo,           // the disk or the operating system said no
};

/// `code` is stable and meant for programs ("update.truncated"); `message` is one plain English
/// sentence that says what happened and, where a person may read it, what to do next.
struct Error {
  ErrorKind kind = ErrorKind::kInvalid;
  std::string code;
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string code, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(code), std::move(message)});
}

/// Hands the error of one Result on as the error of another.
inline tl::unexpected<Error> forward_error(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace footprint
