// Checks stored plans record by record and says what can still be read.
#pragma once

#include <string>
#include <vector>

#include "storage/plan_log.hpp"

namespace footprint::storage {

struct PlanReport {
  PlanId plan;
  Position last = 0;            // the last position that was read or found damaged
  std::uint64_t readable = 0;   // events that match checksum, hash and chain
  Hash hash{};                  // of the last readable event
  std::vector<Damage> damages;  // in order; the first kDamagesMax of them
  std::uint64_t damaged = 0;    // positions in all damages
  std::string head;             // what is wrong with the head; empty when appends go on
  std::vector<std::string> damaged_snapshots;

  /// Damaged snapshots lose nothing: they are made again from the log.
  bool sound() const { return damaged == 0 && head.empty(); }
};

inline constexpr std::size_t kDamagesMax = 100;  // listed one by one in a report

/// Reads the whole plan; takes as long as that. Any thread. Errors: "log.io" when it cannot even be
/// tried.
Result<PlanReport> verify_plan(const PlanLog& log, const PlanId& plan);

/// One to a few lines of plain English, ending in a newline.
std::string describe(const PlanReport& report);

}  // namespace footprint::storage
