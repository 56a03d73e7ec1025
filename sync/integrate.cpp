// How a struct gets its place: neighbours, the conflict rule of yjs, splits, deletes.
#include <algorithm>

#include "base/assert.hpp"
#include "sync/any.hpp"
#include "sync/doc_store.hpp"
#include "sync/utf8.hpp"

namespace footprint::sync {

Handle DocStore::new_item() {
  if (free_items.empty()) {
    items.emplace_back();
    return static_cast<Handle>(items.size() - 1);
  }
  Handle handle = free_items.back();
  free_items.pop_back();
  items[handle] = Item{};
  return handle;
}

void DocStore::touch(Change& change, ClientIndex c) {
  ClientRecord& record = clients[c];
  if (record.touched) return;
  record.touched = true;
  record.before = record.state;
  change.touched.push_back(c);
}

// `length` units stay in the item at the position, the rest becomes an item of its own.
Handle DocStore::split(Change& change, ClientIndex c, IdIndex::Position at, Clock length) {
  Handle left = clients[c].index.at(at);
  Handle right = new_item();
  Item& upper = items[right];
  Item& lower = items[left];
  upper = lower;
  upper.clock = lower.clock + length;
  upper.length = lower.length - length;
  upper.origin_client = c;
  upper.origin_clock = upper.clock - 1;
  Clock lost = lower.visible_units() > 0 ? upper.length : 0;
  lower.length = length;
  split_content(lower, upper);
  if (lost > 0) order.add_units(left, -static_cast<std::int64_t>(lost));
  clients[c].index.insert_after(items, at, right);
  put_in_order(lower.sequence, left, right);
  change.merge_at.emplace_back(c, upper.clock);
  return right;
}

Handle DocStore::clean_start(Change& change, ClientIndex c, Clock clock) {
  IdIndex::Position at = clients[c].index.find(items, clock);
  Handle handle = clients[c].index.at(at);
  const Item& item = items[handle];
  if (item.clock == clock || item.is_gc()) return handle;
  return split(change, c, at, clock - item.clock);
}

Handle DocStore::clean_end(Change& change, ClientIndex c, Clock clock) {
  IdIndex::Position at = clients[c].index.find(items, clock);
  Handle handle = clients[c].index.at(at);
  const Item& item = items[handle];
  if (item.end() != clock + 1 && !item.is_gc()) split(change, c, at, clock + 1 - item.clock);
  return handle;
}

void DocStore::append_gc(ClientIndex c, Clock length) {
  Clock clock = clients[c].state;
  Handle handle = new_item();
  Item& item = items[handle];
  item.clock = clock;
  item.length = length;
  item.client = c;
  item.deleted = true;
  item.set_kind(ContentKind::kGc);
  clients[c].index.push_back(handle, clock);
  clients[c].state = clock + length;
  // A GC struct is no part of the change's own delete set, only of the document's.
  clients[c].add_deleted({clock, length});
}

Placement DocStore::resolve(Change& change, const WireStruct& in) {
  Placement at;
  if (in.has_origin) at.left = clean_end(change, client(in.origin.client), in.origin.clock);
  if (in.has_right_origin) {
    at.right = clean_start(change, client(in.right_origin.client), in.right_origin.clock);
  }
  // Cutting for the right origin may have cut the origin off its item. yjs then goes on with the
  // item's first part, a place that depends on how far a replica has merged; no writer asks for it.
  bool backwards = in.has_origin && in.has_right_origin &&
                   in.origin.client == in.right_origin.client &&
                   in.right_origin.clock <= in.origin.clock;
  if (backwards) at.left = clean_end(change, client(in.origin.client), in.origin.clock);
  bool beside_gc = (at.left != kNone && items[at.left].is_gc()) ||
                   (at.right != kNone && items[at.right].is_gc());
  if (beside_gc) return {};
  switch (in.parent_kind) {
    case ParentKind::kFromNeighbour:
      if (at.left != kNone) {
        at.sequence = items[at.left].sequence;
      } else if (at.right != kNone) {
        at.sequence = items[at.right].sequence;
      }
      return at;
    case ParentKind::kRootName: {
      TypeIndex type = root(in.parent_name);
      at.sequence = in.has_parent_sub ? entry(type, intern(in.parent_sub)) : types[type].list;
      return at;
    }
    case ParentKind::kItem: {
      Handle parent = find(in.parent_item);
      // The parent has been collected, or never was a type.
      if (parent == kNone || items[parent].kind() != ContentKind::kType) return {};
      TypeIndex type = items[parent].content;
      at.sequence = in.has_parent_sub ? entry(type, intern(in.parent_sub)) : types[type].list;
      return at;
    }
  }
  return {};
}

void DocStore::integrate(Change& change, const WireStruct& in, Clock offset) {
  ClientIndex c = client(in.id.client);
  touch(change, c);
  FP_ASSERT(clients[c].state == in.id.clock + offset);
  Placement at;
  if (in.is_item()) at = resolve(change, in);
  if (offset > 0 && at.sequence != kNone) {
    // Where the part that is known stands, whatever this struct says of its parent.
    at.left = clean_end(change, c, in.id.clock + offset - 1);
    at.sequence = items[at.left].sequence;
  }
  if (at.sequence == kNone) {
    append_gc(c, in.length - offset);
  } else {
    place(change, at, in, offset);
  }
}

namespace {

struct Stamp {
  std::uint32_t scan = 0;
  std::uint32_t ordinal = 0;
};

/// Which items the running conflict scan has passed, by handle. Shared by all documents of a
/// thread.
struct ScanMarks {
  std::vector<Stamp> marks;
  std::uint32_t scan = 0;

