#include "net/static_files.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"

using namespace footprint;
using namespace footprint::net;
namespace fs = std::filesystem;

namespace {

/// A small built web app in a folder of its own, with a secret beside it.
struct WebFolder {
  fs::path root = fs::temp_directory_path() / ("footprint-static-" + std::to_string(::getpid()));
  fs::path web = root / "web";

  WebFolder() {
    fs::create_directories(web / "static");
    put(root / "secret.txt", "secret");
    put(web / "index.html", "<!doctype html><title>Footprint</title>" + std::string(1000, ' '));
    put(web / "static/app-Bx3k9Qz1.js", "export const a = 1;" + std::string(2000, '\n'));
    put(web / "static/app-Bx3k9Qz1.js.br", "brotli bytes");
    put(web / "favicon.ico", "icon");
    fs::create_symlink(root / "secret.txt", web / "link.txt");
  }
  ~WebFolder() { fs::remove_all(root); }

  static void put(const fs::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
  }
};

}  // namespace

TEST_CASE("files are found by their exact path, app routes get the page") {
  WebFolder folder;
  auto files = StaticFiles::load(folder.web.string());
  REQUIRE(files);
  CHECK(files->find("/index.html", "", "").status == 200);
  CHECK(files->find("/", "", "").content_type == "text/html; charset=utf-8");
  CHECK(files->find("/plans/cambridgeshire/sections/vision", "", "").body.starts_with("<!doctype"));
  CHECK(files->find("/favicon.ico", "", "").body == "icon");
  CHECK(files->find("/static/missing-Bx3k9Qz1.js", "", "").status == 404);
  CHECK(files->find("/missing.png", "", "").status == 404);
}

TEST_CASE("no path reaches outside the folder") {
  WebFolder folder;
  auto files = StaticFiles::load(folder.web.string());
  REQUIRE(files);
  for (const char* path :
       {"/../secret.txt", "/static/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
        "//secret.txt", "/static/..\\..\\secret.txt", "/./../secret.txt", "/secret.txt"}) {
    CAPTURE(path);
    CHECK(files->find(path, "", "").status == 404);
  }
  // Without a dot in the last part it is an app route: the page, never a file.
  CHECK(files->find("/../../etc/passwd", "", "").body.starts_with("<!doctype"));
}

TEST_CASE("the smallest form that the client accepts is sent") {
  WebFolder folder;
  auto files = StaticFiles::load(folder.web.string());
  REQUIRE(files);
  const char* path = "/static/app-Bx3k9Qz1.js";
  auto plain = files->find(path, "", "");
  auto gzip = files->find(path, "gzip, deflate", "");
  auto brotli = files->find(path, "gzip, deflate, br", "");
  CHECK(plain.content_encoding.empty());
  CHECK(gzip.content_encoding == "gzip");
  CHECK(gzip.body.size() < plain.body.size());
  CHECK(gzip.body.substr(0, 2) == "\x1f\x8b");
  CHECK(brotli.content_encoding == "br");
  CHECK(brotli.body == "brotli bytes");
  CHECK(plain.etag != gzip.etag);
  CHECK(gzip.etag != brotli.etag);
  CHECK(plain.varies);
  CHECK_FALSE(files->find("/favicon.ico", "br, gzip", "").varies);
}

TEST_CASE("a known etag is answered with 304") {
  WebFolder folder;
  auto files = StaticFiles::load(folder.web.string());
  REQUIRE(files);
  auto first = files->find("/", "gzip", "");
  auto again = files->find("/", "gzip", first.etag);
  CHECK(again.status == 304);
  CHECK(again.body.empty());
  CHECK(again.etag == first.etag);
  CHECK(files->find("/", "", first.etag).status == 200);
  CHECK(files->find("/", "gzip", "\"other\"").status == 200);
  CHECK(etag_matches("\"a\", W/\"b\"", "\"b\""));
  CHECK(etag_matches("*", "\"b\""));
  CHECK_FALSE(etag_matches("", "\"b\""));
}

TEST_CASE("only assets whose name changes with their content are kept for good") {
  WebFolder folder;
  auto files = StaticFiles::load(folder.web.string());
  REQUIRE(files);
  CHECK(files->find("/static/app-Bx3k9Qz1.js", "", "").cache_control.find("immutable") !=
        std::string::npos);
  CHECK(files->find("/", "", "").cache_control == "no-cache");
  CHECK(files->find("/favicon.ico", "", "").cache_control == "no-cache");
  CHECK(has_hashed_name("/static/index-D-3kQ_z1.css"));
  CHECK_FALSE(has_hashed_name("/static/logo.svg"));
  CHECK_FALSE(
      has_hashed_name("/assets/logo-coloured.svg"));  // copied as it is, under a name for people
  CHECK_FALSE(has_hashed_name("/index-Bx3k9Qz1.html"));
}

TEST_CASE("accept-encoding is read as written") {
  CHECK(accepts_coding("gzip", "gzip"));
  CHECK(accepts_coding("GZIP;q=0.5 , br", "gzip"));
  CHECK(accepts_coding("*", "br"));
  CHECK_FALSE(accepts_coding("gzip;q=0", "gzip"));
  CHECK_FALSE(accepts_coding("gzip; q=0.000", "gzip"));
  CHECK_FALSE(accepts_coding("*;q=0", "br"));
  CHECK_FALSE(accepts_coding("gzipped", "gzip"));
  CHECK_FALSE(accepts_coding("", "br"));
}

TEST_CASE("a folder without the app is named") {
  auto missing = StaticFiles::load("/nonexistent-web");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == "web.missing");
  CHECK(missing.error().message.find("/nonexistent-web") != std::string::npos);
}
