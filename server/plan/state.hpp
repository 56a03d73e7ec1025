// PlanState: what a plan is after a number of its events. A fold: the same events give the same
// state everywhere.
//
// Plain data and pure functions: no I/O, no threads, no clock. Owned by the thread that owns the
// plan.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "plan/event.hpp"
#include "plan/figure.hpp"
#include "sync/id.hpp"

namespace footprint::plan {

enum class Role : std::uint8_t {
  kFootprintLead,
  kPmo,
  kSectionLead,
  kAuthor,
  kBoardSignatory,
  kReviewer,
  kLayReviewer,
  kObserver,
};
std::string_view role_name(Role role);

struct Person {
  PersonId id;
  std::string name;
  OrganisationId organisation;
  std::vector<Role> roles;
  bool has(Role role) const;
};

struct Organisation {
  OrganisationId id;
  std::string name;       // the alias, which is what screens show
  std::string real_name;  // shown beside it in the list of organisations only
  std::string kind;
  std::string signing_body;
  bool signs = false;
  Basis basis = Basis::kFictional;
  std::string source;
};

struct Footprint {
  int number = 0;
  std::string name, alias, region;
  std::int64_t population = 0;
  Basis population_basis = Basis::kSource;
  std::string population_source;
};

struct Milestone {
  std::string key, date, title;
  Basis basis = Basis::kSource;
  std::string source;
};

enum class SectionStatus : std::uint8_t {
  kDrafting,
  kInReview,
  kReadyForSignoff,
  kSignedOff,
  kReopened,
  kFrozen,
};
enum class Visibility : std::uint8_t { kPartners, kReviewers, kPublic };
std::string_view status_name(SectionStatus status);
std::string_view visibility_name(Visibility visibility);

/// One narrative field: a root XmlFragment of the section's document, named by `key`.
struct Field {
  std::string key, title, prompt;
  int word_limit = 0;
  std::size_t words = 0;  // a count for screens: see PlanState::set_words
};

struct LastChange {
  UnixMs at_ms = 0;
  Position position = 0;
  Actor actor;
};

struct Section {
  SectionKey key;
  std::string title;
  PersonId lead;
  OrganisationId lead_organisation;
  std::vector<PersonId> deputies;
  SectionStatus status = SectionStatus::kDrafting;
  std::string due_date;
  Visibility visibility = Visibility::kReviewers;
  std::string
      epoch;  // changes when the document is made anew: clients must then not merge what they kept
  std::vector<Field> fields;
  std::vector<TableKey> tables;
  std::vector<std::string> covers;
  std::vector<OrganisationId> required_signatories, asked_to_endorse, asked_for_statement;
  std::optional<LastChange> last_change;  // by a person
  Position text_position = 0;             // last section.updated
  Position words_position = 0;            // up to which the word counts are right

  const Field* field(std::string_view key_wanted) const;
};

/// Whose a Yjs client id is: first come, for ever.
struct ClientOwner {
  Actor actor;
  UnixMs first_seen_ms = 0;
};

struct PlanState {
  PlanId id;
  std::string title, disclaimer, alias_note;
  Footprint footprint;
  std::string round;  // key of the milestone that the plan works towards
  std::vector<std::string> years;
  std::vector<Milestone> milestones;
  std::map<std::string, std::string> sources;  // key -> where it was published
  std::vector<Organisation> organisations;
  std::vector<Person> people;
  std::vector<Section> sections;
  std::vector<Table> tables;
  std::map<sync::ClientId, ClientOwner> clients;
  Position position = 0;  // of the last event applied; 0: nothing, not even plan.created
  UnixMs created_at_ms = 0;
  std::optional<LastChange> last_change;

  const Person* person(const PersonId& wanted) const;
  const Organisation* organisation(const OrganisationId& wanted) const;
  const Section* section(const SectionKey& wanted) const;
  Section* section(const SectionKey& wanted);
  const Table* table(const TableKey& wanted) const;
  Table* table(const TableKey& wanted);
  const Cell* cell(const CellRef& wanted) const;

  /// The name that screens show: of a person, and of an organisation (its alias). Falls back on the
  /// id.
  std::string person_name(const PersonId& wanted) const;
  std::string organisation_name(const OrganisationId& wanted) const;
  /// The person's own actor: with the organisation that the person acts for. Nullopt if not of this
  /// plan.
  std::optional<Actor> actor_of(const PersonId& wanted) const;

  /// Word counts come from the section's document, which the room holds: it sets them here after it
  /// has changed, with the position that they are right for. They are no facts of the log and
  /// decide nothing.
  void set_words(const SectionKey& wanted, const std::map<std::string, std::size_t>& by_field,
                 Position at);
};

/// Folds one event in. Positions must come one after another. Errors: "plan.order", "plan.exists",
/// "plan.missing" (kCorrupt), "event.malformed"; the state is then as it was.
Status apply(PlanState& state, Position position, UnixMs at_ms, const Event& event);

/// The snapshot that storage keeps under the name "plan": apply() from it gives what a full replay
/// gives.
Bytes encode_state(const PlanState& state);
/// Errors: "plan_snapshot.malformed", "plan_snapshot.version" (kCorrupt).
Result<PlanState> decode_state(ByteView bytes);

}  // namespace footprint::plan
