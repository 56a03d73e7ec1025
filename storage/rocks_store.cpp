#include "storage/rocks_store.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/limits.hpp"

namespace footprint::storage {
namespace {

constexpr std::size_t kBlockCacheBytes = 64u << 20;
constexpr std::size_t kMemtableBytes = 32u << 20;
constexpr std::size_t kWalBytesMax = 256u << 20;
constexpr std::size_t kSnapshotsKept = 2;

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = 16 << 10;
  table.checksum = rocksdb::kXXH3;
  // Knows where each block begins without reading it: a damaged block of the next plan's is not
  // touched by who only looks where its own plan ends.
  table.index_type = rocksdb::BlockBasedTableOptions::kBinarySearchWithFirstKey;
  table.format_version = 5;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kZSTD;
  options.write_buffer_size = kMemtableBytes;
  return options;
}

rocksdb::DBOptions database_options(rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  // A flipped bit in the middle of the journal must be loud; a tail torn by a power cut was never
  // acknowledged.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  // After a failed write nothing is known about the page cache: stop, and let a restart read what
  // is there.
  options.max_bgerror_resume_count = 0;
  options.max_total_wal_size = kWalBytesMax;
  options.bytes_per_sync = 1 << 20;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 5;
  options.max_log_file_size = 16 << 20;
  return options;
}

/// The keys of a family in [from, to); owns the bounds that the iterator refers to.
class Range {
 public:
  Range(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string from, std::string to)
      : from_(std::move(from)), to_(std::move(to)), from_slice_(from_), to_slice_(to_) {
    rocksdb::ReadOptions options;
    options.iterate_lower_bound = &from_slice_;
    options.iterate_upper_bound = &to_slice_;
    iterator_.reset(db.NewIterator(options, family));
    iterator_->SeekToFirst();
  }
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;
  rocksdb::Iterator* operator->() { return iterator_.get(); }
  std::string_view key() const { return iterator_->key().ToStringView(); }
  std::string_view value() const { return iterator_->value().ToStringView(); }

 private:
  const std::string from_, to_;
  const rocksdb::Slice from_slice_, to_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

/// The end of all keys that begin with `plan` and a zero byte.
std::string after(const PlanId& plan) {
  return plan.value + '\x01';
}

/// Without folders: what is said of a plan may reach its users, and where it lies is the
/// operator's.
std::string words_of(const rocksdb::Status& status) {
  std::string words;
  std::string part;
  for (char c : status.ToString() + ' ') {
    if (c != ' ') {
      part += c;
      continue;
    }
    if (part.find('/') != part.npos) part = part.substr(part.rfind('/') + 1);
    words += (words.empty() ? "" : " ") + std::exchange(part, {});
  }
  return words;
}

tl::unexpected<Error> io_error(const char* code, const rocksdb::Status& status) {
  return fail(status.IsCorruption() ? ErrorKind::kCorrupt : ErrorKind::kIo, code, words_of(status));
}

std::string plan_text(const PlanId& plan) {
  return "The plan \"" + plan.value + "\" ";
}

}  // namespace

Result<std::unique_ptr<RocksStore>> RocksStore::open(const std::string& path, bool read_only,
                                                     bool sync,
                                                     std::shared_ptr<rocksdb::FileSystem> files) {
  std::unique_ptr<RocksStore> store(new RocksStore());
  store->sync_ = sync;
  store->files_ = std::move(files);
  store->env_ = rocksdb::NewCompositeEnv(store->files_);
  auto cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : {"default", "log", "snap", "meta"})
    families.emplace_back(name, family_options(cache));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::DBOptions options = database_options(store->env_.get());
  const rocksdb::Status status =
      read_only ? rocksdb::DB::OpenForReadOnly(options, path, families, &handles, &db)
                : rocksdb::DB::Open(options, path, families, &handles, &db);
  if (status.IsCorruption()) {
    return fail(ErrorKind::kCorrupt, "data.corrupt",
                "The data in " + path + " is damaged (" + status.ToString() +
                    "). Nothing was changed. Restore the directory from a backup.");
  }
  if (!status.ok()) {
    return fail(ErrorKind::kIo, "data.io",
                "The data in " + path + " cannot be opened: " + status.ToString() + ".");
  }
  store->db_.reset(db);
  store->default_ = handles[0];
  store->log_ = handles[1];
  store->snap_ = handles[2];
  store->meta_ = handles[3];
  return store;
}

RocksStore::~RocksStore() {
  if (db_ == nullptr) return;
  for (auto* handle : {default_, log_, snap_, meta_}) db_->DestroyColumnFamilyHandle(handle);
  db_->Close();
}

