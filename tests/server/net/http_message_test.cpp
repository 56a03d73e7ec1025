#include "net/http_message.hpp"

#include "catch.hpp"
#include "net/handshake.hpp"
#include "net/log.hpp"

using namespace footprint;
using namespace footprint::net;

namespace {

api::HttpRequest get(std::string path, std::vector<api::Header> headers = {}) {
  api::HttpRequest request;
  request.method = "GET";
  request.path = std::move(path);
  request.headers = std::move(headers);
  request.headers.emplace_back("host", "127.0.0.1:8080");
  return request;
}

std::string code_of(const Status& status) {
  return status ? "" : status.error().code;
}

}  // namespace

TEST_CASE("the handshake answers the key of RFC 6455") {
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(is_websocket_key("dGhlIHNhbXBsZSBub25jZQ=="));
  CHECK_FALSE(is_websocket_key("dGhlIHNhbXBsZSBub25jZQ="));
  CHECK_FALSE(is_websocket_key("short"));
  CHECK_FALSE(is_websocket_key(""));
}

TEST_CASE("only pages of the same host, or listed ones, may change state") {
  std::vector<std::string> none, listed{"https://plans.example.org"};
  CHECK(origin_allowed("", "plans.nhs.test", none));
  CHECK(origin_allowed("http://127.0.0.1:8080", "127.0.0.1:8080", none));
  CHECK(origin_allowed("https://plans.nhs.test", "plans.nhs.test", none));
  CHECK(origin_allowed("https://plans.nhs.test", "plans.nhs.test:443", none));
  CHECK(origin_allowed("https://PLANS.nhs.test", "plans.nhs.test", none));
  CHECK(origin_allowed("https://plans.example.org", "inner:8080", listed));
  CHECK_FALSE(origin_allowed("http://127.0.0.1:8081", "127.0.0.1:8080", none));
  CHECK_FALSE(origin_allowed("http://localhost:8080", "127.0.0.1:8080", none));
  CHECK_FALSE(origin_allowed("https://evil.test", "plans.nhs.test", none));
  CHECK_FALSE(origin_allowed("https://plans.nhs.test.evil.test", "plans.nhs.test", none));
  CHECK_FALSE(origin_allowed("null", "plans.nhs.test", none));
  CHECK_FALSE(origin_allowed("file://", "", none));
  CHECK_FALSE(origin_allowed("ftp://plans.nhs.test", "plans.nhs.test", none));
}

TEST_CASE("a demo knows its own names only") {
  for (const char* host :
       {"localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:9", "[::1]:8080", "[::1]"}) {
    CHECK(is_loopback_host(host));
  }
  for (const char* host :
       {"evil.test", "127.0.0.1.evil.test:80", "localhost.evil.test", "", "10.0.0.1"}) {
    CHECK_FALSE(is_loopback_host(host));
  }
}

TEST_CASE("requests are checked before they are answered") {
  AnswerPolicy policy;
  CHECK(check_request(get("/"), true, false, policy));
  CHECK(code_of(check_request(get("/", {{"host", "other"}}), true, false, policy)) == "http.host");
  auto bare = get("/");
  bare.headers.clear();
  CHECK(code_of(check_request(bare, true, false, policy)) == "http.host");
  CHECK(check_request(bare, false, false, policy));
  CHECK(code_of(check_request(get("/", {{"content-length", "1"}, {"transfer-encoding", "chunked"}}),
                              true, false, policy)) == "http.framing");
  CHECK(code_of(check_request(get("/", {{"content-length", "1"}, {"content-length", "1"}}), true,
                              false, policy)) == "http.framing");
  CHECK(code_of(check_request(get("/", {{"transfer-encoding", "gzip, chunked"}}), true, false,
                              policy)) == "http.framing");
  CHECK(code_of(check_request(get("http://elsewhere/"), true, false, policy)) == "http.target");
  CHECK(code_of(check_request(get("*"), true, false, policy)) == "http.target");
  CHECK(code_of(check_request(get("/a\tb"), true, false, policy)) == "http.target");

  api::Header foreign{"origin", "https://evil.test"};
  CHECK(check_request(get("/", {foreign}), true, false, policy));
  CHECK(code_of(check_request(get("/collab", {foreign}), true, true, policy)) == "origin.foreign");
  auto post = get("/api/v1/session", {foreign});
  post.method = "POST";
  CHECK(code_of(check_request(post, true, false, policy)) == "origin.foreign");
  policy.allowed_origins = {"https://evil.test"};
  CHECK(check_request(post, true, false, policy));

  policy.loopback_hosts_only = true;
  CHECK(check_request(get("/"), true, false, policy));
  auto rebound = get("/");
  rebound.headers = {{"host", "evil.test:8080"}};
  CHECK(code_of(check_request(rebound, true, false, policy)) == "http.misdirected");
}

