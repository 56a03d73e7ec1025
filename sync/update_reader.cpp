// Decoding of updates. Both encodings go through one reader of structs; they differ only in where
// its parts come from: one stream (v1) or columns (v2).
#include <algorithm>
#include <concepts>

#include "sync/any.hpp"
#include "sync/columns.hpp"
#include "sync/lib0.hpp"
#include "sync/utf8.hpp"
#include "sync/wire_struct.hpp"

namespace footprint::sync {
namespace {

constexpr std::uint8_t kKindMask = 0x1F, kHasOrigin = 0x80, kHasRightOrigin = 0x40,
                       kHasParentSub = 0x20;

/// An id as read: not yet checked against the ranges.
struct RawId {
  std::uint64_t client = 0;
  std::uint64_t clock = 0;
};

class V1Source {
 public:
  static constexpr Format kFormat = Format::kV1;
  V1Source(ByteView bytes, TextArena&) : rest_(bytes) {}

  Reader& rest() { return rest_; }
  ReadFailure failure() const { return rest_.failure(); }
  /// No struct is shorter than two bytes.
  std::uint64_t structs_max() const { return rest_.remaining() / 2; }
  std::uint64_t client() { return rest_.var_uint(); }
  RawId left_id() {
    std::uint64_t client = rest_.var_uint();
    return {client, rest_.var_uint()};
  }
  RawId right_id() { return left_id(); }
  std::uint8_t info() { return rest_.u8(); }
  std::string_view string(std::size_t* units = nullptr) { return rest_.var_string(units); }
  bool parent_is_root() { return rest_.var_uint() == 1; }
  std::uint64_t type_ref() { return rest_.var_uint(); }
  std::uint64_t length() { return rest_.var_uint(); }
  std::string_view key() { return rest_.var_string(); }

 private:
  Reader rest_;
};

class V2Source {
 public:
  static constexpr Format kFormat = Format::kV2;
  V2Source(ByteView bytes, TextArena& arena) : V2Source(Reader(bytes), bytes.size(), arena) {}

  Reader& rest() { return rest_; }
  ReadFailure failure() const {
    for (ReadFailure each :
         {rest_.failure(), keys_.reader().failure(), clients_.reader().failure(),
          lefts_.reader().failure(), rights_.reader().failure(), infos_.reader().failure(),
          strings_.failure(), parents_.reader().failure(), types_.reader().failure(),
          lengths_.reader().failure()}) {
      if (each != ReadFailure::kNone) return each;
    }
    return ReadFailure::kNone;
  }
  /// Columns compress runs, so bytes do not bound structs tightly; this bounds the memory of a
  /// hostile input.
  std::uint64_t structs_max() const { return 65'536 + size_; }
  std::uint64_t client() { return clients_.next(); }
  RawId left_id() {
    std::uint64_t client = clients_.next();
    return {client, static_cast<std::uint64_t>(lefts_.next())};
  }
  RawId right_id() {
    std::uint64_t client = clients_.next();
    return {client, static_cast<std::uint64_t>(rights_.next())};
  }
  std::uint8_t info() { return infos_.next(); }
  std::string_view string(std::size_t* units = nullptr) { return strings_.next(units); }
  bool parent_is_root() { return parents_.next() == 1; }
  std::uint64_t type_ref() { return types_.next(); }
  std::uint64_t length() { return lengths_.next(); }
  /// Writers never refer back to an earlier key, readers allow it.
  std::string_view key() {
    std::int64_t number = keys_.next();
    if (number < 0) {
      rest_.fail(ReadFailure::kMalformed);
      return {};
    }
    if (static_cast<std::uint64_t>(number) < known_keys_.size())
      return known_keys_[static_cast<std::size_t>(number)];
    return known_keys_.emplace_back(strings_.next());
  }

 private:
  /// The columns stand in the order of the members; the rest follows them.
  V2Source(Reader reader, std::size_t size, TextArena& arena)
      : size_(size),
        flag_(reader.var_uint()),
        keys_(reader.var_bytes()),
        clients_(reader.var_bytes()),
        lefts_(reader.var_bytes()),
        rights_(reader.var_bytes()),
        infos_(reader.var_bytes()),
        strings_(reader.var_bytes(), arena),
        parents_(reader.var_bytes()),
        types_(reader.var_bytes()),
        lengths_(reader.var_bytes()),
        rest_(reader.take(reader.remaining())) {
    if (!reader.ok()) rest_.fail(reader.failure());
    if (flag_ != 0) rest_.fail(ReadFailure::kMalformed);
  }

  std::size_t size_;
  std::uint64_t flag_;  // of features no version has
  IntDiffOptRleReader keys_;
  UintOptRleReader clients_;
  IntDiffOptRleReader lefts_, rights_;
  RleByteReader infos_;
  StringColumnReader strings_;
  RleByteReader parents_;
  UintOptRleReader types_, lengths_;
  Reader rest_;
  std::vector<std::string_view> known_keys_;
};

Error error_of(std::string code) {
  ErrorKind kind = code == "update.too_large" ? ErrorKind::kTooLarge : ErrorKind::kMalformed;
  return {kind, std::move(code),
          "The bytes are not a Yjs update that can be taken; nothing was changed."};
}

const char* code_of(ReadFailure failure) {
  switch (failure) {
    case ReadFailure::kTruncated:
      return "update.truncated";
    case ReadFailure::kDepth:
      return "update.depth";
    case ReadFailure::kNumberRange:
      return "update.clock_range";
    default:
      return "update.malformed";
  }
}

template <typename Source>
class UpdateReader {
 public:
  UpdateReader(ByteView bytes, const DecodeLimits& limits)
      : limits_(limits), arena_(std::make_shared<TextArena>()), source_(bytes, *arena_) {}