Result<std::map<PlanId, Committer::Opened>> RocksStore::read_heads() const {
  std::map<PlanId, Committer::Opened> plans;
  const std::string begin = head_key(PlanId(""));
  std::string end = begin;
  end.back() = '\x01';
  Range heads(*db_, meta_, begin, end);
  for (; heads->Valid(); heads->Next()) {
    std::optional<PlanId> plan = plan_of_head_key(heads.key());
    if (!plan) continue;
    Committer::Opened& opened = plans[*plan];
    if (Result<StoredHead> head = decode_head(heads.value())) {
      opened.head = *head;
      opened.damage = check_last_run(*plan, head->head);
    } else {
      opened.head.head.position = last_position(*plan);
      opened.damage =
          plan_text(*plan) + "cannot be continued: its head record does not match its checksum.";
    }
  }
  if (!heads->status().ok()) return io_error("data.corrupt", heads->status());
  return plans;
}

Result<std::map<PlanId, Committer::Opened>> RocksStore::open_plans(
    const std::vector<Anchor>& anchors) const {
  Result<std::map<PlanId, Committer::Opened>> plans = read_heads();
  if (!plans) return plans;
  for (const Anchor& anchor : anchors) {
    auto [found, missing] = plans->try_emplace(anchor.plan);
    Committer::Opened& opened = found->second;
    opened.anchored = anchor.head;
    if (missing) opened.head.head.position = last_position(anchor.plan);
    const Head& head = opened.head.head;
    if (!opened.damage.empty()) continue;
    if (missing || anchor.head.position > head.position) {
      opened.damage = plan_text(anchor.plan) + "lost its events after position " +
                      std::to_string(head.position) + ": position " +
                      std::to_string(anchor.head.position) + " had been saved.";
    } else if (anchor.head.position == head.position && anchor.head.hash != head.hash) {
      opened.damage = plan_text(anchor.plan) +
                      "does not hold the event that was saved at position " +
                      std::to_string(head.position) + ".";
    }
  }
  return plans;
}

std::string RocksStore::check_last_run(const PlanId& plan, const Head& head) const {
  const std::string where = plan_text(plan) + "cannot be continued: at its last position " +
                            std::to_string(head.position) + " ";
  std::string value;
  const rocksdb::Status status = db_->Get({}, log_, log_key(plan, head.position), &value);
  if (status.IsNotFound()) return where + "the record is missing.";
  if (!status.ok()) return where + "the disk returned damaged data (" + words_of(status) + ").";
  Result<RunReader> run = RunReader::open(value, head.position);
  if (!run) return where + run.error().message + ".";
  Result<Event> event = run->event(head.position);
  if (!event) return where + event.error().message + ".";
  if (event->hash != head.hash) return where + "the record is not the one that the head names.";
  return {};
}

Position RocksStore::last_position(const PlanId& plan) const {
  Range range(*db_, log_, log_key(plan, 0), after(plan));
  range->SeekToLast();
  return range->Valid() ? position_of_log_key(plan, range.key()).value_or(0) : 0;
}

Status RocksStore::store_round(std::span<const PlanRun> runs) {
  rocksdb::WriteBatch batch;
  rocksdb::Status status;
  for (const PlanRun& plan : runs) {
    std::span<const Event* const> rest = plan.events;
    Hash previous = plan.previous;
    while (!rest.empty() && status.ok()) {
      std::size_t count = 0, bytes = 0;
      while (count < rest.size() && count < limits::kLogRunEventsMax &&
             bytes < limits::kLogRunBytesMax) {
        bytes += rest[count++]->payload.size();
      }
      const Event& last = *rest[count - 1];
      status = batch.Put(log_, log_key(plan.plan, last.position),
                         encode_run(previous, rest.first(count)));
      previous = last.hash;
      rest = rest.subspan(count);
    }
    if (status.ok()) status = batch.Put(meta_, head_key(plan.plan), encode_head(plan.after));
  }
  if (!status.ok()) return io_error("log.write_failed", status);
  return write_batch(batch, sync_);
}

// Never inlined, so that tests/storage/tsan.supp can name it: ThreadSanitizer does not see
// RocksDB's own locks.
[[gnu::noinline]] Status RocksStore::write_batch(rocksdb::WriteBatch& batch, bool sync) {
  std::lock_guard lock(write_mutex_);
  if (write_failed_) return fail(ErrorKind::kIo, "log.write_failed", "an earlier write failed");
  rocksdb::WriteOptions options;
  options.sync = sync;
  const rocksdb::Status status = db_->Write(options, &batch);
  write_failed_ = !status.ok();
  if (write_failed_) return io_error("log.write_failed", status);
  return {};
}

bool RocksStore::continues(const PlanId& plan, const RunReader& run) const {
  if (run.first() == 1) return run.previous() == Hash{};
  std::string value;
  // A neighbour that cannot be read is named at its own position.
  if (!db_->Get({}, log_, log_key(plan, run.first() - 1), &value).ok()) return true;
  Result<RunReader> neighbour = RunReader::open(value, run.first() - 1);
  if (!neighbour || !neighbour->event(run.first() - 1)) return true;
  return neighbour->stored_hash(run.first() - 1) == run.previous();
}

