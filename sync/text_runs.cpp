#include "sync/text_runs.hpp"

#include <algorithm>

#include "sync/doc_store.hpp"
#include "sync/read.hpp"
#include "sync/utf8.hpp"

namespace footprint::sync {

namespace {

/// `text` is UTF-8, with halves of pairs as three bytes each.
std::u16string to_utf16(std::string_view text) {
  std::u16string units;
  units.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[at]);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t code = bytes == 1 ? lead : lead & (0x7Fu >> bytes);
    for (std::size_t i = 1; i < bytes && at + i < text.size(); ++i)
      code = code << 6 | (static_cast<std::uint8_t>(text[at + i]) & 0x3Fu);
    at += bytes;
    if (code < 0x10000) {
      units += static_cast<char16_t>(code);
    } else {
      units += static_cast<char16_t>(0xD7C0 + (code >> 10));
      units += static_cast<char16_t>(0xDC00 + (code & 0x3FF));
    }
  }
  return units;
}

TextRun run_of(const DocStore& store, Handle handle, Clock from, Clock to) {
  const Item& item = store.items[handle];
  TextRun run;
  run.id = {store.clients[item.client].id, from};
  run.text = to_utf16(store.text(item)).substr(from - item.clock, to - from);
  run.parent = TypeId{store.sequences[item.sequence].type};
  run.place = store.order.units_before(handle) + (from - item.clock);
  return run;
}

/// Calls `visit` with each item of the range that the document has, and the part of it meant.
template <typename Visit>
void each_item(const DocStore& store, const UpdateContents::Range& range, Visit visit) {
  auto client = store.find_client(range.client);
  if (!client) return;
  const Clock end = std::min(range.to, store.clients[*client].state);
  for (Clock at = range.from; at < end;) {
    Handle handle = store.find(*client, at);
    const Item& item = store.items[handle];
    const Clock upto = std::min(end, item.end());
    visit(handle, at, upto);
    at = upto;
  }
}

void walk(const DocStore& store, TypeIndex type, int depth, std::vector<TextRun>& runs) {
  if (depth > kReadDepthMax || store.types[type].list == kNone) return;
  store.order.each(store.sequences[store.types[type].list].root, [&](Handle handle) {
    const Item& item = store.items[handle];
    if (item.deleted) return;
    if (item.kind() == ContentKind::kType) walk(store, item.content, depth + 1, runs);
    if (item.kind() == ContentKind::kString)
      runs.push_back(run_of(store, handle, item.clock, item.end()));
  });
}

}  // namespace

std::optional<std::vector<TextRun>> text_runs(const Doc& doc,
                                              std::span<const UpdateContents::Range> ranges,
                                              std::size_t units_max) {
  const DocStore& store = doc.store();
  std::vector<TextRun> runs;
  std::size_t units = 0;
  for (const UpdateContents::Range& range : ranges) {
    each_item(store, range, [&](Handle handle, Clock from, Clock to) {
      const Item& item = store.items[handle];
      if (item.deleted || item.kind() != ContentKind::kString) return;
      units += to - from;
      if (units <= units_max) runs.push_back(run_of(store, handle, from, to));
    });
    if (units > units_max) return std::nullopt;
  }
  std::sort(runs.begin(), runs.end(), [](const TextRun& a, const TextRun& b) {
    return a.parent.index != b.parent.index ? a.parent.index < b.parent.index : a.place < b.place;
  });
  return runs;
}

std::vector<TextRun> text_runs(const Doc& doc, TypeId root) {
  std::vector<TextRun> runs;
  if (root) walk(doc.store(), root.index, 0, runs);
  return runs;
}

}  // namespace footprint::sync
