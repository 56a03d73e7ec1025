// Shared by the files that read a document's types.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sync/doc_store.hpp"
#include "sync/read.hpp"

namespace footprint::sync {

/// All items of a type's list in document order, deleted ones and marks too.
template <typename Visit>
void each_item(const DocStore& store, TypeIndex type, Visit&& visit) {
  store.order.each(store.sequences[store.types[type].list].root, visit);
}

/// The values an item holds: none for marks and what is deleted.
void each_value(const DocStore& store, const Item& item, const std::function<void(Value)>& visit);
Value last_value(const DocStore& store, const Item& item);

/// Puts a delta together from a text's items in order.
class DeltaBuilder {
 public:
  void text(std::string_view more) { text_ += more; }
  /// From here on; null takes the mark away.
  void mark(std::string_view key, Any value);
  const Any* mark(std::string_view key) const;
  void embed(Value value);
  void flush();
  std::vector<DeltaOp> take();

 private:
  std::string text_;
  Any::Object marks_;
  std::vector<DeltaOp> ops_;
};

}  // namespace footprint::sync
