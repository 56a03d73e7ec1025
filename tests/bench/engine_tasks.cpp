#include "engine_tasks.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <span>

#include "rich_script.hpp"
#include "sync/doc.hpp"
#include "sync/read.hpp"
#include "sync/transaction.hpp"
#include "sync/update.hpp"

namespace footprint::bench {

namespace {

using sync::Doc;
using sync::Format;
using DocPtr = std::unique_ptr<Doc>;

constexpr std::size_t kMergeFew = 10'000;
constexpr std::size_t kMergeTail = 1'000;

struct Timing {
  std::size_t repetitions_min = 5;
  double total_ms_min = 600;
  double total_ms_max = 15'000;
};
constexpr Timing kShort{};
constexpr Timing kLong{3, 1000, 15'000};

struct Measured {
  double median_ms = 0;
  double least_ms = 0;
  std::size_t repetitions = 0;
};

/// One warm-up, then as often as Timing wants. `run` gives what it made, which is dropped outside
/// the clock.
template <typename Run>
Measured measure(const Timing& timing, Run run) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> ms;
  double total = 0;
  for (bool warm_up = true;; warm_up = false) {
    auto began = Clock::now();
    auto kept = run();
    double spent = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
    total += spent;
    if (!warm_up) ms.push_back(spent);
    bool enough = ms.size() >= timing.repetitions_min && total >= timing.total_ms_min;
    if (enough || (total >= timing.total_ms_max && !ms.empty())) break;
  }
  std::sort(ms.begin(), ms.end());
  std::size_t middle = ms.size() / 2;
  double median = ms.size() % 2 == 1 ? ms[middle] : (ms[middle - 1] + ms[middle]) / 2;
  return {median, ms.front(), ms.size()};
}

std::string line(const Measured& measured, std::size_t bytes = 0) {
  char text[160];
  std::snprintf(text, sizeof text, "{\"ms\":%.6f,\"min\":%.6f,\"reps\":%zu", measured.median_ms,
                measured.least_ms, measured.repetitions);
  std::string result = text;
  if (bytes != 0) result += ",\"bytes\":" + std::to_string(bytes);
  return result + "}";
}

std::string skip(const std::string& why) {
  return "{\"skip\":\"" + why + "\"}";
}

std::string read(const Doc& doc, const Expectation& expected) {
  if (expected.kind == "rich") {
    return sync::xml_string(doc, sync::find_root(doc, "prosemirror"), sync::TypeRef::kXmlFragment);
  }
  return sync::text_string(doc, sync::find_root(doc, "text"));
}

Status check(const Doc& doc, const Expectation& expected) {
  if (short_sha(read(doc, expected)) == expected.text_sha) return {};
  return fail(ErrorKind::kCorrupt, "bench.wrong", "The document does not read as yjs reads it.");
}

DocPtr loaded(ByteView state) {
  auto doc = std::make_unique<Doc>();
  return doc->apply_update(state) ? std::move(doc) : nullptr;
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

struct Inputs {
  Expectation expected;
  Bytes full;
  Bytes known;  // state vector of a replica that has the first 99 %
  std::vector<Bytes> updates;
};

Result<std::string> local_text(const Fixture& fixture, const Expectation& expected) {
  auto edits = fixture.edits();
  if (!edits) return forward_error(edits.error());
  auto run = [&edits] {
    sync::DocOptions options;
    options.client_id = 0x20000000;
    auto doc = std::make_unique<Doc>(options);
    for (const Edit& edit : *edits) {
      doc->transact([&edit](sync::Transaction& transaction) {
        auto text = transaction.root("text", sync::TypeRef::kText);
        for (const Patch& patch : edit) {
          if (patch.deleted != 0) transaction.delete_text(text, patch.position, patch.deleted);
          if (!patch.inserted.empty())
            transaction.insert_text(text, patch.position, patch.inserted);
        }
      });
    }
    return doc;
  };
  if (auto right = check(*run(), expected); !right) return forward_error(right.error());
  return line(measure(kLong, run));
}

Result<std::string> local(const Fixture& fixture, const Inputs& in) {
  if (in.expected.kind == "conc") return skip("needs a sequential script");
  if (in.expected.kind != "rich") return local_text(fixture, in.expected);
  auto lines = fixture.script();
  if (!lines) return forward_error(lines.error());
  auto script = RichScript::parse(*lines);
  if (!script) return forward_error(script.error());
  auto run = [&script] {
    auto doc = std::make_unique<Doc>();
    replay(*script, *doc);
    return doc;
  };
  if (auto right = check(*run(), in.expected); !right) return forward_error(right.error());
  return line(measure(kLong, run));
}

std::vector<ByteView> views(std::span<const Bytes> list) {
  return {list.begin(), list.end()};
}

Result<std::string> remote(const Inputs& in, bool at_once) {
  auto run = [&]() -> DocPtr {
    auto doc = std::make_unique<Doc>();
    if (at_once) {
      auto merged = sync::merge_updates(views(in.updates), Format::kV1);
      if (!merged || !doc->apply_update(*merged)) return nullptr;
      return doc;
    }
    for (const Bytes& update : in.updates) {
      if (!doc->apply_update(update)) return nullptr;
    }
    return doc;
  };
  auto first = run();
  if (!first) return fail(ErrorKind::kCorrupt, "bench.wrong", "An update was refused.");
  if (auto right = check(*first, in.expected); !right) return forward_error(right.error());
  return line(measure(kLong, run));
}

Result<std::string> load(const Inputs& in, bool and_read) {
  auto first = loaded(in.full);
  if (!first) return fail(ErrorKind::kCorrupt, "bench.wrong", "The full state was refused.");
  if (auto right = check(*first, in.expected); !right) return forward_error(right.error());
  auto run = [&] {
    auto doc = loaded(in.full);
    return std::pair(std::move(doc), std::string());
  };
  auto run_and_read = [&] {
    auto doc = loaded(in.full);
    auto text = read(*doc, in.expected);
    return std::pair(std::move(doc), std::move(text));
  };
  return line(and_read ? measure(kShort, run_and_read) : measure(kShort, run), in.full.size());
}

Result<std::string> encode(const Inputs& in, Format format, const sync::StateVector& known) {
  auto doc = loaded(in.full);
  if (!doc) return fail(ErrorKind::kCorrupt, "bench.wrong", "The full state was refused.");
  auto run = [&] { return doc->encode_state(known, format); };
  return line(measure(kShort, run), run().size());
}

Result<std::string> merge(const Inputs& in, std::span<const Bytes> list, bool whole) {
  auto wanted = views(list);
  auto run = [&] { return sync::merge_updates(wanted, Format::kV1); };
  auto merged = run();
  if (!merged) return forward_error(merged.error());
  if (whole) {
    auto doc = loaded(*merged);
    if (!doc) return fail(ErrorKind::kCorrupt, "bench.wrong", "The merged update was refused.");
    if (auto right = check(*doc, in.expected); !right) return forward_error(right.error());
  }
  return line(measure(kShort, run), merged->size());
}

Result<std::string> memory(const Inputs& in) {
  read(*loaded(in.full), in.expected);
  auto count = static_cast<std::size_t>(
      std::clamp(24e6 / static_cast<double>(in.full.size()) / 4, 4.0, 60.0));
  std::size_t before = resident_bytes();
  std::vector<DocPtr> docs;
  for (std::size_t i = 0; i < count; ++i) docs.push_back(loaded(in.full));
  std::size_t held = resident_bytes();
  for (const auto& doc : docs) read(*doc, in.expected);
  std::size_t after = resident_bytes();
  return "{\"ms\":0,\"min\":0,\"reps\":1,\"docs\":" + std::to_string(count) +
         ",\"rss_per_doc\":" + std::to_string((held - before) / count) +
         ",\"rss_per_doc_read\":" + std::to_string((after - before) / count) + "}";
}

Result<Inputs> inputs_of(const Fixture& fixture) {
  Inputs in;
  auto expected = fixture.expectation();
  auto full = fixture.file("full.bin");
  auto known = fixture.file("sv99.bin");
  auto updates = fixture.updates();
  if (!expected) return forward_error(expected.error());
  if (!full) return forward_error(full.error());
  if (!known) return forward_error(known.error());
  if (!updates) return forward_error(updates.error());
  return Inputs{std::move(*expected), std::move(*full), std::move(*known), std::move(*updates)};
}

Result<std::string> merge_task(const std::string& task, const Inputs& in) {
  std::span<const Bytes> all(in.updates);
  if (task == "merge10k") {
    return merge(in, all.first(std::min(all.size(), kMergeFew)), all.size() <= kMergeFew);
  }
  if (task == "merge_all") {
    if (all.size() <= kMergeFew) return skip("same as merge10k");
    return merge(in, all, true);
  }
  std::vector<Bytes> list{in.full};
  auto tail = all.last(std::min(all.size(), kMergeTail));
  list.insert(list.end(), tail.begin(), tail.end());
  return merge(in, list, true);
}

}  // namespace

Result<std::string> run_task(const std::string& task, const Fixture& fixture) {
  auto read_in = inputs_of(fixture);
  if (!read_in) return forward_error(read_in.error());
  const Inputs& in = *read_in;
  auto known = sync::StateVector::decode(in.known);
  if (!known) return forward_error(known.error());
  if (task == "local") return local(fixture, in);
  if (task == "remote") return remote(in, false);
  if (task == "batch") return remote(in, true);
  if (task == "load") return load(in, false);
  if (task == "load_read") return load(in, true);
  if (task == "encode") return encode(in, Format::kV1, {});
  if (task == "encode_v2") return encode(in, Format::kV2, {});
  if (task == "diff1") return encode(in, Format::kV1, *known);
  if (task == "diff_bytes") {
    auto run = [&] { return sync::diff_update(in.full, *known, Format::kV1); };
    auto diff = run();
    if (!diff) return forward_error(diff.error());
    return line(measure(kShort, run), diff->size());
  }
  if (task == "merge10k" || task == "merge_all" || task == "merge1k") return merge_task(task, in);
  if (task == "memory") return memory(in);
  return skip("no such task");
}

}  // namespace footprint::bench
