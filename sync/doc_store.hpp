// The inside of a document (Doc's pimpl), for the files of sync/ that build on it: reading, local
// changes, snapshots, positions. Code outside sync/ uses doc.hpp, transaction.hpp, read.hpp.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sync/any.hpp"
#include "sync/content_arena.hpp"
#include "sync/contention.hpp"
#include "sync/doc.hpp"
#include "sync/id_index.hpp"
#include "sync/order_tree.hpp"
#include "sync/pending.hpp"

namespace footprint::sync {

struct ClientRecord {
  ClientId id = 0;
  Clock state = 0;
  Clock before = 0;      // state when the open change first touched the client
  bool touched = false;  // by the open change
  IdIndex index;
  std::vector<DeleteRange> deleted;  // sorted, disjoint, merged; those of an open change follow

  void add_deleted(DeleteRange range);
  /// Sorted and disjoint, none of it known as deleted.
  void add_deleted(std::vector<DeleteRange> ranges);
};

/// A list of items in document order: the children of a type, or all values one map key ever had
/// (the last counts).
struct Sequence {
  OrderTree::Root root;
  TypeIndex type = kNone;
  NameIndex key = kNone;             // none: the type's list
  SequenceIndex next_entry = kNone;  // next key of the same type
  std::uint32_t count = 0;           // of items
  std::uint64_t scan_debt = 0;       // steps of long scans so far
};

struct TypeRecord {
  Handle item = kNone;     // none: a root
  NameIndex name = kNone;  // of the root, or the node name
  SequenceIndex list = kNone;
  SequenceIndex first_entry = kNone;
  TypeRef ref = TypeRef::kArray;
  bool ref_known = false;  // a root's kind is unknown until somebody asks for it by kind
  bool has_formatting = false;
};

struct ClockRange {
  ClientIndex client = 0;
  Clock clock = 0;
  Clock length = 0;
};

/// What one transaction has done so far.
struct Change {
  std::vector<ClientIndex> touched;
  std::vector<ClockRange> deleted;
  std::vector<std::pair<ClientIndex, Clock>> merge_at;  // split points, tried again at commit
};

/// When conflicts of a sequence are looked up instead of scanned for (contention.hpp).
struct ScanLimits {
  std::uint32_t short_scan_max = 64;  // steps; longer scans count
  std::uint32_t steps_per_item = 32;  // of long scans before the sequence gets its trees
};

/// Where an item goes: between which neighbours of which sequence (kNone: it becomes a GC struct).
struct Placement {
  SequenceIndex sequence = kNone;
  Handle left = kNone;
  Handle right = kNone;
};

struct DocStore {
  explicit DocStore(DocOptions given) : options(given) {}
  DocStore(const DocStore&) = delete;
  DocStore& operator=(const DocStore&) = delete;

  // Names, clients, types.
  NameIndex intern(std::string_view name);
  std::string_view name(NameIndex index) const { return names[index]; }
  std::optional<NameIndex> find_name(std::string_view name) const;
  ClientIndex client(ClientId id);
  std::optional<ClientIndex> find_client(ClientId id) const;
  Clock state(ClientId id) const;
  Id id_of(Handle item) const { return {clients[items[item].client].id, items[item].clock}; }
  TypeIndex root(std::string_view root_name);
  std::optional<TypeIndex> find_root(std::string_view root_name) const;
  std::optional<SequenceIndex> find_entry(TypeIndex type, std::string_view key) const;
  SequenceIndex entry(TypeIndex type, NameIndex key);
  /// The item whose value a key has now; kNone when it was never set. It may be deleted.
  Handle entry_value(TypeIndex type, std::string_view key) const;
  bool type_deleted(TypeIndex type) const {
    Handle item = types[type].item;
    return item != kNone && items[item].deleted;
  }

  // Items.
  Handle find(ClientIndex c, Clock clock) const {
    return clients[c].index.at(clients[c].index.find(items, clock));
  }
  /// The item of an id the document has; kNone otherwise.
  Handle find(Id id) const;
  ByteView content(const Item& item) const { return arena.view(item.content, item.bytes); }
  std::string_view text(const Item& item) const { return as_text(content(item)); }
  /// Format key of kFormat, guid of kDoc; the value follows in content_value().
  std::string_view content_name(const Item& item) const;
  ByteView content_value(const Item& item) const;
  /// As it would stand in an update; views live until the next change.
  WireStruct wire(Handle item) const;

