// The built web app, read into memory once at the start. A path is looked up among the files that
// were there then, so no request can name anything else on the disk.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace footprint::net {

/// One file in the forms it can be sent in.
struct StaticFile {
  std::string content_type;
  std::string etag;  // strong, of the plain content: "\"…\""; each form appends its own letter
  bool immutable = false;  // its name carries a hash of its content
  std::string plain;
  std::string gzip;    // empty: not made, or not smaller
  std::string brotli;  // only from a .br file beside it
};

/// What to answer with; views into the catalogue.
struct StaticAnswer {
  int status = 404;  // 200, 304 or 404
  std::string_view content_type;
  std::string_view content_encoding;  // "br", "gzip" or empty
  std::string etag;
  std::string_view cache_control;
  std::string_view body;
  bool varies = false;  // Vary: Accept-Encoding
};

/// Immutable after load(): any thread may read.
class StaticFiles {
 public:
  /// Reads every file below `folder`. Errors: "web.missing" (no index.html there),
  /// "web.unreadable", "web.too_large".
  static Result<StaticFiles> load(const std::string& folder);

  /// `path` as it came, without the query. App routes (no dot in the last part) get index.html.
  StaticAnswer find(std::string_view path, std::string_view accept_encoding,
                    std::string_view if_none_match) const;
  std::size_t size() const { return files_.size(); }

 private:
  std::map<std::string, StaticFile, std::less<>> files_;  // by path: "/static/app-1a2b.js"
};

/// The content coding to use: "br", "gzip" or "" by what the client accepts (q=0 refuses).
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);
/// Whether If-None-Match names this ETag (or is "*"); weak comparison.
bool etag_matches(std::string_view if_none_match, std::string_view etag);
std::string_view content_type_of(std::string_view path);
/// "app-Bx3k9Qz1.js": an asset whose name changes with its content.
bool has_hashed_name(std::string_view path);
std::string gzip_compress(std::string_view text);

}  // namespace footprint::net
