// The transport on a real loop and a real socket pair, with a door that echoes.
#include "net/ws_transport.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>

#include "base/limits.hpp"
#include "catch.hpp"
#include "net/event_loop.hpp"
#include "net/listener.hpp"
#include "room/frame.hpp"

using namespace footprint;
using namespace footprint::net;

namespace {

struct Record {
  std::mutex mutex;
  std::condition_variable changed;
  std::string messages;
  int texts = 0;
  int closed = 0;
  std::size_t loop = 99;
  room::Connection* connection = nullptr;

  bool wait(const std::function<bool()>& met) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(5), met);
  }
};

class EchoDoor final : public room::Door {
 public:
  EchoDoor(Record& record, room::Connection& connection, std::size_t loop)
      : record_(record), connection_(connection) {
    std::lock_guard lock(record_.mutex);
    record_.connection = &connection;
    record_.loop = loop;
  }
  void on_message(ByteView payload) override {
    if (as_text(payload) == "close") {
      connection_.close(room::CloseCode::kNoRight, "no right");
      connection_.send(room::make_frame({payload, {}}));  // ignored
    } else {
      connection_.send(room::make_frame({payload, {}}));
    }
    note([&] { record_.messages += std::string(as_text(payload)) + '|'; });
  }
  void on_text() override {
    connection_.close(room::CloseCode::kUnsupportedData, "text");
    note([&] { ++record_.texts; });
  }
  void on_close() override {
    note([&] { ++record_.closed; });
  }
  void on_tick(UnixMs) override {}

 private:
  void note(const std::function<void()>& change) {
    std::lock_guard lock(record_.mutex);
    change();
    record_.changed.notify_all();
  }
  Record& record_;
  room::Connection& connection_;
};

