// The parts of HTTP that need no socket: what a request must be like to be answered, and the head
// of an answer. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/router.hpp"
#include "base/result.hpp"

namespace footprint::net {

/// What is the same for every answer of this process.
struct AnswerPolicy {
  bool demo = false;              // answers carry Footprint-Demo
  bool behind_tls_proxy = false;  // answers carry Strict-Transport-Security
  std::vector<std::string> allowed_origins;
  bool loopback_hosts_only = false;  // demo and bench: refuse other names for this machine
};

/// An answer's head, up to the empty line. `body_bytes` nullopt: the length is not known (a
/// stream), the connection ends it. Headers that `response` brings itself stand instead of the
/// usual ones.
std::string response_head(const api::HttpResponse& response, std::optional<std::size_t> body_bytes,
                          bool keep_alive, const AnswerPolicy& policy);

/// Whether to answer at all: one Host that is ours, one framing, a target that is a path, and for
/// methods that change state or upgrade the Origin of our own pages. Errors: "http.host",
/// "http.framing", "http.target", "origin.foreign", "http.misdirected".
Status check_request(const api::HttpRequest& request, bool http_1_1, bool upgrades,
                     const AnswerPolicy& policy);

/// Whether it asks for a WebSocket, and if so whether rightly. Errors: "websocket.version",
/// "websocket.handshake".
bool asks_for_websocket(const api::HttpRequest& request);
Status check_websocket_request(const api::HttpRequest& request);
/// The head of the 101 answer; the first sub-protocol that was offered is taken.
std::string switching_protocols(const api::HttpRequest& request);

/// The decoded value of `name` in a query string; empty if missing or not decodable.
std::string query_value(std::string_view query, std::string_view name);

/// The address of who asks, without the port: the connection's peer or, behind a proxy, what the
/// proxy wrote last into X-Forwarded-For.
std::string client_address(std::string_view peer, const api::HttpRequest& request,
                           const AnswerPolicy& policy);

/// HTTP status for net's own refusals, which have statuses that errors of the API do not.
int status_of_refusal(const Error& error);

}  // namespace footprint::net
