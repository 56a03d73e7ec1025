// Updates put together struct by struct, for tests and benches that need what no honest writer
// makes.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "sync/wire_struct.hpp"

namespace footprint::sync::testing {

/// Structs of a client follow each other; clients may come in any order. Texts are borrowed.
class CraftedUpdate {
 public:
  /// A one-unit string "x" until told otherwise.
  WireStruct& add(ClientId client) {
    Clock clock = next(client);
    WireStruct& item = structs_[client].emplace_back();
    item.id = {client, clock};
    return text(item, "x", 1);
  }
  /// The client's structs begin here instead of at 0.
  void begin_at(ClientId client, Clock clock) { begins_[client] = clock; }
  Clock next(ClientId client) const {
    auto found = structs_.find(client);
    if (found != structs_.end() && !found->second.empty()) {
      const WireStruct& last = found->second.back();
      return last.id.clock + last.length;
    }
    auto begin = begins_.find(client);
    return begin == begins_.end() ? 0 : begin->second;
  }
  void erase(ClientId client, Clock clock, Clock length) { deletes_.add(client, clock, length); }

  Bytes write() const {
    UpdateWriter writer(Format::kV1);
    writer.begin(structs_.size());
    for (auto client = structs_.rbegin(); client != structs_.rend(); ++client) {
      const auto& [id, list] = *client;
      writer.begin_client(id, list.size(), list.front().id.clock);
      for (const WireStruct& item : list) writer.write(item);
    }
    return writer.finish(deletes_);
  }

  static WireStruct& text(WireStruct& item, std::string_view text, Clock units) {
    return content(item, ContentKind::kString, as_bytes(text), units);
  }
  static WireStruct& content(WireStruct& item, ContentKind kind, ByteView bytes, Clock units) {
    item.content.kind = kind;
    item.content.bytes = bytes;
    item.length = units;
    return item;
  }

 private:
  std::map<ClientId, std::vector<WireStruct>> structs_;
  std::map<ClientId, Clock> begins_;
  DeleteSet deletes_;
};

inline WireStruct& at_root(WireStruct& item, std::string_view root) {
  item.parent_kind = ParentKind::kRootName;
  item.parent_name = root;
  return item;
}
inline WireStruct& in_type(WireStruct& item, Id type) {
  item.parent_kind = ParentKind::kItem;
  item.parent_item = type;
  return item;
}
inline WireStruct& at_key(WireStruct& item, std::string_view key) {
  item.has_parent_sub = true;
  item.parent_sub = key;
  return item;
}
inline WireStruct& as_type(WireStruct& item, TypeRef type) {
  CraftedUpdate::content(item, ContentKind::kType, {}, 1);
  item.content.type_ref = type;
  return item;
}
inline WireStruct& after(WireStruct& item, Id origin) {
  item.parent_kind = ParentKind::kFromNeighbour;
  item.has_origin = true;
  item.origin = origin;
  return item;
}
inline WireStruct& before(WireStruct& item, Id right) {
  item.parent_kind = ParentKind::kFromNeighbour;
  item.has_right_origin = true;
  item.right_origin = right;
  return item;
}

}  // namespace footprint::sync::testing
