#include "sync/awareness.hpp"

#include <algorithm>

#include "sync/any.hpp"
#include "sync/lib0.hpp"

namespace footprint::sync {

Result<std::vector<AwarenessEntry>> decode_awareness(ByteView update) {
  Reader reader(update);
  std::vector<AwarenessEntry> entries;
  std::uint64_t count = reader.count(3);
  if (count > kAwarenessEntriesMax) reader.fail(ReadFailure::kNumberRange);
  entries.reserve(std::min<std::size_t>(count, kAwarenessEntriesMax));
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    AwarenessEntry entry;
    entry.client = reader.var_uint();
    entry.clock = reader.var_uint();
    entry.state = reader.var_string();
    if (reader.ok() && check_json(entry.state) != JsonCheck::kValid)
      reader.fail(ReadFailure::kMalformed);
    entries.push_back(entry);
  }
  if (!reader.ok() || !reader.at_end()) {
    return fail(ErrorKind::kMalformed, "awareness.malformed",
                "The bytes are not an awareness update.");
  }
  return entries;
}

Bytes encode_awareness(std::span<const AwarenessEntry> entries) {
  Writer writer;
  writer.var_uint(entries.size());
  for (const AwarenessEntry& entry : entries) {
    writer.var_uint(entry.client);
    writer.var_uint(entry.clock);
    writer.var_string(entry.state);
  }
  return writer.take();
}

Result<AwarenessChange> AwarenessTable::apply(ByteView update, UnixMs now_ms) {
  Result<std::vector<AwarenessEntry>> entries = decode_awareness(update);
  if (!entries) return forward_error(entries.error());
  AwarenessChange change;
  for (const AwarenessEntry& entry : *entries) {
    auto known = records_.find(entry.client);
    bool is_known = known != records_.end();
    bool was_here = is_known && known->second.here();
    std::uint64_t clock = is_known ? known->second.clock : 0;
    bool counts = entry.clock > clock || (entry.clock == clock && entry.gone() && was_here);
    if (!counts) continue;
    records_[entry.client] = {entry.clock, std::string(entry.state), now_ms};
    if (entry.gone()) {
      if (was_here) change.removed.push_back(entry.client);
    } else {
      (was_here ? change.updated : change.added).push_back(entry.client);
    }
  }
  return change;
}

void AwarenessTable::set(ClientId client, std::string state, UnixMs now_ms) {
  Record& record = records_[client];
  record = {record.clock + 1, std::move(state), now_ms};
}

std::vector<ClientId> AwarenessTable::expire(UnixMs now_ms) {
  std::vector<ClientId> gone;
  for (auto& [client, record] : records_) {
    if (!record.here() || now_ms - record.renewed_ms < kExpiryMs) continue;
    record = {record.clock + 1, "null", now_ms};
    gone.push_back(client);
  }
  return gone;
}

const std::string* AwarenessTable::state(ClientId client) const {
  auto found = records_.find(client);
  return found != records_.end() && found->second.here() ? &found->second.state : nullptr;
}

std::uint64_t AwarenessTable::clock(ClientId client) const {
  auto found = records_.find(client);
  return found == records_.end() ? 0 : found->second.clock;
}

std::vector<ClientId> AwarenessTable::here() const {
  std::vector<ClientId> clients;
  for (const auto& [client, record] : records_) {
    if (record.here()) clients.push_back(client);
  }
  return clients;
}

Bytes AwarenessTable::encode(std::span<const ClientId> clients) const {
  std::vector<AwarenessEntry> entries;
  for (ClientId client : clients) {
    auto found = records_.find(client);
    if (found != records_.end())
      entries.push_back({client, found->second.clock, found->second.state});
  }
  return encode_awareness(entries);
}

}  // namespace footprint::sync
