// One HTTP connection: requests in, routed, answers out, until it becomes a WebSocket or an event
// stream or ends.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_message.hpp"
#include "net/static_files.hpp"
#include "room/doors.hpp"

namespace footprint::access {
class ApiTokens;
class Sessions;
}  // namespace footprint::access

namespace footprint::net {

class EventLoop;

/// What all connections share. Outlives the loops.
struct HttpContext {
  AnswerPolicy policy;
  std::optional<StaticFiles> files;
  /// Why the server is not ready, or an empty Status.
  std::function<Status()> readiness;
  /// The data is open. What follows is set before, and not looked at until then.
  std::atomic<bool> open = false;

  bool bench = false;
  const access::Sessions* sessions = nullptr;
  const access::ApiTokens* tokens = nullptr;
  const api::Api* api = nullptr;
  api::ApiOptions api_options;  // for event feeds
  room::DoorContext doors;
  /// The loop that owns a plan.
  std::function<EventLoop&(const PlanId&)> loop_of;
  std::atomic<std::uint64_t> next_socket_id = 1;
  std::atomic<std::uint64_t> next_request_id = 1;
  std::atomic<std::size_t> requests_under_way = 0;  // but for event streams
  std::atomic<bool> stopping = false;
};

/// Takes over a connected socket on `loop`'s thread. `slot` is held as long as the connection
/// counts.
void serve_http(EventLoop& loop, HttpContext& context, int fd, std::string peer,
                std::shared_ptr<void> slot);

}  // namespace footprint::net
