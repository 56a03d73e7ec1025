#include "tagged.hpp"

#include <algorithm>
#include <cmath>

#include "sync/js_text.hpp"

namespace footprint::sync {

namespace {

std::string base64(const Bytes& bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = std::uint32_t{bytes[i]} << 16;
    if (i + 1 < bytes.size()) group |= std::uint32_t{bytes[i + 1]} << 8;
    if (i + 2 < bytes.size()) group |= bytes[i + 2];
    out += kDigits[group >> 18];
    out += kDigits[(group >> 12) & 63];
    out += i + 1 < bytes.size() ? kDigits[(group >> 6) & 63] : '=';
    out += i + 2 < bytes.size() ? kDigits[group & 63] : '=';
  }
  return out;
}

Any one(const char* tag, Any value) {
  return Any::Object{{tag, std::move(value)}};
}

Any tagged(const Doc& doc, const Value& value) {
  if (const Any* plain = std::get_if<Any>(&value)) return tagged_value(*plain);
  if (const TypeId* type = std::get_if<TypeId>(&value)) {
    return tagged_type(doc, *type, kind_of(doc, *type).value_or(TypeRef::kMap));
  }
  return one("$doc", std::get<SubDoc>(value).guid);
}

Any tagged_members(const Doc& doc, TypeId type) {
  Any::Object out;
  for (const auto& [key, value] : map_values(doc, type)) out.push_back({key, tagged(doc, value)});
  return out;
}

Any tagged_elements(const Doc& doc, TypeId type) {
  Any::Array out;
  for (const Value& value : list_values(doc, type)) out.push_back(tagged(doc, value));
  return out;
}

}  // namespace

Any tagged_value(const Any& value) {
  if (value.is_undefined()) return one("$undefined", 1);
  if (const Any::BigInt* big = value.as_bigint()) return one("$bigint", std::to_string(big->value));
  if (const Bytes* bytes = value.as_bytes()) return one("$bytes", base64(*bytes));
  if (const double* number = value.as_number()) {
    if (*number == 0 && std::signbit(*number)) return one("$float", "-0");
    return std::isfinite(*number) ? value : one("$float", number_text(*number));
  }
  if (const Any::Array* array = value.as_array()) {
    Any::Array out;
    for (const Any& element : *array) out.push_back(tagged_value(element));
    return out;
  }
  if (const Any::Object* object = value.as_object()) {
    Any::Object out;
    for (const AnyMember& member : *object) out.push_back({member.key, tagged_value(member.value)});
    std::sort(out.begin(), out.end(),
              [](const AnyMember& a, const AnyMember& b) { return js_less(a.key, b.key); });
    return out;
  }
  return value;
}

Any tagged_delta(const Doc& doc, const std::vector<DeltaOp>& delta) {
  Any::Array out;
  for (const DeltaOp& op : delta) {
    Any::Object step = {{"insert", tagged(doc, op.insert)}};
    if (!op.attributes.empty()) step.push_back({"attributes", tagged_value(op.attributes)});
    out.push_back(std::move(step));
  }
  return out;
}

Any tagged_type(const Doc& doc, TypeId type, TypeRef kind) {
  switch (kind) {
    case TypeRef::kText:
      return one("$text", tagged_delta(doc, text_delta(doc, type)));
    case TypeRef::kXmlText:
      return Any::Object{{"$xmltext", tagged_delta(doc, text_delta(doc, type))},
                         {"attrs", tagged_members(doc, type)}};
    case TypeRef::kXmlElement:
      return Any::Object{{"$xml", Any(node_name(doc, type))},
                         {"attrs", tagged_members(doc, type)},
                         {"children", tagged_elements(doc, type)}};
    case TypeRef::kXmlFragment:
      return one("$fragment", tagged_elements(doc, type));
    case TypeRef::kMap:
      return one("$map", tagged_members(doc, type));
    case TypeRef::kArray:
      return one("$array", tagged_elements(doc, type));
    case TypeRef::kXmlHook:
      return one("$xmlhook", Any(node_name(doc, type)));
  }
  return Any();
}

}  // namespace footprint::sync
