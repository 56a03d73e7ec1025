#include "net/ws_transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "net/event_loop.hpp"
#include "net/frame_parser.hpp"
#include "net/log.hpp"

namespace footprint::net {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using room::CloseCode;

// Providers come back after it, at once (RFC 6455 registry: service restart).
constexpr std::uint16_t kServiceRestart = 1012;
constexpr int kReadsInTurn = 4;
constexpr std::size_t kFramesInWrite = 256;

class WsTransport final : public room::Connection,
                          public LoopSocket,
                          public std::enable_shared_from_this<WsTransport> {
 public:
  WsTransport(EventLoop& loop, NewSocket socket)
      : loop_(loop),
        socket_(loop.context()),
        parser_(socket.target ? limits::kMessageBytesMax : limits::kUnauthenticatedBytesMax),
        opened_ms_(loop.now_ms()),
        ping_ms_(opened_ms_),
        new_(std::make_unique<NewSocket>(std::move(socket))),
        id_(new_->id),
        peer_(new_->peer),
        slot_(std::move(new_->slot)) {}

  void open(std::optional<Bytes> first_message);

  void send(room::Frame frames) override;
  void close(CloseCode code, std::string_view reason) override {
    bool later = code == CloseCode::kTryLater && loop_.restarting();
    begin_close(later ? kServiceRestart : static_cast<std::uint16_t>(code), reason);
  }
  std::size_t queued_bytes() const override { return queued_bytes_; }
  void tell_when_drained() override { wants_drained_ = true; }
  void set_reading(bool on) override;
  std::uint64_t id() const override { return id_; }
  std::string_view peer() const override { return peer_; }

  void flush() override;
  void tick(UnixMs now_ms) override;
  void restart() override {
    begin_close(kServiceRestart, "The server restarts; please reconnect.");
  }

 private:
  bool overdue(UnixMs now_ms);
  void wait_readable();
  void on_readable(const error_code& error);
  /// Handles what has been fed. False: finished or moved away.
  bool drain();
  bool handle(const FrameParser::Item& item);
  bool handle_first(ByteView message);
  void move_to(DoorTarget target, ByteView first_message);
  void enqueue(room::Frame frame);
  void begin_close(std::uint16_t code, std::string_view reason);
  void drop_queue();
  void taken(std::size_t bytes);
  void flushed();
  void tell_drained();
  void release_door();
  void finish(std::string_view why);

  EventLoop& loop_;
  tcp::socket socket_;
  FrameParser parser_;
  std::unique_ptr<room::Door> door_;
  std::vector<room::Frame> queue_;  // from queue_at_ on
  std::size_t queue_at_ = 0;
  std::size_t offset_ = 0;  // of the first frame: bytes that the kernel has
  std::size_t queued_bytes_ = 0;
  std::size_t largest_queued_ = 0;  // since the queue was last empty
  UnixMs opened_ms_, ping_ms_, closing_ms_ = 0, stalled_ms_ = 0;
  std::unique_ptr<NewSocket> new_;  // until there is a door
  std::uint64_t id_;
  std::string peer_;
  std::shared_ptr<void> slot_;
  std::uint16_t close_code_ = 1006;
  bool reading_ = true, read_waiting_ = false, write_waiting_ = false;
  bool awaiting_pong_ = false;
  bool wants_drained_ = false;
  bool closing_ = false;      // a close frame is queued or sent; nothing goes to the door any more
  bool peer_closed_ = false;  // theirs came
  bool stream_broken_ = false;  // what comes cannot be parsed any more: read only to find the end
  bool finished_ = false;
};

void WsTransport::open(std::optional<Bytes> first_message) {
  auto self = shared_from_this();
  error_code error;
  auto domain = tcp::v4();
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(new_->fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
      address.ss_family == AF_INET6) {
    domain = tcp::v6();
  }
  int one = 1;
  ::setsockopt(new_->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  int fd = new_->fd;
  socket_.assign(domain, fd, error);
  if (error) {
    ::close(fd);
    return;
  }
  loop_.add(self);
  Bytes received = std::move(new_->received);
  if (new_->target) {
    door_ = new_->target->make_door(*this);
    new_.reset();
  } else if (new_->refusal) {
    close(new_->refusal_code, new_->refusal->code);
  }
  if (door_ && first_message && !closing_) door_->on_message(*first_message);
  if (!received.empty()) {
    parser_.feed(received);
    if (!drain()) return;
  }
  wait_readable();
}

void WsTransport::wait_readable() {
  if (read_waiting_ || finished_ || (!reading_ && !closing_)) return;
  read_waiting_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
    self->read_waiting_ = false;
    self->on_readable(error);
  });
}

