// Short ways to make documents and let them exchange what they have.
#pragma once

#include <string>

#include "sync/doc.hpp"
#include "sync/read.hpp"
#include "sync/transaction.hpp"

namespace footprint::sync::testing {

inline Doc doc_of(ClientId client, bool collect_garbage = true) {
  DocOptions options;
  options.client_id = client;
  options.collect_garbage = collect_garbage;
  return Doc(options);
}

/// Inserts into the root text "text" and gives the update.
inline Bytes type(Doc& doc, Clock index, std::string_view text) {
  return doc.transact(
      [&](Transaction& t) { t.insert_text(t.root("text", TypeRef::kText), index, text); });
}

inline Bytes erase(Doc& doc, Clock index, Clock length) {
  return doc.transact(
      [&](Transaction& t) { t.delete_text(t.root("text", TypeRef::kText), index, length); });
}

inline std::string text_in(const Doc& doc) {
  return text_string(doc, find_root(doc, "text"));
}

/// Gives `to` what it lacks of `from`.
inline void sync_to(Doc& to, const Doc& from) {
  auto outcome = to.apply_update(from.encode_state(to.state_vector()));
  if (!outcome) throw std::runtime_error(outcome.error().code);
}

}  // namespace footprint::sync::testing
