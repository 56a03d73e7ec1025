#include "net/listener.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>

#include "net/event_loop.hpp"
#include "net/log.hpp"

namespace footprint::net {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int kBacklog = 4096;
constexpr int kAcceptsInTurn = 64;
constexpr std::uint32_t kPauseMs = 100;

}  // namespace

struct Listener::State : std::enable_shared_from_this<State> {
  explicit State(EventLoop& owner) : loop(owner), acceptor(owner.context()) {}

  EventLoop& loop;
  tcp::acceptor acceptor;
  std::function<void(int, std::string)> accepted;
  bool stopped = false;
  bool complained = false;

  void wait() {
    if (stopped) return;
    acceptor.async_wait(tcp::acceptor::wait_read,
                        [self = shared_from_this()](const error_code& error) {
                          if (!error && !self->stopped) self->accept_some();
                        });
  }

  void accept_some() {
    for (int i = 0; i < kAcceptsInTurn; ++i) {
      tcp::endpoint peer;
      socklen_t size = static_cast<socklen_t>(peer.capacity());
      int fd =
          ::accept4(acceptor.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
      if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
      if (fd < 0) return pause(errno);
      peer.resize(size);
      auto text = peer.address().to_string();
      if (peer.address().is_v6()) text = '[' + text + ']';
      accepted(fd, text + ':' + std::to_string(peer.port()));
    }
    wait();
  }

  /// Out of file descriptors, say: those who wait in the backlog are served when some are free
  /// again.
  void pause(int reason) {
    if (!complained) {
      complained = true;
      log::write(log::Level::kError, "listen.paused",
                 {{"why", error_code(reason, boost::system::system_category()).message()}});
    }
    loop.after_ms(kPauseMs, [self = shared_from_this()] { self->wait(); });
  }
};

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::bind(EventLoop& loop, const std::string& address,
                                                 std::uint16_t port) {
  error_code error;
  auto ip = asio::ip::make_address(address, error);
  if (error) {
    return fail(ErrorKind::kInvalid, "listen.address",
                "\"" + address + "\" is not an IP address to listen on.");
  }
  auto state = std::make_shared<State>(loop);
  auto& acceptor = state->acceptor;
  acceptor.open(ip.is_v6() ? tcp::v6() : tcp::v4(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.non_blocking(true, error);
  if (!error) acceptor.bind({ip, port}, error);
  auto where = address + ":" + std::to_string(port);
  if (error == asio::error::address_in_use) {
    return fail(ErrorKind::kUnavailable, "listen.in_use",
                "Port " + where +
                    " is taken, perhaps by another footprint. Stop that one or choose "
                    "another port with --listen.");
  }
  if (error) {
    return fail(ErrorKind::kIo, "listen.failed",
                "Cannot listen on " + where + ": " + error.message() + ".");
  }
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

std::uint16_t Listener::port() const {
  error_code ignored;
  return state_->acceptor.local_endpoint(ignored).port();
}

Status Listener::start(std::function<void(int fd, std::string peer)> accepted) {
  error_code error;
  state_->acceptor.listen(kBacklog, error);
  if (error == asio::error::address_in_use) {
    return fail(
        ErrorKind::kUnavailable, "listen.in_use",
        "The port is taken, perhaps by another footprint. Stop that one or choose another port "
        "with --listen.");
  }
  if (error)
    return fail(ErrorKind::kIo, "listen.failed", "Cannot listen: " + error.message() + ".");
  state_->accepted = std::move(accepted);
  state_->loop.post([state = state_] { state->wait(); });
  return {};
}

void Listener::stop() {
  state_->loop.post([state = state_] {
    state->stopped = true;
    error_code ignored;
    state->acceptor.close(ignored);
  });
}

bool is_loopback_address(const std::string& address) {
  error_code error;
  auto ip = asio::ip::make_address(address, error);
  return !error && ip.is_loopback();
}

}  // namespace footprint::net
