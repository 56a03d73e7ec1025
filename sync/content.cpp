// The contents of items: stored, cut, joined, dropped.
#include <algorithm>
#include <bit>
#include <cstring>

#include "base/assert.hpp"
#include "sync/any.hpp"
#include "sync/doc_store.hpp"
#include "sync/utf8.hpp"

namespace footprint::sync {

namespace {

// kFormat and kDoc keep the index of their name in front of the value.
constexpr std::size_t kNameBytes = sizeof(NameIndex);

bool has_name(ContentKind kind) {
  return kind == ContentKind::kFormat || kind == ContentKind::kDoc;
}

/// Where the values after the first `count` begin.
std::size_t value_cut(ByteView values, ContentKind kind, Clock count) {
  Reader reader(values);
  for (Clock i = 0; i < count; i++) {
    if (kind == ContentKind::kAny) {
      reader.skip_any(kAnyDepthMax);
    } else {
      reader.var_string();
    }
  }
  FP_ASSERT(reader.ok());
  return reader.position();
}

}  // namespace

std::string_view DocStore::content_name(const Item& item) const {
  NameIndex index = 0;
  std::memcpy(&index, arena.data(item.content), kNameBytes);
  return name(index);
}

ByteView DocStore::content_value(const Item& item) const {
  ByteView all = content(item);
  return has_name(item.kind()) ? all.subspan(kNameBytes) : all;
}

Any DocStore::value(const Item& item) const {
  ByteView bytes = content_value(item);
  if (!item.value_any) {
    auto parsed = parse_json(as_text(bytes));
    return parsed ? std::move(*parsed) : Any();
  }
  Reader reader(bytes);
  return read_any(reader);
}

void DocStore::set_content(Item& item, const WireContent& from, ByteView bytes, bool ascii) {
  item.set_kind(from.kind);
  item.ascii = ascii;
  item.value_any = from.value_encoding == ValueEncoding::kAny;
  if (from.kind == ContentKind::kDeleted || from.kind == ContentKind::kType) return;
  std::size_t extra = has_name(from.kind) ? kNameBytes : 0;
  NameIndex index = extra > 0 ? intern(from.name) : 0;
  item.bytes = static_cast<std::uint32_t>(bytes.size() + extra);
  item.content = arena.reserve(item.bytes);
  if (item.bytes == 0) return;
  std::uint8_t* to = arena.data(item.content);
  if (extra > 0) std::memcpy(to, &index, kNameBytes);
  if (!bytes.empty()) std::memcpy(to + extra, bytes.data(), bytes.size());
}

// `right` is a copy of `left` that begins where the lengths, already set, say.
void DocStore::split_content(Item& left, Item& right) {
  left.roomy = right.roomy = false;
  if (left.bytes == 0) return;
  if (left.kind() != ContentKind::kString) {
    auto cut = static_cast<std::uint32_t>(value_cut(content(left), left.kind(), left.length));
    right.content = left.content + cut;
    right.bytes = left.bytes - cut;
    left.bytes = cut;
    return;
  }
  Utf16Cut cut{left.length, false};
  if (!left.ascii) cut = utf16_cut(text(left), left.length);
  if (!cut.inside_pair) {
    right.content = left.content + static_cast<std::uint32_t>(cut.byte);
    right.bytes = left.bytes - static_cast<std::uint32_t>(cut.byte);
    left.bytes = static_cast<std::uint32_t>(cut.byte);
    return;
  }
  // Each half of the cut pair becomes U+FFFD, as in yjs.
  std::string whole(text(left));
  dead_bytes += left.bytes;
  std::string head = whole.substr(0, cut.byte) + std::string(kReplacement);
  std::string tail = std::string(kReplacement) + whole.substr(cut.byte + 4);
  left.content = arena.add(as_bytes(head));
  left.bytes = static_cast<std::uint32_t>(head.size());
  right.content = arena.add(as_bytes(tail));
  right.bytes = static_cast<std::uint32_t>(tail.size());
}

// Appending is amortised: content that must move gets room to double.
void DocStore::append_content(Item& left, ByteView more, bool ascii) {
  left.ascii = left.ascii && ascii;
  if (more.empty()) return;
  auto grown = static_cast<std::uint32_t>(left.bytes + more.size());
  const std::uint8_t* end = left.bytes == 0 ? nullptr : arena.data(left.content) + left.bytes;
  if (end == more.data()) {  // the two halves of a split, joined again
    left.bytes = grown;
    left.roomy = false;
    return;
  }
  if (left.roomy && grown <= std::bit_ceil(left.bytes)) {
    std::memcpy(arena.data(left.content) + left.bytes, more.data(), more.size());
    left.bytes = grown;
    return;
  }
  std::uint32_t room = std::bit_ceil(grown);
  ContentArena::Offset to = arena.reserve(room);
  if (left.bytes > 0) std::memcpy(arena.data(to), arena.data(left.content), left.bytes);
  std::memcpy(arena.data(to) + left.bytes, more.data(), more.size());
  dead_bytes += left.roomy ? std::bit_ceil(left.bytes) : left.bytes;
  left.content = to;
  left.bytes = grown;
  left.roomy = true;
}

void DocStore::drop_content(Item& item) {
  if (item.kind() != ContentKind::kType && item.bytes > 0) {
    dead_bytes += item.roomy ? std::bit_ceil(item.bytes) : item.bytes;
  }
  item.content = 0;
  item.bytes = 0;
  item.roomy = false;
  item.ascii = false;
  item.value_any = false;
}

void DocStore::compact_content() {
  constexpr std::size_t kWorthIt = 64 * 1024;
  if (dead_bytes < kWorthIt || dead_bytes * 2 < arena.used()) return;
  ContentArena fresh;
  for (const ClientRecord& c : clients) {
    if (c.index.empty()) continue;
    for (IdIndex::Position at = c.index.first();; at = c.index.next(at)) {
      Item& item = items[c.index.at(at)];
      if (item.kind() != ContentKind::kType && item.bytes > 0) {
        item.content = fresh.add(content(item));
        item.roomy = false;
      }
      if (c.index.is_last(at)) break;
    }
  }
  arena = std::move(fresh);
  dead_bytes = 0;
}

WireStruct DocStore::wire(Handle handle) const {
  const Item& item = items[handle];
  WireStruct out;
  out.id = id_of(handle);
  out.length = item.length;
  out.content.kind = item.kind();
  if (item.is_gc()) return out;
  if (item.has_origin()) {
    out.has_origin = true;
    out.origin = {clients[item.origin_client].id, item.origin_clock};
  }
  if (item.has_right_origin()) {
    out.has_right_origin = true;
    out.right_origin = {clients[item.right_client].id, item.right_clock};
  }
  const Sequence& sequence = sequences[item.sequence];
  out.has_parent_sub = sequence.key != kNone;
  if (!out.has_origin && !out.has_right_origin) {
    const TypeRecord& parent = types[sequence.type];
    out.parent_kind = parent.item == kNone ? ParentKind::kRootName : ParentKind::kItem;
    if (parent.item == kNone) {
      out.parent_name = name(parent.name);
    } else {
      out.parent_item = id_of(parent.item);
    }
    if (out.has_parent_sub) out.parent_sub = name(sequence.key);
  }
  out.content.value_encoding = item.value_any ? ValueEncoding::kAny : ValueEncoding::kJsonText;
  if (item.kind() == ContentKind::kType) {
    out.content.type_ref = types[item.content].ref;
    out.content.name = name(types[item.content].name);
  } else if (item.kind() != ContentKind::kDeleted) {
    if (has_name(item.kind())) out.content.name = content_name(item);
    out.content.bytes = content_value(item);
  }
  return out;
}

}  // namespace footprint::sync
