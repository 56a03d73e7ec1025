#include "net/http_session.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <chrono>

#include "access/api_tokens.hpp"
#include "access/sessions.hpp"
#include "base/limits.hpp"
#include "net/deadline.hpp"
#include "net/event_loop.hpp"
#include "net/event_stream.hpp"
#include "net/handshake.hpp"
#include "net/log.hpp"
#include "net/ws_transport.hpp"

namespace footprint::net {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

// For a request that comes while the data is being opened.
constexpr std::uint32_t kStartWaitMs = 10'000;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

class HttpSession {
 public:
  HttpSession(EventLoop& loop, HttpContext& context, tcp::socket socket, std::string peer,
              std::shared_ptr<void> slot)
      : loop_(loop),
        context_(context),
        socket_(std::move(socket)),
        deadline_(std::make_shared<Deadline>(socket_)),
        peer_(std::move(peer)),
        slot_(std::move(slot)) {}
  ~HttpSession() { deadline_->release(); }

  asio::awaitable<void> run();

 private:
  asio::awaitable<std::optional<Error>> read_request(Parser& parser);
  asio::awaitable<void> wait_for_data();
  asio::awaitable<bool> answer_request(Parser& parser);
  asio::awaitable<api::HttpResponse> call_api(api::HttpRequest request);
  asio::awaitable<bool> write(api::HttpResponse response, std::string_view body, bool with_body,
                              bool keep_alive);
  asio::awaitable<bool> write_refusal(Error error, bool keep_alive);
  asio::awaitable<void> linger();
  asio::awaitable<void> upgrade(api::HttpRequest request);
  asio::awaitable<void> stream_events(api::HttpResponse response, const api::HttpRequest& request);
  api::HttpRequest request_of(Parser& parser);
  std::optional<api::HttpResponse> own_answer(const api::HttpRequest& request,
                                              std::string_view& body) const;
  NewSocket socket_for(const api::HttpRequest& request) const;
  bool peer_is_there();
  void log_request(const api::HttpRequest& request, int status) const;

  EventLoop& loop_;
  HttpContext& context_;
  tcp::socket socket_;
  std::shared_ptr<Deadline> deadline_;
  std::string peer_;
  std::shared_ptr<void> slot_;
  beast::flat_buffer buffer_;
  std::chrono::steady_clock::time_point request_started_;
};

bool is_door(std::string_view path) {
  return path == "/collab" || path.starts_with("/yjs/");
}

Error error_of(const error_code& code, bool timed_out) {
  if (timed_out) {
    return {ErrorKind::kUnavailable, "http.timeout", "The request took too long to arrive."};
  }
  if (code == http::error::header_limit) {
    return {ErrorKind::kTooLarge, "http.headers_too_large", "The request's headers are too large."};
  }
  if (code == http::error::body_limit) {
    return {ErrorKind::kTooLarge, "http.body_too_large",
            "The request's body is larger than " + std::to_string(limits::kHttpBodyBytesMax) +
                " bytes."};
  }
  if (code == http::error::bad_content_length || code == http::error::bad_transfer_encoding ||
      code == http::error::multiple_content_length) {
    return {ErrorKind::kMalformed, "http.framing",
            "The length of the request's body is stated in two ways or in an unknown one."};
  }
  return {ErrorKind::kMalformed, "http.malformed",
          "This is not an HTTP request: " + code.message() + "."};
}

asio::awaitable<void> HttpSession::run() {
  for (bool go_on = true; go_on;) {
    if (buffer_.size() == 0) {
      deadline_->arm(limits::kHttpIdleTimeoutMs);
      auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kAwait);
      if (error) co_return;
    }
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits::kHttpHeaderBytesMax));
    parser.body_limit(limits::kHttpBodyBytesMax);
    request_started_ = std::chrono::steady_clock::now();
    auto refusal = co_await read_request(parser);
    if (refusal) {
      if (refusal->code.empty()) co_return;  // the peer is gone
      co_await write_refusal(std::move(*refusal), false);
      co_await linger();
      co_return;
    }
    go_on = co_await answer_request(parser);
  }
}

