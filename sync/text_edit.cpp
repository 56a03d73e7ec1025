#include "sync/text_edit.hpp"

#include <algorithm>

#include "sync/utf8.hpp"

namespace footprint::sync {

const MarkValue* Marks::find(NameIndex key) const {
  for (const auto& [k, value] : list_) {
    if (k == key) return &value;
  }
  return nullptr;
}

void Marks::set(NameIndex key, MarkValue value) {
  for (auto& [k, old] : list_) {
    if (k == key) {
      old = std::move(value);
      return;
    }
  }
  list_.emplace_back(key, std::move(value));
}

void Marks::erase(NameIndex key) {
  std::erase_if(list_, [&](const auto& entry) { return entry.first == key; });
}

namespace {

/// JavaScript's ===: objects, arrays and byte arrays are only the same as themselves.
bool same_primitive(const Any& a, const Any& b) {
  if (a.as_object() || a.as_array() || a.as_bytes()) return false;
  return a == b;
}

struct FlatMember {
  std::string key;
  Any value;
};

/// Own members of what JavaScript's typeof calls an object.
bool flat_members(const Any& value, std::vector<FlatMember>& out) {
  if (const Any::Object* object = value.as_object()) {
    for (const AnyMember& member : *object) out.push_back({member.key, member.value});
  } else if (const Any::Array* array = value.as_array()) {
    for (std::size_t i = 0; i < array->size(); i++) out.push_back({std::to_string(i), (*array)[i]});
  } else if (const Bytes* bytes = value.as_bytes()) {
    for (std::size_t i = 0; i < bytes->size(); i++)
      out.push_back({std::to_string(i), int{(*bytes)[i]}});
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool same_mark(const MarkValue& a, const MarkValue& b) {
  if (same_primitive(a.value, b.value)) return true;
  if (a.has_source && b.has_source && a.source == b.source) return true;
  std::vector<FlatMember> in_a, in_b;
  if (!flat_members(a.value, in_a) || !flat_members(b.value, in_b) || in_a.size() != in_b.size())
    return false;
  return std::all_of(in_a.begin(), in_a.end(), [&](const FlatMember& member) {
    auto other = std::find_if(in_b.begin(), in_b.end(),
                              [&](const FlatMember& m) { return m.key == member.key; });
    return other != in_b.end() && same_primitive(member.value, other->value);
  });
}

NameIndex mark_key(const DocStore& store, Handle format) {
  return *store.find_name(store.content_name(store.items[format]));
}

MarkValue mark_of(const DocStore& store, Handle format) {
  return {store.value(store.items[format]), store.id_of(format), true};
}

void apply_mark(const DocStore& store, Marks& marks, Handle format) {
  MarkValue value = mark_of(store, format);
  NameIndex key = mark_key(store, format);
  if (value.value.is_null()) {
    marks.erase(key);
  } else {
    marks.set(key, std::move(value));
  }
}

namespace {

MarkValue mark_or_null(const Marks& marks, NameIndex key) {
  const MarkValue* found = marks.find(key);
  return found == nullptr || found->value.is_undefined() ? MarkValue{} : *found;
}

/// ===, where two reads of one mark are one object.
bool identical(const MarkValue& a, const MarkValue& b) {
  return same_primitive(a.value, b.value) || (a.has_source && b.has_source && a.source == b.source);
}

}  // namespace

int clean_gap(DocStore& store, Change& change, Handle start, Handle at, const Marks& before,
              Marks& current) {
  auto is_live_format = [&](Handle h) {
    return !store.items[h].deleted && store.items[h].kind() == ContentKind::kFormat;
  };
  Handle end = start;
  std::vector<std::pair<NameIndex, Handle>> last_formats;
  for (; end != kNone && store.items[end].visible_units() == 0; end = store.order.next(end)) {
    if (!is_live_format(end)) continue;
    NameIndex key = mark_key(store, end);
    std::erase_if(last_formats, [&](const auto& entry) { return entry.first == key; });
    last_formats.emplace_back(key, end);
  }
  int cleaned = 0;
  bool reached = false;
  for (Handle h = start; h != end; h = store.order.next(h)) {
    if (h == at) reached = true;
    if (!is_live_format(h)) continue;
    NameIndex key = mark_key(store, h);
    MarkValue value = mark_of(store, h);
    MarkValue at_start = mark_or_null(before, key);
    bool is_last = std::any_of(last_formats.begin(), last_formats.end(),
                               [&](const auto& e) { return e.second == h; });
    if (!is_last || identical(at_start, value)) {
      store.remove(change, h);
      cleaned++;
      if (!reached && identical(mark_or_null(current, key), value) && !identical(at_start, value)) {
        if (at_start.value.is_null()) {
          current.erase(key);
        } else {
          current.set(key, at_start);
        }
      }
    }
    if (!reached && !store.items[h].deleted) apply_mark(store, current, h);
  }
  return cleaned;
}

TextEdit::TextEdit(Transaction& transaction, TypeIndex text)
    : transaction_(transaction),
      store_(transaction.store_),
      type_(text),
      sequence_(store_.types[text].list) {
  right_ = store_.order.first(store_.sequences[sequence_].root);
}

bool TextEdit::is_format(Handle item) const {
  return store_.items[item].kind() == ContentKind::kFormat;
}

void TextEdit::forward() {
  if (is_format(right_) && !store_.items[right_].deleted) apply_mark(store_, marks_, right_);
  left_ = right_;
  right_ = store_.order.next(right_);
}

// Text without any mark is sought through the tree; with marks all of them in front have to be
// read.
void TextEdit::seek(Clock count) {
  if (!store_.types[type_].has_formatting && count > 0) {
    const OrderTree::Root& root = store_.sequences[sequence_].root;
    OrderTree::Found found = store_.order.find(root, count - 1);
    left_ = found.item == kNone ? store_.order.last(root) : found.item;
    if (found.item != kNone && found.offset + 1 < store_.items[left_].length) {
      const Item& item = store_.items[left_];
      store_.clean_start(transaction_.change_, item.client, item.clock + found.offset + 1);
    }
    right_ = left_ == kNone ? kNone : store_.order.next(left_);
    return;
  }
  while (right_ != kNone && count > 0) {
    Clock units = store_.items[right_].visible_units();
    if (units > count) {
      const Item& item = store_.items[right_];
      store_.clean_start(transaction_.change_, item.client, item.clock + count);
      units = count;
    }
    count -= units;
    forward();
  }
}

Marks TextEdit::marks_from(const Attributes& attributes) {
  Marks out;
  for (const AnyMember* member : in_js_order(attributes)) {
    out.set(store_.intern(member->key), {member->value, {}, false});
  }
  return out;
}

// Over deleted items and marks that say what is wanted anyway.
void TextEdit::minimise(const Marks& attributes) {
  while (right_ != kNone) {
    if (!store_.items[right_].deleted) {
      if (!is_format(right_)) return;
      MarkValue wanted = mark_or_null(attributes, mark_key(store_, right_));
      if (!same_mark(wanted, mark_of(store_, right_))) return;
    }
    forward();
  }
}

Handle TextEdit::put(const WireContent& content, Clock length) {
  Handle item = transaction_.insert(sequence_, left_, right_, content, length);
  if (item == left_) return item;  // the run on the left has grown
  right_ = item;
  forward();
  return item;
}

void TextEdit::put_mark(NameIndex key, const MarkValue& value) {
  Writer packed;
  write_any(packed, value.value);
  WireContent content;
  content.kind = ContentKind::kFormat;
  content.value_encoding = ValueEncoding::kAny;
  content.name = store_.name(key);
  content.bytes = packed.bytes();
  put(content, 1);
}

// Gives what has to be put back behind the text.
Marks TextEdit::insert_marks(const Marks& attributes) {
  Marks negated;
  for (const auto& [key, value] : attributes) {
    MarkValue current = mark_or_null(marks_, key);
    if (same_mark(current, value)) continue;
    negated.set(key, current);
    put_mark(key, value);
  }
  return negated;
}

void TextEdit::insert_negated(Marks negated) {
  while (right_ != kNone) {
    if (!store_.items[right_].deleted) {
      if (!is_format(right_)) break;
      NameIndex key = mark_key(store_, right_);
      const MarkValue* wanted = negated.find(key);
      if (wanted == nullptr || !same_mark(*wanted, mark_of(store_, right_))) break;
      negated.erase(key);
    }
    forward();
  }
  for (const auto& [key, value] : negated) put_mark(key, value);
}

Handle TextEdit::insert(const WireContent& content, Clock length, Marks attributes) {
  for (const auto& [key, value] : marks_) {
    const MarkValue* wanted = attributes.find(key);
    if (wanted == nullptr || wanted->value.is_undefined()) attributes.set(key, MarkValue{});
  }
  minimise(attributes);
  Marks negated = insert_marks(attributes);
  Handle item = put(content, length);
  insert_negated(std::move(negated));
  return item;
}

// One mark inside the range: those that are set anew go.
void TextEdit::format_item(Clock length, const Marks& attributes, Marks& negated, bool* stop) {
  NameIndex key = mark_key(store_, right_);
  MarkValue value = mark_of(store_, right_);
  const MarkValue* wanted = attributes.find(key);
  if (wanted == nullptr || wanted->value.is_undefined()) {
    marks_.set(key, value);
    return;
  }
  if (same_mark(*wanted, value)) {
    negated.erase(key);
  } else {
    if (length == 0) {
      *stop = true;
      return;
    }
    negated.set(key, value);
  }
  store_.remove(transaction_.change_, right_);
}

void TextEdit::format(Clock length, const Marks& attributes) {
  minimise(attributes);
  Marks negated = insert_marks(attributes);
  bool stop = false;
  while (right_ != kNone && !stop) {
    bool deleted = store_.items[right_].deleted;
    if (length == 0 && (negated.empty() || !(deleted || is_format(right_)))) break;
    if (!deleted) {
      if (is_format(right_)) {
        format_item(length, attributes, negated, &stop);
        if (stop) break;
      } else {
        const Item& item = store_.items[right_];
        if (length < item.length)
          store_.clean_start(transaction_.change_, item.client, item.clock + length);
        length -= store_.items[right_].length;
      }
    }
    forward();
  }
  if (length > 0) {  // as yjs: a range behind the end is filled with line ends
    std::string lines(length, '\n');
    WireContent content;
    content.kind = ContentKind::kString;
    content.bytes = as_bytes(lines);
    put(content, length);
  }
  insert_negated(std::move(negated));
}

void TextEdit::remove(Clock length) {
  Marks at_start = marks_;
  Handle start = right_;
  while (length > 0 && right_ != kNone) {
    if (Clock units = store_.items[right_].visible_units()) {
      const Item& item = store_.items[right_];
      if (length < units)
        store_.clean_start(transaction_.change_, item.client, item.clock + length);
      length -= store_.items[right_].length;
      store_.remove(transaction_.change_, right_);
    }
    forward();
  }
  if (start != kNone) clean_gap(store_, transaction_.change_, start, right_, at_start, marks_);
}

bool Transaction::insert_text(TypeId text, Clock index, std::string_view inserted,
                              const std::optional<Attributes>& attributes) {
  if (!usable(text)) return false;
  if (inserted.empty()) return true;
  std::string clean = to_well_formed(inserted);
  TextEdit edit(*this, text.index);
  edit.seek(index);
  WireContent content;
  content.kind = ContentKind::kString;
  content.bytes = as_bytes(clean);
  edit.insert(content, static_cast<Clock>(utf16_length(clean)),
              attributes ? edit.marks_from(*attributes) : edit.marks());
  return true;
}

namespace {

WireContent embed_content(const Bytes& packed) {
  WireContent content;
  content.kind = ContentKind::kEmbed;
  content.value_encoding = ValueEncoding::kAny;
  content.bytes = packed;
  return content;
}

}  // namespace

bool Transaction::insert_embed(TypeId text, Clock index, const Any& embed,
                               const Attributes& attributes) {
  if (!usable(text)) return false;
  TextEdit edit(*this, text.index);
  edit.seek(index);
  Writer packed;
  write_any(packed, embed);
  edit.insert(embed_content(packed.bytes()), 1, edit.marks_from(attributes));
  return true;
}

TypeId Transaction::insert_embedded_type(TypeId text, Clock index, TypeRef kind,
                                         std::string_view node_name, const Attributes& attributes) {
  if (!usable(text)) return {};
  TextEdit edit(*this, text.index);
  edit.seek(index);
  WireContent content;
  content.kind = ContentKind::kType;
  content.type_ref = kind;
  content.name = node_name;
  return type_of(edit.insert(content, 1, edit.marks_from(attributes)));
}

bool Transaction::delete_text(TypeId text, Clock index, Clock length) {
  if (!usable(text)) return false;
  if (length == 0) return true;
  TextEdit edit(*this, text.index);
  edit.seek(index);
  edit.remove(length);
  return true;
}

bool Transaction::format_text(TypeId text, Clock index, Clock length,
                              const Attributes& attributes) {
  if (!usable(text)) return false;
  if (length == 0) return true;
  TextEdit edit(*this, text.index);
  edit.seek(index);
  if (!edit.at_end()) edit.format(length, edit.marks_from(attributes));
  return true;
}

bool Transaction::apply_delta(TypeId text, const std::vector<DeltaStep>& delta) {
  if (!usable(text)) return false;
  TextEdit edit(*this, text.index);
  for (const DeltaStep& step : delta) {
    Marks attributes = edit.marks_from(step.attributes);
    switch (step.kind) {
      case DeltaStep::Kind::kInsert: {
        std::string clean = to_well_formed(step.text);
        if (clean.empty()) break;
        WireContent content;
        content.kind = ContentKind::kString;
        content.bytes = as_bytes(clean);
        edit.insert(content, static_cast<Clock>(utf16_length(clean)), std::move(attributes));
        break;
      }
      case DeltaStep::Kind::kEmbed: {
        Writer packed;
        write_any(packed, step.embed);
        edit.insert(embed_content(packed.bytes()), 1, std::move(attributes));
        break;
      }
      case DeltaStep::Kind::kRetain:
        edit.format(step.length, attributes);
        break;
      case DeltaStep::Kind::kDelete:
        edit.remove(step.length);
        break;
    }
  }
  return true;
}

}  // namespace footprint::sync
