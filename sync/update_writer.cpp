#include "base/assert.hpp"
#include "sync/any.hpp"
#include "sync/columns.hpp"
#include "sync/lib0.hpp"
#include "sync/utf8.hpp"
#include "sync/wire_struct.hpp"

namespace footprint::sync {

/// Where the parts of a struct go: v1 writes all into `rest`, v2 spreads them over columns.
struct UpdateWriter::Columns {
  explicit Columns(Format f) : format(f) {}

  bool v1() const { return format == Format::kV1; }
  void client(ClientId id) {
    if (v1()) return rest.var_uint(id);
    clients.write(id);
  }
  void left_id(Id id) {
    client(id.client);
    if (v1()) return rest.var_uint(id.clock);
    lefts.write(id.clock);
  }
  void right_id(Id id) {
    client(id.client);
    if (v1()) return rest.var_uint(id.clock);
    rights.write(id.clock);
  }
  void info(std::uint8_t value) {
    if (v1()) return rest.u8(value);
    infos.write(value);
  }
  void string(std::string_view text) {
    if (v1()) return rest.var_string(text);
    strings.write(text, utf16_length(text));
  }
  void parent_info(bool root) {
    if (v1()) return rest.u8(root ? 1 : 0);
    parents.write(root ? 1 : 0);
  }
  void type_ref(TypeRef type) {
    auto number = static_cast<std::uint8_t>(type);
    if (v1()) return rest.var_uint(number);
    types.write(number);
  }
  void length(std::uint64_t value) {
    if (v1()) return rest.var_uint(value);
    lengths.write(value);
  }
  void key(std::string_view text) {
    if (!v1()) keys.write(next_key++);
    string(text);
  }

  void value(const WireContent& content);
  void content(const WireContent& content, Clock length, Clock offset);
  void text(const WireContent& content, Clock length, Clock offset);
  void json_values(ByteView values, Clock length, Clock offset);
  void any_values(ByteView values, Clock offset);

