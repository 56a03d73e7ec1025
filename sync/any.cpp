#include "sync/any.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>

#include "sync/utf8.hpp"

namespace footprint::sync {
namespace {

constexpr double kSmallIntegerMax = 2147483647.0;

/// The array index a key names, as JavaScript decides it (at most 2^32 - 2), or nullopt.
std::optional<std::uint32_t> array_index(std::string_view key) {
  if (key.empty() || key.size() > 10 || (key[0] == '0' && key.size() > 1)) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : key) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > 0xFFFFFFFEULL) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

void write_number(Writer& writer, double value) {
  auto narrow = static_cast<float>(value);
  if (std::trunc(value) == value && std::fabs(value) <= kSmallIntegerMax) {
    writer.u8(any_tag::kInteger);
    writer.var_int(
        SignedMagnitude{static_cast<std::uint64_t>(std::fabs(value)), std::signbit(value)});
  } else if (static_cast<double>(narrow) == value) {
    writer.u8(any_tag::kFloat32);
    writer.big_endian(std::bit_cast<std::uint32_t>(narrow), 4);
  } else {
    writer.u8(any_tag::kFloat64);
    writer.big_endian(
        std::isnan(value) ? 0x7FF8000000000000ULL : std::bit_cast<std::uint64_t>(value), 8);
  }
}

void write_text(Writer& writer, std::string_view text) {
  if (has_lone_surrogate(text)) {
    writer.var_string(to_well_formed(text));
  } else {
    writer.var_string(text);
  }
}

double read_integer(Reader& reader) {
  SignedMagnitude value = reader.var_int();
  auto magnitude = static_cast<double>(value.magnitude);
  return value.negative ? -magnitude : magnitude;
}

Any read_array(Reader& reader, std::size_t depth_max) {
  std::uint64_t length = reader.count(1);
  if (depth_max == 0) reader.fail(ReadFailure::kDepth);
  Any::Array values;
  for (std::uint64_t i = 0; i < length && reader.ok(); ++i)
    values.push_back(read_any(reader, depth_max - 1));
  return values;
}

Any read_object(Reader& reader, std::size_t depth_max) {
  std::uint64_t length = reader.count(2);
  if (depth_max == 0) reader.fail(ReadFailure::kDepth);
  Any::Object members;
  for (std::uint64_t i = 0; i < length && reader.ok(); ++i) {
    std::string key(reader.var_string());
    members.push_back({std::move(key), read_any(reader, depth_max - 1)});
  }
  return members;
}

}  // namespace

const Any* Any::find(std::string_view key) const {
  const Object* members = as_object();
  if (members == nullptr) return nullptr;
  auto found = std::find_if(members->rbegin(), members->rend(),
                            [key](const AnyMember& member) { return member.key == key; });
  return found == members->rend() ? nullptr : &found->value;
}

bool Any::operator==(const Any& other) const {
  return value_ == other.value_;
}

std::vector<const AnyMember*> in_js_order(const Any::Object& object) {
  std::vector<const AnyMember*> order;
  std::unordered_map<std::string_view, std::size_t> places;
  bool indexed = false;
  for (const AnyMember& member : object) {
    auto [place, is_new] = places.try_emplace(member.key, order.size());
    if (is_new) {
      order.push_back(&member);
    } else {
      order[place->second] = &member;
    }
    indexed = indexed || array_index(member.key).has_value();
  }
  if (!indexed) return order;
  auto rank = [](const AnyMember* member) {
    auto index = array_index(member->key);
    return index ? std::uint64_t{*index} : ~std::uint64_t{0};
  };
  std::stable_sort(order.begin(), order.end(),
                   [&rank](const AnyMember* a, const AnyMember* b) { return rank(a) < rank(b); });
  return order;
}

Any read_any(Reader& reader, std::size_t depth_max) {
  switch (reader.u8()) {
    case any_tag::kUndefined:
      return {};
    case any_tag::kNull:
      return Any::null();
    case any_tag::kTrue:
      return true;
    case any_tag::kFalse:
      return false;
    case any_tag::kInteger:
      return read_integer(reader);
    case any_tag::kFloat32:
      return static_cast<double>(
          std::bit_cast<float>(static_cast<std::uint32_t>(reader.big_endian(4))));
    case any_tag::kFloat64:
      return std::bit_cast<double>(reader.big_endian(8));
    case any_tag::kBigInt:
      return Any::BigInt{static_cast<std::int64_t>(reader.big_endian(8))};
    case any_tag::kString:
      return std::string(reader.var_string());
    case any_tag::kBytes:
      return to_bytes(reader.var_bytes());
    case any_tag::kArray:
      return read_array(reader, depth_max);
    case any_tag::kObject:
      return read_object(reader, depth_max);
    default:
      reader.fail(ReadFailure::kMalformed);
      return {};
  }
}

void write_any(Writer& writer, const Any& value) {
  if (value.is_undefined()) {
    writer.u8(any_tag::kUndefined);
  } else if (value.is_null()) {
    writer.u8(any_tag::kNull);
  } else if (const bool* flag = value.as_bool()) {
    writer.u8(*flag ? any_tag::kTrue : any_tag::kFalse);
  } else if (const double* number = value.as_number()) {
    write_number(writer, *number);
  } else if (const Any::BigInt* integer = value.as_bigint()) {
    writer.u8(any_tag::kBigInt);
    writer.big_endian(static_cast<std::uint64_t>(integer->value), 8);
  } else if (const std::string* text = value.as_string()) {
    writer.u8(any_tag::kString);
    write_text(writer, *text);
  } else if (const Bytes* bytes = value.as_bytes()) {
    writer.u8(any_tag::kBytes);
    writer.var_bytes(*bytes);
  } else if (const Any::Array* array = value.as_array()) {
    writer.u8(any_tag::kArray);
    writer.var_uint(array->size());
    for (const Any& element : *array) write_any(writer, element);
  } else if (const Any::Object* object = value.as_object()) {
    writer.u8(any_tag::kObject);
    std::vector<const AnyMember*> members = in_js_order(*object);
    writer.var_uint(members.size());
    for (const AnyMember* member : members) {
      write_text(writer, member->key);
      write_any(writer, member->value);
    }
  }
}

}  // namespace footprint::sync