  Result<DecodedUpdate> read() {
    std::uint64_t clients = source_.rest().count(2);
    structs_left_ = source_.structs_max();
    for (std::uint64_t i = 0; i < clients && good(); ++i) read_client();
    if (good()) check_clients_unique();
    if (good()) update_.deletes = read_delete_set(source_.rest(), Source::kFormat);
    if (good() && !source_.rest().at_end()) refuse("update.malformed");
    if (!good())
      return forward_error(error_of(code_ != nullptr ? code_ : code_of(source_.failure())));
    update_.text = arena_;
    return std::move(update_);
  }

 private:
  bool good() const { return code_ == nullptr && source_.failure() == ReadFailure::kNone; }
  void refuse(const char* code) {
    if (good()) code_ = code;
  }

  void read_client() {
    std::uint64_t count = source_.rest().var_uint();
    if (count > structs_left_) return refuse("update.truncated");
    structs_left_ -= count;
    ClientStructs section{read_client_id(), {}};
    next_clock_ = source_.rest().var_uint();
    if (next_clock_ > kClockMax) return refuse("update.clock_range");
    section.structs.reserve(std::min<std::uint64_t>(count, source_.rest().remaining() + 16));
    for (std::uint64_t i = 0; i < count && good(); ++i) {
      WireStruct& item = section.structs.emplace_back();
      item.id = {section.client, static_cast<Clock>(next_clock_)};
      read_struct(item);
    }
    if (!section.structs.empty()) update_.clients.push_back(std::move(section));
  }

  ClientId read_client_id() {
    bool was_good = good();
    std::uint64_t client = source_.client();
    if (was_good && source_.failure() == ReadFailure::kNumberRange) code_ = "update.client_range";
    return client;
  }

  Id checked(RawId raw) {
    if (raw.clock > kClockMax) refuse("update.clock_range");
    return {raw.client, static_cast<Clock>(raw.clock)};
  }

  void read_struct(WireStruct& item) {
    std::uint8_t info = source_.info();
    std::uint8_t kind = info & kKindMask;
    if (kind > static_cast<std::uint8_t>(ContentKind::kSkip))
      return refuse("update.unknown_content");
    item.content.kind = static_cast<ContentKind>(kind);
    std::uint64_t length = 1;
    if (item.content.kind == ContentKind::kSkip) {
      if (info != kind) return refuse("update.malformed");
      length = source_.rest().var_uint();
    } else if (item.content.kind == ContentKind::kGc) {
      length = source_.length();
    } else {
      read_place(item, info);
      if (!good()) return;
      length = read_content(item.content);
    }
    if (!good()) return;
    if (length == 0 && item.content.kind != ContentKind::kSkip) return refuse("update.malformed");
    if (length > kClockMax - next_clock_) return refuse("update.clock_range");
    item.length = static_cast<Clock>(length);
    next_clock_ += length;
  }

  void read_place(WireStruct& item, std::uint8_t info) {
    item.has_origin = (info & kHasOrigin) != 0;
    item.has_right_origin = (info & kHasRightOrigin) != 0;
    item.has_parent_sub = (info & kHasParentSub) != 0;
    if (item.has_origin) item.origin = checked(source_.left_id());
    if (item.has_right_origin) item.right_origin = checked(source_.right_id());
    if (!item.has_origin && !item.has_right_origin) {
      if (source_.parent_is_root()) {
        item.parent_kind = ParentKind::kRootName;
        item.parent_name = source_.string();
      } else {
        item.parent_kind = ParentKind::kItem;
        item.parent_item = checked(source_.left_id());
      }
      if (item.has_parent_sub) item.parent_sub = source_.string();
    }
    // What an item hangs on was there before it: a client cannot refer to what it had yet to write.
    auto is_later = [&item](Id id) {
      return id.client == item.id.client && id.clock >= item.id.clock;
    };
    bool later = (item.has_origin && is_later(item.origin)) ||
                 (item.has_right_origin && is_later(item.right_origin)) ||
                 (item.parent_kind == ParentKind::kItem && is_later(item.parent_item));
    if (later) refuse("update.malformed");
  }

