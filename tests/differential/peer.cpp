// Documents behind a pipe, for tests that let Footprint and yjs edit together.
//
// A request is a length (4 bytes, little endian) and an object in lib0's `any` encoding; so is the
// answer:
//   {op:"new", doc, client, gc, clean}       {op:"apply", doc, update, format}    {op:"edit", doc,
//   edits:[...]} {op:"state", doc, sv, format}            {op:"sv", doc} {op:"content", doc}
//   {op:"position", doc, position}           {op:"positionAt", doc, root, index, assoc}
//   {op:"snapshot", doc, format}             {op:"restore", doc, to, snapshot}
//   {op:"changes", doc, root, now, before}
// An answer holds `bytes`, `text` or `number`, or `error` with a code.
#include <cstdio>
#include <map>

#include "edits.hpp"
#include "sync/doc.hpp"
#include "sync/read.hpp"
#include "sync/relative_position.hpp"
#include "sync/snapshot.hpp"
#include "tagged.hpp"

using namespace footprint;
using namespace footprint::sync;

namespace {

std::map<double, Doc> documents;

double number(const Any& request, std::string_view key) {
  const Any* found = request.find(key);
  return found != nullptr && found->as_number() != nullptr ? *found->as_number() : 0;
}

bool truth(const Any& request, std::string_view key) {
  const Any* found = request.find(key);
  return found != nullptr && found->as_bool() != nullptr && *found->as_bool();
}

Bytes bytes(const Any& request, std::string_view key) {
  const Any* found = request.find(key);
  return found != nullptr && found->as_bytes() != nullptr ? *found->as_bytes() : Bytes{};
}

Format format_of(const Any& request) {
  return number(request, "format") == 2 ? Format::kV2 : Format::kV1;
}

Any failure(const Error& error) {
  return Any::Object{{"error", Any(error.code)}};
}

std::string content(const Doc& doc) {
  Any::Object out;
  const std::pair<const char*, TypeRef> roots[] = {{"text", TypeRef::kText},
                                                   {"arr", TypeRef::kArray},
                                                   {"map", TypeRef::kMap},
                                                   {"xml", TypeRef::kXmlFragment}};
  for (auto [name, kind] : roots)
    out.push_back({name, tagged_type(doc, find_root(doc, name), kind)});
  return to_json(out);
}

std::string text(const Any& request, std::string_view key) {
  const Any* found = request.find(key);
  return found != nullptr && found->as_string() != nullptr ? *found->as_string() : "";
}

Any answer_position(const Doc& doc, const Any& request, std::string_view name) {
  if (name == "positionAt") {
    TypeId root = find_root(doc, text(request, "root"));
    auto assoc = static_cast<std::int64_t>(number(request, "assoc"));
    return Any::Object{
        {"bytes", relative_position(doc, root, static_cast<Clock>(number(request, "index")), assoc)
                      .encode()}};
  }
  auto position = RelativePosition::decode(bytes(request, "position"));
  if (!position) return failure(position.error());
  auto absolute = absolute_position(doc, *position);
  return Any::Object{{"number", absolute ? Any(static_cast<double>(absolute->index)) : Any::null()},
                     {"bytes", position->encode()},
                     {"text", to_json(position->to_json_value())}};
}

Any answer_snapshot(const Doc& doc, const Any& request, std::string_view name) {
  if (name == "snapshot")
    return Any::Object{{"bytes", take_snapshot(doc).encode(format_of(request))}};
  if (name == "restore") {
    auto snapshot = Snapshot::decode(bytes(request, "snapshot"), format_of(request));
    if (!snapshot) return failure(snapshot.error());
    auto restored = restore(doc, *snapshot);
    if (!restored) return failure(restored.error());
    documents.insert_or_assign(number(request, "to"), std::move(*restored));
    return Any::Object{};
  }
  auto now = Snapshot::decode(bytes(request, "now"));
  auto before = Snapshot::decode(bytes(request, "before"));
  if (!now || !before) return failure(now ? before.error() : now.error());
  TypeId root = find_root(doc, text(request, "root"));
  return Any::Object{
      {"text", Any(to_json(tagged_delta(doc, text_delta_at(doc, root, *now, &*before))))}};
}

Any answer(const Any& request) {
  const Any* op = request.find("op");
  std::string name = op != nullptr && op->as_string() != nullptr ? *op->as_string() : "";
  double slot = number(request, "doc");
  if (name == "new") {
    DocOptions options;
    options.client_id = static_cast<ClientId>(number(request, "client"));
    options.collect_garbage = truth(request, "gc");
    options.clean_formatting = truth(request, "clean");
    documents.insert_or_assign(slot, Doc(options));
    return Any::Object{};
  }
  auto found = documents.find(slot);
  if (found == documents.end()) return Any::Object{{"error", "no document"}};
  Doc& doc = found->second;
  if (name == "apply") {
    auto outcome = doc.apply_update(bytes(request, "update"), format_of(request));
    if (!outcome) return failure(outcome.error());
    return Any::Object{{"changed", Any(outcome->changed)},
                       {"structs", Any(doc.has_pending_structs())},
                       {"deletes", Any(doc.has_pending_deletes())}};
  }
  if (name == "edit") {
    bool possible = true;
    Bytes update = doc.transact([&](Transaction& transaction) {
      const Any* edits = request.find("edits");
      if (edits == nullptr || edits->as_array() == nullptr) return;
      for (const Any& edit : *edits->as_array())
        possible = make_edit(transaction, edit) && possible;
    });
    return Any::Object{{"bytes", std::move(update)}, {"possible", Any(possible)}};
  }
  if (name == "state") {
    auto known = StateVector::decode(bytes(request, "sv"));
    if (!known) return failure(known.error());
    return Any::Object{{"bytes", doc.encode_state(*known, format_of(request))}};
  }
  if (name == "sv") return Any::Object{{"bytes", doc.state_vector().encode()}};
  if (name == "content") return Any::Object{{"text", content(doc)}};
  if (name == "position" || name == "positionAt") return answer_position(doc, request, name);
  if (name == "snapshot" || name == "restore" || name == "changes")
    return answer_snapshot(doc, request, name);
  if (name == "memory")
    return Any::Object{{"number", Any(static_cast<double>(doc.memory_bytes()))}};
  return Any::Object{{"error", "unknown op"}};
}

bool read_exactly(void* to, std::size_t size) {
  return std::fread(to, 1, size, stdin) == size;
}

}  // namespace

int main() {
  std::uint8_t head[4];
  while (read_exactly(head, sizeof head)) {
    std::uint32_t size = head[0] | head[1] << 8 | head[2] << 16 | std::uint32_t{head[3]} << 24;
    Bytes body(size);
    if (!read_exactly(body.data(), size)) return 1;
    Reader reader{ByteView(body)};
    Any request = read_any(reader);
    if (!reader.ok()) return 1;
    Writer out;
    write_any(out, answer(request));
    auto length = static_cast<std::uint32_t>(out.size());
    for (int i = 0; i < 4; i++) head[i] = static_cast<std::uint8_t>(length >> (8 * i));
    std::fwrite(head, 1, sizeof head, stdout);
    std::fwrite(out.bytes().data(), 1, out.size(), stdout);
    std::fflush(stdout);
  }
  return 0;
}
