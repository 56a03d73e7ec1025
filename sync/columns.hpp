// The columns of the v2 encoding: runs of numbers, differences, bytes and strings. Reading past the
// end is a failure of the reader, never undefined behaviour.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sync/lib0.hpp"

namespace footprint::sync {

/// Texts that no wire bytes hold, at addresses that stay.
class TextArena {
 public:
  std::string_view add(std::string text) {
    return *texts_.emplace_back(std::make_unique<std::string>(std::move(text)));
  }

 private:
  std::vector<std::unique_ptr<std::string>> texts_;
};

class UintOptRleReader {
 public:
  explicit UintOptRleReader(ByteView bytes) : reader_(bytes) {}
  std::uint64_t next();
  const Reader& reader() const { return reader_; }

 private:
  Reader reader_;
  std::uint64_t value_ = 0;
  std::uint64_t left_ = 0;
};

class IntDiffOptRleReader {
 public:
  explicit IntDiffOptRleReader(ByteView bytes) : reader_(bytes) {}
  std::int64_t next();
  const Reader& reader() const { return reader_; }

 private:
  Reader reader_;
  std::int64_t value_ = 0;
  std::int64_t difference_ = 0;
  std::uint64_t left_ = 0;
};

class RleByteReader {
 public:
  explicit RleByteReader(ByteView bytes) : reader_(bytes) {}
  std::uint8_t next();
  const Reader& reader() const { return reader_; }

 private:
  Reader reader_;
  std::uint8_t value_ = 0;
  std::uint64_t left_ = 0;
  bool for_ever_ = false;  // the last run of a column has no length
};

class StringColumnReader {
 public:
  /// Strings are views into `bytes`, or live in `arena` where a boundary cuts a surrogate pair.
  StringColumnReader(ByteView bytes, TextArena& arena);
  std::string_view next(std::size_t* utf16_units = nullptr);
  bool ok() const { return !failed_ && lengths_.reader().ok(); }
  ReadFailure failure() const { return failed_ ? failure_ : lengths_.reader().failure(); }

 private:
  std::string_view cut_pair(std::uint64_t units);

  TextArena& arena_;
  std::string_view text_;       // all strings, joined
  std::size_t units_left_ = 0;  // UTF-16 units of `text_` from `at_`, with the half
  std::size_t at_ = 0;
  bool ascii_ = false;
  bool inside_pair_ = false;  // the last string took the first half of the pair at `at_`
  bool failed_ = false;
  ReadFailure failure_ = ReadFailure::kNone;
  UintOptRleReader lengths_;
};

class UintOptRleWriter {
 public:
  void write(std::uint64_t value);
  Bytes finish();

 private:
  void flush();
  Writer writer_;
  std::uint64_t value_ = 0;
  std::uint64_t count_ = 0;
};

class IntDiffOptRleWriter {
 public:
  void write(std::int64_t value);
  Bytes finish();

 private:
  void flush();
  Writer writer_;
  std::int64_t value_ = 0;
  std::int64_t difference_ = 0;
  std::uint64_t count_ = 0;
};

class RleByteWriter {
 public:
  void write(std::uint8_t value);
  Bytes finish() { return writer_.take(); }

 private:
  Writer writer_;
  std::uint8_t value_ = 0;
  std::uint64_t count_ = 0;
};

class StringColumnWriter {
 public:
  void write(std::string_view text, std::size_t utf16_units);
  Bytes finish();

 private:
  std::string text_;
  UintOptRleWriter lengths_;
};

}  // namespace footprint::sync
