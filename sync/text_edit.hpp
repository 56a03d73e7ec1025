// Editing formatted text as yjs does: where marks are put, negated, minimised and cleaned up
// decides the bytes sent.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sync/transaction.hpp"

namespace footprint::sync {

/// The value of a mark at a place, and the mark it was read from: JavaScript compares nested
/// objects by identity.
struct MarkValue {
  Any value = Any::null();
  Id source;
  bool has_source = false;
};

/// Marks by key in the order in which a JavaScript Map would hold them.
class Marks {
 public:
  const MarkValue* find(NameIndex key) const;
  void set(NameIndex key, MarkValue value);
  void erase(NameIndex key);
  bool empty() const { return list_.empty(); }
  std::vector<std::pair<NameIndex, MarkValue>>::const_iterator begin() const {
    return list_.begin();
  }
  std::vector<std::pair<NameIndex, MarkValue>>::const_iterator end() const { return list_.end(); }

 private:
  std::vector<std::pair<NameIndex, MarkValue>> list_;
};

/// yjs's equalAttrs: the same primitive, the same object, or objects whose members are the same
/// primitives.
bool same_mark(const MarkValue& a, const MarkValue& b);

MarkValue mark_of(const DocStore& store, Handle format);
NameIndex mark_key(const DocStore& store, Handle format);
/// Takes a live format item into the marks that hold behind it.
void apply_mark(const DocStore& store, Marks& marks, Handle format);
/// Deletes the marks between `start` and the next visible content that change nothing. `current`,
/// the marks at `at`, is kept right. Gives the number deleted.
int clean_gap(DocStore& store, Change& change, Handle start, Handle at, const Marks& before,
              Marks& current);

/// One walk through one text.
class TextEdit {
 public:
  TextEdit(Transaction& transaction, TypeIndex text);

  void seek(Clock index);
  bool at_end() const { return right_ == kNone; }
  const Marks& marks() const { return marks_; }

  /// Puts content here; `attributes` become its marks.
  Handle insert(const WireContent& content, Clock length, Marks attributes);
  void format(Clock length, const Marks& attributes);
  void remove(Clock length);
  Marks marks_from(const Attributes& attributes);

 private:
  bool is_format(Handle item) const;
  void forward();
  void minimise(const Marks& attributes);
  Marks insert_marks(const Marks& attributes);
  void insert_negated(Marks negated);
  Handle put(const WireContent& content, Clock length);
  void put_mark(NameIndex key, const MarkValue& value);
  void format_item(Clock length, const Marks& attributes, Marks& negated, bool* stop);

  Transaction& transaction_;
  DocStore& store_;
  TypeIndex type_;
  SequenceIndex sequence_;
  Handle left_ = kNone;
  Handle right_ = kNone;
  Marks marks_;
};

}  // namespace footprint::sync
