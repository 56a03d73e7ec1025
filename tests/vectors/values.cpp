#include "values.hpp"

#include <sodium.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sync/js_text.hpp"

namespace footprint::vectors {

using sync::Any;
using sync::AnyMember;
using sync::TypeId;
using sync::TypeRef;
using sync::Value;

namespace {

Any one(const char* key, Any value) {
  return Any::Object{{key, std::move(value)}};
}

Any::Object sorted(Any::Object members) {
  std::stable_sort(members.begin(), members.end(), [](const AnyMember& a, const AnyMember& b) {
    return sync::js_less(a.key, b.key);
  });
  return members;
}

Any tagged_members(const Any::Object& object) {
  Any::Object members;
  for (const AnyMember* member : sync::in_js_order(object))
    members.push_back({member->key, tagged(member->value)});
  return sorted(std::move(members));
}

Any typed(const sync::Doc& doc, TypeId type, TypeRef kind);

Any value_json(const sync::Doc& doc, const Value& value) {
  if (const auto* any = std::get_if<Any>(&value)) return tagged(*any);
  if (const auto* inner = std::get_if<sync::SubDoc>(&value)) return one("$doc", inner->guid);
  TypeId type = std::get<TypeId>(value);
  return typed(doc, type, sync::kind_of(doc, type).value_or(TypeRef::kArray));
}

Any::Object entries(const sync::Doc& doc, TypeId map) {
  Any::Object members;
  for (const auto& [key, value] : sync::map_values(doc, map))
    members.push_back({key, value_json(doc, value)});
  return sorted(std::move(members));
}

Any::Array elements(const sync::Doc& doc, TypeId list) {
  Any::Array values;
  for (const Value& value : sync::list_values(doc, list)) values.push_back(value_json(doc, value));
  return values;
}

Any delta(const sync::Doc& doc, TypeId text) {
  return delta_json(doc, sync::text_delta(doc, text));
}

Any typed(const sync::Doc& doc, TypeId type, TypeRef kind) {
  switch (kind) {
    case TypeRef::kArray:
      return one("$array", elements(doc, type));
    case TypeRef::kMap:
      return one("$map", entries(doc, type));
    case TypeRef::kText:
      return one("$text", delta(doc, type));
    case TypeRef::kXmlFragment:
      return one("$fragment", elements(doc, type));
    case TypeRef::kXmlHook:
      return one("$xmlhook", sync::node_name(doc, type));
    case TypeRef::kXmlText:
      return Any::Object{{"$xmltext", delta(doc, type)}, {"attrs", entries(doc, type)}};
    case TypeRef::kXmlElement:
      break;
  }
  return Any::Object{{"$xml", sync::node_name(doc, type)},
                     {"attrs", entries(doc, type)},
                     {"children", elements(doc, type)}};
}

}  // namespace

Any delta_json(const sync::Doc& doc, const std::vector<sync::DeltaOp>& ops) {
  Any::Array out;
  for (const sync::DeltaOp& op : ops) {
    Any::Object members{{"insert", value_json(doc, op.insert)}};
    if (!op.attributes.empty()) members.push_back({"attributes", tagged_members(op.attributes)});
    out.push_back(std::move(members));
  }
  return out;
}

Any sorted_members(const Any& value) {
  if (const Any::Array* array = value.as_array()) {
    Any::Array values;
    for (const Any& element : *array) values.push_back(sorted_members(element));
    return values;
  }
  const Any::Object* object = value.as_object();
  if (object == nullptr) return value;
  Any::Object members;
  for (const AnyMember& member : *object)
    members.push_back({member.key, sorted_members(member.value)});
  return sorted(std::move(members));
}

std::string base64(ByteView bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the closing NUL
  return text;
}

Bytes from_base64(std::string_view text) {
  Bytes bytes(text.size());
  std::size_t size = 0;
  int failed = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr,
                                 &size, nullptr, sodium_base64_VARIANT_ORIGINAL);
  bytes.resize(failed != 0 ? 0 : size);
  return bytes;
}

std::string text_at(const Any& object, std::string_view key) {
  const Any* value = object.find(key);
  const std::string* text = value != nullptr ? value->as_string() : nullptr;
  return text != nullptr ? *text : "";
}

Bytes bytes_at(const Any& object, std::string_view key) {
  return from_base64(text_at(object, key));
}

double number_at(const Any& object, std::string_view key) {
  const Any* value = object.find(key);
  const double* number = value != nullptr ? value->as_number() : nullptr;
  return number != nullptr ? *number : 0;
}

bool flag_at(const Any& object, std::string_view key) {
  const Any* value = object.find(key);
  const bool* flag = value != nullptr ? value->as_bool() : nullptr;
  return flag != nullptr && *flag;
}

Any tagged(const Any& value) {
  if (value.is_undefined()) return one("$undefined", 1);
  if (const Any::BigInt* integer = value.as_bigint())
    return one("$bigint", std::to_string(integer->value));
  if (const Bytes* bytes = value.as_bytes()) return one("$bytes", base64(*bytes));
  if (const double* number = value.as_number()) {
    if (*number == 0 && std::signbit(*number)) return one("$float", "-0");
    if (!std::isfinite(*number)) return one("$float", sync::number_text(*number));
  }
  if (const Any::Object* object = value.as_object()) return tagged_members(*object);
  const Any::Array* array = value.as_array();
  if (array == nullptr) return value;
  Any::Array values;
  for (const Any& element : *array) values.push_back(tagged(element));
  return values;
}

Any untagged(const Any& value) {
  if (const Any::Array* array = value.as_array()) {
    Any::Array values;
    for (const Any& element : *array) values.push_back(untagged(element));
    return values;
  }
  const Any::Object* object = value.as_object();
  if (object == nullptr) return value;
  if (object->size() == 1) {
    const AnyMember& only = object->front();
    std::string text = text_at(value, only.key);
    if (only.key == "$undefined") return {};
    if (only.key == "$bigint") return Any::BigInt{std::stoll(text)};
    if (only.key == "$bytes") return from_base64(text);
    if (only.key == "$float") {
      if (text == "-0") return -0.0;
      double infinity = std::numeric_limits<double>::infinity();
      return text == "NaN"         ? std::numeric_limits<double>::quiet_NaN()
             : text == "-Infinity" ? -infinity
                                   : infinity;
    }
  }
  Any::Object members;
  for (const AnyMember& member : *object) members.push_back({member.key, untagged(member.value)});
  return members;
}

TypeRef type_named(std::string_view name) {
  if (name == "Text") return TypeRef::kText;
  if (name == "Map") return TypeRef::kMap;
  if (name == "XmlFragment") return TypeRef::kXmlFragment;
  return TypeRef::kArray;
}

Any content_of(const sync::Doc& doc, const Any& roots) {
  Any::Object content;
  for (const AnyMember& root : *roots.as_object()) {
    content.push_back({root.key, typed(doc, sync::find_root(doc, root.key),
                                       type_named(*root.value.as_string()))});
  }
  return content;
}

Any deletes_json(const sync::DeleteSet& deletes) {
  Any::Object members;
  for (const auto& [client, ranges] : deletes.ranges()) {
    Any::Array list;
    for (const sync::DeleteRange& range : ranges) {
      list.push_back(
          Any::Array{static_cast<double>(range.clock), static_cast<double>(range.length)});
    }
    members.push_back({std::to_string(client), std::move(list)});
  }
  return members;
}

std::string short_sha256(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  return std::string(hex.data(), 24);
}

}  // namespace footprint::vectors
