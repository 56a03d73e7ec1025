// What a stock yjs replica does to marks after remote changes: redundant ones are deleted.
#include <set>

#include "sync/text_edit.hpp"

namespace footprint::sync {

namespace {

// Without knowing the marks in force: of several marks with one key in a gap only the last can
// matter.
void clean_gap_around(DocStore& store, Change& change, Handle item) {
  auto in_gap = [&](Handle h) { return store.items[h].visible_units() == 0; };
  for (Handle h = store.order.next(item); h != kNone && in_gap(h); h = store.order.next(h))
    item = h;
  std::set<NameIndex> seen;
  for (Handle h = item; h != kNone && in_gap(h); h = store.order.previous(h)) {
    if (store.items[h].deleted || store.items[h].kind() != ContentKind::kFormat) continue;
    if (!seen.insert(mark_key(store, h)).second) store.remove(change, h);
  }
}

void clean_text(DocStore& store, Change& change, TypeIndex type) {
  Handle start = store.order.first(store.sequences[store.types[type].list].root);
  Marks at_start, current;
  for (Handle h = start; h != kNone; h = store.order.next(h)) {
    const Item& item = store.items[h];
    if (item.deleted) continue;
    if (item.kind() == ContentKind::kFormat) {
      apply_mark(store, current, h);
    } else {
      clean_gap(store, change, start, h, at_start, current);
      at_start = current;
      start = h;
    }
  }
}

}  // namespace

void DocStore::clean_formatting(Change& remote, Change& cleanup) {
  auto each = [&](ClientIndex c, Clock from, Clock to, auto&& visit) {
    if (from >= to) return;
    for (IdIndex::Position at = clients[c].index.find(items, from);;
         at = clients[c].index.next(at)) {
      Handle h = clients[c].index.at(at);
      if (items[h].clock >= to) return;
      if (!items[h].is_gc()) visit(h);
      if (clients[c].index.is_last(at)) return;
    }
  };
  auto text_of = [&](Handle h) { return sequences[items[h].sequence].type; };
  bool wanted = false;
  std::set<TypeIndex> whole;
  for (ClientIndex c : remote.touched) {
    each(c, clients[c].before, clients[c].state, [&](Handle h) {
      wanted = wanted || (types[text_of(h)].has_formatting && !type_deleted(text_of(h)));
      if (!items[h].deleted && items[h].kind() == ContentKind::kFormat) whole.insert(text_of(h));
    });
  }
  std::vector<ClockRange> deleted = remote.deleted;
  std::vector<Handle> gaps;
  for (const ClockRange& range : deleted) {
    each(range.client, range.clock, range.clock + range.length, [&](Handle h) {
      TypeIndex type = text_of(h);
      if (!types[type].has_formatting) return;
      wanted = wanted || !type_deleted(type);
      if (items[h].kind() == ContentKind::kFormat) {
        whole.insert(type);
      } else {
        gaps.push_back(h);
      }
    });
  }
  if (!wanted) return;
  for (Handle h : gaps) {
    if (!whole.contains(text_of(h))) clean_gap_around(*this, cleanup, h);
  }
  for (TypeIndex type : whole) {
    if (!type_deleted(type)) clean_text(*this, cleanup, type);
  }
}

}  // namespace footprint::sync