  void begin(std::size_t item_count) {
    if (marks.size() < item_count) marks.resize(item_count);
    if (++scan == 0) {
      std::fill(marks.begin(), marks.end(), Stamp{});
      scan = 1;
    }
  }
};

}  // namespace

/// What a scan found: the item to go after, or nothing when it was longer than allowed.
struct DocStore::Scan {
  std::optional<Handle> left;
  std::uint32_t steps = 0;
  bool crosses = false;  // the item will stand between another and that one's origin
};

// The rule of yjs: items number 0, 1, 2... as the scan passes them. "Before this one's origin" is:
// numbered in this scan; "conflicting" is: numbered since the last time the place moved.
DocStore::Scan DocStore::scan(const Item& fresh, const Placement& at,
                              std::uint32_t steps_max) const {
  thread_local ScanMarks scratch;
  scratch.begin(items.size());
  ClientId own = clients[fresh.client].id;
  Handle left = at.left;
  Handle o = left != kNone ? order.next(left) : order.first(sequences[at.sequence].root);
  std::uint32_t ordinal = 0, cleared = 0;
  OrderTree::Cursor cursor(order, o);
  for (; cursor.item() != kNone && cursor.item() != at.right; cursor.advance()) {
    if (ordinal == steps_max) return {std::nullopt, ordinal, false};
    o = cursor.item();
    scratch.marks[o] = {scratch.scan, ordinal++};
    const Item& other = items[o];
    bool same_origin = other.origin_client == fresh.origin_client &&
                       (!other.has_origin() || other.origin_clock == fresh.origin_clock);
    if (same_origin) {
      if (clients[other.client].id < own) {
        left = o;
        cleared = ordinal;
        continue;
      }
      bool same_right = other.right_client == fresh.right_client &&
                        (!other.has_right_origin() || other.right_clock == fresh.right_clock);
      if (same_right) break;
      continue;
    }
    if (!other.has_origin()) break;
    const Stamp& origin = scratch.marks[find(other.origin_client, other.origin_clock)];
    if (origin.scan != scratch.scan) break;
    if (origin.ordinal < cleared) {
      left = o;
      cleared = ordinal;
    }
  }
  Scan out{left, ordinal, false};
  if (at.right != kNone && cursor.item() == at.right && items[at.right].has_origin()) {
    const Item& right = items[at.right];
    const Stamp& origin = scratch.marks[find(right.origin_client, right.origin_clock)];
    out.crosses = origin.scan == scratch.scan && origin.ordinal < cleared;
  }
  return out;
}

// Scans are short unless somebody means harm, or very many write at one place at once. A sequence
// that has cost many steps gets trees that answer without a scan, and so does one in which arcs
// begin to cross: the trees must know of every crossing. Work that was not needed for the trees is
// bounded by steps_per_item for each item, so all of it is O(n log n).
Handle DocStore::resolve_conflict(const Item& fresh, const Placement& at) {
  bool looked_up = contention && contention->has(at.sequence);
  Scan found = scan(fresh, at, looked_up ? scan_limits.short_scan_max : kNone);
  scan_steps += found.steps;
  if (!found.left) return contention->left_of(fresh, at);
  if (looked_up) return *found.left;
  Sequence& sequence = sequences[at.sequence];
  if (found.steps > scan_limits.short_scan_max) sequence.scan_debt += found.steps;
  bool costly = sequence.scan_debt > std::uint64_t{scan_limits.steps_per_item} * sequence.count;
  if (costly || found.crosses) {
    if (!contention) contention = std::make_unique<Contention>(*this);
    contention->add_sequence(at.sequence);
  }
  return *found.left;
}

void DocStore::put_in_order(SequenceIndex s, Handle left, Handle item) {
  order.insert_after(sequences[s].root, left, item);
  sequences[s].count++;
  if (contention) contention->insert(item);
}

// Typing goes on in the same item where commit would merge the two anyway.
bool DocStore::extend(Change& change, const Placement& at, Handle left, const Item& fresh,
                      ByteView bytes, bool ascii) {
  if (left == kNone || left != at.left || sequences[at.sequence].key != kNone) return false;
  Item& run = items[left];
  bool continues = run.client == fresh.client && run.end() == fresh.clock && fresh.has_origin() &&
                   fresh.origin_client == fresh.client && fresh.origin_clock + 1 == fresh.clock &&
                   run.kind() == fresh.kind() && run.right_client == fresh.right_client &&
                   (!run.has_right_origin() || run.right_clock == fresh.right_clock);
  if (!continues) return false;
  if (run.kind() == ContentKind::kDeleted) {
    change.deleted.push_back({fresh.client, fresh.clock, fresh.length});
    run.length += fresh.length;
  } else {
    bool joins = run.kind() == ContentKind::kString || run.kind() == ContentKind::kAny ||
                 run.kind() == ContentKind::kJson;
    if (!joins || run.deleted || type_deleted(sequences[at.sequence].type)) return false;
    append_content(run, bytes, ascii);
    run.length += fresh.length;
    order.add_units(left, fresh.length);
  }
  clients[fresh.client].state = fresh.end();
  return true;
}

namespace {

/// The content of a struct from `offset` units on; `buffer` holds what had to be made.
ByteView content_from(const WireStruct& in, Clock offset, std::string& buffer) {
  if (offset == 0 || in.content.kind == ContentKind::kDeleted) return in.content.bytes;
  if (in.content.kind == ContentKind::kString) {
    buffer = utf16_tail(as_text(in.content.bytes), offset);
    return as_bytes(buffer);
  }
  Reader reader(in.content.bytes);
  for (Clock i = 0; i < offset; i++) {
    if (in.content.kind == ContentKind::kAny) {
      reader.skip_any(kAnyDepthMax);
    } else {
      reader.var_string();
    }
  }
  return in.content.bytes.subspan(reader.position());
}

}  // namespace

Handle DocStore::place(Change& change, const Placement& at, const WireStruct& in, Clock offset) {
  std::string buffer;
  ByteView bytes = content_from(in, offset, buffer);
  Item fresh;
  fresh.client = client(in.id.client);
  fresh.clock = in.id.clock + offset;
  fresh.length = in.length - offset;
  fresh.sequence = at.sequence;
  fresh.set_kind(in.content.kind);
  if (offset > 0) {
    fresh.origin_client = fresh.client;
    fresh.origin_clock = fresh.clock - 1;
  } else if (in.has_origin) {
    fresh.origin_client = client(in.origin.client);
    fresh.origin_clock = in.origin.clock;
  }
  if (in.has_right_origin) {
    fresh.right_client = client(in.right_origin.client);
    fresh.right_clock = in.right_origin.clock;
  }
  bool ascii = in.content.kind == ContentKind::kString && bytes.size() == fresh.length;
  bool clear = at.left == kNone ? at.right != kNone && order.previous(at.right) == kNone
                                : order.next(at.left) == at.right;
  Handle left = clear ? at.left : resolve_conflict(fresh, at);
  if (extend(change, at, left, fresh, bytes, ascii)) return left;

  Handle handle = new_item();
  items[handle] = fresh;
  if (in.content.kind == ContentKind::kDeleted) {
    items[handle].deleted = true;
  } else if (in.content.kind == ContentKind::kType) {
    TypeIndex type = new_type(in.content, handle);
    items[handle].content = type;
  } else {
    set_content(items[handle], in.content, bytes, ascii);
  }
  Sequence& sequence = sequences[at.sequence];
  clients[fresh.client].index.push_back(handle, fresh.clock);
  clients[fresh.client].state = fresh.end();
  put_in_order(at.sequence, left, handle);
  if (in.content.kind == ContentKind::kDeleted)
    change.deleted.push_back({fresh.client, fresh.clock, fresh.length});
  if (in.content.kind == ContentKind::kFormat) types[sequence.type].has_formatting = true;
  bool keyed = sequence.key != kNone;
  bool current = order.next(handle) == kNone;
  if (keyed && current && left != kNone) remove(change, left);
  if (type_deleted(sequence.type) || (keyed && !current)) remove(change, handle);
  return handle;
}

// Deletes an item and, for a type, all that is in it; without recursion, since nesting can be as
// deep as an update is long.
void DocStore::remove(Change& change, Handle top) {
  if (items[top].deleted) return;
  std::vector<Handle> open = {top};
  while (!open.empty()) {
    Handle handle = open.back();
    open.pop_back();
    Item& item = items[handle];
    if (item.deleted) {
      // It will be collected with its parent; its neighbours may then merge with it.
      ClientIndex c = item.client;
      if (item.clock < before(c)) change.merge_at.emplace_back(c, item.clock);
      continue;
    }
    if (Clock units = item.visible_units())
      order.add_units(handle, -static_cast<std::int64_t>(units));
    item.deleted = true;
    change.deleted.push_back({item.client, item.clock, item.length});
    if (item.kind() != ContentKind::kType) continue;
    const TypeRecord& type = types[item.content];
    for (SequenceIndex s = type.first_entry; s != kNone; s = sequences[s].next_entry) {
      Handle value = order.last(sequences[s].root);
      if (value != kNone) open.push_back(value);
    }
    std::size_t from = open.size();
    for (Handle h = order.first(sequences[type.list].root); h != kNone; h = order.next(h))
      open.push_back(h);
    std::reverse(open.begin() + static_cast<std::ptrdiff_t>(from), open.end());
  }
}

DeleteSet DocStore::remove(Change& change, const DeleteSet& deletes) {
  DeleteSet rest;
  // In wire order, clients descending: what is deleted before its parent is merged differently from
  // what is deleted with it.
  for (auto client = deletes.ranges().rbegin(); client != deletes.ranges().rend(); ++client) {
    const auto& [id, ranges] = *client;
    auto c = find_client(id);
    Clock known = c ? clients[*c].state : 0;
    for (const DeleteRange& range : ranges) {
      Clock end = range.clock + range.length;
      if (end > known) {
        Clock from = std::max(range.clock, known);
        rest.add(id, from, end - from);
      }
      if (range.clock >= known || range.length == 0) continue;
      IdIndex& index = clients[*c].index;
      IdIndex::Position at = index.find(items, range.clock);
      if (!items[index.at(at)].deleted) {
        clean_start(change, *c, range.clock);
        at = index.find(items, range.clock);
      }
      for (;; at = index.next(at)) {
        Handle handle = index.at(at);
        if (items[handle].clock >= end) break;
        if (!items[handle].deleted) {
          if (end < items[handle].end()) {
            clean_start(change, *c, end);
            at = index.find(items, items[handle].clock);
          }
          remove(change, handle);
        }
        if (index.is_last(at)) break;
      }
    }
  }
  return rest;
}

}  // namespace footprint::sync
