// The WebSocket handshake's one computation, and who may ask for one. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace footprint::net {

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string websocket_accept(std::string_view key);
/// Whether it is 16 bytes in base64.
bool is_websocket_key(std::string_view key);

/// Whether a page of `origin` may change state or open a socket here: its host and port are those
/// that the request was sent to, or it is on the list. An empty origin (no browser) may.
bool origin_allowed(std::string_view origin, std::string_view host,
                    const std::vector<std::string>& allowed);

/// Whether a Host header names this machine itself: localhost, 127.0.0.1 or [::1], with any port. A
/// demo answers no other, or a page elsewhere could reach it under a name of its own (DNS
/// rebinding).
bool is_loopback_host(std::string_view host);

/// Whether `token` stands in a comma-separated header value, whatever its case.
bool header_has_token(std::string_view value, std::string_view token);

/// First of a comma-separated list, trimmed.
std::string_view first_of_list(std::string_view value);

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace footprint::net
