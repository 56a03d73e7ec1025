// The form in which vectors hold values (tests/vectors/README.md): JSON, with stand-ins for what
// JSON lacks.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "sync/any.hpp"
#include "sync/doc.hpp"
#include "sync/read.hpp"

namespace footprint::vectors {

std::string base64(ByteView bytes);
Bytes from_base64(std::string_view text);
/// The bytes of a base64 member; empty when it is missing or null.
Bytes bytes_at(const sync::Any& object, std::string_view key);
std::string text_at(const sync::Any& object, std::string_view key);
double number_at(const sync::Any& object, std::string_view key);
bool flag_at(const sync::Any& object, std::string_view key);

/// A value as it stands in a vector, and back.
sync::Any tagged(const sync::Any& value);
sync::Any untagged(const sync::Any& value);

sync::TypeRef type_named(std::string_view name);
/// Content of all roots (name -> kind name), in their order.
sync::Any content_of(const sync::Doc& doc, const sync::Any& roots);
sync::Any delta_json(const sync::Doc& doc, const std::vector<sync::DeltaOp>& ops);
/// All objects with their members in order of their keys.
sync::Any sorted_members(const sync::Any& value);
/// {"client": [[clock, length]]}
sync::Any deletes_json(const sync::DeleteSet& deletes);
/// First 24 hexadecimal digits of the SHA-256.
std::string short_sha256(std::string_view text);

}  // namespace footprint::vectors