void WsTransport::on_readable(const error_code& error) {
  if (finished_) return;
  if (error) return finish("read failed");
  for (int i = 0; i < kReadsInTurn && (reading_ || closing_); ++i) {
    auto buffer = loop_.receive_buffer();
    auto got = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) break;
    if (got <= 0) return finish(got == 0 ? "peer ended" : "read failed");
    awaiting_pong_ = false;
    auto bytes = static_cast<std::size_t>(got);
    if (!stream_broken_) {
      parser_.feed(buffer.first(bytes));
      if (!drain()) return;
    }
    if (bytes < buffer.size()) break;
  }
  wait_readable();
}

bool WsTransport::drain() {
  while (reading_ || closing_) {
    auto item = parser_.next();
    if (!item) break;
    if (!handle(*item)) return false;
  }
  parser_.park();
  return true;
}

bool WsTransport::handle(const FrameParser::Item& item) {
  using Kind = FrameParser::Kind;
  switch (item.kind) {
    case Kind::kBinary:
      if (closing_) return true;
      if (!door_) return handle_first(item.payload);
      door_->on_message(item.payload);
      return true;
    case Kind::kText:
      if (closing_) return true;
      if (door_) {
        door_->on_text();
      } else {
        close(CloseCode::kUnsupportedData, "Only binary messages are understood here.");
      }
      return true;
    case Kind::kPing:
      if (!closing_) enqueue(std::make_shared<const Bytes>(control_frame(kOpPong, item.payload)));
      return true;
    case Kind::kPong:
      return true;
    case Kind::kClose:
      peer_closed_ = true;
      if (!closing_) begin_close(item.code == 1005 ? 1000 : item.code, {});
      flush();
      return !finished_;
    case Kind::kFailed:
      stream_broken_ = true;
      begin_close(item.code, item.reason);
      return true;
  }
  return true;
}

bool WsTransport::handle_first(ByteView message) {
  auto target = new_->address(message);
  if (!target) {
    close(CloseCode::kBadMessage, target.error().message);
    return true;
  }
  if (target->loop != &loop_) {
    move_to(std::move(*target), message);
    return false;
  }
  new_.reset();
  parser_.set_message_bytes_max(limits::kMessageBytesMax);
  door_ = target->make_door(*this);
  if (!closing_) door_->on_message(message);
  return true;
}

void WsTransport::move_to(DoorTarget target, ByteView first_message) {
  // Anything queued so far is a pong; it may be lost with the move, which the protocol allows.
  auto first = std::make_shared<Bytes>(to_bytes(first_message));
  auto moved = std::make_shared<NewSocket>(std::move(*new_));
  moved->received = parser_.take_rest();
  moved->slot = std::move(slot_);
  moved->address = nullptr;
  error_code error;
  moved->fd = socket_.release(error);
  EventLoop& to = *target.loop;
  moved->target = std::move(target);
  finished_ = true;
  loop_.remove(*this);
  if (error) return;
  to.post([&to, moved, first] {
    auto transport = std::make_shared<WsTransport>(to, std::move(*moved));
    transport->open(std::move(*first));
  });
}

void WsTransport::set_reading(bool on) {
  if (reading_ == on) return;
  reading_ = on;
  if (!on) return;
  loop_.post([weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self || self->finished_ || !self->drain()) return;
    self->wait_readable();
  });
}

void WsTransport::enqueue(room::Frame frame) {
  queued_bytes_ += frame->size();
  largest_queued_ = std::max(largest_queued_, frame->size());
  queue_.push_back(std::move(frame));
  loop_.flush_later(shared_from_this());
}

void WsTransport::send(room::Frame frames) {
  if (closing_ || finished_ || !frames || frames->empty()) return;
  // The state of a large section may pass the bound alone; a backlog may not.
  if (queued_bytes_ > std::max(limits::kSendQueueBytesMax, 2 * largest_queued_)) {
    drop_queue();
    close(CloseCode::kTryLater, "This connection reads too slowly; please reconnect.");
    return;
  }
  enqueue(std::move(frames));
}

/// All but what the peer has begun to receive.
void WsTransport::drop_queue() {
  bool begun = offset_ != 0;
  room::Frame first = begun ? queue_[queue_at_] : nullptr;
  queue_.clear();
  queue_at_ = 0;
  queued_bytes_ = 0;
  if (begun) {
    queued_bytes_ = first->size() - offset_;
    queue_.push_back(std::move(first));
  }
}

void WsTransport::begin_close(std::uint16_t code, std::string_view reason) {
  if (closing_ || finished_) return;
  close_code_ = code;
  enqueue(std::make_shared<const Bytes>(close_frame(code, reason)));
  closing_ = true;
  closing_ms_ = loop_.now_ms();
  log::write(log::Level::kDebug, "socket.closing",
             {{"socket", id_}, {"peer", peer_}, {"code", code}, {"reason", reason}});
  loop_.post([weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self || self->finished_) return;
    self->release_door();
    self->wait_readable();
  });
}

