#include "sync/pending.hpp"

#include <utility>

namespace footprint::sync {

namespace {

constexpr std::size_t kNodeBytes = 64;  // of the map's nodes and the allocator, about

std::size_t text_size(const WireStruct& in) {
  return in.content.bytes.size() + in.content.name.size() + in.parent_name.size() +
         in.parent_sub.size();
}

Clock end_of(const WireStruct& in) {
  return in.id.clock + in.length;
}

WireStruct skip(ClientId client, Clock from, Clock to) {
  WireStruct out;
  out.id = {client, from};
  out.length = to - from;
  out.content.kind = ContentKind::kSkip;
  return out;
}

struct Part {
  WireStruct in;
  Clock offset = 0;
};

/// Parts that overlap are written once, holes become skips.
void append_part(std::vector<Part>& parts, const WireStruct& in) {
  Clock end = parts.empty() ? in.id.clock : end_of(parts.back().in);
  if (!parts.empty() && end_of(in) <= end) return;
  if (in.id.clock > end) parts.push_back({skip(in.id.client, end, in.id.clock), 0});
  parts.push_back({in, in.id.clock < end ? end - in.id.clock : 0});
}

}  // namespace

std::size_t PendingStructs::bytes_of(const WireStruct& in) {
  return sizeof(Waiting) + kNodeBytes + text_size(in);
}

void PendingStructs::add(const WireStruct& in) {
  if (in.content.kind == ContentKind::kSkip) return;
  auto& structs = queues_[in.id.client].structs;
  auto after = structs.upper_bound(in.id.clock);
  if (after != structs.begin() && end_of(std::prev(after)->second.in) >= end_of(in)) return;
  Waiting& waiting = structs.emplace_hint(after, in.id.clock, Waiting{in, {}})->second;
  waiting.text.reserve(text_size(in));
  auto keep = [&](ByteView view) {
    std::size_t from = waiting.text.size();
    waiting.text.insert(waiting.text.end(), view.begin(), view.end());
    return ByteView(waiting.text).subspan(from, view.size());
  };
  WireStruct& own = waiting.in;
  own.content.bytes = keep(in.content.bytes);
  own.content.name = as_text(keep(as_bytes(in.content.name)));
  own.parent_name = as_text(keep(as_bytes(in.parent_name)));
  own.parent_sub = as_text(keep(as_bytes(in.parent_sub)));
  bytes_ += bytes_of(in);
}

const WireStruct* PendingStructs::front(ClientId client) const {
  auto found = queues_.find(client);
  return found == queues_.end() ? nullptr : &found->second.structs.begin()->second.in;
}

void PendingStructs::pop(ClientId client) {
  auto found = queues_.find(client);
  Queue& queue = found->second;
  bytes_ -= bytes_of(queue.structs.begin()->second.in);
  queue.structs.erase(queue.structs.begin());
  if (!queue.structs.empty()) return;
  forget_awaited(client, queue);
  queues_.erase(found);
}

void PendingStructs::await(ClientId client, Id needed, Clock own) {
  Queue& queue = queues_.at(client);
  forget_awaited(client, queue);
  queue.awaited = {needed};
  if (Id other{client, own}; other != needed) queue.awaited.push_back(other);
  for (Id id : queue.awaited) awaits_.emplace(id, client);
}

void PendingStructs::forget_awaited(ClientId client, Queue& queue) {
  for (Id id : std::exchange(queue.awaited, {})) awaits_.erase({id, client});
}

std::vector<ClientId> PendingStructs::woken_by(ClientId client, Clock state) const {
  std::vector<ClientId> out;
  for (auto at = awaits_.lower_bound({Id{client, 0}, 0});
       at != awaits_.end() && at->first.client == client && at->first.clock < state; ++at) {
    out.push_back(at->second);
  }
  return out;
}

Bytes PendingStructs::encode() const {
  UpdateWriter writer(Format::kV2);
  writer.begin(queues_.size());
  for (auto queue = queues_.rbegin(); queue != queues_.rend(); ++queue) {
    std::vector<Part> parts;
    for (const auto& [clock, waiting] : queue->second.structs) append_part(parts, waiting.in);
    writer.begin_client(queue->first, parts.size(), parts.front().in.id.clock);
    for (const Part& part : parts) writer.write(part.in, part.offset);
  }
  return writer.finish({});
}

}  // namespace footprint::sync
