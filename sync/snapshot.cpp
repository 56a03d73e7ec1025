#include "sync/snapshot.hpp"

#include <algorithm>

#include "sync/doc_store.hpp"
#include "sync/read_types.hpp"
#include "sync/utf8.hpp"

namespace footprint::sync {

Bytes Snapshot::encode(Format format) const {
  Writer writer;
  write_delete_set(writer, deletes, format);
  writer.raw(state.encode());
  return writer.take();
}

Result<Snapshot> Snapshot::decode(ByteView bytes, Format format) {
  Reader reader(bytes);
  Snapshot out;
  out.deletes = read_delete_set(reader, format);
  auto state = reader.ok() ? StateVector::decode(bytes.subspan(reader.position()))
                           : fail(ErrorKind::kMalformed, "snapshot.malformed", "");
  if (!state)
    return fail(ErrorKind::kMalformed, "snapshot.malformed", "The saved version cannot be read.");
  out.state = std::move(*state);
  return out;
}

Snapshot take_snapshot(const Doc& doc) {
  return {doc.delete_set(), doc.state_vector()};
}

namespace {

/// The first `length` units of a struct; `buffer` keeps what had to be made.
WireStruct head_of(WireStruct in, Clock length, std::string& buffer) {
  if (length >= in.length) return in;
  in.length = length;
  ByteView bytes = in.content.bytes;
  if (in.content.kind == ContentKind::kString) {
    buffer = utf16_head(as_text(bytes), length);
    in.content.bytes = as_bytes(buffer);
  } else if (in.content.kind == ContentKind::kAny || in.content.kind == ContentKind::kJson) {
    Reader reader(bytes);
    for (Clock i = 0; i < length; i++) {
      if (in.content.kind == ContentKind::kAny) {
        reader.skip_any(kAnyDepthMax);
      } else {
        reader.var_string();
      }
    }
    in.content.bytes = bytes.first(reader.position());
  }
  return in;
}

void write_until(UpdateWriter& writer, const DocStore& store, ClientIndex c, Clock end) {
  const IdIndex& index = store.clients[c].index;
  std::size_t count = index.count_from(index.first());
  IdIndex::Position last = index.find(store.items, end - 1);
  count -= index.count_from(last) - 1;
  writer.begin_client(store.clients[c].id, count, 0);
  for (IdIndex::Position at = index.first();; at = index.next(at)) {
    std::string buffer;
    const Item& item = store.items[index.at(at)];
    writer.write(head_of(store.wire(index.at(at)), end - item.clock, buffer));
    if (at == last) break;
  }
}

}  // namespace

Result<Doc> restore(const Doc& doc, const Snapshot& snapshot, DocOptions options) {
  const DocStore& store = doc.store();
  if (store.options.collect_garbage) {
    return fail(ErrorKind::kInvalid, "snapshot.garbage_collected",
                "This text keeps no past versions, so the version cannot be restored.");
  }
  if (!doc.state_vector().covers(snapshot.state)) {
    return fail(ErrorKind::kInvalid, "snapshot.unknown_state",
                "The version names changes this text does not have. It was not restored.");
  }
  const auto& clocks = snapshot.state.clocks();
  UpdateWriter writer(Format::kV2);
  writer.begin(clocks.size());
  for (auto at = clocks.rbegin(); at != clocks.rend(); ++at) {
    write_until(writer, store, *store.find_client(at->first), at->second);
  }
  Doc out(options);
  auto applied = out.apply_update(writer.finish(snapshot.deletes), Format::kV2);
  if (!applied) return forward_error(applied.error());
  return out;
}

namespace {

bool visible_in(const Snapshot& snapshot, Id id) {
  return snapshot.state.get(id.client) > id.clock && !snapshot.deletes.contains(id);
}

/// Where an item has to be cut so that each part is wholly visible or not.
void add_cuts(const Snapshot& snapshot, Id id, Clock end, std::vector<Clock>& cuts) {
  auto add = [&](Clock clock) {
    if (clock > id.clock && clock < end) cuts.push_back(clock);
  };
  add(snapshot.state.get(id.client));
  auto ranges = snapshot.deletes.ranges().find(id.client);
  if (ranges == snapshot.deletes.ranges().end()) return;
  auto first = std::partition_point(
      ranges->second.begin(), ranges->second.end(),
      [&](const DeleteRange& range) { return range.clock + range.length <= id.clock; });
  for (; first != ranges->second.end() && first->clock < end; ++first) {
    add(first->clock);
    add(first->clock + first->length);
  }
}

struct Shown {
  bool at_all;
  bool now;
  bool before;
};

void show_text(DeltaBuilder& delta, std::string_view text, const Shown& shown) {
  if (!shown.now || !shown.before) {
    delta.mark("ychange", Any::Object{{"type", Any(shown.now ? "added" : "removed")}});
  } else if (delta.mark("ychange") != nullptr) {
    delta.mark("ychange", Any::null());
  }
  delta.text(text);
}

}  // namespace

std::vector<DeltaOp> text_delta_at(const Doc& doc, TypeId text, const Snapshot& now,
                                   const Snapshot* before) {
  const DocStore& store = doc.store();
  if (!text || text.index >= store.types.size()) return {};
  DeltaBuilder delta;
  auto shown_at = [&](Id id) {
    Shown out{false, visible_in(now, id), before == nullptr || visible_in(*before, id)};
    out.at_all = out.now || (before != nullptr && out.before);
    return out;
  };
  each_item(store, text.index, [&](Handle handle) {
    const Item& item = store.items[handle];
    Id id = store.id_of(handle);
    if (item.kind() == ContentKind::kString) {
      std::vector<Clock> cuts = {item.clock};
      add_cuts(now, id, item.end(), cuts);
      if (before != nullptr) add_cuts(*before, id, item.end(), cuts);
      std::sort(cuts.begin(), cuts.end());
      cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
      cuts.push_back(item.end());
      for (std::size_t i = 0; i + 1 < cuts.size(); i++) {
        Shown shown = shown_at({id.client, cuts[i]});
        if (!shown.at_all) continue;
        std::string head = utf16_head(store.text(item), cuts[i + 1] - item.clock);
        show_text(delta, utf16_tail(head, cuts[i] - item.clock), shown);
      }
    } else if (item.kind() == ContentKind::kFormat) {
      if (visible_in(now, id)) delta.mark(store.content_name(item), store.value(item));
    } else if (item.kind() == ContentKind::kType || item.kind() == ContentKind::kEmbed) {
      if (shown_at(id).at_all) delta.embed(last_value(store, item));
    }
  });
  return delta.take();
}

}  // namespace footprint::sync
