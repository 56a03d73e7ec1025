#include "plan/event.hpp"

namespace footprint::plan {

namespace {

void write_varint(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

void write_text(Bytes& out, std::string_view text) {
  write_varint(out, text.size());
  append(out, as_bytes(text));
}

/// Reads forwards and remembers the first thing that was wrong.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  bool truncated() const { return truncated_; }
  bool malformed() const { return malformed_; }
  bool bad() const { return truncated_ || malformed_; }
  std::size_t left() const { return bytes_.size() - at_; }

  std::uint8_t byte() {
    if (left() == 0) {
      truncated_ = true;
      return 0;
    }
    return bytes_[at_++];
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      std::uint8_t part = byte();
      if (bad()) return 0;
      if (shift == 63 && part > 1) break;
      value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
      if ((part & 0x80) == 0) return value;
    }
    malformed_ = true;
    return 0;
  }

  ByteView bytes(std::uint64_t count) {
    if (bad() || count > left()) {
      truncated_ = true;
      return {};
    }
    ByteView view = bytes_.subspan(at_, count);
    at_ += count;
    return view;
  }

  /// A name, or nothing.
  std::string name() {
    std::string text(as_text(bytes(varint())));
    if (!text.empty() && !is_valid_name(text)) malformed_ = true;
    return text;
  }

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
  bool truncated_ = false;
  bool malformed_ = false;
};

void read_claims(Reader& reader, std::vector<sync::ClientId>& claims, bool& malformed) {
  std::uint64_t count = reader.varint();
  if (count > kClaimsMax) malformed = true;
  for (std::uint64_t i = 0; i < count && !malformed && !reader.bad(); ++i) {
    std::uint64_t client = reader.varint();
    if (client > sync::kClientIdMax) malformed = true;
    claims.push_back(client);
  }
}

}  // namespace

std::string_view kind_name(EventKind kind) {
  switch (kind) {
    case EventKind::kPlanCreated:
      return "plan.created";
    case EventKind::kSectionUpdated:
      return "section.updated";
    case EventKind::kFigureChanged:
      return "figure.changed";
    case EventKind::kMemberChanged:
      return "member.changed";
    case EventKind::kSectionChanged:
      return "section.changed";
    case EventKind::kOrganisationChanged:
      return "organisation.changed";
    case EventKind::kFigureStatusChanged:
      return "figure.status_changed";
    case EventKind::kDraftOffered:
      return "draft.offered";
    case EventKind::kDraftSettled:
      return "draft.settled";
  }
  return "unknown";
}

std::optional<EventKind> kind_from_number(std::uint16_t number) {
  if (number < 1 || number > 9) return std::nullopt;
  return static_cast<EventKind>(number);
}

Bytes encode_event(const Event& event) {
  Bytes out;
  out.reserve(event.body.size() + 64);
  out.push_back(kEnvelopeVersion);
  auto kind = static_cast<std::uint16_t>(event.kind);
  out.push_back(static_cast<std::uint8_t>(kind & 0xff));
  out.push_back(static_cast<std::uint8_t>(kind >> 8));
  write_text(out, event.actor.person.value);
  write_text(out, event.actor.organisation.value);
  write_text(out, event.section.value);
  write_varint(out, event.claims.size());
  for (sync::ClientId client : event.claims) write_varint(out, client);
  write_varint(out, event.body.size());
  append(out, event.body);
  return out;
}

Result<Event> decode_event(ByteView payload) {
  Reader reader(payload);
  std::uint8_t version = reader.byte();
  if (!reader.bad() && version != kEnvelopeVersion)
    return fail(ErrorKind::kCorrupt, "event.version",
                "This event was written in envelope version " + std::to_string(version) +
                    ", which this program cannot read. Use a newer version of the program.");
  std::uint16_t number = reader.byte();
  number = static_cast<std::uint16_t>(number | (reader.byte() << 8));
  Event event;
  bool malformed = false;
  event.actor.person = PersonId(reader.name());
  event.actor.organisation = OrganisationId(reader.name());
  event.section = SectionKey(reader.name());
  read_claims(reader, event.claims, malformed);
  ByteView body = malformed ? ByteView{} : reader.bytes(reader.varint());
  if (malformed || reader.malformed() || (!reader.bad() && reader.left() != 0))
    return fail(ErrorKind::kMalformed, "event.malformed",
                "This event's envelope does not follow its format.");
  if (reader.truncated())
    return fail(ErrorKind::kMalformed, "event.truncated", "This event ends before it should.");
  auto kind = kind_from_number(number);
  if (!kind)
    return fail(ErrorKind::kCorrupt, "event.kind",
                "This event is of kind " + std::to_string(number) +
                    ", which this program does not know. Use a newer version of the program.");
  event.kind = *kind;
  event.body = to_bytes(body);
  return event;
}

}  // namespace footprint::plan
