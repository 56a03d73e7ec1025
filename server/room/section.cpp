#include "room/section.hpp"

#include <algorithm>
#include <atomic>
#include <map>

#include "base/assert.hpp"

namespace footprint::room {

namespace {
// Beyond these a new encoding is cheaper for everybody than a long tail.
constexpr std::size_t kCacheTailBytes = 64u << 10;
constexpr std::size_t kCacheTailUpdates = 256;

std::atomic<MemberId> next_member_id{1};

bool covers(const sync::DeleteSet& whole, const sync::DeleteSet& part) {
  for (const auto& [client, wanted] : part.ranges()) {
    auto found = whole.ranges().find(client);
    if (found == whole.ranges().end()) return false;
    for (const sync::DeleteRange& range : wanted) {
      // Ranges are sorted, disjoint and merged: the one that starts last before `range` must reach
      // its end.
      auto after = std::upper_bound(
          found->second.begin(), found->second.end(), range.clock,
          [](sync::Clock clock, const sync::DeleteRange& have) { return clock < have.clock; });
      if (after == found->second.begin()) return false;
      const sync::DeleteRange& have = *std::prev(after);
      if (have.clock + have.length < range.clock + range.length) return false;
    }
  }
  return true;
}

}  // namespace

void Section::ready(LoadedSection loaded) {
  FP_ASSERT(state == State::kLoading);
  doc = std::move(loaded.doc);
  authors = std::move(loaded.authors);
  held_ = doc.state_vector();
  known = held_;
  encoded_bytes_ = loaded.encoded.size();
  cache_.emplace().state = std::move(loaded.encoded);
  position = loaded.position;
  snapshot_position = loaded.snapshot_position;
  tail_events = position > snapshot_position ? 1 : 0;
  state = State::kReady;
  for (auto& told : std::exchange(waiting, {})) told();
}

void Section::fail(Error error) {
  failure = std::move(error);
  state = State::kFailed;
  for (auto& told : std::exchange(waiting, {})) told();
}

void Section::join(const std::shared_ptr<Member>& member) {
  if (member->id == 0) member->id = next_member_id.fetch_add(1, std::memory_order_relaxed);
  member->speaker.member = member->id;
  members_.push_back(member);
}

void Section::leave(Member& member) {
  auto found = std::find_if(members_.begin(), members_.end(),
                            [&](const auto& other) { return other.get() == &member; });
  if (found == members_.end()) return;
  member.gone = true;
  awareness.leave(member.id);
  members_.erase(found);
}

Result<sync::ApplyOutcome> Section::apply(ByteView update, Position at) {
  auto outcome = authors.apply(doc, update);
  position = at;
  ++tail_events;
  tail_bytes += update.size();
  if (!outcome) return outcome;
  for (const auto& [client, clock] : outcome->after.clocks()) {
    held_.raise(client, clock);
    known.raise(client, clock);
  }
  if (outcome->changed || outcome->pending) {
    deleted_.reset();
    tail_since_encoded_ += update.size();
    if (cache_) {
      cache_->update_bytes += update.size();
      if (cache_->update_bytes > kCacheTailBytes || cache_->updates.size() >= kCacheTailUpdates) {
        cache_.reset();
      } else {
        cache_->updates.push_back(to_bytes(update));
      }
    }
  }
  return outcome;
}

void Section::broadcast(const std::vector<Delivery>& deliveries) {
  if (deliveries.empty()) return;
  std::set<MemberId> senders;
  for (const Delivery& delivery : deliveries) senders.insert(delivery.author);
  auto framed = [&](const Member& reader, bool without_own) {
    Bytes frames;
    for (const Delivery& delivery : deliveries) {
      if (without_own && delivery.author == reader.id) continue;
      append_frame(frames, sync::update_message(reader.prefix, delivery.update));
    }
    return to_frame(std::move(frames));
  };
  std::map<Bytes, Frame> shared;
  const Bytes* last_prefix = nullptr;
  Frame last;
  for (const auto& reader : members_) {
    if (!reader->echo && senders.contains(reader->id)) {
      Frame own = framed(*reader, true);
      if (!own->empty()) reader->outbox.send(std::move(own));
      continue;
    }
    if (last_prefix == nullptr || *last_prefix != reader->prefix) {
      Frame& frame = shared[reader->prefix];
      if (!frame) frame = framed(*reader, false);
      last = frame;
      last_prefix = &reader->prefix;
    }
    reader->outbox.send(last);
  }
}

void Section::broadcast_presence() {
  if (!awareness.changed()) return;
  std::set<sync::ClientId> clients = awareness.take_changes();
  std::set<MemberId> owners = awareness.owners(clients);
  Bytes all = awareness.encode(clients, std::nullopt);
  people_changed = true;
  std::map<Bytes, Frame> shared;
  for (const auto& reader : members_) {
    Frame frame;
    if (owners.contains(reader->id)) {
      Bytes others = awareness.encode(clients, reader->id);
      if (others.empty()) continue;
      frame = make_frame(sync::awareness_message(reader->prefix, others));
    } else {
      Frame& cached = shared[reader->prefix];
      if (!cached) cached = make_frame(sync::awareness_message(reader->prefix, all));
      frame = cached;
    }
    if (!reader->outbox.send_presence(std::move(frame))) reader->presence_due = true;
  }
}

void Section::send_presence(Member& member) {
  Bytes all = awareness.encode_all(member.id);
  member.presence_due = false;
  if (all.empty()) return;
  Frame frame = make_frame(sync::awareness_message(member.prefix, all));
  if (!member.outbox.send_presence(std::move(frame))) member.presence_due = true;
}

void Section::refresh_cache() {
  if (cache_) return;
  cache_.emplace();
  cache_->state = doc.encode_state();
  encoded_bytes_ = cache_->state.size();
  tail_since_encoded_ = 0;
}

void Section::send_state(Member& member, const sync::StateVector& has) {
  if (!has.empty()) {
    member.outbox.send_state(make_frame(sync::step2_message(member.prefix, doc.encode_state(has))));
    return;
  }
  refresh_cache();
  Frame framed = cache_->framed.lock();
  if (!framed || cache_->framed_prefix != member.prefix) {
    framed = make_frame(sync::step2_message(member.prefix, cache_->state));
    cache_->framed = framed;
    cache_->framed_prefix = member.prefix;
  }
  member.outbox.send_state(std::move(framed));
  if (cache_->updates.empty()) return;
  Bytes since;
  for (const Bytes& update : cache_->updates)
    append_frame(since, sync::update_message(member.prefix, update));
  member.outbox.send(to_frame(std::move(since)));
}

void Section::send_step1(Member& member) {
  member.outbox.send(make_frame(sync::step1_message(member.prefix, held_.encode())));
}

bool Section::has_news(const sync::UpdateContents& update) {
  for (const auto& range : update.structs) {
    if (held_.get(range.client) < range.to) return true;
  }
  if (update.deletes.empty()) return false;
  if (!deleted_) deleted_ = doc.delete_set();
  return !covers(*deleted_, update.deletes);
}

void Section::queue(const sync::UpdateContents& update, std::size_t bytes, bool gap) {
  for (const auto& range : update.structs) {
    if (range.from <= known.get(range.client)) known.raise(range.client, range.to);
  }
  queued_bytes += bytes;
  queued_gap_bytes += gap ? bytes : 0;
}

void Section::unqueue(std::size_t bytes, bool gap) {
  queued_bytes -= bytes;
  queued_gap_bytes -= gap ? bytes : 0;
}

void Section::forget_queued() {
  known = held_;
  queued_bytes = queued_gap_bytes = 0;
}

std::size_t Section::measured_bytes() {
  if (tail_since_encoded_ > 0) {
    cache_.reset();
    refresh_cache();
  }
  return encoded_bytes_;
}

}  // namespace footprint::room
