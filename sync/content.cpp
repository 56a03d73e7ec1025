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

void skip_values(Reader& reader, ContentKind kind, std::size_t count) {
  for (std::size_t i = 0; i < count; i++) {
    if (kind == ContentKind::kAny) {
      reader.skip_any(kAnyDepthMax);
    } else {
      reader.var_bytes();
    }
  }
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

// Where the values after the first `count` begin. Values can only be walked over, so the first far
// cut leaves marks for those that follow, in this item or in what is cut from it.
std::size_t DocStore::value_cut(const Item& item, Clock count) {
  constexpr std::size_t kStep = 64;
  ByteView values = content(item);
  std::size_t from = 0, left = count;
  if (count > 2 * kStep) {
    auto marks = value_marks.upper_bound(item.content);
    bool covered =
        marks != value_marks.begin() && item.content < (--marks)->first + marks->second.back();
    if (!covered) {
      marks = value_marks.insert_or_assign(item.content, std::vector<std::uint32_t>()).first;
      Reader reader(values);
      for (Clock i = 0; i + kStep <= item.length; i += kStep) {
        skip_values(reader, item.kind(), kStep);
        marks->second.push_back(static_cast<std::uint32_t>(reader.position()));
      }
    }
    // From the item's start to the first mark in it, from mark to mark, and on from the last one.
    std::size_t start = item.content - marks->first;
    const std::vector<std::uint32_t>& ends = marks->second;
    auto mark = std::lower_bound(ends.begin(), ends.end(), start);
    Reader reader(values);
    while (mark != ends.end() && reader.position() + start < *mark) {
      skip_values(reader, item.kind(), 1);
      left--;
    }
    if (mark != ends.end()) {
      std::size_t steps =
          std::min<std::size_t>(left / kStep, static_cast<std::size_t>(ends.end() - mark) - 1);
      left -= steps * kStep;
      from = *(mark + static_cast<std::ptrdiff_t>(steps)) - start;
    } else {
      from = reader.position();
    }
  }
  Reader reader(values.subspan(from));
  skip_values(reader, item.kind(), left);
  FP_ASSERT(reader.ok());
  return from + reader.position();
}

// `right` is a copy of `left` that begins where the lengths, already set, say.
void DocStore::split_content(Item& left, Item& right) {
  left.roomy = right.roomy = false;
  if (left.bytes == 0) return;
  Utf16Cut cut{left.length, false};
  if (left.kind() != ContentKind::kString) {
    Item whole = left;
    whole.length += right.length;
    cut.byte = value_cut(whole, left.length);
  } else if (!left.ascii) {
    // From the nearer end: cutting up a text costs n log n.
    cut = left.length <= right.length ? utf16_cut(text(left), left.length)
                                      : utf16_cut_from_end(text(left), right.length);
  }
  auto at = static_cast<std::uint32_t>(cut.byte);
  std::uint32_t all = left.bytes;
  right.content = left.content + at;
  right.bytes = all - at;
  left.bytes = at;
  if (!cut.inside_pair) return;
  // Each half of the cut pair becomes U+FFFD, as in yjs: six bytes instead of four, so the shorter
  // side moves.
  constexpr std::uint32_t kPairBytes = 4;
  std::string moved;
  ContentArena::Offset pair = right.content;
  if (left.bytes < right.bytes) {
    moved = std::string(text(left)).append(kReplacement);
    right.content = pair + 1;
    right.bytes -= 1;
  } else {
    moved = std::string(kReplacement).append(text(right).substr(kPairBytes));
    left.bytes += static_cast<std::uint32_t>(kReplacement.size());
  }
  bool left_moves = right.content != pair;
  std::memcpy(arena.data(left_moves ? right.content : pair), kReplacement.data(),
              kReplacement.size());
  Item& other = left_moves ? left : right;
  dead_bytes += moved.size();
  other.bytes = static_cast<std::uint32_t>(moved.size());
  other.content = arena.add(as_bytes(moved));
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
  value_marks.clear();
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
