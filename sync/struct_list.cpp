#include "sync/struct_list.hpp"

#include "sync/any.hpp"
#include "sync/lib0.hpp"
#include "sync/utf8.hpp"

namespace footprint::sync {

void StructList::add(const WireStruct& item, Clock offset) {
  if (sections_.empty() || sections_.back().client != item.id.client) {
    sections_.push_back({item.id.client, item.id.clock + offset, offset, structs_.size()});
  }
  structs_.push_back(item);
}

Bytes StructList::finish(const DeleteSet& deletes, Format format) const {
  UpdateWriter writer(format);
  writer.begin(sections_.size());
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    const Section& section = sections_[i];
    std::size_t end = i + 1 < sections_.size() ? sections_[i + 1].from : structs_.size();
    writer.begin_client(section.client, end - section.from, section.first_clock);
    writer.write(structs_[section.from], section.first_offset);
    for (std::size_t k = section.from + 1; k < end; ++k) writer.write(structs_[k]);
  }
  return writer.finish(deletes);
}

WireStruct as_rewritten(WireStruct item) {
  if (item.parent_kind == ParentKind::kFromNeighbour) item.has_parent_sub = false;
  return item;
}

WireStruct slice_struct(const WireStruct& item, Clock offset, TextArena& arena) {
  WireStruct part = item;
  part.id.clock += offset;
  part.length -= offset;
  if (!item.is_item()) return part;
  part.has_origin = true;
  part.origin = {item.id.client, part.id.clock - 1};
  Reader reader(item.content.bytes);
  switch (item.content.kind) {
    case ContentKind::kString: {
      std::string_view text = as_text(item.content.bytes);
      Utf16Cut cut = utf16_cut(text, offset);
      part.content.bytes =
          as_bytes(cut.inside_pair ? arena.add(utf16_tail(text, offset)) : text.substr(cut.byte));
      break;
    }
    case ContentKind::kAny:
      for (Clock i = 0; i < offset; ++i) reader.skip_any(kAnyDepthMax);
      part.content.bytes = reader.take(reader.remaining());
      break;
    case ContentKind::kJson:
      for (Clock i = 0; i < offset; ++i) reader.var_bytes();
      part.content.bytes = reader.take(reader.remaining());
      break;
    default:
      break;  // Deleted has no bytes; the others are of length 1
  }
  return part;
}

}  // namespace footprint::sync
