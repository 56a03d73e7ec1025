// A document's content as JSON that holds every lib0 value, the same from yjs (tagged.mjs) and from
// Footprint.
#pragma once

#include <string>

#include "sync/read.hpp"

namespace footprint::sync {

/// A type with all below it: {"$text":[...]}, {"$map":{...}} and so on. `kind` is for roots.
Any tagged_type(const Doc& doc, TypeId type, TypeRef kind);
/// A value: what JSON lacks is wrapped in an object of one member ({"$bigint":"-5"}).
Any tagged_value(const Any& value);
/// A delta as {"insert", "attributes"?} steps.
Any tagged_delta(const Doc& doc, const std::vector<DeltaOp>& delta);

}  // namespace footprint::sync
