#include "sync/read.hpp"

#include <algorithm>

#include "sync/doc_store.hpp"
#include "sync/js_text.hpp"
#include "sync/read_types.hpp"
#include "sync/utf8.hpp"

namespace footprint::sync {

namespace {

bool known(const DocStore& store, TypeId type) {
  return type && type.index < store.types.size();
}

}  // namespace

void each_value(const DocStore& store, const Item& item, const std::function<void(Value)>& visit) {
  switch (item.kind()) {
    case ContentKind::kAny: {
      Reader reader(store.content(item));
      for (Clock i = 0; i < item.length; i++) visit(read_any(reader));
      return;
    }
    case ContentKind::kJson: {
      Reader reader(store.content(item));
      for (Clock i = 0; i < item.length; i++) {
        auto parsed = parse_json(reader.var_string());
        visit(parsed ? *parsed : Any());  // `undefined` is no JSON
      }
      return;
    }
    case ContentKind::kBinary:
      return visit(Any(to_bytes(store.content(item))));
    case ContentKind::kString:
      return visit(Any(store.text(item)));
    case ContentKind::kEmbed:
      return visit(store.value(item));
    case ContentKind::kType:
      return visit(TypeId{item.content});
    case ContentKind::kDoc: {
      Reader reader(store.content_value(item));
      return visit(SubDoc{std::string(store.content_name(item)), read_any(reader)});
    }
    case ContentKind::kGc:
    case ContentKind::kDeleted:
    case ContentKind::kFormat:
    case ContentKind::kSkip:
      return;
  }
}

Value last_value(const DocStore& store, const Item& item) {
  Value out;
  each_value(store, item, [&](Value value) { out = std::move(value); });
  return out;
}

std::vector<std::string> root_names(const Doc& doc) {
  std::vector<std::string> out;
  for (const auto& [name, type] : doc.store().roots) out.emplace_back(doc.store().name(name));
  std::sort(out.begin(), out.end());
  return out;
}

TypeId find_root(const Doc& doc, std::string_view name) {
  auto type = doc.store().find_root(name);
  return type ? TypeId{*type} : TypeId{};
}

std::optional<TypeRef> kind_of(const Doc& doc, TypeId type) {
  if (!known(doc.store(), type)) return std::nullopt;
  const TypeRecord& record = doc.store().types[type.index];
  return record.ref_known ? std::optional(record.ref) : std::nullopt;
}

std::string node_name(const Doc& doc, TypeId type) {
  if (!known(doc.store(), type)) return {};
  const TypeRecord& record = doc.store().types[type.index];
  return record.item == kNone ? std::string() : std::string(doc.store().name(record.name));
}

Clock length(const Doc& doc, TypeId type) {
  const DocStore& store = doc.store();
  if (!known(store, type)) return 0;
  return static_cast<Clock>(store.order.units(store.sequences[store.types[type.index].list].root));
}

std::vector<Value> list_values(const Doc& doc, TypeId list) {
  std::vector<Value> out;
  const DocStore& store = doc.store();
  if (!known(store, list)) return out;
  each_item(store, list.index, [&](Handle h) {
    const Item& item = store.items[h];
    if (item.visible_units() > 0)
      each_value(store, item, [&](Value value) { out.push_back(std::move(value)); });
  });
  return out;
}

std::vector<std::pair<std::string, Value>> map_values(const Doc& doc, TypeId map) {
  std::vector<std::pair<std::string, Value>> out;
  const DocStore& store = doc.store();
  if (!known(store, map)) return out;
  for (SequenceIndex s = store.types[map.index].first_entry; s != kNone;
       s = store.sequences[s].next_entry) {
    Handle last = store.order.last(store.sequences[s].root);
    if (last == kNone || store.items[last].deleted) continue;
    out.emplace_back(store.name(store.sequences[s].key), last_value(store, store.items[last]));
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return js_less(a.first, b.first); });
  return out;
}

