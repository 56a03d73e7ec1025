// Reading what a document says: by type, as values, delta, XML, ProseMirror JSON, HTML and plain
// text.
//
// Everything is copied out. Types nested deeper than kReadDepthMax read as empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sync/any.hpp"
#include "sync/doc.hpp"
#include "sync/type_id.hpp"

namespace footprint::sync {

inline constexpr int kReadDepthMax = 200;

/// A document inside the document.
struct SubDoc {
  std::string guid;
  Any options;
};

/// What a list position, a map key or an embed holds.
using Value = std::variant<Any, TypeId, SubDoc>;

/// A stretch of a text with one set of marks; `value` is an Any string for text, else the embed.
struct DeltaOp {
  Value insert;
  bool is_text = false;
  Any::Object attributes;  // in the order in which they were set
};

/// Names of the roots, sorted.
std::vector<std::string> root_names(const Doc& doc);
/// Nothing when no update has named that root yet.
TypeId find_root(const Doc& doc, std::string_view name);
/// A root's kind is unknown until somebody asks for it in a transaction.
std::optional<TypeRef> kind_of(const Doc& doc, TypeId type);
/// Of an XmlElement or XmlHook; empty otherwise.
std::string node_name(const Doc& doc, TypeId type);
/// Visible units: UTF-16 units of a text, elements of a list.
Clock length(const Doc& doc, TypeId type);

/// Elements of a list; of a text its contents without marks, strings unit by unit are not split.
std::vector<Value> list_values(const Doc& doc, TypeId list);
/// Live entries of a map, attributes of an element; sorted by key as JavaScript sorts.
std::vector<std::pair<std::string, Value>> map_values(const Doc& doc, TypeId map);
std::optional<Value> map_value(const Doc& doc, TypeId map, std::string_view key);

/// The text without marks and embeds.
std::string text_string(const Doc& doc, TypeId text);
std::vector<DeltaOp> text_delta(const Doc& doc, TypeId text);

/// yjs's toJSON: lists and maps as values, texts and XML as strings. `kind` is for roots whose kind
/// is unknown.
Any to_any(const Doc& doc, TypeId type, std::optional<TypeRef> kind = std::nullopt);
/// yjs's toString of XML types.
std::string xml_string(const Doc& doc, TypeId type, std::optional<TypeRef> kind = std::nullopt);

/// y-prosemirror's JSON of a fragment: {"type":"doc","content":[...]}.
Any prosemirror_doc(const Doc& doc, TypeId fragment);
/// The mark a format key stands for: `comment--Ab3dEf7+` is a `comment`.
std::string_view mark_name(std::string_view format_key);
/// Escaped, semantic HTML of a fragment made of the nodes in schemas/prose.json. Other nodes show
/// their text.
std::string html(const Doc& doc, TypeId fragment);
/// One line per block, cells separated by tabs.
std::string plain_text(const Doc& doc, TypeId fragment);

}  // namespace footprint::sync
