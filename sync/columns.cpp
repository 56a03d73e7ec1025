#include "sync/columns.hpp"

#include "sync/utf8.hpp"

namespace footprint::sync {

std::uint64_t UintOptRleReader::next() {
  if (left_ == 0) {
    SignedMagnitude read = reader_.var_int();
    value_ = read.magnitude;
    left_ = read.negative ? reader_.var_uint() + 2 : 1;
  }
  --left_;
  return value_;
}

std::int64_t IntDiffOptRleReader::next() {
  if (left_ == 0) {
    std::int64_t read = reader_.var_int().value();
    difference_ = read >> 1;  // the low bit says whether a count follows
    left_ = (read & 1) != 0 ? reader_.var_uint() + 2 : 1;
  }
  --left_;
  value_ += difference_;
  constexpr auto kMax = static_cast<std::int64_t>(kVarUintMax);
  if (value_ > kMax || value_ < -kMax) {
    reader_.fail(ReadFailure::kNumberRange);
    value_ = difference_ = 0;
  }
  return value_;
}

std::uint8_t RleByteReader::next() {
  if (left_ == 0 && !for_ever_) {
    value_ = reader_.u8();
    if (reader_.at_end()) {
      for_ever_ = true;
    } else {
      left_ = reader_.var_uint() + 1;
    }
  }
  if (!for_ever_) --left_;
  return value_;
}

StringColumnReader::StringColumnReader(ByteView bytes, TextArena& arena)
    : arena_(arena), lengths_({}) {
  Reader reader(bytes);
  text_ = reader.var_string(&units_left_);
  ascii_ = units_left_ == text_.size();
  failed_ = !reader.ok();
  failure_ = reader.failure();
  lengths_ = UintOptRleReader(reader.take(reader.remaining()));
}

std::string_view StringColumnReader::next(std::size_t* utf16_units) {
  std::uint64_t units = lengths_.next();
  if (units > units_left_ && !failed_) {
    failed_ = true;
    failure_ = ReadFailure::kTruncated;
  }
  if (!ok()) return {};
  if (utf16_units != nullptr) *utf16_units = units;
  units_left_ -= units;
  if (ascii_) {
    at_ += units;
    return text_.substr(at_ - units, units);
  }
  if (inside_pair_ && units > 0) return cut_pair(units);
  if (inside_pair_) return {};
  std::string_view rest = text_.substr(at_);
  Utf16Cut cut = utf16_cut(rest, units);
  at_ += cut.byte;
  inside_pair_ = cut.inside_pair;
  if (!cut.inside_pair) return rest.substr(0, cut.byte);
  return arena_.add(std::string(rest.substr(0, cut.byte)) += kReplacement);
}

/// A string that begins with the second half of a pair; it becomes U+FFFD.
std::string_view StringColumnReader::cut_pair(std::uint64_t units) {
  std::string text(kReplacement);
  at_ += 4;
  std::string_view rest = text_.substr(at_);
  Utf16Cut cut = utf16_cut(rest, units - 1);
  text += rest.substr(0, cut.byte);
  if (cut.inside_pair) text += kReplacement;
  at_ += cut.byte;
  inside_pair_ = cut.inside_pair;
  return arena_.add(std::move(text));
}

void UintOptRleWriter::write(std::uint64_t value) {
  if (value == value_) {
    ++count_;
    return;
  }
  flush();
  value_ = value;
  count_ = 1;
}

void UintOptRleWriter::flush() {
  if (count_ == 0) return;
  writer_.var_int(SignedMagnitude{value_, count_ > 1});
  if (count_ > 1) writer_.var_uint(count_ - 2);
}

Bytes UintOptRleWriter::finish() {
  flush();
  return writer_.take();
}

void IntDiffOptRleWriter::write(std::int64_t value) {
  if (value - value_ == difference_) {
    ++count_;
  } else {
    flush();
    count_ = 1;
    difference_ = value - value_;
  }
  value_ = value;
}

void IntDiffOptRleWriter::flush() {
  if (count_ == 0) return;
  writer_.var_int(difference_ * 2 + (count_ > 1 ? 1 : 0));
  if (count_ > 1) writer_.var_uint(count_ - 2);
}

Bytes IntDiffOptRleWriter::finish() {
  flush();
  return writer_.take();
}

void RleByteWriter::write(std::uint8_t value) {
  if (count_ > 0 && value == value_) {
    ++count_;
    return;
  }
  if (count_ > 0) writer_.var_uint(count_ - 1);
  count_ = 1;
  value_ = value;
  writer_.u8(value);
}

void StringColumnWriter::write(std::string_view text, std::size_t utf16_units) {
  text_ += text;
  lengths_.write(utf16_units);
}

Bytes StringColumnWriter::finish() {
  Writer writer;
  Bytes lengths = lengths_.finish();
  writer.reserve(text_.size() + lengths.size() + 9);
  writer.var_string(text_);
  writer.raw(lengths);
  return writer.take();
}

}  // namespace footprint::sync