  Format format;
  Writer rest;
  IntDiffOptRleWriter keys;
  UintOptRleWriter clients;
  IntDiffOptRleWriter lefts, rights;
  RleByteWriter infos;
  StringColumnWriter strings;
  RleByteWriter parents;
  UintOptRleWriter types, lengths;
  std::int64_t next_key = 0;  // yjs never writes a key's number twice
};

/// An embed's or a format's value, converted where it came in the other encoding.
void UpdateWriter::Columns::value(const WireContent& content) {
  bool is_text = content.value_encoding == ValueEncoding::kJsonText;
  if (v1() && is_text) return rest.var_bytes(content.bytes);
  if (!v1() && !is_text) return rest.raw(content.bytes);
  if (v1()) {
    Reader reader(content.bytes);
    return rest.var_string(to_json(read_any(reader)));
  }
  std::optional<Any> parsed = parse_json(as_text(content.bytes));
  write_any(rest, parsed ? *parsed : Any());
}

void UpdateWriter::Columns::text(const WireContent& content, Clock length, Clock offset) {
  std::string_view whole = as_text(content.bytes);
  std::string tail;
  if (offset > 0) {
    if (whole.size() == length) {
      whole.remove_prefix(offset);
    } else {
      tail = utf16_tail(whole, offset);
      whole = tail;
    }
  }
  if (v1()) return rest.var_string(whole);
  strings.write(whole, length - offset);
}

void UpdateWriter::Columns::json_values(ByteView values, Clock count, Clock offset) {
  length(count - offset);
  Reader reader(values);
  for (Clock i = 0; i < count; ++i) {
    std::string_view each = as_text(reader.var_bytes());
    if (i >= offset) string(each);
  }
}

void UpdateWriter::Columns::any_values(ByteView values, Clock offset) {
  Reader reader(values);
  for (Clock i = 0; i < offset; ++i) reader.skip_any(kAnyDepthMax);
  rest.raw(reader.take(reader.remaining()));
}

void UpdateWriter::Columns::content(const WireContent& content, Clock count, Clock offset) {
  switch (content.kind) {
    case ContentKind::kDeleted:
      return length(count - offset);
    case ContentKind::kJson:
      return json_values(content.bytes, count, offset);
    case ContentKind::kBinary:
      return rest.var_bytes(content.bytes);
    case ContentKind::kString:
      return text(content, count, offset);
    case ContentKind::kEmbed:
      return value(content);
    case ContentKind::kFormat:
      key(content.name);
      return value(content);
    case ContentKind::kType:
      type_ref(content.type_ref);
      if (content.type_ref == TypeRef::kXmlElement || content.type_ref == TypeRef::kXmlHook)
        key(content.name);
      return;
    case ContentKind::kAny:
      length(count - offset);
      return any_values(content.bytes, offset);
    case ContentKind::kDoc:
      string(content.name);
      return rest.raw(content.bytes);
    case ContentKind::kGc:
    case ContentKind::kSkip:
      FP_ASSERT(false && "no item content");
  }
}

UpdateWriter::UpdateWriter(Format format) : columns_(std::make_unique<Columns>(format)) {}
UpdateWriter::~UpdateWriter() = default;
UpdateWriter::UpdateWriter(UpdateWriter&&) noexcept = default;
UpdateWriter& UpdateWriter::operator=(UpdateWriter&&) noexcept = default;

void UpdateWriter::begin(std::size_t client_count) {
  columns_->rest.var_uint(client_count);
}

void UpdateWriter::begin_client(ClientId client, std::size_t struct_count, Clock first_clock) {
  columns_->rest.var_uint(struct_count);
  columns_->client(client);
  columns_->rest.var_uint(first_clock);
}

void UpdateWriter::write(const WireStruct& item, Clock offset) {
  FP_ASSERT(offset < item.length || (offset == 0 && item.length == 0));
  Columns& to = *columns_;
  auto kind = static_cast<std::uint8_t>(item.content.kind);
  if (item.content.kind == ContentKind::kGc) {
    to.info(kind);
    return to.length(item.length - offset);
  }
  if (item.content.kind == ContentKind::kSkip) {
    to.info(kind);
    return to.rest.var_uint(item.length - offset);
  }
  bool has_origin = item.has_origin || offset > 0;
  to.info(static_cast<std::uint8_t>(kind | (has_origin ? 0x80 : 0) |
                                    (item.has_right_origin ? 0x40 : 0) |
                                    (item.has_parent_sub ? 0x20 : 0)));
  if (has_origin)
    to.left_id(offset > 0 ? Id{item.id.client, item.id.clock + offset - 1} : item.origin);
  if (item.has_right_origin) to.right_id(item.right_origin);
  if (!has_origin && !item.has_right_origin) {
    to.parent_info(item.parent_kind == ParentKind::kRootName);
    if (item.parent_kind == ParentKind::kRootName) {
      to.string(item.parent_name);
    } else {
      to.left_id(item.parent_item);
    }
    if (item.has_parent_sub) to.string(item.parent_sub);
  }
  to.content(item.content, item.length, offset);
}

Bytes UpdateWriter::finish(const DeleteSet& deletes) {
  Columns& from = *columns_;
  write_delete_set(from.rest, deletes, from.format);
  if (from.v1()) return from.rest.take();
  Writer out;
  out.reserve(from.rest.size() * 2 + 64);
  out.var_uint(0);  // features: none are defined
  out.var_bytes(from.keys.finish());
  out.var_bytes(from.clients.finish());
  out.var_bytes(from.lefts.finish());
  out.var_bytes(from.rights.finish());
  out.var_bytes(from.infos.finish());
  out.var_bytes(from.strings.finish());
  out.var_bytes(from.parents.finish());
  out.var_bytes(from.types.finish());
  out.var_bytes(from.lengths.finish());
  out.raw(from.rest.bytes());
  return out.take();
}

}  // namespace footprint::sync
