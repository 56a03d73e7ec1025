#include "sync/doc.hpp"

#include <algorithm>

#include "sync/doc_store.hpp"
#include "sync/transaction.hpp"
#include "sync/update.hpp"

namespace footprint::sync {

Doc::Doc(DocOptions options) : store_(std::make_unique<DocStore>(options)) {}
Doc::~Doc() = default;
Doc::Doc(Doc&&) noexcept = default;
Doc& Doc::operator=(Doc&&) noexcept = default;

Result<ApplyOutcome> Doc::apply_update(ByteView update, Format format) {
  auto decoded = decode_update(update, format);
  if (!decoded) return forward_error(decoded.error());
  return store_->apply(*decoded);
}

namespace {

struct Tail {
  ClientIndex client;
  Clock from;
};

/// Structs of each client from a clock on, highest client id first.
Bytes encode_tails(const DocStore& store, std::vector<Tail> tails, Format format,
                   const DeleteSet& deletes) {
  std::sort(tails.begin(), tails.end(), [&](const Tail& a, const Tail& b) {
    return store.clients[a.client].id > store.clients[b.client].id;
  });
  UpdateWriter writer(format);
  writer.begin(tails.size());
  for (const Tail& tail : tails) {
    const ClientRecord& client = store.clients[tail.client];
    IdIndex::Position at = client.index.find(store.items, tail.from);
    writer.begin_client(client.id, client.index.count_from(at), tail.from);
    Clock offset = tail.from - store.items[client.index.at(at)].clock;
    for (;; at = client.index.next(at)) {
      writer.write(store.wire(client.index.at(at)), offset);
      offset = 0;
      if (client.index.is_last(at)) break;
    }
  }
  return writer.finish(deletes);
}

}  // namespace

Bytes DocStore::encode(const StateVector& known, Format format, const DeleteSet* deletes) const {
  std::vector<Tail> tails;
  for (ClientIndex c = 0; c < clients.size(); c++) {
    Clock from = known.get(clients[c].id);
    if (clients[c].state > from) tails.push_back({c, from});
  }
  return encode_tails(*this, std::move(tails), format, *deletes);
}

Bytes DocStore::encode_change(const Change& change,
                              const std::vector<std::pair<ClientIndex, Clock>>& from) const {
  std::vector<Tail> tails;
  for (auto [c, clock] : from) {
    if (clients[c].state > clock) tails.push_back({c, clock});
  }
  if (tails.empty() && change.deleted.empty()) return {};
  return encode_tails(*this, std::move(tails), Format::kV1, deleted_by(change));
}

Bytes Doc::encode_state(const StateVector& known, Format format) const {
  DeleteSet deletes = delete_set();
  Bytes state = store_->encode(known, format, &deletes);
  if (store_->pending.empty() && store_->pending_deletes.empty()) return state;
  std::vector<Bytes> parts = {std::move(state)};
  if (!store_->pending_deletes.empty()) {
    UpdateWriter writer(format);
    writer.begin(0);
    parts.push_back(writer.finish(store_->pending_deletes));
  }
  if (!store_->pending.empty()) {
    auto lacking = diff_update(store_->pending.encode(), known, Format::kV2);
    auto waiting = lacking ? convert_update(*lacking, Format::kV2, format) : lacking;
    if (waiting) parts.push_back(std::move(*waiting));
  }
  std::vector<ByteView> views(parts.begin(), parts.end());
  auto merged = merge_updates(views, format);
  return merged ? std::move(*merged) : std::move(parts.front());
}

StateVector Doc::state_vector() const {
  StateVector out;
  for (const ClientRecord& client : store_->clients) {
    if (client.state > 0) out.set(client.id, client.state);
  }
  return out;
}

DeleteSet Doc::delete_set() const {
  DeleteSet out;
  for (const ClientRecord& client : store_->clients) {
    for (const DeleteRange& range : client.deleted) out.add(client.id, range.clock, range.length);
  }
  return out;
}

std::size_t Doc::pending_bytes() const {
  return store_->pending_bytes();
}
bool Doc::has_pending_structs() const {
  return !store_->pending.empty();
}
bool Doc::has_pending_deletes() const {
  return !store_->pending_deletes.empty();
}

Bytes Doc::transact(const std::function<void(Transaction&)>& change) {
  Transaction transaction(*store_);
  change(transaction);
  return transaction.finish();
}

ClientId Doc::client_id() const {
  return store_->options.client_id;
}
void Doc::set_client_id(ClientId client) {
  store_->options.client_id = client;
}
std::size_t Doc::memory_bytes() const {
  return store_->memory_bytes();
}
DocStore& Doc::store() {
  return *store_;
}
const DocStore& Doc::store() const {
  return *store_;
}

}  // namespace footprint::sync
