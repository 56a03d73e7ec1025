#include "net/http_message.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/handshake.hpp"

namespace footprint::net {

namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
    "'self'; "
    "connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action "
    "'self'; "
    "frame-ancestors 'none'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kUsualHeaders{{
    {"content-security-policy", kContentSecurityPolicy},
    {"x-content-type-options", "nosniff"},
    {"referrer-policy", "same-origin"},
    {"cross-origin-opener-policy", "same-origin"},
    {"cross-origin-resource-policy", "same-origin"},
    {"permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
}};

std::string_view reason_of(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 25> kReasons{{
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {302, "Found"},
      {304, "Not Modified"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {411, "Length Required"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {503, "Service Unavailable"},
  }};
  for (const auto& [number, reason] : kReasons) {
    if (number == status) return reason;
  }
  return "Status";
}

bool brings(const api::HttpResponse& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const auto& header) { return equal_ignoring_case(header.first, name); });
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  // A value never ends its line, wherever it came from.
  for (char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') head += c;
  }
  head += "\r\n";
}

std::size_t count_headers(const api::HttpRequest& request, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(request.headers.begin(), request.headers.end(),
                    [&](const auto& header) { return header.first == name; }));
}

bool changes_state(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) return {};
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace

std::string response_head(const api::HttpResponse& response, std::optional<std::size_t> body_bytes,
                          bool keep_alive, const AnswerPolicy& policy) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  head += reason_of(response.status);
  head += "\r\n";
  for (const auto& [name, value] : response.headers) append_header(head, name, value);
  for (const auto& [name, value] : kUsualHeaders) {
    if (!brings(response, name)) append_header(head, name, value);
  }
  bool no_content = response.status == 304 || response.status == 204;
  if (!no_content) append_header(head, "content-type", response.content_type);
  if (!no_content && body_bytes) append_header(head, "content-length", std::to_string(*body_bytes));
  if (!brings(response, "cache-control")) append_header(head, "cache-control", "no-store");
  if (policy.demo) append_header(head, "footprint-demo", "true");
  if (policy.behind_tls_proxy) {
    append_header(head, "strict-transport-security", "max-age=31536000; includeSubDomains");
  }
  append_header(head, "connection", keep_alive ? "keep-alive" : "close");
  head += "\r\n";
  return head;
}

Status check_request(const api::HttpRequest& request, bool http_1_1, bool upgrades,
                     const AnswerPolicy& policy) {
  auto hosts = count_headers(request, "host");
  if (hosts > 1 || (hosts == 0 && http_1_1)) {
    return fail(ErrorKind::kMalformed, "http.host", "A request must name one host.");
  }
  auto encodings = count_headers(request, "transfer-encoding");
  auto lengths = count_headers(request, "content-length");
  if (encodings + lengths > 1 ||
      (encodings == 1 && !equal_ignoring_case(request.header("transfer-encoding"), "chunked"))) {
    return fail(ErrorKind::kMalformed, "http.framing",
                "The length of the request's body is stated in two ways or in an unknown one.");
  }
  bool plain = std::all_of(request.path.begin(), request.path.end(),
                           [](char c) { return c > 0x20 && c < 0x7f; });
  if (request.path.empty() || request.path[0] != '/' || !plain) {
    return fail(ErrorKind::kMalformed, "http.target", "The address is not a path on this server.");
  }
  auto host = request.header("host");
  if (policy.loopback_hosts_only && hosts == 1 && !is_loopback_host(host)) {
    return fail(ErrorKind::kForbidden, "http.misdirected",
                "A demo answers only under localhost or 127.0.0.1.");
  }
  if ((upgrades || changes_state(request.method)) &&
      !origin_allowed(request.header("origin"), host, policy.allowed_origins)) {
    return fail(
        ErrorKind::kForbidden, "origin.foreign",
        "The request comes from a page of another site. Open Footprint itself and try there.");
  }
  return {};
}

bool asks_for_websocket(const api::HttpRequest& request) {
  return header_has_token(request.header("upgrade"), "websocket") &&
         header_has_token(request.header("connection"), "upgrade");
}

Status check_websocket_request(const api::HttpRequest& request) {
  if (!asks_for_websocket(request)) {
    return fail(ErrorKind::kInvalid, "websocket.version",
                "This address is for WebSockets: ask for an upgrade, version 13.");
  }
  if (request.header("sec-websocket-version") != "13") {
    return fail(ErrorKind::kInvalid, "websocket.version",
                "Only WebSocket version 13 is spoken here.");
  }
  if (request.method != "GET" || !is_websocket_key(request.header("sec-websocket-key")) ||
      !request.body.empty()) {
    return fail(
        ErrorKind::kMalformed, "websocket.handshake",
        "The WebSocket handshake is malformed: it needs GET, no body and a key of 16 bytes.");
  }
  return {};
}

std::string switching_protocols(const api::HttpRequest& request) {
  std::string head = "HTTP/1.1 101 Switching Protocols\r\n";
  append_header(head, "upgrade", "websocket");
  append_header(head, "connection", "Upgrade");
  append_header(head, "sec-websocket-accept",
                websocket_accept(request.header("sec-websocket-key")));
  auto protocol = first_of_list(request.header("sec-websocket-protocol"));
  if (!protocol.empty()) append_header(head, "sec-websocket-protocol", protocol);
  head += "\r\n";
  return head;
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto end = query.find('&');
    auto pair = query.substr(0, end);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return percent_decoded(pair.substr(name.size() + 1));
    }
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  }
  return {};
}

std::string client_address(std::string_view peer, const api::HttpRequest& request,
                           const AnswerPolicy& policy) {
  std::string_view address = peer.substr(0, peer.rfind(':'));
  if (policy.behind_tls_proxy) {
    // Of several headers or entries the last is the proxy's own; the others are anybody's word.
    std::string_view told;
    for (const auto& [name, value] : request.headers)
      if (name == "x-forwarded-for") told = value;
    if (auto comma = told.rfind(','); comma != std::string_view::npos)
      told.remove_prefix(comma + 1);
    while (!told.empty() && told.front() == ' ') told.remove_prefix(1);
    while (!told.empty() && told.back() == ' ') told.remove_suffix(1);
    bool plain = !told.empty() && told.size() <= 45 &&
                 told.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
    if (plain) address = told;
  }
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  return std::string(address);
}

int status_of_refusal(const Error& error) {
  if (error.code == "websocket.version") return 426;
  if (error.code == "http.misdirected") return 421;
  if (error.code == "http.headers_too_large") return 431;
  if (error.code == "http.timeout") return 408;
  if (error.code == "http.method") return 405;
  return api::status_of(error.kind);
}

}  // namespace footprint::net