  // Changing (integrate.cpp, content.cpp).
  void touch(Change& change, ClientIndex c);
  Clock before(ClientIndex c) const {
    return clients[c].touched ? clients[c].before : clients[c].state;
  }
  Handle clean_start(Change& change, ClientIndex c, Clock clock);
  Handle clean_end(Change& change, ClientIndex c, Clock clock);
  void integrate(Change& change, const WireStruct& in, Clock offset);
  Handle place(Change& change, const Placement& at, const WireStruct& in, Clock offset);
  void remove(Change& change, Handle item);
  /// Gives back what could not be deleted because it has not come yet.
  DeleteSet remove(Change& change, const DeleteSet& deletes);
  void commit(Change& change);
  DeleteSet deleted_by(const Change& change) const;

  // Remote changes (apply.cpp).
  Result<ApplyOutcome> apply(DecodedUpdate& update);
  std::size_t pending_bytes() const;
  void wake(Change& change, const std::vector<const WireStruct*>& more);
  void integrate_pending(Change& change, ClientId client);
  void remove_pending(Change& change);
  ApplyOutcome finish(Change& change);

  /// The value of an embed or a format mark.
  Any value(const Item& item) const;

  // Formatting (format_cleanup.cpp): deletes redundant marks around a remote change, before that is
  // committed.
  void clean_formatting(Change& remote, Change& cleanup);

  Bytes encode(const StateVector& known, Format format, const DeleteSet* deletes) const;
  /// The v1 update of a finished change; empty when it did nothing.
  Bytes encode_change(const Change& change,
                      const std::vector<std::pair<ClientIndex, Clock>>& from) const;
  std::size_t memory_bytes() const;

  DocOptions options;
  ScanLimits scan_limits;
  std::uint64_t scan_steps = 0;  // of all conflict scans, for tests
  std::vector<Item> items;
  std::vector<Handle> free_items;
  OrderTree order{items};
  std::unique_ptr<Contention> contention;  // none: no sequence needs it
  ContentArena arena;
  std::size_t dead_bytes = 0;  // of the arena
  // Where long runs of values were cut before: by arena offset, the end of every 64th value.
  std::map<ContentArena::Offset, std::vector<std::uint32_t>> value_marks;
  std::vector<ClientRecord> clients;
  std::unordered_map<ClientId, ClientIndex> client_of;
  std::deque<std::string> names;
  std::unordered_map<std::string_view, NameIndex> name_of;
  std::vector<TypeRecord> types;
  std::vector<TypeIndex> free_types;
  std::vector<Sequence> sequences;
  std::vector<SequenceIndex> free_sequences;
  std::unordered_map<NameIndex, TypeIndex> roots;
  std::unordered_map<std::uint64_t, SequenceIndex> entries;  // (type, key)

  PendingStructs pending;
  DeleteSet pending_deletes;

 private:
  Handle new_item();
  Handle split(Change& change, ClientIndex c, IdIndex::Position at, Clock length);
  Placement resolve(Change& change, const WireStruct& in);
  Handle resolve_conflict(const Item& fresh, const Placement& at);
  struct Scan;
  Scan scan(const Item& fresh, const Placement& at, std::uint32_t steps_max) const;
  void put_in_order(SequenceIndex sequence, Handle left, Handle item);
  bool extend(Change& change, const Placement& at, Handle left, const Item& fresh, ByteView bytes,
              bool ascii);
  void append_gc(ClientIndex c, Clock length);
  TypeIndex new_type(const WireContent& content, Handle item);
  SequenceIndex new_sequence(TypeIndex type, NameIndex key);
  void free_type(TypeIndex type);

  // content.cpp
  void set_content(Item& item, const WireContent& from, ByteView bytes, bool ascii);
  void split_content(Item& left, Item& right);
  void append_content(Item& left, ByteView more, bool ascii);
  void drop_content(Item& item);
  void compact_content();
  std::size_t value_cut(const Item& item, Clock count);

  // commit.cpp
  void collect(Handle item);
  void collect_children(TypeIndex type);
  bool mergeable(Handle left, Handle right) const;
  void merge(Handle left, Handle right);
  void keep_deleted(const std::vector<ClockRange>& sorted);
  IdIndex::Position merge_with_lefts(ClientIndex c, IdIndex::Position at, int* merged = nullptr);
  void merge_deleted(const ClockRange& range);
  void merge_new(ClientIndex c);
  void merge_splits(const Change& change);
};

}  // namespace footprint::sync
