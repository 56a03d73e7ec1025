#include "net/static_files.hpp"

#include <sodium.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/limits.hpp"
#include "net/handshake.hpp"

namespace footprint::net {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWorthCompressingBytes = 512;

constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".xml", "application/xml"},
}};

bool is_text(std::string_view type) {
  return type.starts_with("text/") || type.starts_with("application/json") ||
         type.starts_with("application/manifest") || type.ends_with("xml") ||
         type == "application/wasm";
}

std::string content_etag(std::string_view content) {
  std::array<unsigned char, 16> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(content.data()), content.size(),
                     nullptr, 0);
  std::array<char, 33> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  return hex.data();
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.good() && !in.eof()) {
    return fail(ErrorKind::kIo, "web.unreadable", "Cannot read " + path.string() + ".");
  }
  return content;
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

bool has_hashed_name(std::string_view path) {
  if (!path.starts_with("/static/")) return false;
  auto name = last_part(path);
  auto dot = name.find('.');
  auto dash = name.rfind('-', dot);
  // The hash itself may hold a dash, so count back eight from the dot.
  if (dot == std::string_view::npos || dot < 9) return false;
  return name[dot - 9] == '-' || (dash != std::string_view::npos && dot - dash - 1 >= 8);
}

std::string gzip_compress(std::string_view text) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 9, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

Result<StaticFiles> StaticFiles::load(const std::string& folder) {
  std::error_code error;
  fs::path root(folder);
  if (!fs::is_regular_file(root / "index.html", error)) {
    return fail(ErrorKind::kNotFound, "web.missing",
                "There is no index.html in " + folder + ". Build the web app first.");
  }
  StaticFiles result;
  std::size_t total = 0;
  for (fs::recursive_directory_iterator at(root, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_regular_file(error) || at->path().extension() == ".br" ||
        at->path().extension() == ".gz") {
      continue;
    }
    auto path = "/" + at->path().lexically_relative(root).generic_string();
    auto content = read_file(at->path());
    if (!content) return forward_error(content.error());
    total += content->size();
    if (total > limits::kWebFilesBytesMax) {
      return fail(ErrorKind::kTooLarge, "web.too_large",
                  "The files in " + folder + " are larger than a web app should be.");
    }
    StaticFile file;
    file.content_type = content_type_of(path);
    file.etag = content_etag(*content);
    file.immutable = has_hashed_name(path);
    file.plain = std::move(*content);
    if (is_text(file.content_type) && file.plain.size() >= kWorthCompressingBytes) {
      auto beside = [&](const char* ending) {
        fs::path other = at->path();
        other += ending;
        auto text = fs::is_regular_file(other, error) ? read_file(other) : Result<std::string>("");
        return text ? *text : std::string();
      };
      file.brotli = beside(".br");
      file.gzip = beside(".gz");
      if (file.gzip.empty()) file.gzip = gzip_compress(file.plain);
      if (file.gzip.size() >= file.plain.size()) file.gzip.clear();
    }
    result.files_.emplace(std::move(path), std::move(file));
  }
  if (error) {
    return fail(ErrorKind::kIo, "web.unreadable", "Cannot read " + folder + ": " + error.message());
  }
  return result;
}

StaticAnswer StaticFiles::find(std::string_view path, std::string_view accept_encoding,
                               std::string_view if_none_match) const {
  auto found = files_.find(path);
  bool app_route = last_part(path).find('.') == std::string_view::npos;
  if (found == files_.end() && app_route) found = files_.find("/index.html");
  if (found == files_.end()) return {};
  const StaticFile& file = found->second;
  StaticAnswer answer;
  answer.status = 200;
  answer.content_type = file.content_type;
  answer.cache_control = file.immutable ? "public, max-age=31536000, immutable" : "no-cache";
  answer.varies = !file.brotli.empty() || !file.gzip.empty();
  answer.body = file.plain;
  answer.etag = '"' + file.etag + '"';
  if (!file.brotli.empty() && accepts_coding(accept_encoding, "br")) {
    answer.body = file.brotli;
    answer.content_encoding = "br";
    answer.etag = '"' + file.etag + "b\"";
  } else if (!file.gzip.empty() && accepts_coding(accept_encoding, "gzip")) {
    answer.body = file.gzip;
    answer.content_encoding = "gzip";
    answer.etag = '"' + file.etag + "g\"";
  }
  if (etag_matches(if_none_match, answer.etag)) {
    answer.status = 304;
    answer.body = {};
  }
  return answer;
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  bool accepted = false;
  while (!accept_encoding.empty()) {
    auto comma = accept_encoding.find(',');
    auto entry = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(comma == std::string_view::npos ? accept_encoding.size()
                                                                  : comma + 1);
    auto semicolon = entry.find(';');
    auto name = trimmed(entry.substr(0, semicolon));
    bool refused = false;
    if (semicolon != std::string_view::npos) {
      auto quality = trimmed(entry.substr(semicolon + 1));
      refused = quality.starts_with("q=0") && quality.find_first_of("123456789") == quality.npos;
    }
    if (equal_ignoring_case(name, coding)) return !refused;
    if (name == "*") accepted = !refused;
  }
  return accepted;
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    auto comma = if_none_match.find(',');
    auto entry = trimmed(if_none_match.substr(0, comma));
    if (entry.starts_with("W/")) entry.remove_prefix(2);
    if (entry == "*" || entry == etag) return true;
    if_none_match.remove_prefix(comma == std::string_view::npos ? if_none_match.size() : comma + 1);
  }
  return false;
}

}  // namespace footprint::net