  /// Gives the length.
  std::uint64_t read_content(WireContent& content) {
    switch (content.kind) {
      case ContentKind::kDeleted:
        return source_.length();
      case ContentKind::kJson:
        return read_json_values(content);
      case ContentKind::kBinary:
        content.bytes = source_.rest().var_bytes();
        return 1;
      case ContentKind::kString: {
        std::size_t units = 0;
        content.bytes = as_bytes(source_.string(&units));
        return units;
      }
      case ContentKind::kEmbed:
        read_value(content);
        return 1;
      case ContentKind::kFormat:
        content.name = source_.key();
        read_value(content);
        return 1;
      case ContentKind::kType:
        read_type(content);
        return 1;
      case ContentKind::kAny:
        return read_any_values(content);
      case ContentKind::kDoc:
        content.name = source_.string();
        content.bytes = skipped_any();
        return 1;
      default:
        refuse("update.unknown_content");
        return 0;
    }
  }

  void read_type(WireContent& content) {
    std::uint64_t type = source_.type_ref();
    if (type > static_cast<std::uint64_t>(TypeRef::kXmlText)) return refuse("update.malformed");
    content.type_ref = static_cast<TypeRef>(type);
    bool named = content.type_ref == TypeRef::kXmlElement || content.type_ref == TypeRef::kXmlHook;
    if (named) content.name = source_.key();
  }

  ByteView skipped_any() {
    Reader& rest = source_.rest();
    std::size_t from = rest.position();
    rest.skip_any(limits_.any_depth_max);
    return rest.ok() ? rest.between(from, rest.position()) : ByteView{};
  }

  std::uint64_t read_any_values(WireContent& content) {
    std::uint64_t count = source_.length();
    Reader& rest = source_.rest();
    std::size_t from = rest.position();
    for (std::uint64_t i = 0; i < count && good(); ++i) rest.skip_any(limits_.any_depth_max);
    if (good()) content.bytes = rest.between(from, rest.position());
    return count;
  }

  void check_value_text(std::string_view text) {
    JsonCheck check = check_json(text, limits_.any_depth_max);
    if (check == JsonCheck::kTooDeep) refuse("update.depth");
    if (check == JsonCheck::kInvalid) refuse("update.malformed");
  }

  void read_value(WireContent& content) {
    if constexpr (Source::kFormat == Format::kV1) {
      content.value_encoding = ValueEncoding::kJsonText;
      std::string_view text = source_.string();
      if (good()) check_value_text(text);
      content.bytes = as_bytes(text);
    } else {
      content.value_encoding = ValueEncoding::kAny;
      content.bytes = skipped_any();
    }
  }

  /// v1 has the canonical form on the wire; from v2's string column it is put together.
  std::uint64_t read_json_values(WireContent& content) {
    std::uint64_t count = source_.length();
    std::size_t from = source_.rest().position();
    Writer joined;
    for (std::uint64_t i = 0; i < count && good(); ++i) {
      std::string_view text = source_.string();
      if (good() && text != "undefined") check_value_text(text);
      if constexpr (Source::kFormat == Format::kV2) joined.var_string(text);
    }
    if (!good()) return 0;
    if constexpr (Source::kFormat == Format::kV1) {
      content.bytes = source_.rest().between(from, source_.rest().position());
    } else {
      content.bytes = as_bytes(arena_->add(std::string(as_text(joined.bytes()))));
    }
    return count;
  }

  /// yjs would silently drop the first of two sections of one client; no writer makes them.
  void check_clients_unique() {
    std::vector<ClientId> ids;
    ids.reserve(update_.clients.size());
    for (const ClientStructs& section : update_.clients) ids.push_back(section.client);
    std::sort(ids.begin(), ids.end());
    if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) refuse("update.malformed");
  }

  const DecodeLimits& limits_;
  std::shared_ptr<TextArena> arena_;
  Source source_;
  DecodedUpdate update_;
  std::uint64_t structs_left_ = 0;
  std::uint64_t next_clock_ = 0;
  const char* code_ = nullptr;
};

}  // namespace

Result<DecodedUpdate> decode_update(ByteView bytes, Format format, const DecodeLimits& limits) {
  if (bytes.size() > limits.bytes_max) return forward_error(error_of("update.too_large"));
  if (format == Format::kV1) return UpdateReader<V1Source>(bytes, limits).read();
  return UpdateReader<V2Source>(bytes, limits).read();
}

Status check_references(const DecodedUpdate& update) {
  for (const ClientStructs& client : update.clients) {
    for (const WireStruct& in : client.structs) {
      auto forward = [&](const Id& id) {
        return id.client == in.id.client && id.clock >= in.id.clock;
      };
      if ((in.has_origin && forward(in.origin)) ||
          (in.has_right_origin && forward(in.right_origin)) ||
          (in.parent_kind == ParentKind::kItem && forward(in.parent_item))) {
        return fail(ErrorKind::kMalformed, "update.malformed",
                    "The update refers to itself. It was not applied.");
      }
    }
  }
  return {};
}

}  // namespace footprint::sync
