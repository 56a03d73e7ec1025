// Reading plans and sections back from the log: blocking, so off the threads that own plans. No
// shared state.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "plan/state.hpp"
#include "storage/plan_log.hpp"
#include "sync/authorship.hpp"
#include "sync/doc.hpp"

namespace footprint::room {

struct LoadedPlan {
  plan::PlanState state;
  Position position = 0;  // of the last event read
  Position snapshot_position = 0;
};

/// From the newest snapshot of the projection and the events after it. Errors: "not-found"
/// (kNotFound: no events), "load-failed" (kCorrupt or kIo; the message names plan and cause).
Result<LoadedPlan> load_plan(const storage::PlanLog& log, const PlanId& plan);

struct LoadedSection {
  sync::Doc doc;
  sync::Authorship authors;
  Bytes encoded;          // all of `doc`, v1
  Position position = 0;  // of the last update read
  Position snapshot_position = 0;
};

/// Under which name the snapshots of a section's authorship are kept; those of its text have the
/// section's.
std::string authors_name(const SectionKey& section);

/// A section's document with all updates up to `upto`, from its newest snapshots if they can be
/// read. Errors: "load-failed".
Result<LoadedSection> load_section(const storage::PlanLog& log, const PlanId& plan,
                                   const SectionKey& section, Position upto);

}  // namespace footprint::room