TEST_CASE("who asks is the peer or, behind a proxy, whom the proxy names last") {
  AnswerPolicy policy;
  auto forwarded =
      get("/", {{"x-forwarded-for", "10.0.0.1"}, {"x-forwarded-for", "6.6.6.6, 192.0.2.7"}});
  CHECK(client_address("127.0.0.1:4711", forwarded, policy) == "127.0.0.1");
  CHECK(client_address("[::1]:4711", get("/"), policy) == "::1");
  policy.behind_tls_proxy = true;
  CHECK(client_address("127.0.0.1:4711", forwarded, policy) == "192.0.2.7");
  CHECK(client_address("127.0.0.1:4711", get("/"), policy) == "127.0.0.1");
  CHECK(client_address("127.0.0.1:4711", get("/", {{"x-forwarded-for", "<script>"}}), policy) ==
        "127.0.0.1");
}

TEST_CASE("an upgrade is asked for rightly or told what is wrong") {
  std::vector<api::Header> right{{"upgrade", "websocket"},
                                 {"connection", "keep-alive, Upgrade"},
                                 {"sec-websocket-version", "13"},
                                 {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  CHECK(check_websocket_request(get("/collab", right)));
  CHECK(code_of(check_websocket_request(get("/collab"))) == "websocket.version");
  auto old = right;
  old[2].second = "8";
  CHECK(code_of(check_websocket_request(get("/collab", old))) == "websocket.version");
  auto no_key = right;
  no_key.pop_back();
  CHECK(code_of(check_websocket_request(get("/collab", no_key))) == "websocket.handshake");
  auto offered = right;
  offered.emplace_back("sec-websocket-protocol", "one, two");
  auto head = switching_protocols(get("/collab", offered));
  CHECK(head.starts_with("HTTP/1.1 101 "));
  CHECK(head.find("sec-websocket-protocol: one\r\n") != head.npos);
  CHECK(head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != head.npos);
}

TEST_CASE("every answer carries the headers that protect its reader") {
  api::HttpResponse response;
  response.headers = {{"x-name", "a\r\nset-cookie: b"}};
  auto head = response_head(response, 12, true, {});
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(head.ends_with("\r\n\r\n"));
  for (const char* line :
       {"content-security-policy: default-src 'self';", "object-src 'none'", "base-uri 'none'",
        "frame-ancestors 'none'", "x-content-type-options: nosniff\r\n",
        "referrer-policy: ", "cross-origin-opener-policy: same-origin\r\n",
        "permissions-policy: ", "content-length: 12\r\n", "cache-control: no-store\r\n",
        "connection: keep-alive\r\n", "x-name: aset-cookie: b\r\n"}) {
    CAPTURE(line);
    CHECK(head.find(line) != head.npos);
  }
  CHECK(head.find("strict-transport-security") == head.npos);
  CHECK(head.find("footprint-demo") == head.npos);
}

TEST_CASE("an answer's own headers stand instead of the usual ones") {
  api::HttpResponse response;
  response.status = 304;
  response.headers = {{"Content-Security-Policy", "default-src 'none'"},
                      {"cache-control", "no-cache"}};
  AnswerPolicy policy;
  policy.demo = true;
  policy.behind_tls_proxy = true;
  auto head = response_head(response, 5, false, policy);
  CHECK(head.find("default-src 'self'") == head.npos);
  CHECK(head.find("no-store") == head.npos);
  CHECK(head.find("content-length") == head.npos);
  CHECK(head.find("footprint-demo: true\r\n") != head.npos);
  CHECK(head.find("strict-transport-security: max-age=31536000") != head.npos);
  CHECK(head.find("connection: close\r\n") != head.npos);
  response.status = 200;
  response.content_type = "text/event-stream";
  CHECK(response_head(response, std::nullopt, false, policy).find("content-length") ==
        std::string::npos);
}

TEST_CASE("a query's values are decoded") {
  CHECK(query_value("a=1&token=x%20y+z", "token") == "x y z");
  CHECK(query_value("token=%zz", "token").empty());
  CHECK(query_value("token=%4", "token").empty());
  CHECK(query_value("token=%41", "token") == "A");
  CHECK(query_value("notoken=1", "token").empty());
}

TEST_CASE("a log line cannot be forged by what a client sends") {
  auto line = log::format_line(log::Level::kInfo, "http.request",
                               {{"path", "/\"}\n{\"event\":\"forged\"\x7f\xc3"},
                                {"status", 200},
                                {"ok", true},
                                {"ms", 1.5}});
  CHECK(line ==
        "\"level\":\"info\",\"event\":\"http.request\",\"path\":\"/"
        "\\\"}\\u000a{\\\"event\\\":\\\"forged\\\""
        "\\u007f\\u00c3\",\"status\":200,\"ok\":true,\"ms\":1.500");
  auto line_of_long = log::format_line(log::Level::kWarn, "x", {{"path", std::string(9000, 'a')}});
  CHECK(line_of_long.size() < 600);
}
