// The text of a document by the ids of its units: which words stand under which client's clocks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sync/doc.hpp"
#include "sync/type_id.hpp"
#include "sync/update.hpp"

namespace footprint::sync {

/// Visible text with consecutive clocks of one client: one UTF-16 unit a clock.
struct TextRun {
  Id id;  // of the first unit
  std::u16string text;
  TypeId parent;            // the text that it stands in
  std::uint64_t place = 0;  // visible units before it there
};

/// What stands in the ranges, sorted by text and by place; deleted units, and what the document
/// lacks, are left out. Nothing if it would be more than `units_max`.
std::optional<std::vector<TextRun>> text_runs(const Doc& doc,
                                              std::span<const UpdateContents::Range> ranges,
                                              std::size_t units_max);

/// All text of a root and what is nested in it, in document order.
std::vector<TextRun> text_runs(const Doc& doc, TypeId root);

}  // namespace footprint::sync
