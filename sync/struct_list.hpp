// Structs on their way into a new update: what yjs's lazy writer does, and the cutting of structs.
#pragma once

#include <vector>

#include "sync/columns.hpp"
#include "sync/wire_struct.hpp"

namespace footprint::sync {

/// Collects structs client by client and writes them once their numbers are known. Structs borrow
/// the bytes they were decoded from; those must live until finish().
class StructList {
 public:
  /// Leaves out the first `offset` units, as UpdateWriter::write does.
  void add(const WireStruct& item, Clock offset = 0);
  Bytes finish(const DeleteSet& deletes, Format format) const;

 private:
  struct Section {
    ClientId client = 0;
    Clock first_clock = 0;
    Clock first_offset = 0;
    std::size_t from = 0;  // index of its first struct
  };
  std::vector<WireStruct> structs_;
  std::vector<Section> sections_;
};

/// The struct as yjs rewrites one it decoded without a document: where the map key was omitted on
/// the wire the mark of it (0x20) is lost.
WireStruct as_rewritten(WireStruct item);

/// The part after the first `offset` units; 0 < offset < length. New texts go to `arena`.
WireStruct slice_struct(const WireStruct& item, Clock offset, TextArena& arena);

}  // namespace footprint::sync
