#include "cli/commands.hpp"

#include <sodium.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>

#include "plan/import.hpp"
#include "room/epoch.hpp"
#include "room/load.hpp"
#include "room/registry.hpp"
#include "storage/rocks_plan_log.hpp"
#include "storage/verify.hpp"

namespace footprint::cli {
namespace {

int complain(const Error& error) {
  std::cerr << "footprint: " << error.message << "\n";
  return kFailed;
}

Result<std::unique_ptr<storage::PlanLog>> open_log(const std::string& data_dir, bool read_only) {
  storage::RocksPlanLogOptions options;
  options.read_only = read_only;
  options.on_warning = [](const Error& error) {
    std::cerr << "footprint: warning: " << error.message << "\n";
  };
  return storage::open_rocks_plan_log(data_dir, std::move(options));
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file)
    return fail(ErrorKind::kIo, "file.unreadable", path + " cannot be read. Check the path.");
  return text;
}

std::string hex(const storage::Hash& hash) {
  std::string text(hash.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  text.pop_back();
  return text;
}

Result<storage::Appended> append_all(storage::PlanLog& log, const plan::ImportedPlan& imported) {
  std::vector<storage::NewEvent> events;
  for (const plan::Event& event : imported.events) {
    events.push_back({static_cast<std::uint16_t>(event.kind), plan::encode_event(event)});
  }
  std::promise<Result<storage::Appended>> promise;
  auto done = promise.get_future();
  log.append(imported.id, 0, std::move(events), [&promise](Result<storage::Appended> result) {
    promise.set_value(std::move(result));
  });
  return done.get();
}

/// Whole or not at all: written beside its place, then moved there.
Status write_file(const std::string& path, const std::string& text) {
  const std::string scratch = path + ".new";
  std::ofstream file(scratch, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(scratch, path, error);
  if (!file || error) return fail(ErrorKind::kIo, "file.unwritable", path + " cannot be written.");
  return {};
}

Result<std::string> export_text(const storage::PlanLog& log, const PlanId& plan,
                                Position& position) {
  Result<room::LoadedPlan> loaded = room::load_plan(log, plan);
  if (!loaded) return forward_error(loaded.error());
  position = loaded->position;
  std::map<SectionKey, room::LoadedSection> sections;
  std::map<SectionKey, const sync::Doc*> documents;
  for (const plan::Section& section : loaded->state.sections) {
    Result<room::LoadedSection> one = room::load_section(log, plan, section.key, position);
    if (!one) return forward_error(one.error());
    auto placed = sections.emplace(section.key, std::move(*one)).first;
    documents[section.key] = &placed->second.doc;
  }
  return plan::export_plan(loaded->state, documents);
}

}  // namespace

int run_import(const ImportArguments& arguments) {
  std::string text(plan::worked_example());
  if (!arguments.worked_example) {
    Result<std::string> read = read_file(arguments.file);
    if (!read) return complain(read.error());
    text = std::move(*read);
  }
  Result<plan::ImportedPlan> imported = plan::import_plan(text, room::new_epoch());
  if (!imported) return complain(imported.error());
  if (room::is_bench_plan(imported->id)) {
    return complain({ErrorKind::kInvalid, "plan_file.id",
                     "The plan id \"" + imported->id.value +
                         "\" is kept for load tests: no plan may be called bench-... . Give the "
                         "file's plan another id."});
  }
  auto log = open_log(arguments.data_dir, false);
  if (!log) return complain(log.error());
  Result<storage::Appended> appended = append_all(**log, *imported);
  if (!appended && appended.error().code == "log.moved") {
    std::cerr << "footprint: The plan \"" << imported->id.value << "\" is already in "
              << arguments.data_dir
              << ". Nothing was imported; choose another data directory, or give the file's plan "
                 "another id.\n";
    return kFailed;
  }
  if (!appended) return complain(appended.error());
  std::cout << "Imported the plan \"" << imported->id.value << "\" with " << appended->events.size()
            << " events into " << arguments.data_dir << ".\n";
  return kDone;
}

int run_export(const ExportArguments& arguments) {
  auto log = open_log(arguments.data_dir, true);
  if (!log) return complain(log.error());
  const PlanId plan(arguments.plan);
  const std::vector<PlanId> plans = (*log)->plans().value_or(std::vector<PlanId>{});
  if (std::find(plans.begin(), plans.end(), plan) == plans.end()) {
    std::cerr << "footprint: There is no plan \"" << arguments.plan << "\" in "
              << arguments.data_dir << ". It has:";
    for (const PlanId& one : plans) std::cerr << " " << one.value;
    std::cerr << (plans.empty() ? " none.\n" : "\n");
    return kFailed;
  }
  Result<storage::Head> head = (*log)->head(plan);
  if (!head) return complain(head.error());
  Position position = 0;
  Result<std::string> text = export_text(**log, plan, position);
  if (!text) return complain(text.error());
  if (arguments.out == "-") {
    std::cout << *text << std::flush;
  } else if (Status written = write_file(arguments.out, *text); !written) {
    return complain(written.error());
  }
  // Not into the file: it is a plan file that import takes. Not to stdout: that may be the file.
  std::cerr << "Exported the plan \"" << plan.value << "\" as of position " << position << ", hash "
            << hex(head->hash) << ".\n";
  return kDone;
}

int run_verify(const VerifyArguments& arguments) {
  auto log = open_log(arguments.data_dir, true);
  if (!log) return complain(log.error());
  Result<std::vector<PlanId>> plans = (*log)->plans();
  if (!plans) return complain(plans.error());
  std::size_t checked = 0, damaged = 0;
  for (const PlanId& plan : *plans) {
    if (!arguments.plan.empty() && plan.value != arguments.plan) continue;
    Result<storage::PlanReport> report = storage::verify_plan(**log, plan);
    if (!report) return complain(report.error());
    std::cout << storage::describe(*report);
    ++checked;
    if (!report->sound()) ++damaged;
  }
  if (checked == 0 && !arguments.plan.empty()) {
    return complain({ErrorKind::kNotFound, "not-found",
                     "There is no plan \"" + arguments.plan + "\" in " + arguments.data_dir + "."});
  }
  std::cout << checked << (checked == 1 ? " plan checked, " : " plans checked, ") << damaged
            << " damaged\n";
  return damaged == 0 ? kDone : kDamaged;
}

}  // namespace footprint::cli
