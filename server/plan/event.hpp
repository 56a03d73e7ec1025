// The events of a plan: what was accepted, by whom. Everything else is computed from them.
//
// The envelope is binary and versioned (docs/protocol.md): version, kind, actor, section, claims,
// body. It is the payload of one record of the plan log; the log adds position, time and hash. No
// I/O, no threads.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "sync/id.hpp"

namespace footprint::plan {

/// The numbers are on disk: never reused, never changed.
enum class EventKind : std::uint16_t {
  kPlanCreated =
      1,  // body: the plan's data (JSON text, schemas/plan-file.schema.json) with its epoch
  kSectionUpdated = 2,  // body: one Yjs update, v1
  kFigureChanged = 3,   // body: the cells that changed (JSON text), computed ones included; reason?
  // Bodies from here on are JSON text and say what was before, so that each can be told in words.
  kMemberChanged = 4,        // {person, memberships, previous, reason?}; empty: removed
  kSectionChanged = 5,       // {title? lead? ... reason?, previous: {the same as before}}
  kOrganisationChanged = 6,  // {organisation, previous}
  kFigureStatusChanged = 7,  // {cells: [{table, row, column, status, previous}], reason?}
  kDraftOffered = 8,         // {id, text, code, message}
  kDraftSettled = 9,         // {id, outcome: taken|declined, reason?}
};

/// "plan.created", "section.updated", ...
std::string_view kind_name(EventKind kind);
std::optional<EventKind> kind_from_number(std::uint16_t number);

/// On whose behalf. Both empty: the server itself.
struct Actor {
  PersonId person;
  OrganisationId organisation;

  bool is_server() const { return person.empty(); }
  bool operator==(const Actor&) const = default;
};

struct Event {
  EventKind kind = EventKind::kPlanCreated;
  Actor actor;
  SectionKey section;  // of section.updated, section.changed and drafts, else empty
  std::vector<sync::ClientId>
      claims;  // client ids that become the actor's by this event (section.updated)
  Bytes body;

  bool operator==(const Event&) const = default;
};

/// An event with its place in the log, as lists and streams show it.
struct PlacedEvent {
  Position position = 0;
  std::int64_t at_ms = 0;
  Event event;
};

inline constexpr std::uint8_t kEnvelopeVersion = 1;
inline constexpr std::size_t kClaimsMax = 1000;  // in one event

Bytes encode_event(const Event& event);
/// Errors (kCorrupt, kMalformed): "event.truncated", "event.version", "event.kind",
/// "event.malformed". Allocates no more than a small multiple of the payload.
Result<Event> decode_event(ByteView payload);

}  // namespace footprint::plan
