// A past state of a document: which clocks were known and what was deleted (yjs: Snapshot).
#pragma once

#include <string_view>
#include <vector>

#include "sync/doc.hpp"
#include "sync/read.hpp"

namespace footprint::sync {

struct Snapshot {
  DeleteSet deletes;
  StateVector state;

  bool operator==(const Snapshot&) const = default;

  Bytes encode(Format format = Format::kV1) const;
  /// Errors: "snapshot.malformed".
  static Result<Snapshot> decode(ByteView bytes, Format format = Format::kV1);
};

Snapshot take_snapshot(const Doc& doc);

/// A document as it was. Only documents that collect no garbage still know the past. Errors:
/// "snapshot.garbage_collected", "snapshot.unknown_state" (it names clocks the document does not
/// have).
Result<Doc> restore(const Doc& doc, const Snapshot& snapshot, DocOptions options = {});

/// A text at `now`, with what was added since and removed after `before` shown and marked
/// `ychange: {type: "added" | "removed"}`. Without `before`: the text as it was.
std::vector<DeltaOp> text_delta_at(const Doc& doc, TypeId text, const Snapshot& now,
                                   const Snapshot* before = nullptr);

}  // namespace footprint::sync
