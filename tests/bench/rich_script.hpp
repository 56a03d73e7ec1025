// Replays the script of a rich document's editing, as y-prosemirror would make it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sync/any.hpp"
#include "sync/doc.hpp"
#include "sync/type_id.hpp"

namespace footprint::bench {

/// A parsed script, so that parsing is not measured.
struct RichScript {
  std::vector<sync::Any> transactions;
  static Result<RichScript> parse(const std::vector<std::string>& lines);
};

/// Runs the whole script on an empty document; the number of updates made.
std::size_t replay(const RichScript& script, sync::Doc& doc);

}  // namespace footprint::bench
