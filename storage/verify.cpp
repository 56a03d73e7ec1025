#include "storage/verify.hpp"

#include "base/limits.hpp"

namespace footprint::storage {
namespace {

std::string hex(const Hash& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::uint8_t byte : hash) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

std::string positions(const Damage& damage) {
  if (damage.first == damage.last) return "position " + std::to_string(damage.first);
  return "positions " + std::to_string(damage.first) + " to " + std::to_string(damage.last);
}

}  // namespace

Result<PlanReport> verify_plan(const PlanLog& log, const PlanId& plan) {
  PlanReport report;
  report.plan = plan;
  if (Result<Head> head = log.head(plan); !head) report.head = head.error().message;
  for (Position next = 1;;) {
    Result<Scan> scan = log.scan(plan, next, limits::kLogReadEventsMax);
    if (!scan) return forward_error(scan.error());
    if (scan->events.empty() && !scan->damage) break;
    report.readable += scan->events.size();
    if (!scan->events.empty()) {
      report.hash = scan->events.back().hash;
      next = scan->events.back().position + 1;
    }
    if (scan->damage) {
      report.damaged += scan->damage->last - scan->damage->first + 1;
      next = scan->damage->last + 1;
      if (report.damages.size() < kDamagesMax) report.damages.push_back(std::move(*scan->damage));
    }
    report.last = next - 1;
  }
  Result<std::vector<std::string>> names = log.snapshot_names(plan);
  if (!names) {
    report.damaged_snapshots.push_back(names.error().message);
    return report;
  }
  for (const std::string& name : *names) {
    if (!log.read_snapshot(plan, name)) report.damaged_snapshots.push_back(name);
  }
  return report;
}

std::string describe(const PlanReport& report) {
  std::string text = report.plan.value + ": ";
  if (report.sound()) {
    text += "sound, " + std::to_string(report.readable) + " events, last hash " + hex(report.hash) +
            "\n";
  } else {
    text += "DAMAGED, " + std::to_string(report.readable) + " of " + std::to_string(report.last) +
            " events can be read\n";
  }
  for (const Damage& damage : report.damages)
    text += "  " + positions(damage) + ": " + damage.message + "\n";
  if (report.damages.size() == kDamagesMax)
    text += "  (more damaged positions may follow; only the first are listed)\n";
  if (!report.head.empty()) text += "  " + report.head + "\n";
  for (const std::string& name : report.damaged_snapshots) {
    text += "  snapshot \"" + name + "\" is damaged; it will be made again from the log\n";
  }
  return text;
}

}  // namespace footprint::storage
