// One struct of an update as it stands on the wire, and a whole update decoded and checked.
//
// This is the seam between the codecs (update_reader, update_writer) and everything that works on
// structs: the document, document-free merge and diff, and inspection. Both encodings decode to the
// same WireStruct.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sync/delete_set.hpp"
#include "sync/id.hpp"

namespace footprint::sync {

/// The five low bits of a struct's info byte.
enum class ContentKind : std::uint8_t {
  kGc = 0,
  kDeleted = 1,
  kJson = 2,
  kBinary = 3,
  kString = 4,
  kEmbed = 5,
  kFormat = 6,
  kType = 7,
  kAny = 8,
  kDoc = 9,
  kSkip = 10,
};

enum class TypeRef : std::uint8_t {
  kArray = 0,
  kMap = 1,
  kText = 2,
  kXmlElement = 3,
  kXmlFragment = 4,
  kXmlHook = 5,
  kXmlText = 6,
};

/// How an embed's or a format mark's value is encoded: v1 writes JSON text, v2 lib0 `any`.
/// Whichever came is kept as it came; only writing the other encoding converts.
enum class ValueEncoding : std::uint8_t { kJsonText, kAny };

/// Content in one canonical form for both encodings. `bytes` by kind:
///   kString  UTF-8 (length counts UTF-16 units)      kBinary  the bytes
///   kAny     the values, lib0 `any`, one after another kJson    the values, each a varString of
///   JSON text kEmbed   one value in `value_encoding`            kFormat  one value in
///   `value_encoding`; `name` = key kType    empty; `type_ref`, `name` = node name of kXmlElement /
///   kXmlHook kDoc     options, lib0 `any`; `name` = guid       kGc, kDeleted, kSkip: empty
struct WireContent {
  ContentKind kind = ContentKind::kGc;
  TypeRef type_ref = TypeRef::kArray;
  ValueEncoding value_encoding = ValueEncoding::kJsonText;
  std::string_view name;
  ByteView bytes;
};

enum class ParentKind : std::uint8_t { kFromNeighbour, kRootName, kItem };

struct WireStruct {
  Id id;
  Clock length = 0;
  WireContent content;
  bool has_origin = false;
  bool has_right_origin = false;
  bool has_parent_sub = false;  // info bit 0x20, which stays set where the key itself is omitted
  ParentKind parent_kind = ParentKind::kFromNeighbour;
  Id origin;
  Id right_origin;
  std::string_view parent_name;  // kRootName
  Id parent_item;                // kItem
  std::string_view parent_sub;   // only where parent_kind != kFromNeighbour

  bool is_item() const {
    return content.kind != ContentKind::kGc && content.kind != ContentKind::kSkip;
  }
};

inline constexpr std::size_t kDecodedStructBytes = 160;
static_assert(sizeof(WireStruct) <= kDecodedStructBytes);

/// Structs of one client, in clock order without holes (holes are kSkip structs).
struct ClientStructs {
  ClientId client = 0;
  std::vector<WireStruct> structs;
};

/// Views point into the update's bytes (which the caller keeps alive) or into `text`, which v2's
/// columns and conversions fill.
struct DecodedUpdate {
  std::vector<ClientStructs> clients;  // in wire order
  DeleteSet deletes;
  std::shared_ptr<const void> text;  // owns what views do not borrow
};

/// Ceilings of a decode. Memory is bounded by the input's size: v1 has at most a struct in two
/// bytes; of v2, whose columns compress runs, 65,536 structs and one more for each byte are taken.
/// A decoded struct takes sizeof(WireStruct), at most kDecodedStructBytes.
struct DecodeLimits {
  std::size_t bytes_max = 64u << 20;
  std::size_t any_depth_max = 100;
};

/// Decodes and validates everything before anybody acts on it. Errors: "update.truncated",
/// "update.malformed", "update.too_large", "update.unknown_content", "update.clock_range",
/// "update.client_range", "update.depth".
Result<DecodedUpdate> decode_update(ByteView bytes, Format format, const DecodeLimits& limits = {});

/// "update.malformed" for structs that refer to themselves or to what their client writes later:
/// they could never be applied.
Status check_references(const DecodedUpdate& update);

/// Writes an update struct by struct: begin(), then for each client begin_client() and its structs,
/// finish().
class UpdateWriter {
 public:
  explicit UpdateWriter(Format format);
  ~UpdateWriter();
  UpdateWriter(UpdateWriter&&) noexcept;
  UpdateWriter& operator=(UpdateWriter&&) noexcept;

  void begin(std::size_t client_count);  // clients must follow in descending id
  void begin_client(ClientId client, std::size_t struct_count, Clock first_clock);
  /// Leaves out the first `offset` units of the struct (first struct of a diff): the origin becomes
  /// the unit before, the content is sliced, a surrogate pair cut in two becomes U+FFFD on each
  /// side, as in yjs.
  void write(const WireStruct& item, Clock offset = 0);
  Bytes finish(const DeleteSet& deletes);

 private:
  struct Columns;
  std::unique_ptr<Columns> columns_;
};

}  // namespace footprint::sync
