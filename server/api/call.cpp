#include "api/call.hpp"

#include <nlohmann/json.hpp>

#include "api/account_call.hpp"
#include "storage/plan_log.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (text[i] == '%' && high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

Error no_such_plan() {
  return {ErrorKind::kNotFound, "not-found",
          "There is no plan of that name. Go back to your plans and pick one."};
}

/// Plans still to visit, and what to do with them.
struct Visits : std::enable_shared_from_this<Visits> {
  std::shared_ptr<Call> call;
  std::vector<PlanId> plans;
  std::size_t next = 0;
  std::function<void(room::Room&)> visit;
  std::function<void(std::optional<Error>)> finish;
  std::optional<Error> failed;

  void go_on() {
    if (next == plans.size()) return finish(failed);
    const PlanId& plan = plans[next++];
    call->options.registry->with_room(
        plan, [self = shared_from_this()](Result<std::shared_ptr<room::Room>> room) {
          if (room)
            self->visit(**room);
          else if (!self->failed)
            self->failed = room.error();
          self->go_on();
        });
  }
};

}  // namespace

Call::~Call() {
  // A server that stops drops tasks, and with them whoever would have answered.
  if (done_)
    answer_error({ErrorKind::kUnavailable, "server.stopping",
                  "The server is stopping. Try again in a moment."});
}

void Call::answer(HttpResponse response) {
  if (!done_) return;
  Api::Done done = std::move(done_);
  done_ = nullptr;
  response.headers.emplace_back("cache-control", "no-store");
  done(std::move(response));
}

void Call::answer_json(const json& body, int status) {
  HttpResponse response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  answer(std::move(response));
}

void Call::answer_error(const Error& error) {
  HttpResponse response = error_response(error);
  if (response.status >= 500 && !request.request_id.empty()) {
    json body = json::parse(response.body, nullptr, false);
    body["error"]["request"] = request.request_id;
    response.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  answer(std::move(response));
}

std::string Call::parameter(const char* name) const {
  auto found = parameters.find(name);
  return found == parameters.end() ? std::string() : found->second;
}

std::optional<std::string> Call::query(std::string_view name) const {
  return form_value(request.query, name);
}

Error not_signed_in() {
  return {ErrorKind::kUnauthenticated, "sign-in",
          "Nobody is signed in, or the session has ended. Sign in first."};
}

std::optional<std::string> form_value(std::string_view text, std::string_view name) {
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    std::size_t equals = pair.find('=');
    if (decode_percent(pair.substr(0, equals)) == name)
      return equals == std::string_view::npos ? std::string()
                                              : decode_percent(pair.substr(equals + 1));
  }
  return std::nullopt;
}

void Call::with_plan(WithRoom next) {
  with_any_plan([next = std::move(next)](const std::shared_ptr<Call>& self, room::Room& room) {
    // Whoever is not of the plan is not told that there is one.
    const plan::Person* member = room.state().member(*self->request.person);
    if (member == nullptr) return self->answer_error(no_such_plan());
    if (Status may = may_act(*self, *member); !may) return self->answer_error(may.error());
    next(self, room);
  });
}

void Call::with_any_plan(WithRoom next) {
  if (!request.person) return answer_error(not_signed_in());
  std::string plan = parameter("plan");
  if (!is_valid_name(plan)) return answer_error(no_such_plan());
  options.registry->with_room(PlanId(plan), [self = shared_from_this(), next = std::move(next)](
                                                Result<std::shared_ptr<room::Room>> room) {
    if (!room)
      return self->answer_error(room.error().kind == ErrorKind::kNotFound ? no_such_plan()
                                                                          : room.error());
    next(self, **room);
  });
}

View view_of(const room::Room& room, const PersonId& person) {
  return {room.state(), person, [&room](const SectionKey& key) { return room.people_in(key); }};
}

void each_plan(const std::shared_ptr<Call>& call, std::function<void(room::Room&)> visit,
               std::function<void(std::optional<Error> failed)> finish) {
  auto visits = std::make_shared<Visits>();
  visits->call = call;
  visits->visit = std::move(visit);
  visits->finish = std::move(finish);
  call->options.run_blocking([visits] {
    auto plans = visits->call->options.log->plans();
    if (!plans) return visits->call->answer_error(plans.error());
    visits->plans = std::move(*plans);
    const PlanId& only = visits->call->request.token_plan;
    std::erase_if(visits->plans, [&only](const PlanId& plan) {
      return room::is_bench_plan(plan) || (!only.empty() && plan != only);
    });
    visits->go_on();
  });
}

}  // namespace footprint::api
