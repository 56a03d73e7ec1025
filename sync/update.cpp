#include "sync/update.hpp"

#include <algorithm>

#include "sync/struct_list.hpp"

namespace footprint::sync {
namespace {

Clock end_of(const WireStruct& item) {
  return item.id.clock + item.length;
}
bool is_skip(const WireStruct& item) {
  return item.content.kind == ContentKind::kSkip;
}

/// What of one client's structs a replica at `known` lacks. Leading holes are left out, later ones
/// stay.
void add_news(StructList& out, const ClientStructs& section, Clock known) {
  bool writing = false;
  for (const WireStruct& item : section.structs) {
    if (writing) {
      out.add(as_rewritten(item));
    } else if (!is_skip(item) && end_of(item) > known) {
      out.add(as_rewritten(item), known > item.id.clock ? known - item.id.clock : 0);
      writing = true;
    }
  }
}

template <typename T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void add_ranges(UpdateContents& contents, const ClientStructs& section) {
  bool open = false;
  for (const WireStruct& item : section.structs) {
    if (is_skip(item)) {
      open = false;
    } else if (open) {
      contents.structs.back().to = end_of(item);
    } else {
      contents.structs.push_back({section.client, item.id.clock, end_of(item)});
      open = true;
    }
  }
}

void add_names(UpdateContents& contents, const WireStruct& item) {
  if (is_skip(item)) return;
  contents.kinds.push_back(item.content.kind);
  if (item.parent_kind == ParentKind::kRootName) contents.root_names.emplace_back(item.parent_name);
  if (item.has_parent_sub && item.parent_kind != ParentKind::kFromNeighbour) {
    contents.attribute_keys.emplace_back(item.parent_sub);
  }
  if (item.content.kind == ContentKind::kFormat)
    contents.format_keys.emplace_back(item.content.name);
  if (item.content.kind != ContentKind::kType) return;
  TypeRef type = item.content.type_ref;
  contents.type_refs.push_back(type);
  bool named = type == TypeRef::kXmlElement || type == TypeRef::kXmlHook;
  if (named) contents.node_names.emplace_back(item.content.name);
}

}  // namespace

Result<Bytes> diff_update(ByteView update, const StateVector& known, Format format) {
  Result<DecodedUpdate> decoded = decode_update(update, format);
  if (!decoded) return forward_error(decoded.error());
  StructList out;
  for (const ClientStructs& section : decoded->clients)
    add_news(out, section, known.get(section.client));
  return out.finish(decoded->deletes, format);
}

Result<StateVector> state_vector_of_update(ByteView update, Format format) {
  Result<DecodedUpdate> decoded = decode_update(update, format);
  if (!decoded) return forward_error(decoded.error());
  StateVector vector;
  for (const ClientStructs& section : decoded->clients) {
    Clock next = 0;
    for (const WireStruct& item : section.structs) {
      if (is_skip(item) || item.id.clock != next) break;
      next = end_of(item);
    }
    vector.set(section.client, next);
  }
  return vector;
}

Result<Bytes> convert_update(ByteView update, Format from, Format to) {
  Result<DecodedUpdate> decoded = decode_update(update, from);
  if (!decoded) return forward_error(decoded.error());
  StructList out;
  for (const ClientStructs& section : decoded->clients) {
    for (const WireStruct& item : section.structs) out.add(as_rewritten(item));
  }
  return out.finish(decoded->deletes, to);
}

Result<UpdateMeta> update_meta(ByteView update, Format format) {
  Result<DecodedUpdate> decoded = decode_update(update, format);
  if (!decoded) return forward_error(decoded.error());
  UpdateMeta meta;
  for (const ClientStructs& section : decoded->clients) {
    meta.from[section.client] = section.structs.front().id.clock;
    meta.to[section.client] = end_of(section.structs.back());
  }
  return meta;
}

Result<UpdateContents> inspect_update(ByteView update, Format format) {
  Result<DecodedUpdate> decoded = decode_update(update, format);
  if (!decoded) return forward_error(decoded.error());
  if (Status possible = check_references(*decoded); !possible)
    return forward_error(possible.error());
  UpdateContents contents;
  for (const ClientStructs& section : decoded->clients) {
    add_ranges(contents, section);
    for (const WireStruct& item : section.structs) add_names(contents, item);
  }
  sort_unique(contents.root_names);
  sort_unique(contents.node_names);
  sort_unique(contents.attribute_keys);
  sort_unique(contents.format_keys);
  sort_unique(contents.type_refs);
  sort_unique(contents.kinds);
  contents.deletes = std::move(decoded->deletes);
  return contents;
}

}  // namespace footprint::sync
