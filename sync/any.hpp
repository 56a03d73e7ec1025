// A JavaScript value as lib0's `any` carries it, and its two encodings: lib0 bytes and JSON text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "sync/lib0.hpp"

namespace footprint::sync {

struct AnyMember;

/// Strings are UTF-8; a lone surrogate, which JSON's \u escapes can make, is kept as three bytes
/// (WTF-8). Objects keep the order in which members were added; both encodings write them in
/// JavaScript's order.
class Any {
 public:
  struct Undefined {
    bool operator==(const Undefined&) const = default;
  };
  struct Null {
    bool operator==(const Null&) const = default;
  };
  struct BigInt {
    std::int64_t value = 0;
    bool operator==(const BigInt&) const = default;
  };
  using Array = std::vector<Any>;
  using Object = std::vector<AnyMember>;

  Any();  // undefined
  Any(Null);
  Any(bool value);
  Any(double value);
  Any(int value);
  Any(BigInt value);
  Any(std::string value);
  Any(std::string_view value);
  Any(const char* value);
  Any(Bytes value);
  Any(Array value);
  Any(Object value);
  static Any null() { return Null{}; }

  bool is_undefined() const { return std::holds_alternative<Undefined>(value_); }
  bool is_null() const { return std::holds_alternative<Null>(value_); }
  /// The value of that kind, or nullptr.
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const double* as_number() const { return std::get_if<double>(&value_); }
  const BigInt* as_bigint() const { return std::get_if<BigInt>(&value_); }
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const Bytes* as_bytes() const { return std::get_if<Bytes>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }
  /// An object's member, or nullptr when there is none or this is no object.
  const Any* find(std::string_view key) const;

  bool operator==(const Any& other) const;  // member order counts; NaN differs from itself

 private:
  std::variant<Undefined, Null, bool, double, BigInt, std::string, Bytes, Array, Object> value_;
};

struct AnyMember {
  std::string key;
  Any value;
  bool operator==(const AnyMember&) const = default;
};

// Behind AnyMember: until that is complete, no constructor can know how to take an Object down
// again.
inline Any::Any() = default;
inline Any::Any(Null) : value_(Null{}) {}
inline Any::Any(bool value) : value_(value) {}
inline Any::Any(double value) : value_(value) {}
inline Any::Any(int value) : value_(static_cast<double>(value)) {}
inline Any::Any(BigInt value) : value_(value) {}
inline Any::Any(std::string value) : value_(std::move(value)) {}
inline Any::Any(std::string_view value) : value_(std::string(value)) {}
inline Any::Any(const char* value) : value_(std::string(value)) {}
inline Any::Any(Bytes value) : value_(std::move(value)) {}
inline Any::Any(Array value) : value_(std::move(value)) {}
inline Any::Any(Object value) : value_(std::move(value)) {}

inline constexpr std::size_t kAnyDepthMax = 100;

/// One value from the reader; undefined after a failure, which the reader keeps.
Any read_any(Reader& reader, std::size_t depth_max = kAnyDepthMax);
void write_any(Writer& writer, const Any& value);

/// JSON.parse; nullopt when it is not JSON or nested deeper than `depth_max`.
std::optional<Any> parse_json(std::string_view text, std::size_t depth_max = kAnyDepthMax);
enum class JsonCheck { kValid, kInvalid, kTooDeep };
JsonCheck check_json(std::string_view text, std::size_t depth_max = kAnyDepthMax);

/// JSON.stringify. Where JavaScript has no answer we give one: undefined as a whole is `null`, a
/// bigint its digits.
std::string to_json(const Any& value);
/// A text as a JSON string with its quotes.
void append_json_string(std::string& to, std::string_view text);
/// A number as JavaScript's String(number) writes it: `1e+21`, `1e-7`, `NaN`.
std::string number_text(double value);
/// Members in JavaScript's order: integer-like keys ascending, then the others as added; the last
/// of a key counts.
std::vector<const AnyMember*> in_js_order(const Any::Object& object);

}  // namespace footprint::sync
