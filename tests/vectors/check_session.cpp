#include <algorithm>

#include "checks.hpp"
#include "sync/relative_position.hpp"
#include "sync/snapshot.hpp"
#include "sync/transaction.hpp"
#include "sync/update.hpp"
#include "values.hpp"

namespace footprint::vectors {

using sync::Any;
using sync::AnyMember;
using sync::Doc;
using sync::Format;

namespace {

Format format_of(const Any& vector) {
  return number_at(vector, "format") == 2 ? Format::kV2 : Format::kV1;
}

Doc replica(const Any& vector) {
  sync::DocOptions options;
  options.client_id = 0xFFFFFFFF;
  options.collect_garbage = flag_at(vector, "gc");
  Doc doc(options);
  const Any& roots = *vector.find("roots");
  doc.transact([&roots](sync::Transaction& transaction) {
    for (const AnyMember& root : *roots.as_object())
      transaction.root(root.key, type_named(*root.value.as_string()));
  });
  return doc;
}

std::string content_text(const Doc& doc, const Any& vector) {
  return to_json(content_of(doc, *vector.find("roots")));
}

void check_checkpoint(const Any& vector, const Doc& doc, const Any& expected, Outcome& outcome) {
  std::string at = "checkpoint " + sync::number_text(number_at(expected, "after")) + ": ";
  outcome.check(Level::kContent, doc.state_vector().encode() == bytes_at(expected, "sv"),
                at + "sv");
  outcome.check(Level::kContent, doc.has_pending_structs() == flag_at(expected, "pending"),
                at + "pending");
  outcome.check(Level::kContent, doc.has_pending_deletes() == flag_at(expected, "pendingDs"),
                at + "pendingDs");
  double length = sync::length(doc, sync::find_root(doc, "text"));
  outcome.check(Level::kContent, length == number_at(expected, "textLen"), at + "text length");
  outcome.check(Level::kContent,
                short_sha256(content_text(doc, vector)) == text_at(expected, "contentSha"),
                at + "content");
}

void check_state(const Any& vector, const Doc& doc, const Any& expect, const std::string& how,
                 Outcome& outcome) {
  outcome.check(Level::kContent, content_text(doc, vector) == to_json(*expect.find("content")),
                how + "content");
  outcome.check(Level::kContent, doc.state_vector().encode() == bytes_at(expect, "sv"), how + "sv");
  outcome.check(Level::kContent,
                to_json(deletes_json(doc.delete_set())) == to_json(*expect.find("ds")), how + "ds");
}

/// The state loaded into a fresh replica must read the same.
void check_load(const Any& vector, const Any& expect, std::string_view key, Format format,
                Outcome& outcome) {
  const Any* update = expect.find(key);
  if (update == nullptr || update->as_string() == nullptr) return;
  Doc doc = replica(vector);
  std::string how = "loaded from " + std::string(key) + ": ";
  bool taken = doc.apply_update(from_base64(*update->as_string()), format).has_value();
  outcome.check(Level::kContent, taken, how + "refused");
  check_state(vector, doc, expect, how, outcome);
}

void check_pending(const Doc& doc, const Any& expect, Outcome& outcome) {
  const Any& structs = *expect.find("pendingStructs");
  const Any& deletes = *expect.find("pendingDs");
  outcome.check(Level::kContent, doc.has_pending_structs() == !structs.is_null(),
                "pending structs");
  bool deletes_wait = deletes.as_bool() != nullptr ? *deletes.as_bool() : !deletes.is_null();
  outcome.check(Level::kContent, doc.has_pending_deletes() == deletes_wait, "pending deletes");
}

void check_positions(const Any& vector, const Doc& doc, Outcome& outcome) {
  const Any* positions = vector.find("relpos");
  if (positions == nullptr) return;
  for (const Any& expected : *positions->as_array()) {
    Bytes bytes = bytes_at(expected, "b64");
    auto position = sync::RelativePosition::decode(bytes);
    if (!position) {
      outcome.check(Level::kContent, false, "relative position refused");
      continue;
    }
    outcome.check(Level::kBytes, position->encode() == bytes, "relative position encoded");
    // The JSON form names the root besides the item; the bytes do not.
    const Any& json = *expected.find("json");
    auto from_json = sync::RelativePosition::from_json_value(json);
    bool same = from_json && from_json->item == position->item &&
                to_json(from_json->to_json_value()) == to_json(json);
    outcome.check(Level::kContent, same, "relative position from JSON and back");
    auto found = sync::absolute_position(doc, *position);
    const double* index = expected.find("index")->as_number();
    bool right = found.has_value() == (index != nullptr) && (!found || found->index == *index);
    outcome.check(Level::kContent, right, "relative position resolved");
  }
}

void check_snapshots(const Any& vector, Outcome& outcome) {
  const Any* expected = vector.find("snapshots");
  if (expected == nullptr) return;
  sync::DocOptions options;
  options.collect_garbage = false;
  Doc base(options);
  bool loaded = base.apply_update(bytes_at(*expected, "base")).has_value();
  auto first = sync::Snapshot::decode(bytes_at(*expected, "s1"));
  auto first_v2 = sync::Snapshot::decode(bytes_at(*expected, "s1V2"), Format::kV2);
  auto second = sync::Snapshot::decode(bytes_at(*expected, "s2"));
  if (!loaded || !first || !first_v2 || !second) {
    outcome.check(Level::kContent, false, "snapshot refused");
    return;
  }
  outcome.check(Level::kContent, *first == *first_v2, "snapshot v1 and v2");
  outcome.check(Level::kContent, sync::take_snapshot(base) == *second, "snapshot taken");
  outcome.check(Level::kBytes, first->encode() == bytes_at(*expected, "s1"), "snapshot v1 encoded");
  outcome.check(Level::kBytes, first->encode(Format::kV2) == bytes_at(*expected, "s1V2"),
                "snapshot v2 encoded");
  auto past = sync::restore(base, *first, options);
  auto wanted = Doc(options);
  outcome.check(Level::kContent, wanted.apply_update(bytes_at(*expected, "restored1")).has_value(),
                "restored state");
  bool restored = past && content_text(*past, vector) == content_text(wanted, vector) &&
                  past->state_vector() == wanted.state_vector();
  outcome.check(Level::kContent, restored, "document restored");
  sync::TypeId text = sync::find_root(base, "text");
  // Types inside the text show what they hold now, and pairs cut since then stay cut: not
  // comparable.
  std::string at_first = to_json(*expected->find("textAt1")->find("$text"));
  bool comparable = at_first.find("{\"$") == std::string::npos &&
                    content_text(base, vector).find("\xEF\xBF\xBD") == std::string::npos;
  std::string ours_at_first = to_json(delta_json(base, sync::text_delta_at(base, text, *first)));
  outcome.check(Level::kContent, !comparable || ours_at_first == at_first, "text at a snapshot");
  outcome.check(Level::kContent,
                to_json(sorted_members(
                    delta_json(base, sync::text_delta_at(base, text, *second, &*first)))) ==
                    to_json(sorted_members(*expected->find("delta12"))),
                "changes between snapshots");
}

void check_diffs(const Doc& doc, const Any& expect, Outcome& outcome) {
  const Any* diffs = expect.find("diffs");
  if (diffs == nullptr) return;
  for (const Any& diff : *diffs->as_array()) {
    auto known = sync::StateVector::decode(bytes_at(diff, "sv"));
    if (!known) {
      outcome.check(Level::kBytes, false, "state vector of a diff refused");
      continue;
    }
    auto from_bytes = sync::diff_update(bytes_at(expect, "update"), *known, Format::kV1);
    outcome.check(Level::kBytes, from_bytes && *from_bytes == bytes_at(diff, "fromBytes"),
                  "diffUpdate");
    // Ours may be joined further than what yjs had in memory; then the content of the diff must be
    // the same.
    Bytes ours = doc.encode_state(*known);
    Bytes theirs = bytes_at(diff, "update");
    bool comparable =
        expect.find("compact") != nullptr && expect.find("compact")->as_bool() != nullptr;
    if (comparable) outcome.check(Level::kBytes, ours == theirs, "diff");
  }
}

void check_bytes(const Doc& doc, const Any& expect, Outcome& outcome) {
  Bytes ours = doc.encode_state();
  Bytes update = bytes_at(expect, "update");
  const Any* compact = expect.find("compact");
  bool shorter = compact != nullptr && compact->as_string() != nullptr;
  bool equal = ours == update || (shorter && ours == from_base64(*compact->as_string()));
  outcome.check(Level::kBytes, equal, "update");
  Bytes ours_v2 = doc.encode_state({}, Format::kV2);
  bool equal_v2 = ours_v2 == bytes_at(expect, "updateV2");
  if (!equal_v2 && shorter) {
    // Of the shorter form there is only v1; the mark of an omitted key is lost in a conversion of
    // either.
    auto as_v1 = sync::convert_update(ours_v2, Format::kV2, Format::kV1);
    auto wanted =
        sync::convert_update(from_base64(*compact->as_string()), Format::kV1, Format::kV1);
    equal_v2 = as_v1 && wanted && *as_v1 == *wanted;
  }
  outcome.check(Level::kBytes, equal_v2, "updateV2");
}

/// Merging without a document. Where updates came as v2 their v1 form is made here, as the
/// generator's was made.
void check_merged(const Any& expect, const std::vector<Bytes>& updates, Format format,
                  Outcome& outcome) {
  const Any* merged = expect.find("merged");
  if (merged == nullptr || merged->as_string() == nullptr) return;
  std::vector<Bytes> v1;
  for (const Bytes& update : updates) {
    auto converted = sync::convert_update(update, format, Format::kV1);
    if (converted) v1.push_back(format == Format::kV1 ? update : std::move(*converted));
  }
  std::vector<ByteView> views(v1.begin(), v1.end());
  auto ours = sync::merge_updates(views, Format::kV1);
  Bytes theirs = from_base64(*merged->as_string());
  bool equal = ours && *ours == theirs;
  if (!equal && ours && views.size() == 1 && format == Format::kV2) {
    // A single update is passed through as it is, and its v1 form is not known: compare what both
    // say.
    auto normal = sync::convert_update(theirs, Format::kV1, Format::kV1);
    equal = normal && *ours == *normal;
  }
  outcome.check(Level::kBytes, equal, "merged");
  auto state = sync::state_vector_of_update(theirs, Format::kV1);
  outcome.check(Level::kBytes, state && state->encode() == bytes_at(expect, "svFromMerged"),
                "svFromMerged");
  auto meta = sync::update_meta(theirs, Format::kV1);
  auto json = [](const std::map<sync::ClientId, sync::Clock>& clocks) {
    Any::Object members;
    for (const auto& [client, clock] : clocks)
      members.push_back({std::to_string(client), static_cast<double>(clock)});
    std::sort(members.begin(), members.end(),
              [](const AnyMember& a, const AnyMember& b) { return a.key < b.key; });
    return members;
  };
  auto sorted = [](const Any* object) {
    Any::Object members = *object->as_object();
    std::sort(members.begin(), members.end(),
              [](const AnyMember& a, const AnyMember& b) { return a.key < b.key; });
    return members;
  };
  outcome.check(Level::kBytes, meta && json(meta->from) == sorted(expect.find("metaFrom")),
                "metaFrom");
  outcome.check(Level::kBytes, meta && json(meta->to) == sorted(expect.find("metaTo")), "metaTo");
}

std::string question(const Any& vector, const Doc& doc, const Any& expect) {
  return to_json(Any::Object{{"gc", flag_at(vector, "gc")},
                             {"v1", base64(doc.encode_state())},
                             {"v2", base64(doc.encode_state({}, Format::kV2))},
                             {"roots", *vector.find("roots")},
                             {"content", *expect.find("content")},
                             {"sv", text_at(expect, "sv")},
                             {"ds", *expect.find("ds")}});
}

}  // namespace

void check_session(const Any& vector, Outcome& outcome, std::vector<std::string>& questions) {
  const Any& expect = *vector.find("expect");
  Format format = format_of(vector);
  Doc doc = replica(vector);
  std::vector<Bytes> updates;
  const Any::Array& checkpoints = *vector.find("checkpoints")->as_array();
  for (const Any& text : *vector.find("updates")->as_array()) {
    updates.push_back(from_base64(*text.as_string()));
    auto applied = doc.apply_update(updates.back(), format);
    outcome.check(Level::kContent, applied.has_value(),
                  applied ? "" : "refused: " + applied.error().code);
    for (const Any& checkpoint : checkpoints) {
      if (number_at(checkpoint, "after") == static_cast<double>(updates.size())) {
        check_checkpoint(vector, doc, checkpoint, outcome);
      }
    }
  }
  check_state(vector, doc, expect, "", outcome);
  check_pending(doc, expect, outcome);
  outcome.check(Level::kContent,
                sync::text_string(doc, sync::find_root(doc, "text")) == text_at(expect, "text"),
                "text");
  std::string xml = sync::xml_string(doc, sync::find_root(doc, "xml"), sync::TypeRef::kXmlFragment);
  outcome.check(Level::kContent, xml == text_at(expect, "xml"), "xml");
  check_load(vector, expect, "update", Format::kV1, outcome);
  check_load(vector, expect, "updateV2", Format::kV2, outcome);
  check_load(vector, expect, "compact", Format::kV1, outcome);
  check_positions(vector, doc, outcome);
  check_snapshots(vector, outcome);
  check_bytes(doc, expect, outcome);
  check_diffs(doc, expect, outcome);
  check_merged(expect, updates, format, outcome);
  questions.push_back(question(vector, doc, expect));
}

}  // namespace footprint::vectors
