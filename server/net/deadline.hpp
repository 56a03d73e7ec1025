// A bound on how long a coroutine may wait for its socket.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

namespace footprint::net {

/// Cancels what the socket waits for when the time is over. Kept alive by its own handlers.
class Deadline : public std::enable_shared_from_this<Deadline> {
 public:
  explicit Deadline(boost::asio::ip::tcp::socket& socket)
      : socket_(&socket), timer_(socket.get_executor()) {}

  void arm(std::uint32_t ms) {
    expired_ = false;
    auto round = ++round_;
    timer_.expires_after(std::chrono::milliseconds(ms));
    timer_.async_wait([self = shared_from_this(), round](const boost::system::error_code& error) {
      if (error || round != self->round_ || self->socket_ == nullptr) return;
      self->expired_ = true;
      boost::system::error_code ignored;
      self->socket_->cancel(ignored);
    });
  }
  void disarm() {
    ++round_;
    timer_.cancel();
  }
  /// The socket is about to go.
  void release() {
    disarm();
    socket_ = nullptr;
  }
  bool expired() const { return expired_; }

 private:
  boost::asio::ip::tcp::socket* socket_;
  boost::asio::steady_timer timer_;
  std::uint64_t round_ = 0;
  bool expired_ = false;
};

}  // namespace footprint::net
