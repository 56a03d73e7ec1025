// The REST API under /api/v1 and its pages, without sockets: a request in, an answer out.
//
// server/net turns bytes into HttpRequest and HttpResponse into bytes. It checks before: size of
// the body, who the session is, and for methods that change state the Origin header. All else is
// done here: routing, content type, JSON Schema of every body, rights, and work on the thread that
// owns the plan.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace footprint::access {
class Accounts;
class Directory;
class Sessions;
class SingleSignOn;
}  // namespace footprint::access
namespace footprint::storage {
class PlanLog;
}
namespace footprint::room {
class RoomRegistry;
}

namespace footprint::api {

using Header = std::pair<std::string, std::string>;

struct HttpRequest {
  std::string method;           // "GET"
  std::string path;             // without the query, as it came: "/api/v1/plans"
  std::string query;            // behind '?', as it came
  std::vector<Header> headers;  // names in lower case
  std::string body;
  std::optional<PersonId> person;  // whose session it is
  std::string session_token;       // of that session; for signing out
  std::string session_id;          // of that session, as lists name it
  std::string client_address;      // without the port; of the browser, where a proxy tells it
  bool by_cookie = false;          // the session came as a cookie, which pages elsewhere send along
  bool by_provider = false;        // single sign-on began the session
  bool by_token = false;           // not a session: an API token
  bool read_only = false;          // of that token
  PlanId token_plan;               // the only plan it is for; empty: all of the person's
  std::string request_id;          // for the log; printed in errors of kind 5xx

  std::string_view header(std::string_view lower_case_name) const;  // empty if missing
};

/// Take over: net keeps the connection and writes what the feed gives (api/event_feed.hpp).
struct EventStream {
  PlanId plan;
  Position after = 0;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<Header>
      headers;  // besides content-type and content-length: allow, set-cookie, cache-control ...
  std::string body;                   // also for HEAD: net leaves it out
  std::optional<EventStream> stream;  // status 200, text/event-stream, no body: start an EventFeed
};

/// What the API needs from the process. All of it outlives the Api; the functions are called from
/// any thread.
struct ApiOptions {
  room::RoomRegistry* registry = nullptr;
  storage::PlanLog* log = nullptr;
  bool demo = false;  // demo sign-in: POST /api/v1/session, GET /api/v1/demo/people
  access::Accounts* accounts = nullptr;
  access::Directory* directory = nullptr;  // of `accounts`
  access::Sessions* sessions = nullptr;    // of `accounts`
  access::SingleSignOn* sso = nullptr;
  /// Runs blocking work (reading the log) off the threads that own plans.
  std::function<void(std::function<void()>)> run_blocking;
  /// The same for accounts: passwords take memory, so that few of these run at once.
  /// False: too much waits already; the work is dropped.
  std::function<bool(std::function<void()>)> run_accounts;
  /// The same for what waits for a provider of single sign-on.
  std::function<void(std::function<void()>)> run_sso;
};

/// Thread-safe. Lives until no request is under way any more.
class Api {
 public:
  explicit Api(ApiOptions options);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  using Done = std::function<void(HttpResponse)>;
  /// Answers once, on any thread (at once or later). Whatever goes wrong becomes an answer.
  void handle(HttpRequest request, Done done) const;

  /// Whether this path is the API's: "/api" and what is below it.
  static bool owns(std::string_view path);

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// {"error":{"code","message"}} with the HTTP status of the error's kind, for net's own refusals
/// too.
HttpResponse error_response(const Error& error);
int status_of(ErrorKind kind);

}  // namespace footprint::api
