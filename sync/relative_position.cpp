#include "sync/relative_position.hpp"

#include <cmath>

#include "sync/doc_store.hpp"

namespace footprint::sync {

namespace {

void write_id(Writer& writer, const Id& id) {
  writer.var_uint(id.client);
  writer.var_uint(id.clock);
}

std::optional<Id> read_id(Reader& reader) {
  Id id;
  id.client = reader.var_uint();
  std::uint64_t clock = reader.var_uint();
  if (clock > kClockMax || id.client > kClientIdMax) reader.fail(ReadFailure::kNumberRange);
  id.clock = static_cast<Clock>(clock);
  return id;
}

Any id_json(const Id& id) {
  return Any::Object{{"client", Any(static_cast<double>(id.client))},
                     {"clock", Any(static_cast<double>(id.clock))}};
}

tl::unexpected<Error> malformed() {
  return fail(ErrorKind::kMalformed, "position.malformed",
              "The position in the text cannot be read.");
}

bool whole_number(const Any* value, double max, double* out) {
  const double* number = value == nullptr ? nullptr : value->as_number();
  if (number == nullptr || *number < 0 || *number > max || *number != std::floor(*number))
    return false;
  *out = *number;
  return true;
}

/// False when the member is there and is no id.
bool id_member(const Any& json, std::string_view key, std::optional<Id>& to) {
  const Any* found = json.find(key);
  if (found == nullptr || found->is_null() || found->is_undefined()) return true;
  double client = 0, clock = 0;
  bool good = whole_number(found->find("client"), static_cast<double>(kClientIdMax), &client) &&
              whole_number(found->find("clock"), static_cast<double>(kClockMax), &clock);
  if (good) to = Id{static_cast<ClientId>(client), static_cast<Clock>(clock)};
  return good;
}

}  // namespace

Bytes RelativePosition::encode() const {
  Writer writer;
  if (item) {
    writer.var_uint(0);
    write_id(writer, *item);
  } else if (root_name) {
    writer.var_uint(1);
    writer.var_string(*root_name);
  } else {
    writer.var_uint(2);
    write_id(writer, type.value_or(Id{}));
  }
  writer.var_int(assoc);
  return writer.take();
}

Result<RelativePosition> RelativePosition::decode(ByteView bytes) {
  Reader reader(bytes);
  RelativePosition out;
  switch (reader.var_uint()) {
    case 0:
      out.item = read_id(reader);
      break;
    case 1:
      out.root_name = std::string(reader.var_string());
      break;
    case 2:
      out.type = read_id(reader);
      break;
    default:
      return malformed();
  }
  if (reader.ok() && !reader.at_end())
    out.assoc = reader.var_int().value();  // old positions have none
  if (!reader.ok()) return malformed();
  return out;
}

Any RelativePosition::to_json_value() const {
  Any::Object out;
  if (type) out.push_back({"type", id_json(*type)});
  if (root_name && !root_name->empty()) out.push_back({"tname", Any(*root_name)});
  if (item) out.push_back({"item", id_json(*item)});
  out.push_back({"assoc", Any(static_cast<double>(assoc))});
  return out;
}

Result<RelativePosition> RelativePosition::from_json_value(const Any& json) {
  RelativePosition out;
  if (json.as_object() == nullptr) return malformed();
  if (!id_member(json, "type", out.type) || !id_member(json, "item", out.item)) return malformed();
  if (const Any* name = json.find("tname"); name != nullptr && name->as_string() != nullptr) {
    out.root_name = *name->as_string();
  }
  if (const Any* assoc = json.find("assoc"); assoc != nullptr && assoc->as_number() != nullptr) {
    out.assoc = *assoc->as_number() < 0
                    ? -1
                    : static_cast<std::int64_t>(std::min(*assoc->as_number(), 1e9));
  }
  if (!out.type && !out.item && !out.root_name) return malformed();
  return out;
}

RelativePosition relative_position(const Doc& doc, TypeId type, Clock index, std::int64_t assoc) {
  const DocStore& store = doc.store();
  RelativePosition out;
  out.assoc = assoc;
  if (!type || type.index >= store.types.size()) return out;
  const TypeRecord& record = store.types[type.index];
  if (record.item == kNone) {
    out.root_name = std::string(store.name(record.name));
  } else {
    out.type = store.id_of(record.item);
  }
  const OrderTree::Root& root = store.sequences[record.list].root;
  if (assoc < 0) {
    if (index == 0) return out;
    index--;
  }
  OrderTree::Found found = store.order.find(root, index);
  if (found.item != kNone) {
    const Item& item = store.items[found.item];
    out.item = Id{store.clients[item.client].id, item.clock + found.offset};
  } else if (Handle last = store.order.last(root); assoc < 0 && last != kNone) {
    const Item& item = store.items[last];
    out.item = Id{store.clients[item.client].id, item.end() - 1};
  }
  return out;
}

std::optional<AbsolutePosition> absolute_position(const Doc& doc,
                                                  const RelativePosition& position) {
  const DocStore& store = doc.store();
  AbsolutePosition out;
  out.assoc = position.assoc;
  if (position.item) {
    Handle handle = store.find(*position.item);
    if (handle == kNone || store.items[handle].is_gc()) return std::nullopt;
    const Item& item = store.items[handle];
    out.type = {store.sequences[item.sequence].type};
    if (store.type_deleted(out.type.index)) return out;
    if (item.visible_units() > 0) {
      out.index = position.item->clock - item.clock + (position.assoc >= 0 ? 0 : 1);
    }
    out.index += static_cast<Clock>(store.order.units_before(handle));
    return out;
  }
  if (position.root_name) {
    auto type = store.find_root(*position.root_name);
    if (!type) return std::nullopt;
    out.type = {*type};
  } else if (position.type) {
    Handle handle = store.find(*position.type);
    if (handle == kNone || store.items[handle].kind() != ContentKind::kType) return std::nullopt;
    out.type = {store.items[handle].content};
  } else {
    return std::nullopt;
  }
  if (position.assoc >= 0) {
    out.index = static_cast<Clock>(
        store.order.units(store.sequences[store.types[out.type.index].list].root));
  }
  return out;
}

}  // namespace footprint::sync
