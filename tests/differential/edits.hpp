// Edits described as values, made on a document: what the vectors' `local` family and the
// differential sessions use.
#pragma once

#include "sync/transaction.hpp"

namespace footprint::sync {

/// One edit, {"op":"text.insert","pos":0,...}. `path` names the type: a root's name, then list
/// positions (numbers) and map keys (strings); the vectors' short forms ("text", "arr", "map",
/// "xml") need none. False: not possible.
bool make_edit(Transaction& transaction, const Any& edit);

}  // namespace footprint::sync
