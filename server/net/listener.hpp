// The listening socket.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace footprint::net {

class EventLoop;

/// Bound on construction, deaf until start(). Lives on one loop.
class Listener {
 public:
  /// Errors: "listen.address" (not an IP address), "listen.in_use", "listen.failed".
  static Result<std::unique_ptr<Listener>> bind(EventLoop& loop, const std::string& address,
                                                std::uint16_t port);
  ~Listener();

  std::uint16_t port() const;
  /// `accepted` is called on the loop's thread with each new socket, non-blocking, and
  /// "address:port" of its peer.
  Status start(std::function<void(int fd, std::string peer)> accepted);
  /// From any thread: no more sockets soon; the port is free again when the loop has run.
  void stop();

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// Whether it is an address of this machine's own loopback interface.
bool is_loopback_address(const std::string& address);

}  // namespace footprint::net