asio::awaitable<std::optional<Error>> HttpSession::read_request(Parser& parser) {
  deadline_->arm(limits::kHttpRequestTimeoutMs);
  auto [header_error, header_bytes] =
      co_await http::async_read_header(socket_, buffer_, parser, kAwait);
  if (!header_error && parser.get()[http::field::expect] == "100-continue") {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    auto [error, written] = co_await asio::async_write(
        socket_, asio::buffer(kContinue.data(), kContinue.size()), kAwait);
    if (error) co_return Error{};
  }
  error_code failure = header_error;
  if (!failure && !parser.is_done()) {
    auto [body_error, body_bytes] = co_await http::async_read(socket_, buffer_, parser, kAwait);
    failure = body_error;
  }
  bool timed_out = deadline_->expired();
  deadline_->disarm();
  if (!failure) co_return std::nullopt;
  bool ours = failure.category() == make_error_code(http::error::bad_line_ending).category();
  bool gone = failure == http::error::end_of_stream || failure == http::error::partial_message;
  if (!timed_out && (gone || !ours)) co_return Error{};
  co_return error_of(failure, timed_out);
}

api::HttpRequest HttpSession::request_of(Parser& parser) {
  auto& message = parser.get();
  api::HttpRequest request;
  request.method = std::string(message.method_string());
  std::string target(message.target());
  auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  for (const auto& field : message) {
    std::string name(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    request.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  request.body = std::move(message.body());
  request.request_id = std::to_string(context_.next_request_id++);
  request.client_address = client_address(peer_, request, context_.policy);
  if (!context_.open) return request;
  const access::Sessions& sessions = *context_.sessions;
  request.session_token = sessions.token_of_authorization(request.header("authorization"));
  if (request.session_token.empty()) {
    request.session_token = sessions.token_of_cookies(request.header("cookie"));
    request.by_cookie = !request.session_token.empty();
  }
  if (request.session_token.empty() && request.path.starts_with("/yjs/")) {
    request.session_token = query_value(request.query, "token");
  }
  if (auto session = sessions.find(request.session_token)) {
    request.person = std::move(session->person);
    request.session_id = std::move(session->id);
    request.by_provider = session->by_provider;
  } else if (auto token = context_.tokens->find(request.session_token)) {
    request.person = std::move(token->person);
    request.by_token = true;
    request.read_only = token->read_only;
    request.token_plan = std::move(token->plan);
  }
  return request;
}

/// Whoever comes while the data is being opened waits a while for it, rather than come again.
asio::awaitable<void> HttpSession::wait_for_data() {
  constexpr std::chrono::milliseconds kStep{10};
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (std::uint32_t waited_ms = 0;
       !context_.open && !context_.stopping && waited_ms < kStartWaitMs;
       waited_ms += static_cast<std::uint32_t>(kStep.count())) {
    timer.expires_after(kStep);
    co_await timer.async_wait(kAwait);
  }
}

asio::awaitable<bool> HttpSession::answer_request(Parser& parser) {
  std::string_view target(parser.get().target());
  std::string_view path = target.substr(0, target.find('?'));
  bool needs_data = is_door(path) || api::Api::owns(path);
  if (needs_data && !context_.open) co_await wait_for_data();
  bool keep_alive = parser.get().keep_alive() && !context_.stopping;
  bool http_1_1 = parser.get().version() >= 11;
  api::HttpRequest request = request_of(parser);
  bool door = is_door(request.path);
  auto acceptable = check_request(request, http_1_1, door, context_.policy);
  if (acceptable && door) acceptable = check_websocket_request(request);
  if (!acceptable) {
    log_request(request, status_of_refusal(acceptable.error()));
    bool framing = acceptable.error().code == "http.framing";
    bool written = co_await write_refusal(acceptable.error(), keep_alive && !framing);
    co_return written&& keep_alive && !framing;
  }
  if (needs_data && !context_.open) {
    log_request(request, 503);
    Error starting{ErrorKind::kUnavailable, "server.starting",
                   "The server is starting. Try again in a moment."};
    bool written = co_await write_refusal(std::move(starting), keep_alive);
    co_return written&& keep_alive;
  }
  if (door) {
    log_request(request, 101);
    co_await upgrade(std::move(request));
    co_return false;
  }
  std::shared_ptr<void> busy(nullptr, [this](void*) { --context_.requests_under_way; });
  ++context_.requests_under_way;
  bool with_body = request.method != "HEAD";
  std::string_view body;
  auto own = own_answer(request, body);
  if (own) {
    log_request(request, own->status);
    bool written = co_await write(std::move(*own), body, with_body, keep_alive);
    co_return written&& keep_alive;
  }
  api::HttpResponse response = co_await call_api(request);
  log_request(request, response.status);
  if (response.stream) {
    busy.reset();
    co_await stream_events(std::move(response), request);
    co_return false;
  }
  std::string text = std::move(response.body);
  bool written = co_await write(std::move(response), text, with_body, keep_alive);
  co_return written&& keep_alive;
}

/// What needs neither plans nor waiting: health, and the files of the web app.
std::optional<api::HttpResponse> HttpSession::own_answer(const api::HttpRequest& request,
                                                         std::string_view& body) const {
  if (api::Api::owns(request.path)) return std::nullopt;
  api::HttpResponse response;
  if (request.method != "GET" && request.method != "HEAD") {
    response =
        api::error_response({ErrorKind::kInvalid, "http.method", "This address can only be read."});
    response.status = 405;
    response.headers.emplace_back("allow", "GET, HEAD");
  } else if (request.path == "/healthz") {
    response.body = "{\"status\":\"ok\"}\n";
  } else if (request.path == "/readyz") {
    auto ready = context_.readiness();
    if (ready) {
      response.body = "{\"status\":\"ready\"}\n";
    } else {
      response = api::error_response(ready.error());
      response.status = 503;
    }
  } else if (!context_.files) {
    response = api::error_response(
        {ErrorKind::kNotFound, "http.not_found", "This server was started without the web app."});
  } else {
    auto answer = context_.files->find(request.path, request.header("accept-encoding"),
                                       request.header("if-none-match"));
    if (answer.status == 404) {
      response =
          api::error_response({ErrorKind::kNotFound, "http.not_found", "There is no such file."});
    } else {
      response.status = answer.status;
      response.content_type = answer.content_type;
      response.headers.emplace_back("etag", answer.etag);
      response.headers.emplace_back("cache-control", answer.cache_control);
      if (answer.varies) response.headers.emplace_back("vary", "Accept-Encoding");
      if (!answer.content_encoding.empty()) {
        response.headers.emplace_back("content-encoding", answer.content_encoding);
      }
      body = answer.body;  // the catalogue outlives the connection
      return response;
    }
  }
  if (body.empty()) response.headers.emplace_back("x-robots-tag", "noindex");
  return response;
}

asio::awaitable<api::HttpResponse> HttpSession::call_api(api::HttpRequest request) {
  auto executor = co_await asio::this_coro::executor;
  // It is moved, which the check does not see in a template.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  auto start = [this, executor](auto handler, api::HttpRequest message) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    context_.api->handle(std::move(message), [shared, executor](api::HttpResponse response) {
      asio::post(executor, [shared, response = std::move(response)]() mutable {
        (*shared)(std::move(response));
      });
    });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(api::HttpResponse)>(
      start, asio::use_awaitable, std::move(request));
}

