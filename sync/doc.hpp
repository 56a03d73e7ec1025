// A document: a set of named root types whose content every replica with the same updates agrees
// on.
//
// Not thread-safe: one writer at a time (the thread that owns the plan). Copies nothing it is
// given.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "sync/delete_set.hpp"
#include "sync/state_vector.hpp"
#include "sync/wire_struct.hpp"

namespace footprint::sync {

class Transaction;
struct DocStore;

struct DocOptions {
  ClientId client_id = 0;  // under which local changes are made
  bool collect_garbage =
      true;  // drop the content of what is deleted (off: snapshots can be restored)
  /// Delete redundant format marks after remote changes, as a stock yjs replica does. A passive
  /// replica, which the server is, changes nothing by itself.
  bool clean_formatting = false;
  std::size_t pending_bytes_max = 32u << 20;             // memory of what waits
  static constexpr std::size_t kPendingRangeBytes = 16;  // counted for a delete that waits
};

/// What an applied update did.
struct ApplyOutcome {
  bool changed = false;  // something was integrated or deleted
  bool pending = false;  // something waits for updates that have not come
  StateVector before;    // of the clients the update touched
  StateVector after;
  DeleteSet deleted;  // newly deleted by it
};

class Doc {
 public:
  explicit Doc(DocOptions options = {});
  ~Doc();
  Doc(Doc&&) noexcept;
  Doc& operator=(Doc&&) noexcept;

  /// All or nothing: after an error the document is exactly as it was. Errors are those of
  /// decode_update and "update.pending_full". A missing dependency is no error: what depends on it
  /// waits.
  Result<ApplyOutcome> apply_update(ByteView update, Format format = Format::kV1);

  /// What a replica at `known` lacks, with everything that still waits. Never fails.
  Bytes encode_state(const StateVector& known = {}, Format format = Format::kV1) const;
  StateVector state_vector() const;
  DeleteSet delete_set() const;

  /// Bytes of what waits, as DocOptions::pending_bytes_max counts them.
  std::size_t pending_bytes() const;
  bool has_pending_structs() const;
  bool has_pending_deletes() const;

  /// Runs local changes as one transaction and gives the v1 update they make; empty when nothing
  /// changed.
  Bytes transact(const std::function<void(Transaction&)>& change);

  ClientId client_id() const;
  void set_client_id(ClientId client);
  /// Bytes of memory the document holds, for metrics and limits.
  std::size_t memory_bytes() const;

  DocStore& store();
  const DocStore& store() const;

 private:
  std::unique_ptr<DocStore> store_;
};

}  // namespace footprint::sync
