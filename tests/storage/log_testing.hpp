// What the storage tests share: a scratch directory, appends that wait, events to write.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "storage/plan_log.hpp"

namespace footprint::storage::testing {

/// A directory of its own that goes away with the test.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "footprint-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::string& path() const { return path_; }
  std::string data() const { return path_ + "/data"; }

 private:
  std::string path_;
};

inline NewEvent event(std::string_view text, std::uint16_t kind = 1) {
  return {kind, to_bytes(as_bytes(text))};
}

inline std::vector<NewEvent> events(std::initializer_list<std::string_view> texts) {
  std::vector<NewEvent> made;
  for (std::string_view text : texts) made.push_back(event(text));
  return made;
}

inline std::string text_of(const Event& event) {
  return std::string(as_text(event.payload));
}

/// Hands the append in and waits for its callback.
inline Result<Appended> append_now(PlanLog& log, const PlanId& plan,
                                   std::optional<Position> expected, std::vector<NewEvent> added) {
  std::promise<Result<Appended>> promise;
  auto future = promise.get_future();
  log.append(plan, expected, std::move(added),
             [&promise](Result<Appended> result) { promise.set_value(std::move(result)); });
  return future.get();
}

inline void fill(PlanLog& log, const PlanId& plan, int count) {
  for (int i = 1; i <= count; ++i) {
    auto done = append_now(log, plan, std::nullopt, events({"event " + std::to_string(i)}));
    if (!done) std::abort();
  }
}

}  // namespace footprint::storage::testing
