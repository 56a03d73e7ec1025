#include "edits.hpp"

#include <map>

namespace footprint::sync {

namespace {

std::string text_of(const Any& edit, std::string_view key) {
  const Any* found = edit.find(key);
  const std::string* text = found == nullptr ? nullptr : found->as_string();
  return text == nullptr ? std::string() : *text;
}

Clock number_of(const Any& edit, std::string_view key) {
  const Any* found = edit.find(key);
  const double* number = found == nullptr ? nullptr : found->as_number();
  return number == nullptr ? 0 : static_cast<Clock>(*number);
}

Attributes attributes_of(const Any& edit, std::string_view key) {
  const Any* found = edit.find(key);
  const Any::Object* object = found == nullptr ? nullptr : found->as_object();
  return object == nullptr ? Attributes{} : *object;
}

std::vector<Any> values_of(const Any& edit) {
  const Any* found = edit.find("values");
  const Any::Array* array = found == nullptr ? nullptr : found->as_array();
  return array == nullptr ? std::vector<Any>{} : *array;
}

TypeRef kind_named(std::string_view name) {
  static const std::map<std::string_view, TypeRef> kinds = {{"Array", TypeRef::kArray},
                                                            {"Map", TypeRef::kMap},
                                                            {"Text", TypeRef::kText},
                                                            {"XmlElement", TypeRef::kXmlElement},
                                                            {"XmlFragment", TypeRef::kXmlFragment},
                                                            {"XmlHook", TypeRef::kXmlHook},
                                                            {"XmlText", TypeRef::kXmlText}};
  auto found = kinds.find(name);
  return found == kinds.end() ? TypeRef::kMap : found->second;
}

TypeId root_of(Transaction& transaction, std::string_view name) {
  static const std::map<std::string_view, TypeRef> roots = {{"text", TypeRef::kText},
                                                            {"arr", TypeRef::kArray},
                                                            {"map", TypeRef::kMap},
                                                            {"xml", TypeRef::kXmlFragment}};
  auto found = roots.find(name);
  return found == roots.end() ? TypeId{} : transaction.root(found->first, found->second);
}

TypeId target(Transaction& transaction, const Any& edit, std::string_view default_root) {
  const Any* path = edit.find("path");
  const Any::Array* steps = path == nullptr ? nullptr : path->as_array();
  if (steps == nullptr || steps->empty()) return root_of(transaction, default_root);
  const std::string* root = steps->front().as_string();
  TypeId type = root == nullptr ? TypeId{} : root_of(transaction, *root);
  for (std::size_t i = 1; i < steps->size() && type; i++) {
    const Any& step = (*steps)[i];
    if (const double* index = step.as_number()) {
      type = transaction.child(type, static_cast<Clock>(*index));
    } else if (const std::string* key = step.as_string()) {
      type = transaction.entry(type, *key);
    }
  }
  return type;
}

bool text_edit(Transaction& transaction, std::string_view op, const Any& edit) {
  TypeId text = target(transaction, edit, "text");
  Clock pos = number_of(edit, "pos");
  if (op == "text.insert") {
    std::optional<Attributes> attributes;
    if (edit.find("attrs") != nullptr) attributes = attributes_of(edit, "attrs");
    return transaction.insert_text(text, pos, text_of(edit, "str"), attributes);
  }
  if (op == "text.delete") return transaction.delete_text(text, pos, number_of(edit, "len"));
  if (op == "text.format") {
    return transaction.format_text(text, pos, number_of(edit, "len"), attributes_of(edit, "attrs"));
  }
  if (op == "text.embed") {
    const Any* value = edit.find("value");
    return value != nullptr &&
           transaction.insert_embed(text, pos, *value, attributes_of(edit, "attrs"));
  }
  if (op == "text.embedType") {
    return bool(transaction.insert_embedded_type(text, pos, kind_named(text_of(edit, "type"))));
  }
  if (op != "text.delta") return false;
  std::vector<DeltaStep> delta;
  const Any* found = edit.find("delta");
  const Any::Array* steps = found == nullptr ? nullptr : found->as_array();
  if (steps == nullptr) return false;
  for (const Any& from : *steps) {
    DeltaStep step;
    step.attributes = attributes_of(from, "attributes");
    if (const Any* insert = from.find("insert")) {
      step.kind = insert->as_string() ? DeltaStep::Kind::kInsert : DeltaStep::Kind::kEmbed;
      step.text = text_of(from, "insert");
      step.embed = *insert;
    } else if (from.find("retain") != nullptr) {
      step.kind = DeltaStep::Kind::kRetain;
      step.length = number_of(from, "retain");
    } else {
      step.kind = DeltaStep::Kind::kDelete;
      step.length = number_of(from, "delete");
    }
    delta.push_back(std::move(step));
  }
  return transaction.apply_delta(text, delta);
}

bool xml_edit(Transaction& transaction, std::string_view op, const Any& edit) {
  TypeId parent = target(transaction, edit, "xml");
  Clock pos = number_of(edit, "pos");
  if (op == "xml.insertElement") {
    TypeId element =
        transaction.insert_type(parent, pos, TypeRef::kXmlElement, text_of(edit, "name"));
    if (!element) return false;
    Attributes attributes = attributes_of(edit, "attrs");
    for (const AnyMember* member : in_js_order(attributes)) {
      transaction.set(element, member->key, member->value);
    }
    TypeId text = transaction.insert_type(element, 0, TypeRef::kXmlText);
    return transaction.insert_text(text, 0, text_of(edit, "text"));
  }
  if (op == "xml.textInsert") {
    TypeId text = transaction.child(transaction.child(parent, pos), 0);
    return transaction.insert_text(text, number_of(edit, "at"), text_of(edit, "str"));
  }
  return op == "xml.delete" && transaction.delete_values(parent, pos, number_of(edit, "len"));
}

}  // namespace

bool make_edit(Transaction& transaction, const Any& edit) {
  std::string op = text_of(edit, "op");
  if (op.starts_with("text.")) return text_edit(transaction, op, edit);
  if (op.starts_with("xml.")) return xml_edit(transaction, op, edit);
  Clock pos = number_of(edit, "pos");
  if (op == "array.insert")
    return transaction.insert_values(target(transaction, edit, "arr"), pos, values_of(edit));
  if (op == "array.delete") {
    return transaction.delete_values(target(transaction, edit, "arr"), pos, number_of(edit, "len"));
  }
  if (op == "list.insertType") {
    TypeId list = target(transaction, edit, "arr");
    return bool(transaction.insert_type(list, pos, kind_named(text_of(edit, "type")),
                                        text_of(edit, "name")));
  }
  TypeId map = target(transaction, edit, "map");
  if (op == "map.set") {
    const Any* value = edit.find("value");
    return transaction.set(map, text_of(edit, "key"), value == nullptr ? Any() : *value);
  }
  if (op == "map.setType") {
    return bool(transaction.set_type(map, text_of(edit, "key"), kind_named(text_of(edit, "type"))));
  }
  return op == "map.delete" && transaction.remove(map, text_of(edit, "key"));
}

}  // namespace footprint::sync