Scan RocksStore::scan(const PlanId& plan, Position from, Position last, std::size_t limit) const {
  Scan scan;
  Position next = std::max<Position>(from, 1);
  std::optional<Hash> previous;
  std::size_t bytes = 0;
  const auto damaged = [&](Position to, std::string message) {
    scan.damage = Damage{next, std::min(to, last), std::move(message)};
    return std::move(scan);
  };
  Range runs(*db_, log_, log_key(plan, next), after(plan));
  for (; next <= last && scan.events.size() < limit; runs->Next()) {
    if (!runs->status().ok()) {
      return damaged(end_of_damage(plan, next, last),
                     "the disk returned damaged data (" + words_of(runs->status()) + ")");
    }
    if (!runs->Valid()) return damaged(last, "the record is missing");
    const std::optional<Position> run_last = position_of_log_key(plan, runs.key());
    if (!run_last) return damaged(next, "its key is malformed");
    Result<RunReader> run = RunReader::open(runs.value(), *run_last);
    if (!run) return damaged(*run_last, run.error().message);
    if (run->first() > next) return damaged(run->first() - 1, "the record is missing");
    if (next == run->first() &&
        !(previous ? run->previous() == *previous : continues(plan, *run))) {
      return damaged(next, "the record does not continue the chain of the one before it");
    }
    for (; next <= std::min(run->last(), last) && scan.events.size() < limit; ++next) {
      Result<Event> event = run->event(next);
      if (!event) return damaged(next, event.error().message);
      bytes += event->payload.size();
      if (bytes > limits::kLogReadBytesMax && !scan.events.empty()) return scan;
      previous = event->hash;
      scan.events.push_back(std::move(*event));
    }
  }
  return scan;
}

bool RocksStore::readable_from(const PlanId& plan, Position position) const {
  Range runs(*db_, log_, log_key(plan, position), after(plan));
  return runs->status().ok();
}

// A damaged block of the database hides all runs in it. Finds the last position that it hides with
// few seeks.
Position RocksStore::end_of_damage(const PlanId& plan, Position first, Position last) const {
  Position bad = first, step = 1;
  while (bad < last && !readable_from(plan, std::min(bad + step, last))) {
    bad = std::min(bad + step, last);
    step *= 2;
  }
  Position good = std::min(bad + step, last + 1);
  while (good - bad > 1) {
    const Position middle = bad + (good - bad) / 2;
    (readable_from(plan, middle) ? good : bad) = middle;
  }
  return bad;
}

Status RocksStore::write_snapshot(const PlanId& plan, const std::string& name,
                                  const Snapshot& snapshot) {
  Result<std::string> value = encode_snapshot(snapshot);
  if (!value) return forward_error(value.error());
  const std::string key = snapshot_key(plan, name, snapshot.position);
  std::vector<std::string> keys{key};
  Range kept(*db_, snap_, snapshot_key(plan, name, 0), plan.value + '\0' + name + '\x01');
  for (; kept->Valid(); kept->Next()) keys.emplace_back(kept.key());
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  rocksdb::WriteBatch batch;
  rocksdb::Status status = batch.Put(snap_, key, *value);
  for (std::size_t i = 0; i + kSnapshotsKept < keys.size() && status.ok(); ++i)
    status = batch.Delete(snap_, keys[i]);
  // Not synced: the log can make it again.
  if (!status.ok()) return io_error("snapshot.failed", status);
  return write_batch(batch, false);
}

Result<std::optional<Snapshot>> RocksStore::read_snapshot(const PlanId& plan,
                                                          const std::string& name) const {
  Range kept(*db_, snap_, snapshot_key(plan, name, 0), plan.value + '\0' + name + '\x01');
  bool any = false;
  for (kept->SeekToLast(); kept->Valid(); kept->Prev()) {
    any = true;
    if (Result<Snapshot> snapshot = decode_snapshot(kept.value()))
      return std::optional(std::move(*snapshot));
  }
  if (any || !kept->status().ok()) {
    return fail(
        ErrorKind::kCorrupt, "snapshot.corrupt",
        plan_text(plan) + "has no undamaged snapshot of \"" + name + "\"; its log holds the same.");
  }
  return std::nullopt;
}

Result<std::vector<std::string>> RocksStore::snapshot_names(const PlanId& plan) const {
  std::vector<std::string> names;
  Range all(*db_, snap_, plan.value + '\0', after(plan));
  for (; all->Valid(); all->Next()) {
    auto split = split_snapshot_key(plan, all.key());
    if (split && (names.empty() || names.back() != split->first)) names.push_back(split->first);
  }
  if (!all->status().ok()) return io_error("snapshot.corrupt", all->status());
  return names;
}

}  // namespace footprint::storage
