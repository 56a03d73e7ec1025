// The process: opens the log, the rooms and the doors, serves until it is told to stop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/links.hpp"
#include "access/mail.hpp"
#include "access/oidc_settings.hpp"

namespace footprint::net {

/// Everything an operator can set. Names match the flags and the keys of the TOML file.
struct ServerSettings {
  std::string listen_address =
      "127.0.0.1";  // an IP address; with `demo` or `bench` it must be a loopback one
  std::uint16_t listen_port = 8080;  // 0: any free port; the one taken is logged in "listening"
  std::string data_dir;              // made when it does not exist; one process at a time
  std::string web_dir;               // the built web app; empty: only the API and the doors
  bool demo = false;                 // demo sign-in; imports the worked example into an empty log
  bool bench = false;                // adds /yjs/bench/{room}: no rights, loopback only
  unsigned io_threads = 0;           // threads that own plans; 0: one a core, at most 8
  std::string log_level = "info";    // trace, debug, info, warn, error, off
  std::vector<std::string>
      allowed_origins;  // "https://plans.example.org", besides the request's own host
  /// "https://plans.example.org": how browsers reach this server. Empty: at the address it listens
  /// on.
  std::string public_url;
  std::vector<access::OidcSettings> sso;     // who may sign people in
  std::optional<access::MailSettings> mail;  // none: links are only shown, never sent
  access::LinkLifetimes link_lifetimes;
  std::int64_t session_lifetime_ms = 12 * 3'600'000;
  /// Roles that nobody acts in without a second factor: "board_signatory".
  std::vector<std::string> require_second_factor_for;
  /// TLS ends at a proxy in front: cookies get Secure and the __Host- prefix, answers get HSTS.
  bool behind_tls_proxy = false;
  std::uint32_t shutdown_timeout_ms =
      5'000;  // for what waits to be committed and for sockets to close
};

/// Serves until SIGTERM or SIGINT, then stops accepting, commits what waits, closes sockets so that
/// clients come back, and gives 0. A reason not to start (port taken, data directory in use,
/// settings that contradict each other) is printed to stderr as one sentence and gives 1. Call it
/// once, from the main thread.
int run_server(const ServerSettings& settings);

}  // namespace footprint::net
