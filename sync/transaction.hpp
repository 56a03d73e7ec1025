// Local changes to a document, made inside Doc::transact. The update they make is what yjs would
// send.
//
// Positions count UTF-16 units in texts and elements in lists. A call whose position lies behind
// the end, or whose type is gone, changes nothing and says so (false, or a TypeId of nothing).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/any.hpp"
#include "sync/doc_store.hpp"
#include "sync/type_id.hpp"

namespace footprint::sync {

/// Marks of a text: null takes a mark away.
using Attributes = Any::Object;

/// One step of a delta: insert a string or an embed, keep (and perhaps format) or delete so many
/// units.
struct DeltaStep {
  enum class Kind { kInsert, kEmbed, kRetain, kDelete };
  Kind kind = Kind::kInsert;
  std::string text;
  Any embed;
  Clock length = 0;
  Attributes attributes;
};

class Transaction {
 public:
  explicit Transaction(DocStore& store) : store_(store) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// The root of that name, made when there is none; `kind` settles what it is.
  TypeId root(std::string_view name, TypeRef kind);

  // Texts (Text and XmlText). Without attributes, inserted text takes the marks around it.
  // Positions behind the end mean the end.
  bool insert_text(TypeId text, Clock index, std::string_view inserted,
                   const std::optional<Attributes>& attributes = std::nullopt);
  bool insert_embed(TypeId text, Clock index, const Any& embed, const Attributes& attributes = {});
  TypeId insert_embedded_type(TypeId text, Clock index, TypeRef kind,
                              std::string_view node_name = {}, const Attributes& attributes = {});
  bool delete_text(TypeId text, Clock index, Clock length);
  bool format_text(TypeId text, Clock index, Clock length, const Attributes& attributes);
  bool apply_delta(TypeId text, const std::vector<DeltaStep>& delta);

  // Lists (Array, XmlFragment, XmlElement).
  bool insert_values(TypeId list, Clock index, const std::vector<Any>& values);
  TypeId insert_type(TypeId list, Clock index, TypeRef kind, std::string_view node_name = {});
  bool delete_values(TypeId list, Clock index, Clock length);

  // Maps and attributes (Map, XmlElement, texts).
  bool set(TypeId map, std::string_view key, const Any& value);
  TypeId set_type(TypeId map, std::string_view key, TypeRef kind, std::string_view node_name = {});
  bool remove(TypeId map, std::string_view key);

  /// Number of visible units of a text or list.
  Clock length(TypeId type) const;
  /// The type at a position of a list, or nothing.
  TypeId child(TypeId list, Clock index) const;
  /// The type a key holds, or nothing.
  TypeId entry(TypeId map, std::string_view key) const;

  /// Ends the transaction; for Doc::transact.
  Bytes finish();

 private:
  friend class TextEdit;

  bool usable(TypeId type) const;
  /// An item of this client between two neighbours of a sequence.
  Handle insert(SequenceIndex sequence, Handle left, Handle right, const WireContent& content,
                Clock length);
  /// The place before the element at `index`; nullopt when the list is shorter.
  std::optional<Placement> list_place(TypeId list, Clock index);
  TypeId type_of(Handle item) const;

  DocStore& store_;
  Change change_;
};

}  // namespace footprint::sync
