// The end of a transaction: what is deleted loses its content, and structs that now fit together
// become one, near the changed clocks only. Both decide which bytes the document encodes to
// (engine.md 5.13).
#include <algorithm>

#include "sync/doc_store.hpp"

namespace footprint::sync {

// A deleted item keeps its place; what was inside a deleted type becomes GC structs, which keep
// only their clocks.
void DocStore::collect(Handle handle) {
  Item& item = items[handle];
  if (item.kind() == ContentKind::kType) {
    TypeIndex type = item.content;
    item.set_kind(ContentKind::kDeleted);
    item.content = 0;
    collect_children(type);
  } else {
    drop_content(item);
    item.set_kind(ContentKind::kDeleted);
  }
}

void DocStore::collect_children(TypeIndex top) {
  std::vector<TypeIndex> open = {top};
  auto collect_sequence = [&](SequenceIndex s) {
    for (Handle h = order.first(sequences[s].root); h != kNone;) {
      Handle following = order.next(h);
      Item& item = items[h];
      if (item.kind() == ContentKind::kType) {
        open.push_back(item.content);
      } else {
        drop_content(item);
      }
      Item gc;
      gc.clock = item.clock;
      gc.length = item.length;
      gc.client = item.client;
      gc.deleted = true;
      gc.set_kind(ContentKind::kGc);
      gc.leaf = item.leaf;  // until the nodes are freed below
      item = gc;
      h = following;
    }
    for (Handle h = order.first(sequences[s].root); h != kNone;) {
      Handle following = order.next(h);
      items[h].leaf = kNone;
      h = following;
    }
  };
  while (!open.empty()) {
    TypeIndex type = open.back();
    open.pop_back();
    collect_sequence(types[type].list);
    for (SequenceIndex s = types[type].first_entry; s != kNone; s = sequences[s].next_entry)
      collect_sequence(s);
    free_type(type);
  }
}

bool DocStore::mergeable(Handle left_handle, Handle right_handle) const {
  const Item& left = items[left_handle];
  const Item& right = items[right_handle];
  if (left.deleted != right.deleted || left.kind() != right.kind()) return false;
  if (left.is_gc()) return true;
  bool joins = left.kind() == ContentKind::kString || left.kind() == ContentKind::kAny ||
               left.kind() == ContentKind::kJson || left.kind() == ContentKind::kDeleted;
  if (!joins || left.sequence != right.sequence || left.end() != right.clock) return false;
  if (right.origin_client != left.client || right.origin_clock + 1 != right.clock) return false;
  if (left.right_client != right.right_client) return false;
  if (left.has_right_origin() && left.right_clock != right.right_clock) return false;
  return order.next(left_handle) == right_handle;
}

void DocStore::merge(Handle left_handle, Handle right_handle) {
  Item& left = items[left_handle];
  Item& right = items[right_handle];
  free_items.push_back(right_handle);
  if (left.is_gc()) {
    left.length += right.length;
    return;
  }
  Clock units = right.visible_units();
  if (contention) contention->erase(right_handle);
  order.remove(sequences[right.sequence].root, right_handle);
  sequences[right.sequence].count--;
  if (right.kind() != ContentKind::kDeleted) {
    ByteView more = content(right);
    const std::uint8_t* end = left.bytes == 0 ? nullptr : arena.data(left.content) + left.bytes;
    if (more.data() != end) dead_bytes += more.size();
    append_content(left, more, right.ascii);
  }
  left.length += right.length;
  if (units > 0) order.add_units(left_handle, units);
}

// All that fits together to the left of `at` is found before it is joined, and joined from left to
// right: what has been joined is not copied again for each further item.
IdIndex::Position DocStore::merge_with_lefts(ClientIndex c, IdIndex::Position at, int* merged) {
  IdIndex& index = clients[c].index;
  int count = 0;
  while (!index.is_first(at)) {
    IdIndex::Position before_it = index.previous(at);
    if (!mergeable(index.at(before_it), index.at(at))) break;
    at = before_it;
    count++;
  }
  for (int i = 0; i < count; i++) {
    IdIndex::Position after_it = index.next(at);
    merge(index.at(at), index.at(after_it));
    index.erase(items, after_it);
  }
  if (merged != nullptr) *merged += count;
  return at;
}

// From right to left, beginning with the neighbour of the last deleted struct.
void DocStore::merge_deleted(const ClockRange& range) {
  IdIndex& index = clients[range.client].index;
  IdIndex::Position at = index.find(items, range.clock + range.length - 1);
  if (!index.is_last(at)) at = index.next(at);
  while (!index.is_first(at) && items[index.at(at)].clock >= range.clock) {
    at = merge_with_lefts(range.client, at);
    if (index.is_first(at)) break;
    at = index.previous(at);
  }
}

void DocStore::merge_new(ClientIndex c) {
  const ClientRecord& record = clients[c];
  if (record.before == record.state) return;
  IdIndex::Position at = record.index.last();
  // yjs looks at everything from the struct that holds the first new clock on.
  Clock first = items[record.index.at(record.index.find(items, record.before))].clock;
  while (!record.index.is_first(at) && items[record.index.at(at)].clock >= first) {
    at = merge_with_lefts(c, at);
    if (record.index.is_first(at)) break;
    at = record.index.previous(at);
  }
}

void DocStore::merge_splits(const Change& change) {
  for (auto it = change.merge_at.rbegin(); it != change.merge_at.rend(); ++it) {
    auto [c, clock] = *it;
    IdIndex& index = clients[c].index;
    IdIndex::Position at = index.find(items, clock);
    if (!index.is_last(at)) {
      int merged = 0;
      merge_with_lefts(c, index.next(at), &merged);
      if (merged > 1) continue;
      at = index.find(items, clock);
    }
    if (!index.is_first(at)) merge_with_lefts(c, at);
  }
}

void ClientRecord::add_deleted(DeleteRange range) {
  Clock end = range.clock + range.length;
  auto next = std::upper_bound(deleted.begin(), deleted.end(), range.clock,
                               [](Clock at, const DeleteRange& r) { return at < r.clock; });
  auto last = next == deleted.begin() ? deleted.end() : next - 1;
  bool joins_left = last != deleted.end() && last->clock + last->length >= range.clock;
  bool joins_right = next != deleted.end() && next->clock <= end;
  if (joins_left && joins_right) {
    last->length = next->clock + next->length - last->clock;
    deleted.erase(next);
  } else if (joins_left) {
    last->length = std::max(last->length, end - last->clock);
  } else if (joins_right) {
    next->length = next->clock + next->length - range.clock;
    next->clock = range.clock;
  } else {
    deleted.insert(next, range);
  }
}

void ClientRecord::add_deleted(std::vector<DeleteRange> ranges) {
  constexpr std::size_t kFew = 8;  // cheaper one by one than a walk over all
  if (ranges.size() <= kFew) {
    for (const DeleteRange& range : ranges) add_deleted(range);
    return;
  }
  auto middle = static_cast<std::ptrdiff_t>(deleted.size());
  deleted.insert(deleted.end(), ranges.begin(), ranges.end());
  std::inplace_merge(deleted.begin(), deleted.begin() + middle, deleted.end(),
                     [](const DeleteRange& a, const DeleteRange& b) { return a.clock < b.clock; });
  join_ranges(deleted);
}

void DocStore::keep_deleted(const std::vector<ClockRange>& sorted) {
  for (std::size_t i = 0; i < sorted.size();) {
    ClientIndex c = sorted[i].client;
    std::vector<DeleteRange> ranges;
    for (; i < sorted.size() && sorted[i].client == c; i++)
      ranges.push_back({sorted[i].clock, sorted[i].length});
    clients[c].add_deleted(std::move(ranges));
  }
}

void DocStore::commit(Change& change) {
  std::vector<ClockRange>& deleted = change.deleted;
  std::sort(deleted.begin(), deleted.end(), [](const ClockRange& a, const ClockRange& b) {
    return a.client != b.client ? a.client < b.client : a.clock < b.clock;
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < deleted.size(); i++) {
    if (kept > 0 && deleted[kept - 1].client == deleted[i].client &&
        deleted[kept - 1].clock + deleted[kept - 1].length >= deleted[i].clock) {
      Clock end = std::max(deleted[kept - 1].clock + deleted[kept - 1].length,
                           deleted[i].clock + deleted[i].length);
      deleted[kept - 1].length = end - deleted[kept - 1].clock;
    } else {
      deleted[kept++] = deleted[i];
    }
  }
  deleted.resize(kept);
  keep_deleted(deleted);
  if (options.collect_garbage) {
    for (auto range = deleted.rbegin(); range != deleted.rend(); ++range) {
      IdIndex& index = clients[range->client].index;
      for (IdIndex::Position at = index.find(items, range->clock);; at = index.next(at)) {
        Handle handle = index.at(at);
        if (items[handle].clock >= range->clock + range->length) break;
        if (items[handle].deleted && !items[handle].is_gc()) collect(handle);
        if (index.is_last(at)) break;
      }
    }
  }
  for (auto range = deleted.rbegin(); range != deleted.rend(); ++range) merge_deleted(*range);
  for (ClientIndex c : change.touched) merge_new(c);
  merge_splits(change);
  for (ClientIndex c : change.touched) clients[c].touched = false;
  compact_content();
}

DeleteSet DocStore::deleted_by(const Change& change) const {
  DeleteSet out;
  for (const ClockRange& range : change.deleted)
    out.add(clients[range.client].id, range.clock, range.length);
  return out;
}

}  // namespace footprint::sync