Bytes client_frame(std::uint8_t first, std::string_view text) {
  Bytes out{first};
  if (text.size() < 126) {
    out.push_back(static_cast<std::uint8_t>(0x80 | text.size()));
  } else {
    out.push_back(0x80 | 126);
    out.push_back(static_cast<std::uint8_t>(text.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(text.size()));
  }
  out.insert(out.end(), 4, 0);  // a mask of zeros
  append(out, as_bytes(text));
  return out;
}

/// Two loops and the client's end of one socket.
struct Fixture {
  EventLoop loops[2]{EventLoop(0), EventLoop(1)};
  Record record;
  int client = -1;

  Fixture() {
    for (auto& loop : loops) loop.start();
  }
  ~Fixture() {
    if (client >= 0) ::close(client);
    for (auto& loop : loops) loop.stop_and_join();
  }

  DoorTarget echo_on(std::size_t loop) {
    return DoorTarget{&loops[loop], [this, loop](room::Connection& connection) {
                        return std::make_unique<EchoDoor>(record, connection, loop);
                      }};
  }
  void open(NewSocket socket) {
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    client = pair[1];
    socket.fd = pair[0];
    socket.peer = "test";
    open_socket(loops[0], std::move(socket));
  }
  void write(const Bytes& bytes) {
    REQUIRE(::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  /// Reads `size` bytes, or up to the end.
  std::string read(std::size_t size) {
    std::string got;
    char buffer[65536];
    while (got.size() < size) {
      pollfd poll{client, POLLIN, 0};
      if (::poll(&poll, 1, 5000) <= 0) break;
      auto n = ::recv(client, buffer, std::min(sizeof buffer, size - got.size()), 0);
      if (n <= 0) break;
      got.append(buffer, static_cast<std::size_t>(n));
    }
    return got;
  }
};

NewSocket with_target(DoorTarget target) {
  NewSocket socket;
  socket.target = std::move(target);
  return socket;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "messages go to the door and frames come back") {
  auto socket = with_target(echo_on(1));
  socket.received = client_frame(0x82, "early");
  open(std::move(socket));
  write(client_frame(0x82, "one"));
  CHECK(read(7) ==
        "\x82\x05"
        "early");
  CHECK(read(5) ==
        "\x82\x03"
        "one");
  CHECK(record.loop == 1);
  write(client_frame(0x89, "ping"));
  CHECK(read(6) ==
        "\x8a\x04"
        "ping");
}

TEST_CASE_METHOD(Fixture, "the first message decides the thread; nothing behind it is lost") {
  NewSocket socket;
  socket.address = [this](ByteView first) -> Result<DoorTarget> {
    // Runs on the loop's thread, where Catch2 must not be asked.
    if (as_text(first) != "address") return fail(ErrorKind::kMalformed, "test.address", "why");
    return echo_on(1);
  };
  open(std::move(socket));
  auto bytes = client_frame(0x82, "address");
  append(bytes, client_frame(0x82, "second"));
  auto third = client_frame(0x82, "third");
  append(bytes, ByteView(third).first(4));
  write(bytes);
  REQUIRE(record.wait([&] { return record.messages == "address|second|"; }));
  write(Bytes(third.begin() + 4, third.end()));
  REQUIRE(record.wait([&] { return record.messages == "address|second|third|"; }));
  CHECK(record.loop == 1);
}

TEST_CASE_METHOD(Fixture, "an address that cannot be read is refused with its reason") {
  NewSocket socket;
  socket.address = [](ByteView) -> Result<DoorTarget> {
    return fail(ErrorKind::kMalformed, "collab.malformed", "why");
  };
  open(std::move(socket));
  write(client_frame(0x82, "x"));
  CHECK(read(7) == std::string("\x88\x05\x11\x30") + "why");  // 4400
}

TEST_CASE_METHOD(Fixture, "a refused socket is told why and ended") {
  NewSocket socket;
  socket.refusal = Error{ErrorKind::kNotFound, "not-found", "There is no such plan."};
  open(std::move(socket));
  CHECK(read(13) == std::string("\x88\x0b\x11\x34") + "not-found");  // 4404
  write(client_frame(0x88, "\x11\x34"));
  CHECK(read(1).empty());
}

TEST_CASE_METHOD(Fixture, "closing by the door: what was queued, the code, then the end") {
  open(with_target(echo_on(0)));
  auto bytes = client_frame(0x82, "last");
  append(bytes, client_frame(0x82, "close"));
  append(bytes, client_frame(0x82, "never"));
  write(bytes);
  CHECK(read(6) ==
        "\x82\x04"
        "last");
  CHECK(read(12) == std::string("\x88\x0a\x11\x33") + "no right");
  REQUIRE(record.wait([&] { return record.closed == 1; }));
  write(client_frame(0x88, "\x11\x33"));
  CHECK(read(1).empty());
  CHECK(record.messages == "last|close|");
}

TEST_CASE_METHOD(Fixture, "closing by the peer is answered and told to the door once") {
  open(with_target(echo_on(0)));
  write(client_frame(0x88, "\x03\xe8"));
  CHECK(read(4) == std::string("\x88\x02\x03\xe8", 4));
  CHECK(read(1).empty());
  REQUIRE(record.wait([&] { return record.closed == 1; }));
}

TEST_CASE_METHOD(Fixture, "broken frames end with 1002, text with 1003, large ones with 1009") {
  struct Case {
    Bytes bytes;
    std::string code;
  };
  Bytes huge{0x82, 0xff, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0};
  Case cases[] = {
      {{0x82, 0x01, 'x'}, "\x03\xea"}, {client_frame(0x81, "x"), "\x03\xeb"}, {huge, "\x03\xf1"}};
  for (auto& each : cases) {
    open(with_target(echo_on(0)));
    write(each.bytes);
    auto answer = read(200);
    REQUIRE(answer.size() >= 4);
    CHECK(answer[0] == '\x88');
    CHECK(answer.substr(2, 2) == each.code);
    ::close(client);
  }
}

TEST_CASE_METHOD(Fixture, "a peer that does not read is cut off and its memory given back") {
  open(with_target(echo_on(0)));
  write(client_frame(0x82, "hello"));
  REQUIRE(record.wait([&] { return record.connection != nullptr; }));
  auto frame = room::make_frame({Bytes(64u << 10), {}});
  std::atomic<std::size_t> peak = 0;
  for (int i = 0; i < 200; ++i) {
    loops[0].post([&] {
      std::lock_guard lock(record.mutex);
      if (record.closed != 0) return;
      record.connection->send(frame);
      peak = std::max(peak.load(), record.connection->queued_bytes());
    });
  }
  REQUIRE(record.wait([&] { return record.closed == 1; }));
  CHECK(peak <= limits::kSendQueueBytesMax + 2 * frame->size());
  auto got = read(64u << 20);
  REQUIRE(got.size() > 4);
  CHECK(got.find("\x03\xf5"
                 "This connection reads too slowly") != got.npos);  // 1013
  CHECK(loops[0].socket_count() == 0);
}

TEST_CASE_METHOD(Fixture, "a door can stop reading and go on") {
  open(with_target(echo_on(0)));
  write(client_frame(0x82, "one"));
  REQUIRE(record.wait([&] { return record.messages == "one|"; }));
  loops[0].post([&] { record.connection->set_reading(false); });
  std::promise<void> off;
  loops[0].post([&] { off.set_value(); });
  off.get_future().wait();
  auto bytes = client_frame(0x82, "two");
  append(bytes, client_frame(0x82, "three"));
  write(bytes);
  CHECK_FALSE([&] {
    std::unique_lock lock(record.mutex);
    return record.changed.wait_for(lock, std::chrono::milliseconds(100),
                                   [&] { return record.messages == "one|two|three|"; });
  }());
  loops[0].post([&] { record.connection->set_reading(true); });
  CHECK(record.wait([&] { return record.messages == "one|two|three|"; }));
}

TEST_CASE_METHOD(Fixture, "a restart tells every socket to come back") {
  open(with_target(echo_on(1)));
  write(client_frame(0x82, "x"));
  REQUIRE(record.wait([&] { return record.messages == "x|"; }));
  loops[1].post([&] { loops[1].restart_sockets(); });
  CHECK(read(3) == "\x82\x01x");
  CHECK(read(200).substr(2, 2) == "\x03\xf4");  // 1012
  REQUIRE(record.wait([&] { return record.closed == 1; }));
}

TEST_CASE("a taken port is named") {
  EventLoop loop(0);
  auto first = Listener::bind(loop, "127.0.0.1", 0);
  REQUIRE(first);
  loop.start();
  REQUIRE((*first)->start([](int fd, const std::string&) { ::close(fd); }));
  auto second = Listener::bind(loop, "127.0.0.1", (*first)->port());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == "listen.in_use");
  CHECK(Listener::bind(loop, "nonsense", 1).error().code == "listen.address");
  CHECK(is_loopback_address("127.0.0.1"));
  CHECK(is_loopback_address("::1"));
  CHECK_FALSE(is_loopback_address("0.0.0.0"));
  (*first)->stop();
  loop.stop_and_join();
}