asio::awaitable<bool> HttpSession::write(api::HttpResponse response, std::string_view body,
                                         bool with_body, bool keep_alive) {
  if (body.empty()) body = response.body;
  std::string head = response_head(response, body.size(), keep_alive, context_.policy);
  bool bodiless = !with_body || response.status == 304 || response.status == 204;
  std::array<asio::const_buffer, 2> parts;
  parts[0] = asio::buffer(head);
  parts[1] = asio::buffer(body.data(), bodiless ? 0 : body.size());
  deadline_->arm(limits::kHttpWriteTimeoutMs);
  auto [error, written] = co_await asio::async_write(socket_, parts, kAwait);
  deadline_->disarm();
  co_return !error;
}

asio::awaitable<bool> HttpSession::write_refusal(Error refusal, bool keep_alive) {
  auto response = api::error_response(refusal);
  response.status = status_of_refusal(refusal);
  if (response.status == 426) {
    response.headers.emplace_back("upgrade", "websocket");
    response.headers.emplace_back("sec-websocket-version", "13");
  }
  log::write(log::Level::kDebug, "http.refused",
             {{"peer", peer_}, {"status", response.status}, {"code", refusal.code}});
  std::string text = std::move(response.body);
  bool written = co_await write(std::move(response), text, true, keep_alive);
  co_return written;
}

/// Reads what is still under way for a moment, so that the kernel does not answer it with a reset,
/// which would take our refusal with it.
asio::awaitable<void> HttpSession::linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  deadline_->arm(limits::kCloseTimeoutMs);
  std::array<char, 8192> sink;
  for (std::size_t total = 0; total < 2 * limits::kHttpBodyBytesMax;) {
    auto [error, got] = co_await socket_.async_read_some(asio::buffer(sink), kAwait);
    if (error) break;
    total += got;
  }
  deadline_->disarm();
}

