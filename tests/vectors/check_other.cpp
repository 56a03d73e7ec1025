// Vectors of kind local, lib0, proto and damaged.
#include <algorithm>
#include <cmath>

#include "checks.hpp"
#include "sync/awareness.hpp"
#include "sync/columns.hpp"
#include "sync/transaction.hpp"
#include "sync/utf8.hpp"
#include "sync/y_protocol.hpp"
#include "values.hpp"

namespace footprint::vectors {

using sync::Any;
using sync::AnyMember;
using sync::Clock;
using sync::Doc;
using sync::Reader;
using sync::Transaction;
using sync::TypeId;
using sync::TypeRef;
using sync::Writer;

namespace {

struct Roots {
  TypeId text, array, map, xml;
};

Roots roots_of(Transaction& transaction) {
  return {transaction.root("text", TypeRef::kText), transaction.root("arr", TypeRef::kArray),
          transaction.root("map", TypeRef::kMap), transaction.root("xml", TypeRef::kXmlFragment)};
}

Clock clock_at(const Any& op, std::string_view key) {
  return static_cast<Clock>(number_at(op, key));
}

Any::Object members_at(const Any& op, std::string_view key) {
  const Any* value = op.find(key);
  return value != nullptr && value->as_object() != nullptr ? *value->as_object() : Any::Object{};
}

void insert_element(Transaction& transaction, const Roots& roots, const Any& op) {
  TypeId element = transaction.insert_type(roots.xml, clock_at(op, "pos"), TypeRef::kXmlElement,
                                           text_at(op, "name"));
  for (const AnyMember& attribute : members_at(op, "attrs"))
    transaction.set(element, attribute.key, attribute.value);
  TypeId text = transaction.insert_type(element, 0, TypeRef::kXmlText);
  transaction.insert_text(text, 0, text_at(op, "text"));
}

void insert_in_element(Transaction& transaction, const Roots& roots, const Any& op) {
  TypeId text = transaction.child(transaction.child(roots.xml, clock_at(op, "pos")), 0);
  transaction.insert_text(text, clock_at(op, "at"), text_at(op, "str"));
}

void run_text_op(Transaction& transaction, const Roots& roots, const Any& op,
                 const std::string& name) {
  Clock at = clock_at(op, "pos");
  if (name == "text.insert") {
    std::optional<sync::Attributes> attributes;
    if (op.find("attrs") != nullptr) attributes = members_at(op, "attrs");
    transaction.insert_text(roots.text, at, text_at(op, "str"), attributes);
  } else if (name == "text.delete") {
    transaction.delete_text(roots.text, at, clock_at(op, "len"));
  } else if (name == "text.format") {
    transaction.format_text(roots.text, at, clock_at(op, "len"), members_at(op, "attrs"));
  } else {
    transaction.insert_embed(roots.text, at, *op.find("value"));
  }
}

void run_op(Transaction& transaction, const Roots& roots, const Any& op) {
  std::string name = text_at(op, "op");
  Clock at = clock_at(op, "pos");
  if (name.starts_with("text.")) {
    run_text_op(transaction, roots, op, name);
  } else if (name == "array.insert") {
    transaction.insert_values(roots.array, at, *untagged(*op.find("values")).as_array());
  } else if (name == "array.delete") {
    transaction.delete_values(roots.array, at, clock_at(op, "len"));
  } else if (name == "map.set") {
    transaction.set(roots.map, text_at(op, "key"), untagged(*op.find("value")));
  } else if (name == "map.delete") {
    transaction.remove(roots.map, text_at(op, "key"));
  } else if (name == "xml.insertElement") {
    insert_element(transaction, roots, op);
  } else if (name == "xml.textInsert") {
    insert_in_element(transaction, roots, op);
  } else if (name == "xml.delete") {
    transaction.delete_values(roots.xml, at, clock_at(op, "len"));
  }
}

Bytes written(const std::function<void(Writer&)>& write) {
  Writer writer;
  write(writer);
  return writer.take();
}

sync::SignedMagnitude magnitude(double value) {
  return {static_cast<std::uint64_t>(std::fabs(value)), std::signbit(value)};
}

/// An update with the keys of all its values sorted. Vectors sort the keys of the values that go
/// into an array or a map, so in which order yjs was given them, and wrote them, is not known.
Bytes update_with_sorted_keys(ByteView update) {
  auto decoded = sync::decode_update(update, sync::Format::kV1);
  if (!decoded) return {};
  sync::UpdateWriter writer(sync::Format::kV1);
  writer.begin(decoded->clients.size());
  for (const sync::ClientStructs& section : decoded->clients) {
    writer.begin_client(section.client, section.structs.size(), section.structs.front().id.clock);
    for (sync::WireStruct item : section.structs) {
      Writer values;
      Reader reader(item.content.bytes);
      if (item.content.kind == sync::ContentKind::kAny) {
        while (!reader.at_end()) write_any(values, sorted_members(read_any(reader)));
        item.content.bytes = values.bytes();
      }
      writer.write(item);
    }
  }
  return writer.finish(decoded->deletes);
}

bool same_update(const Bytes& ours, const Bytes& theirs) {
  return ours == theirs ||
         (!ours.empty() && update_with_sorted_keys(ours) == update_with_sorted_keys(theirs));
}

/// Encodes a row's value anew, and says whether its bytes decode to that value.
template <typename Encoder, typename Decoder, typename Convert>
Bytes column(const Any::Array& values, ByteView bytes, Convert convert, bool& decodes) {
  Encoder encoder;
  Decoder decoder(bytes);
  for (const Any& value : values) {
    auto number = convert(*value.as_number());
    encoder.write(number);
    decodes = decodes && decoder.next() == number;
  }
  decodes = decodes && decoder.reader().ok();
  return encoder.finish();
}

Bytes string_column(const Any::Array& values, ByteView bytes, bool& decodes) {
  sync::StringColumnWriter encoder;
  sync::TextArena arena;
  sync::StringColumnReader decoder(bytes, arena);
  for (const Any& value : values) {
    const std::string& text = *value.as_string();
    encoder.write(text, sync::utf16_length(text));
    decodes = decodes && decoder.next() == text;
  }
  return encoder.finish();
}

Bytes encode_column(const std::string& type, const Any::Array& values, ByteView bytes,
                    bool& decodes) {
  if (type == "StringColumn") return string_column(values, bytes, decodes);
  auto to = []<typename T>(T) { return [](double value) { return static_cast<T>(value); }; };
  if (type == "UintOptRle") {
    return column<sync::UintOptRleWriter, sync::UintOptRleReader>(values, bytes,
                                                                  to(std::uint64_t{}), decodes);
  }
  if (type == "IntDiffOptRle") {
    return column<sync::IntDiffOptRleWriter, sync::IntDiffOptRleReader>(
        values, bytes, to(std::int64_t{}), decodes);
  }
  return column<sync::RleByteWriter, sync::RleByteReader>(values, bytes, to(std::uint8_t{}),
                                                          decodes);
}

Bytes encode_scalar(const std::string& type, const Any& value, ByteView bytes, bool& decodes) {
  Reader reader(bytes);
  if (type == "any") {
    // The vector sorts keys; their order on the wire is that of the bytes.
    Any read = read_any(reader);
    decodes = to_json(tagged(read)) == to_json(tagged(value)) && reader.at_end();
    return written([&read](Writer& writer) { write_any(writer, read); });
  }
  if (type == "varString") {
    decodes = reader.var_string() == *value.as_string();
    return written([&value](Writer& writer) { writer.var_string(*value.as_string()); });
  }
  double number = *value.as_number();
  if (type == "varUint") {
    decodes = reader.var_uint() == static_cast<std::uint64_t>(number);
    return written(
        [number](Writer& writer) { writer.var_uint(static_cast<std::uint64_t>(number)); });
  }
  sync::SignedMagnitude read = reader.var_int();
  decodes =
      read.magnitude == magnitude(number).magnitude && read.negative == magnitude(number).negative;
  return written([number](Writer& writer) { writer.var_int(magnitude(number)); });
}

void check_awareness(const Any& vector, Outcome& outcome) {
  sync::AwarenessTable table;
  for (const Any& step : *vector.find("awareness")->as_array()) {
    Bytes bytes = bytes_at(step, "b");
    bool taken = table.apply(bytes, 0).has_value();
    outcome.check(Level::kContent, taken, "awareness refused");
    auto entries = sync::decode_awareness(bytes);
    if (!entries || entries->empty()) continue;
    outcome.check(Level::kBytes, sync::encode_awareness(*entries) == bytes, "awareness");
    sync::ClientId client = entries->front().client;
    const std::string* state = table.state(client);
    const Any* expected = step.find("states")->find(std::to_string(client));
    bool same = (state == nullptr) == (expected == nullptr) &&
                (state == nullptr || to_json(*sync::parse_json(*state)) == to_json(*expected));
    // y-protocols starts at clock 0, which no peer takes in: nobody knows the client before its
    // second state.
    bool unseen = entries->front().clock == 0;
    outcome.check(Level::kContent, same || unseen, "awareness state");
    outcome.check(Level::kContent,
                  table.clock(client) == static_cast<std::uint64_t>(number_at(step, "clock")),
                  "awareness clock");
  }
}

}  // namespace

void check_local(const Any& vector, Outcome& outcome, std::vector<std::string>& questions) {
  sync::DocOptions options;
  options.client_id = static_cast<sync::ClientId>(number_at(vector, "client"));
  Doc doc(options);
  doc.transact([](Transaction& transaction) { roots_of(transaction); });
  std::size_t number = 0;
  for (const Any& step : *vector.find("txns")->as_array()) {
    Bytes update = doc.transact([&step](Transaction& transaction) {
      Roots roots = roots_of(transaction);
      for (const Any& op : *step.find("ops")->as_array()) run_op(transaction, roots, op);
    });
    outcome.check(Level::kBytes, same_update(update, bytes_at(step, "update")),
                  "transaction " + std::to_string(number++));
  }
  const Any& expect = *vector.find("expect");
  const Any& roots = *vector.find("roots");
  outcome.check(Level::kContent,
                to_json(content_of(doc, roots)) == to_json(*expect.find("content")), "content");
  outcome.check(Level::kContent, doc.state_vector().encode() == bytes_at(expect, "sv"), "sv");
  questions.push_back(to_json(Any::Object{{"gc", true},
                                          {"v1", base64(doc.encode_state())},
                                          {"v2", base64(doc.encode_state({}, sync::Format::kV2))},
                                          {"roots", roots},
                                          {"content", *expect.find("content")},
                                          {"sv", text_at(expect, "sv")},
                                          {"ds", *expect.find("ds")}}));
}

void check_lib0(const Any& vector, Outcome& outcome) {
  for (const Any& row : *vector.find("rows")->as_array()) {
    std::string type = text_at(row, "t");
    Any value = untagged(*row.find("v"));
    Bytes bytes = bytes_at(row, "b");
    bool decodes = true;
    bool scalar = type == "any" || type.starts_with("var");
    Bytes ours = scalar ? encode_scalar(type, value, bytes, decodes)
                        : encode_column(type, *value.as_array(), bytes, decodes);
    outcome.check(Level::kContent, decodes, type + " decoded");
    outcome.check(Level::kBytes, ours == bytes, type + " encoded");
  }
}

void check_proto(const Any& vector, Outcome& outcome) {
  Doc a;
  Doc b;
  bool loaded = a.apply_update(bytes_at(vector, "docA")).has_value() &&
                b.apply_update(bytes_at(vector, "docB")).has_value();
  outcome.check(Level::kContent, loaded, "documents");
  Bytes step1 = sync::encode_sync({sync::SyncType::kStep1, b.state_vector().encode()});
  outcome.check(Level::kBytes, step1 == bytes_at(vector, "step1FromB"), "step1FromB");
  auto asked = sync::decode_sync(step1);
  auto known = sync::StateVector::decode(asked ? asked->body : ByteView{});
  outcome.check(Level::kContent, known.has_value(), "step 1");
  if (!known) return;
  Bytes step2 = sync::encode_sync({sync::SyncType::kStep2, a.encode_state(*known)});
  outcome.check(Level::kBytes, step2 == bytes_at(vector, "step2FromA"), "step2FromA");
  auto answer = sync::decode_sync(step2);
  outcome.check(Level::kContent, answer && b.apply_update(answer->body).has_value(), "step 2");
  outcome.check(Level::kContent, bytes_at(vector, "replyToStep2").empty(), "reply to step 2");
  outcome.check(Level::kBytes, b.encode_state() == bytes_at(vector, "docBAfter"), "docBAfter");
  Bytes frame = bytes_at(vector, "update");
  auto update = sync::decode_sync(frame);
  outcome.check(Level::kContent, update && update->type == sync::SyncType::kUpdate, "update frame");
  if (update) outcome.check(Level::kBytes, sync::encode_sync(*update) == frame, "update frame");
  check_awareness(vector, outcome);
}

void check_damaged(const Any& vector, Outcome& outcome) {
  Doc doc;
  outcome.check(Level::kContent, doc.apply_update(bytes_at(vector, "good")).has_value(),
                "the good one is refused");
  Bytes before = doc.encode_state();
  for (const Any& text : *vector.find("bad")->as_array()) {
    Bytes bad = from_base64(*text.as_string());
    outcome.check(Level::kContent, !doc.apply_update(bad).has_value(), "a damaged one is accepted");
    outcome.check(Level::kContent, doc.encode_state() == before,
                  "a damaged one changes the document");
  }
}

}  // namespace footprint::vectors
