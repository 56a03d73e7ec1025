// Work on encoded updates without a document (yjs: mergeUpdates, diffUpdate,
// encodeStateVectorFromUpdate, parseUpdateMeta, convertUpdateFormat), and inspection of what an
// update would do.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "sync/state_vector.hpp"
#include "sync/wire_struct.hpp"

namespace footprint::sync {

/// One update equal to all of `updates` together, in O(n log k); holes become Skip structs.
Result<Bytes> merge_updates(std::span<const ByteView> updates, Format format);
/// What of `update` a replica at `known` lacks; the delete set is passed on whole.
Result<Bytes> diff_update(ByteView update, const StateVector& known, Format format);
/// Up to where each client is held without a hole from 0.
Result<StateVector> state_vector_of_update(ByteView update, Format format);
Result<Bytes> convert_update(ByteView update, Format from, Format to);

struct UpdateMeta {
  std::map<ClientId, Clock> from;  // first clock by client
  std::map<ClientId, Clock> to;    // next clock by client
};
Result<UpdateMeta> update_meta(ByteView update, Format format);

/// All names and ids an update brings, for the checks made before it is accepted. Holes (Skip) are
/// not listed.
struct UpdateContents {
  struct Range {
    ClientId client = 0;
    Clock from = 0;
    Clock to = 0;  // exclusive
  };
  std::vector<Range> structs;
  std::vector<std::string> root_names;      // sorted, unique
  std::vector<std::string> node_names;      // of XmlElement (and XmlHook) types
  std::vector<std::string> attribute_keys;  // map keys (parentSub) that stand in the update
  std::vector<std::string> format_keys;
  std::vector<TypeRef> type_refs;  // of all types it creates
  std::vector<ContentKind> kinds;
  DeleteSet deletes;
};
/// Errors: those of decode_update and check_references, so what passes can be applied or waits.
Result<UpdateContents> inspect_update(ByteView update, Format format);

}  // namespace footprint::sync
