#include "room/awareness.hpp"

#include <algorithm>
#include <utility>

#include "base/limits.hpp"
#include "sync/any.hpp"
#include "sync/awareness.hpp"

namespace footprint::room {

namespace {

constexpr std::size_t kStateDepthMax = 20;
constexpr std::size_t kRemovedKeptMax = 2'000;

Result<std::string> checked_state(const Speaker& speaker, std::string_view json) {
  if (json.size() > limits::kAwarenessStateBytesMax) {
    return fail(ErrorKind::kTooLarge, "awareness.too_large",
                "A presence state may have 4096 bytes at most.");
  }
  auto value = sync::parse_json(json, kStateDepthMax);
  if (!value || value->as_object() == nullptr) {
    return fail(ErrorKind::kMalformed, "awareness.malformed",
                "A presence state must be a JSON object.");
  }
  if (speaker.user.empty()) return std::string(json);
  sync::Any::Object object = *value->as_object();
  std::erase_if(object, [](const sync::AnyMember& member) { return member.key == "user"; });
  object.push_back({"user", sync::parse_json(speaker.user).value_or(sync::Any::null())});
  return sync::to_json(sync::Any(std::move(object)));
}

}  // namespace

bool AwarenessHub::may_show(const Speaker& speaker, const Entry& entry, std::uint64_t clock,
                            bool gone, bool first) const {
  if (entry.owner == speaker.member)
    return clock > entry.clock_in || (gone && clock == entry.clock_in);
  if (entry.person != speaker.person || gone) return false;
  // The same person on another connection: the tab has come back before its old socket was missed.
  // What it says first, alone, is its own state; later a copy of what the hub itself sent is only
  // an echo.
  if (first) return true;
  return entry.here() && clock > entry.clock_in && clock != entry.clock_out;
}

Status AwarenessHub::receive(const Speaker& speaker, ByteView update, UnixMs now_ms) {
  auto entries = sync::decode_awareness(update);
  if (!entries) return forward_error(std::move(entries.error()));
  bool first = entries->size() == 1 && !ids_of_.contains(speaker.member);
  for (const auto& [client, clock, json] : *entries) {
    bool gone = json == "null";
    auto found = entries_.find(client);
    if (found == entries_.end() ? gone : !may_show(speaker, found->second, clock, gone, first))
      continue;
    if (gone) {
      found->second.clock_in = clock;
      remove(client, found->second);
      continue;
    }
    auto& own = ids_of_[speaker.member];
    if (!own.contains(client) && own.size() >= limits::kAwarenessClientsMax) {
      return fail(ErrorKind::kTooLarge, "awareness.too_many",
                  "One connection may show 8 presence ids at most.");
    }
    auto state = checked_state(speaker, json);
    if (!state) return forward_error(std::move(state.error()));
    Entry& entry = found == entries_.end() ? entries_[client] : found->second;
    if (found != entries_.end()) {
      if (!entry.here()) --removed_;
      if (entry.owner != speaker.member) ids_of_[entry.owner].erase(client);
    }
    own.insert(client);
    entry.owner = speaker.member;
    entry.person = speaker.person;
    entry.clock_in = clock;
    entry.clock_out = std::max(clock, entry.clock_out + 1);
    entry.state = std::move(*state);
    entry.renewed_ms = now_ms;
    changed_.insert(client);
  }
  return {};
}

void AwarenessHub::rename(const Speaker& speaker) {
  auto own = ids_of_.find(speaker.member);
  if (own == ids_of_.end()) return;
  for (sync::ClientId client : own->second) {
    Entry& entry = entries_[client];
    auto state = checked_state(speaker, entry.state);
    if (!state) continue;  // too long with the new name: the old one stands until it is renewed
    entry.state = std::move(*state);
    ++entry.clock_out;
    changed_.insert(client);
  }
}

void AwarenessHub::remove(sync::ClientId client, Entry& entry) {
  if (!entry.here()) return;
  entry.state.clear();
  ++entry.clock_out;
  ++removed_;
  changed_.insert(client);
  auto own = ids_of_.find(entry.owner);
  if (own != ids_of_.end()) own->second.erase(client);
}

void AwarenessHub::leave(MemberId member) {
  auto own = ids_of_.find(member);
  if (own == ids_of_.end()) return;
  for (sync::ClientId client : std::set<sync::ClientId>(own->second))
    remove(client, entries_[client]);
  ids_of_.erase(member);
}

void AwarenessHub::expire(UnixMs now_ms) {
  for (auto& [client, entry] : entries_) {
    if (entry.here() && now_ms - entry.renewed_ms > kExpiryMs) remove(client, entry);
  }
  if (removed_ > kRemovedKeptMax) forget_removed();
}

void AwarenessHub::forget_removed() {
  std::erase_if(entries_, [this](const auto& item) {
    return !item.second.here() && !changed_.contains(item.first);
  });
  removed_ = static_cast<std::size_t>(std::count_if(
      entries_.begin(), entries_.end(), [](const auto& item) { return !item.second.here(); }));
}

std::set<sync::ClientId> AwarenessHub::take_changes() {
  return std::exchange(changed_, {});
}

std::set<MemberId> AwarenessHub::owners(const std::set<sync::ClientId>& clients) const {
  std::set<MemberId> members;
  for (sync::ClientId client : clients) {
    auto found = entries_.find(client);
    if (found != entries_.end()) members.insert(found->second.owner);
  }
  return members;
}

Bytes AwarenessHub::encode(const std::set<sync::ClientId>& clients,
                           std::optional<MemberId> except) const {
  std::vector<sync::AwarenessEntry> shown;
  for (sync::ClientId client : clients) {
    auto found = entries_.find(client);
    if (found == entries_.end() || found->second.owner == except) continue;
    const Entry& entry = found->second;
    shown.push_back(
        {client, entry.clock_out, entry.here() ? std::string_view(entry.state) : "null"});
  }
  return shown.empty() ? Bytes{} : sync::encode_awareness(shown);
}

Bytes AwarenessHub::encode_all(std::optional<MemberId> except) const {
  std::set<sync::ClientId> clients;
  for (const auto& [client, entry] : entries_) {
    if (entry.here()) clients.insert(client);
  }
  return encode(clients, except);
}

std::set<PersonId> AwarenessHub::people() const {
  std::set<PersonId> found;
  for (const auto& [client, entry] : entries_) {
    if (entry.here() && !entry.person.empty()) found.insert(entry.person);
  }
  return found;
}

}  // namespace footprint::room
