// XML types as yjs's toString and as y-prosemirror's JSON.
#include <algorithm>

#include "sync/doc_store.hpp"
#include "sync/js_text.hpp"
#include "sync/read_types.hpp"

namespace footprint::sync {

namespace {

std::string xml_of(const Doc& doc, TypeId type, std::optional<TypeRef> kind, int depth);

std::string value_string(const Doc& doc, const Value& value, int depth) {
  if (const Any* plain = std::get_if<Any>(&value)) return js_string(*plain);
  const TypeId* type = std::get_if<TypeId>(&value);
  return type != nullptr ? xml_of(doc, *type, std::nullopt, depth + 1) : "[object Object]";
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// Own members of a mark's value as JavaScript's for-in lists them.
std::vector<std::pair<std::string, std::string>> mark_attributes(const Any& value) {
  std::vector<std::pair<std::string, std::string>> out;
  if (const Any::Object* object = value.as_object()) {
    for (const AnyMember& member : *object) out.emplace_back(member.key, js_string(member.value));
  } else if (const Any::Array* array = value.as_array()) {
    for (std::size_t i = 0; i < array->size(); i++)
      out.emplace_back(std::to_string(i), js_string((*array)[i]));
  } else if (const std::string* text = value.as_string()) {
    std::size_t index = 0;
    for (std::size_t at = 0; at < text->size();) {
      auto lead = static_cast<unsigned char>((*text)[at]);
      std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
      out.emplace_back(std::to_string(index), text->substr(at, bytes));
      index += bytes == 4 ? 2 : 1;
      at += bytes;
    }
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return js_less(a.first, b.first); });
  return out;
}

std::string xml_text(const Doc& doc, TypeId type, int depth) {
  std::string out;
  for (const DeltaOp& op : text_delta(doc, type)) {
    std::vector<const AnyMember*> marks = in_js_order(op.attributes);
    std::stable_sort(marks.begin(), marks.end(), [](const AnyMember* a, const AnyMember* b) {
      return js_less(a->key, b->key);
    });
    for (const AnyMember* mark : marks) {
      out += "<" + mark->key;
      for (const auto& [key, value] : mark_attributes(mark->value))
        out += " " + key + "=\"" + value + "\"";
      out += ">";
    }
    out += value_string(doc, op.insert, depth);
    for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) out += "</" + (*mark)->key + ">";
  }
  return out;
}

std::string xml_of(const Doc& doc, TypeId type, std::optional<TypeRef> kind, int depth) {
  if (depth > kReadDepthMax) return {};
  if (!kind) kind = kind_of(doc, type);
  switch (kind.value_or(TypeRef::kXmlFragment)) {
    case TypeRef::kText:
      return text_string(doc, type);
    case TypeRef::kXmlText:
      return xml_text(doc, type, depth);
    case TypeRef::kXmlElement:
    case TypeRef::kXmlFragment: {
      std::string inner;
      for (const Value& value : list_values(doc, type)) inner += value_string(doc, value, depth);
      if (kind != TypeRef::kXmlElement) return inner;
      std::string name = lower_case(node_name(doc, type));
      std::string out = "<" + name;
      for (const auto& [key, value] : map_values(doc, type)) {
        out += " " + key + "=\"" + value_string(doc, value, depth) + "\"";
      }
      return out + ">" + inner + "</" + name + ">";
    }
    case TypeRef::kArray:
    case TypeRef::kMap:
    case TypeRef::kXmlHook:
      return "[object Object]";
  }
  return {};
}

Any plain_value(const Doc& doc, const Value& value) {
  if (const Any* plain = std::get_if<Any>(&value)) return *plain;
  if (const TypeId* type = std::get_if<TypeId>(&value)) return to_any(doc, *type);
  return Any(std::get<SubDoc>(value).guid);
}

void add_node(const Doc& doc, const Value& value, Any::Array& to, int depth) {
  const TypeId* type = std::get_if<TypeId>(&value);
  if (type == nullptr || depth > kReadDepthMax) return;
  if (kind_of(doc, *type) == TypeRef::kXmlText) {
    for (const DeltaOp& op : text_delta(doc, *type)) {
      Any::Object node = {{"type", "text"}, {"text", plain_value(doc, op.insert)}};
      Any::Array marks;
      for (const AnyMember* mark : in_js_order(op.attributes)) {
        marks.push_back(Any::Object{{"type", Any(mark_name(mark->key))}, {"attrs", mark->value}});
      }
      if (!marks.empty()) node.push_back({"marks", std::move(marks)});
      to.push_back(std::move(node));
    }
    return;
  }
  if (kind_of(doc, *type) != TypeRef::kXmlElement) return;
  Any::Object node = {{"type", Any(node_name(doc, *type))}};
  Any::Object attributes;
  for (const auto& [key, attribute] : map_values(doc, *type)) {
    attributes.push_back({key, plain_value(doc, attribute)});
  }
  if (!attributes.empty()) node.push_back({"attrs", std::move(attributes)});
  Any::Array content;
  std::vector<Value> children = list_values(doc, *type);
  for (const Value& child : children) add_node(doc, child, content, depth + 1);
  if (!children.empty()) node.push_back({"content", std::move(content)});
  to.push_back(std::move(node));
}

}  // namespace

std::string xml_string(const Doc& doc, TypeId type, std::optional<TypeRef> kind) {
  return type ? xml_of(doc, type, kind, 0) : std::string();
}

std::string_view mark_name(std::string_view format_key) {
  constexpr std::size_t kHash = 8;
  if (format_key.size() < kHash + 2) return format_key;
  std::size_t cut = format_key.size() - kHash - 2;
  if (format_key.substr(cut, 2) != "--") return format_key;
  auto base64 = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
  };
  std::string_view hash = format_key.substr(cut + 2);
  return std::all_of(hash.begin(), hash.end(), base64) ? format_key.substr(0, cut) : format_key;
}

Any prosemirror_doc(const Doc& doc, TypeId fragment) {
  Any::Array content;
  for (const Value& value : list_values(doc, fragment)) add_node(doc, value, content, 0);
  return Any::Object{{"type", "doc"}, {"content", std::move(content)}};
}

}  // namespace footprint::sync