void WsTransport::flush() {
  if (finished_ || write_waiting_) return;
  while (queue_at_ < queue_.size()) {
    std::array<iovec, kFramesInWrite> parts;
    std::size_t count = std::min(queue_.size() - queue_at_, parts.size());
    for (std::size_t i = 0; i < count; ++i) {
      const Bytes& bytes = *queue_[queue_at_ + i];
      std::size_t skip = i == 0 ? offset_ : 0;
      parts[i] = {const_cast<std::uint8_t*>(bytes.data()) + skip, bytes.size() - skip};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    auto sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return finish("write failed");
    if (sent < 0) {
      if (stalled_ms_ == 0) stalled_ms_ = loop_.now_ms();
      write_waiting_ = true;
      socket_.async_wait(tcp::socket::wait_write,
                         [self = shared_from_this()](const error_code& error) {
                           self->write_waiting_ = false;
                           if (self->finished_) return;
                           if (error) return self->finish("write failed");
                           self->flush();
                         });
      return;
    }
    taken(static_cast<std::size_t>(sent));
  }
  flushed();
}

void WsTransport::taken(std::size_t bytes) {
  stalled_ms_ = 0;
  queued_bytes_ -= bytes;
  while (bytes > 0) {
    std::size_t left = queue_[queue_at_]->size() - offset_;
    if (bytes < left) {
      offset_ += bytes;
      break;
    }
    bytes -= left;
    offset_ = 0;
    queue_[queue_at_++].reset();
  }
}

void WsTransport::flushed() {
  queue_at_ = 0;
  largest_queued_ = 0;
  constexpr std::size_t kKeptCapacity = 32;
  queue_.clear();
  if (queue_.capacity() > kKeptCapacity) queue_.shrink_to_fit();
  if (!closing_) {
    if (std::exchange(wants_drained_, false)) tell_drained();
    return;
  }
  if (peer_closed_) return finish("closed");
  // Nobody would understand their close frame any more; the end of our stream makes them end
  // theirs.
  if (stream_broken_) ::shutdown(socket_.native_handle(), SHUT_WR);
}

/// In a turn of its own: the door sends in it.
void WsTransport::tell_drained() {
  loop_.post([weak = weak_from_this()] {
    auto self = weak.lock();
    if (self && !self->finished_ && self->door_) self->door_->on_drained();
  });
}

bool WsTransport::overdue(UnixMs now_ms) {
  if (closing_ && now_ms - closing_ms_ > limits::kCloseTimeoutMs) {
    finish("close timed out");
  } else if (stalled_ms_ != 0 && now_ms - stalled_ms_ > limits::kSendStallTimeoutMs) {
    close_code_ = static_cast<std::uint16_t>(CloseCode::kTryLater);
    finish("peer stopped reading");
  } else if (awaiting_pong_ && reading_ && now_ms - ping_ms_ >= limits::kPingIntervalMs) {
    finish("no pong");
  }
  return finished_;
}

void WsTransport::tick(UnixMs now_ms) {
  if (finished_ || overdue(now_ms) || closing_) return;
  if (!door_ && now_ms - opened_ms_ > limits::kAuthenticationDeadlineMs) {
    close(CloseCode::kTimeout, "No message came.");
    return;
  }
  if (now_ms - ping_ms_ >= limits::kPingIntervalMs) {
    ping_ms_ = now_ms;
    awaiting_pong_ = true;
    enqueue(std::make_shared<const Bytes>(control_frame(kOpPing, {})));
  }
  if (door_) door_->on_tick(now_ms);
}

void WsTransport::release_door() {
  if (!door_) return;
  auto door = std::move(door_);
  door->on_close();
}

void WsTransport::finish(std::string_view why) {
  if (finished_) return;
  finished_ = true;
  auto self = shared_from_this();
  closing_ = true;
  release_door();
  queue_.clear();
  queued_bytes_ = 0;
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  loop_.remove(*this);
  log::write(log::Level::kInfo, "socket.closed",
             {{"socket", id_},
              {"peer", peer_},
              {"code", close_code_},
              {"why", why},
              {"seconds", static_cast<double>(loop_.now_ms() - opened_ms_) / 1000.0}});
}

}  // namespace

void open_socket(EventLoop& loop, NewSocket socket) {
  EventLoop& to = socket.target ? *socket.target->loop : loop;
  auto shared = std::make_shared<NewSocket>(std::move(socket));
  to.post([&to, shared] {
    log::write(log::Level::kInfo, "socket.opened",
               {{"socket", shared->id}, {"peer", shared->peer}, {"door", shared->door}});
    auto transport = std::make_shared<WsTransport>(to, std::move(*shared));
    transport->open(std::nullopt);
  });
}

}  // namespace footprint::net
