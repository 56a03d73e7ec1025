// Lists, maps and the frame of a local transaction; texts are in text_edit.cpp.
#include "sync/transaction.hpp"

#include "sync/utf8.hpp"

namespace footprint::sync {

bool Transaction::usable(TypeId type) const {
  return type && type.index < store_.types.size();
}

TypeId Transaction::type_of(Handle item) const {
  if (item == kNone || store_.items[item].deleted ||
      store_.items[item].kind() != ContentKind::kType)
    return {};
  return {store_.items[item].content};
}

TypeId Transaction::root(std::string_view name, TypeRef kind) {
  TypeIndex type = store_.root(name);
  if (!store_.types[type].ref_known) {
    store_.types[type].ref = kind;
    store_.types[type].ref_known = true;
  }
  return {type};
}

Handle Transaction::insert(SequenceIndex sequence, Handle left, Handle right,
                           const WireContent& content, Clock length) {
  ClientIndex own = store_.client(store_.options.client_id);
  store_.touch(change_, own);
  WireStruct in;
  in.id = {store_.options.client_id, store_.clients[own].state};
  in.length = length;
  in.content = content;
  if (left != kNone) {
    const Item& item = store_.items[left];
    in.has_origin = true;
    in.origin = {store_.clients[item.client].id, item.end() - 1};
  }
  if (right != kNone) {
    in.has_right_origin = true;
    in.right_origin = store_.id_of(right);
  }
  return store_.place(change_, {sequence, left, right}, in, 0);
}

std::optional<Placement> Transaction::list_place(TypeId list, Clock index) {
  if (!usable(list)) return std::nullopt;
  Placement at;
  at.sequence = store_.types[list.index].list;
  const OrderTree::Root& root = store_.sequences[at.sequence].root;
  if (index > 0) {
    OrderTree::Found found = store_.order.find(root, index - 1);
    if (found.item == kNone) return std::nullopt;
    const Item& item = store_.items[found.item];
    if (found.offset + 1 < item.length) {
      store_.clean_start(change_, item.client, item.clock + found.offset + 1);
    }
    at.left = found.item;
    at.right = store_.order.next(found.item);
  } else {
    at.right = store_.order.first(root);
  }
  return at;
}

bool Transaction::insert_values(TypeId list, Clock index, const std::vector<Any>& values) {
  auto at = list_place(list, index);
  if (!at) return false;
  Handle left = at->left;
  Writer packed;
  Clock packed_count = 0;
  auto flush = [&] {
    if (packed_count == 0) return;
    WireContent content;
    content.kind = ContentKind::kAny;
    content.bytes = packed.bytes();
    left = insert(at->sequence, left, at->right, content, packed_count);
    packed = Writer();
    packed_count = 0;
  };
  for (const Any& value : values) {
    if (const Bytes* bytes = value.as_bytes()) {
      flush();
      WireContent content;
      content.kind = ContentKind::kBinary;
      content.bytes = *bytes;
      left = insert(at->sequence, left, at->right, content, 1);
    } else {
      write_any(packed, value);
      packed_count++;
    }
  }
  flush();
  return true;
}

TypeId Transaction::insert_type(TypeId list, Clock index, TypeRef kind,
                                std::string_view node_name) {
  auto at = list_place(list, index);
  if (!at) return {};
  WireContent content;
  content.kind = ContentKind::kType;
  content.type_ref = kind;
  content.name = node_name;
  return type_of(insert(at->sequence, at->left, at->right, content, 1));
}

bool Transaction::delete_values(TypeId list, Clock index, Clock length) {
  if (!usable(list) || std::uint64_t{index} + length > this->length(list)) return false;
  auto at = list_place(list, index);
  if (!at) return false;
  for (Handle h = at->right; h != kNone && length > 0; h = store_.order.next(h)) {
    const Item& item = store_.items[h];
    if (item.visible_units() == 0) continue;
    if (length < item.length) store_.clean_start(change_, item.client, item.clock + length);
    length -= store_.items[h].length;
    store_.remove(change_, h);
  }
  return true;
}

bool Transaction::set(TypeId map, std::string_view key, const Any& value) {
  if (!usable(map)) return false;
  SequenceIndex sequence = store_.entry(map.index, store_.intern(key));
  WireContent content;
  Writer packed;
  if (const Bytes* bytes = value.as_bytes()) {
    content.kind = ContentKind::kBinary;
    content.bytes = *bytes;
  } else {
    write_any(packed, value);
    content.kind = ContentKind::kAny;
    content.bytes = packed.bytes();
  }
  insert(sequence, store_.order.last(store_.sequences[sequence].root), kNone, content, 1);
  return true;
}

TypeId Transaction::set_type(TypeId map, std::string_view key, TypeRef kind,
                             std::string_view node_name) {
  if (!usable(map)) return {};
  SequenceIndex sequence = store_.entry(map.index, store_.intern(key));
  WireContent content;
  content.kind = ContentKind::kType;
  content.type_ref = kind;
  content.name = node_name;
  return type_of(
      insert(sequence, store_.order.last(store_.sequences[sequence].root), kNone, content, 1));
}

bool Transaction::remove(TypeId map, std::string_view key) {
  if (!usable(map)) return false;
  Handle value = store_.entry_value(map.index, key);
  if (value == kNone || store_.items[value].deleted) return false;
  store_.remove(change_, value);
  return true;
}

Clock Transaction::length(TypeId type) const {
  if (!usable(type)) return 0;
  return static_cast<Clock>(
      store_.order.units(store_.sequences[store_.types[type.index].list].root));
}

TypeId Transaction::child(TypeId list, Clock index) const {
  if (!usable(list)) return {};
  return type_of(
      store_.order.find(store_.sequences[store_.types[list.index].list].root, index).item);
}

TypeId Transaction::entry(TypeId map, std::string_view key) const {
  return usable(map) ? type_of(store_.entry_value(map.index, key)) : TypeId{};
}

Bytes Transaction::finish() {
  std::vector<std::pair<ClientIndex, Clock>> from;
  for (ClientIndex c : change_.touched) from.emplace_back(c, store_.clients[c].before);
  store_.commit(change_);
  return store_.encode_change(change_, from);
}

}  // namespace footprint::sync
