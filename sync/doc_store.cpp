// Names, clients, types and sequences of a document.
#include "sync/doc_store.hpp"

#include "base/assert.hpp"

namespace footprint::sync {

NameIndex DocStore::intern(std::string_view name_text) {
  auto found = name_of.find(name_text);
  if (found != name_of.end()) return found->second;
  auto index = static_cast<NameIndex>(names.size());
  name_of.emplace(names.emplace_back(name_text), index);
  return index;
}

std::optional<NameIndex> DocStore::find_name(std::string_view name_text) const {
  auto found = name_of.find(name_text);
  if (found == name_of.end()) return std::nullopt;
  return found->second;
}

ClientIndex DocStore::client(ClientId id) {
  auto [at, added] = client_of.try_emplace(id, static_cast<ClientIndex>(clients.size()));
  if (added) {
    FP_ASSERT(clients.size() < kNoClient);
    clients.emplace_back().id = id;
  }
  return at->second;
}

std::optional<ClientIndex> DocStore::find_client(ClientId id) const {
  auto found = client_of.find(id);
  if (found == client_of.end()) return std::nullopt;
  return found->second;
}

Clock DocStore::state(ClientId id) const {
  auto c = find_client(id);
  return c ? clients[*c].state : 0;
}

Handle DocStore::find(Id id) const {
  auto c = find_client(id.client);
  if (!c || clients[*c].state <= id.clock) return kNone;
  return find(*c, id.clock);
}

TypeIndex DocStore::root(std::string_view root_name) {
  auto [at, added] = roots.try_emplace(intern(root_name), 0);
  if (added) {
    at->second = new_type({}, kNone);
    types[at->second].name = at->first;
  }
  return at->second;
}

std::optional<TypeIndex> DocStore::find_root(std::string_view root_name) const {
  auto known = find_name(root_name);
  if (!known) return std::nullopt;
  auto found = roots.find(*known);
  if (found == roots.end()) return std::nullopt;
  return found->second;
}

TypeIndex DocStore::new_type(const WireContent& from, Handle item) {
  TypeIndex index;
  if (free_types.empty()) {
    index = static_cast<TypeIndex>(types.size());
    types.emplace_back();
  } else {
    index = free_types.back();
    free_types.pop_back();
    types[index] = TypeRecord{};
  }
  types[index].item = item;
  if (item != kNone) {
    types[index].ref = from.type_ref;
    types[index].ref_known = true;
    types[index].name = intern(from.name);
  }
  types[index].list = new_sequence(index, kNone);
  return index;
}

SequenceIndex DocStore::new_sequence(TypeIndex type, NameIndex key) {
  SequenceIndex index;
  if (free_sequences.empty()) {
    index = static_cast<SequenceIndex>(sequences.size());
    sequences.emplace_back();
  } else {
    index = free_sequences.back();
    free_sequences.pop_back();
    sequences[index] = Sequence{};
  }
  sequences[index].type = type;
  sequences[index].key = key;
  return index;
}

namespace {
std::uint64_t entry_key(TypeIndex type, NameIndex key) {
  return (std::uint64_t{type} << 32) | key;
}
}  // namespace

std::optional<SequenceIndex> DocStore::find_entry(TypeIndex type, std::string_view key) const {
  auto known = find_name(key);
  if (!known) return std::nullopt;
  auto found = entries.find(entry_key(type, *known));
  if (found == entries.end()) return std::nullopt;
  return found->second;
}

// Keys are chained in the order in which they first came.
SequenceIndex DocStore::entry(TypeIndex type, NameIndex key) {
  auto [at, added] = entries.try_emplace(entry_key(type, key), kNone);
  if (added) {
    at->second = new_sequence(type, key);
    sequences[at->second].next_entry = types[type].first_entry;
    types[type].first_entry = at->second;
  }
  return at->second;
}

Handle DocStore::entry_value(TypeIndex type, std::string_view key) const {
  auto sequence = find_entry(type, key);
  return sequence ? order.last(sequences[*sequence].root) : kNone;
}

void DocStore::free_type(TypeIndex type) {
  if (contention) contention->drop_sequence(types[type].list);
  order.clear(sequences[types[type].list].root);
  free_sequences.push_back(types[type].list);
  for (SequenceIndex s = types[type].first_entry; s != kNone;) {
    SequenceIndex following = sequences[s].next_entry;
    entries.erase(entry_key(type, sequences[s].key));
    if (contention) contention->drop_sequence(s);
    order.clear(sequences[s].root);
    free_sequences.push_back(s);
    s = following;
  }
  free_types.push_back(type);
}

std::size_t DocStore::memory_bytes() const {
  std::size_t bytes = sizeof(*this) + items.capacity() * sizeof(Item) + order.memory_bytes() +
                      arena.memory_bytes() + clients.capacity() * sizeof(ClientRecord) +
                      types.capacity() * sizeof(TypeRecord) +
                      sequences.capacity() * sizeof(Sequence) + pending.bytes() +
                      (contention ? contention->memory_bytes() : 0);
  for (const ClientRecord& c : clients) {
    bytes += c.index.memory_bytes() + c.deleted.capacity() * sizeof(DeleteRange);
  }
  constexpr std::size_t kHashNode = 40;
  bytes += (entries.size() + roots.size() + client_of.size() + name_of.size()) * kHashNode;
  for (const std::string& n : names) bytes += sizeof(n) + (n.capacity() > 15 ? n.capacity() : 0);
  return bytes;
}

}  // namespace footprint::sync