NewSocket HttpSession::socket_for(const api::HttpRequest& request) const {
  NewSocket socket;
  socket.peer = peer_;
  HttpContext& context = context_;
  auto session = context.doors.identify(request.session_token);
  if (request.path == "/collab") {
    socket.door = "collab";
    socket.address = [&context, session](ByteView first) -> Result<DoorTarget> {
      auto plan = room::plan_of_collab_message(first);
      if (!plan) return forward_error(plan.error());
      return DoorTarget{&context.loop_of(*plan),
                        [&context, plan = *plan, session](auto& connection) {
                          return room::make_collab_door(context.doors, plan, connection, session);
                        }};
    };
    return socket;
  }
  socket.door = "yjs";
  auto target = room::parse_yjs_path(std::string_view(request.path).substr(5), context.bench);
  if (!target) {
    socket.refusal = target.error();
    return socket;
  }
  target->epoch = query_value(request.query, "epoch");
  socket.target = DoorTarget{
      &context.loop_of(target->plan), [&context, target = *target, session](auto& connection) {
        return room::make_yjs_door(context.doors, target, connection, session);
      }};
  return socket;
}

asio::awaitable<void> HttpSession::upgrade(api::HttpRequest request) {
  std::string head = switching_protocols(request);
  deadline_->arm(limits::kHttpWriteTimeoutMs);
  auto [error, written] = co_await asio::async_write(socket_, asio::buffer(head), kAwait);
  deadline_->disarm();
  if (error || context_.stopping) co_return;
  NewSocket socket = socket_for(request);
  socket.id = context_.next_socket_id++;
  socket.slot = std::move(slot_);
  auto rest = static_cast<const std::uint8_t*>(buffer_.data().data());
  socket.received.assign(rest, rest + buffer_.size());
  error_code release_error;
  deadline_->release();
  socket.fd = socket_.release(release_error);
  if (!release_error) open_socket(loop_, std::move(socket));
}

asio::awaitable<void> HttpSession::stream_events(api::HttpResponse response,
                                                 const api::HttpRequest& request) {
  std::string head = response_head(response, std::nullopt, false, context_.policy);
  auto session = context_.doors.identify(request.session_token);
  if (!session) co_return;  // signed out in this moment
  EventStreamPump pump(socket_.get_executor(), context_.api_options, session->person,
                       *response.stream);
  auto wanted = [&] {
    return !context_.stopping && !session->is_over(context_.doors.clock->now_ms()) &&
           peer_is_there();
  };
  bool alive = true;
  for (std::string text = std::move(head); alive; text = co_await pump.next(wanted)) {
    if (text.empty()) break;  // the feed ended, or nobody wants it any more
    deadline_->arm(limits::kHttpWriteTimeoutMs);
    auto [error, written] = co_await asio::async_write(socket_, asio::buffer(text), kAwait);
    deadline_->disarm();
    alive = !error && wanted();
  }
}

/// False when the peer has ended its side; found without waiting.
bool HttpSession::peer_is_there() {
  char byte = 0;
  auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR));
}

void HttpSession::log_request(const api::HttpRequest& request, int status) const {
  bool probe = request.path == "/healthz" || request.path == "/readyz";
  auto level = probe ? log::Level::kDebug : log::Level::kInfo;
  if (!log::enabled(level)) return;
  auto spent = std::chrono::steady_clock::now() - request_started_;
  log::write(level, "http.request",
             {{"request", request.request_id},
              {"peer", peer_},
              {"person", request.person ? request.person->value : std::string()},
              {"method", request.method},
              {"path", request.path},
              {"status", status},
              {"ms", std::chrono::duration<double, std::milli>(spent).count()}});
}

}  // namespace

void serve_http(EventLoop& loop, HttpContext& context, int fd, std::string peer,
                std::shared_ptr<void> slot) {
  tcp::socket socket(loop.context());
  error_code error;
  bool v6 = peer.starts_with('[');
  socket.assign(v6 ? tcp::v6() : tcp::v4(), fd, error);
  if (error) {
    ::close(fd);
    return;
  }
  auto session = std::make_shared<HttpSession>(loop, context, std::move(socket), std::move(peer),
                                               std::move(slot));
  asio::co_spawn(
      loop.context(), [session]() -> asio::awaitable<void> { co_await session->run(); },
      [session](const std::exception_ptr& failure) {
        if (!failure) return;
        try {
          std::rethrow_exception(failure);
        } catch (const std::exception& thrown) {
          log::write(log::Level::kError, "http.exception", {{"what", thrown.what()}});
        }
      });
}

}  // namespace footprint::net