std::optional<Value> map_value(const Doc& doc, TypeId map, std::string_view key) {
  const DocStore& store = doc.store();
  if (!known(store, map)) return std::nullopt;
  Handle last = store.entry_value(map.index, key);
  if (last == kNone || store.items[last].deleted) return std::nullopt;
  return last_value(store, store.items[last]);
}

std::string text_string(const Doc& doc, TypeId text) {
  std::string out;
  const DocStore& store = doc.store();
  if (!known(store, text)) return out;
  each_item(store, text.index, [&](Handle h) {
    const Item& item = store.items[h];
    if (!item.deleted && item.kind() == ContentKind::kString) out += store.text(item);
  });
  return out;
}

void DeltaBuilder::mark(std::string_view key, Any value) {
  flush();
  std::erase_if(marks_,
                [&](const AnyMember& member) { return member.key == key && value.is_null(); });
  if (value.is_null()) return;
  for (AnyMember& member : marks_) {
    if (member.key != key) continue;
    member.value = std::move(value);
    return;
  }
  marks_.push_back({std::string(key), std::move(value)});
}

const Any* DeltaBuilder::mark(std::string_view key) const {
  for (const AnyMember& member : marks_) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

void DeltaBuilder::embed(Value value) {
  flush();
  ops_.push_back({std::move(value), false, marks_});
}

void DeltaBuilder::flush() {
  if (text_.empty()) return;
  ops_.push_back({Any(std::move(text_)), true, marks_});
  text_.clear();
}

std::vector<DeltaOp> DeltaBuilder::take() {
  flush();
  return std::move(ops_);
}

std::vector<DeltaOp> text_delta(const Doc& doc, TypeId text) {
  const DocStore& store = doc.store();
  DeltaBuilder delta;
  if (!known(store, text)) return {};
  each_item(store, text.index, [&](Handle h) {
    const Item& item = store.items[h];
    if (item.deleted) return;
    if (item.kind() == ContentKind::kString) {
      delta.text(store.text(item));
    } else if (item.kind() == ContentKind::kFormat) {
      delta.mark(store.content_name(item), store.value(item));
    } else if (item.kind() == ContentKind::kType || item.kind() == ContentKind::kEmbed) {
      delta.embed(last_value(store, item));
    }
  });
  return delta.take();
}

namespace {

Any value_to_any(const Doc& doc, const Value& value, int depth);

Any type_to_any(const Doc& doc, TypeId type, std::optional<TypeRef> kind, int depth) {
  if (depth > kReadDepthMax) return Any();
  if (!kind) kind = kind_of(doc, type);
  switch (kind.value_or(TypeRef::kMap)) {
    case TypeRef::kArray: {
      Any::Array out;
      for (const Value& value : list_values(doc, type))
        out.push_back(value_to_any(doc, value, depth));
      return out;
    }
    case TypeRef::kMap:
    case TypeRef::kXmlHook: {
      Any::Object out;
      for (const auto& [key, value] : map_values(doc, type))
        out.push_back({key, value_to_any(doc, value, depth)});
      return out;
    }
    case TypeRef::kText:
      return text_string(doc, type);
    case TypeRef::kXmlElement:
    case TypeRef::kXmlFragment:
    case TypeRef::kXmlText:
      return xml_string(doc, type, kind);
  }
  return Any();
}

Any value_to_any(const Doc& doc, const Value& value, int depth) {
  if (const Any* plain = std::get_if<Any>(&value)) return *plain;
  if (const TypeId* type = std::get_if<TypeId>(&value))
    return type_to_any(doc, *type, std::nullopt, depth + 1);
  return Any(Any::Object{{"guid", Any(std::get<SubDoc>(value).guid)}});
}

}  // namespace

Any to_any(const Doc& doc, TypeId type, std::optional<TypeRef> kind) {
  return type_to_any(doc, type, kind, 0);
}

}  // namespace footprint::sync
