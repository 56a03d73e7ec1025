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

/// What a person may do in this plan for one organisation.
struct Membership {
  OrganisationId organisation;
  std::vector<Role> roles;

  bool has(Role role) const;
  bool operator==(const Membership&) const = default;
};

struct Person {
  PersonId id;
  std::string file_name;  // of an imported plan file; the log holds no names of accounts
  std::string name;       // as screens show it: see PlanState::set_name; may be empty
  std::vector<Membership> memberships;  // none: removed, and kept for what they have written
  OrganisationId former;                // of whom they were the last time, when removed

  bool is_member() const { return !memberships.empty(); }
  /// In any of the memberships.
  bool has(Role role) const;
  /// The first membership's; of somebody who was removed, the last known.
  const OrganisationId& organisation() const;
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
/// To whom a section shows: those who write the plan; its reviewers and observers too; the people
/// it names (with those who lead it or run the plan); everybody.
enum class Visibility : std::uint8_t { kPartners, kReviewers, kNamed, kPublic };
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
  std::vector<PersonId> named_people;  // may read whatever the visibility
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
  bool is_led_by(const PersonId& person) const;  // lead or deputy
};

/// Words that were refused, offered to who leads the section.
struct Draft {
  std::string id;
  SectionKey section;
  Actor by;
  UnixMs at_ms = 0;
  Position position = 0;
  std::string text, code, message;  // code: of the refusal
  std::string outcome;              // empty: open; "taken", "declined"
  std::string reason;
  Actor settled_by;
  UnixMs settled_at_ms = 0;
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
  std::vector<Draft> drafts;
  std::map<sync::ClientId, ClientOwner> clients;
  Position position = 0;  // of the last event applied; 0: nothing, not even plan.created
  UnixMs created_at_ms = 0;
  std::optional<LastChange> last_change;

  /// Also somebody who was removed.
  const Person* person(const PersonId& wanted) const;
  /// A person with a membership; only those have rights.
  const Person* member(const PersonId& wanted) const;
  const Organisation* organisation(const OrganisationId& wanted) const;
  const Section* section(const SectionKey& wanted) const;
  Section* section(const SectionKey& wanted);
  const Table* table(const TableKey& wanted) const;
  Table* table(const TableKey& wanted);
  const Cell* cell(const CellRef& wanted) const;
  const Draft* draft(std::string_view wanted) const;

  /// The name that screens show. Of a person without a name (erased, or of a directory that is not
  /// here): "A former member of ORGANISATION".
  std::string person_name(const PersonId& wanted) const;
  /// The same for what was done for an organisation, which is the one that is named then.
  std::string actor_name(const Actor& actor) const;
  /// Of an organisation, its alias. Falls back on the id.
  std::string organisation_name(const OrganisationId& wanted) const;
  /// The person with the organisation of their first membership. Nullopt if not a member. What the
  /// person does has the organisation whose membership gives the right to it (plan/rights.hpp).
  std::optional<Actor> actor_of(const PersonId& wanted) const;

  /// Names come from the directory of accounts: `known` is what it has (empty: erased; nullopt: it
  /// does not know the person, so the plan file's name stands). They are no facts of the log.
  void set_name(const PersonId& wanted, const std::optional<std::string>& known);
  /// What columns offer to choose from among people, organisations and sections, made anew.
  void refresh_choices();

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
