// Positions that stay with the content they point at, whatever is edited around them (yjs:
// RelativePosition).
#pragma once

#include <optional>
#include <string>

#include "sync/any.hpp"
#include "sync/doc.hpp"
#include "sync/type_id.hpp"

namespace footprint::sync {

/// Names the unit it stands at (`item`), or the end (assoc < 0: the start) of a type (`root_name`
/// or `type`).
struct RelativePosition {
  std::optional<Id> item;
  std::optional<std::string> root_name;
  std::optional<Id> type;
  std::int64_t assoc = 0;  // >= 0: sticks to what follows, < 0: to what precedes

  bool operator==(const RelativePosition&) const = default;

  Bytes encode() const;
  /// Errors: "position.malformed".
  static Result<RelativePosition> decode(ByteView bytes);
  /// {"type":{client,clock},"tname":...,"item":{client,clock},"assoc":n}
  Any to_json_value() const;
  static Result<RelativePosition> from_json_value(const Any& json);
};

RelativePosition relative_position(const Doc& doc, TypeId type, Clock index,
                                   std::int64_t assoc = 0);

struct AbsolutePosition {
  TypeId type;
  Clock index = 0;
  std::int64_t assoc = 0;
};
/// Nothing when what it names has not come yet or has been collected.
std::optional<AbsolutePosition> absolute_position(const Doc& doc, const RelativePosition& position);

}  // namespace footprint::sync
