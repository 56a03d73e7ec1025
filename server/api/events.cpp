#include "api/events.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "api/call.hpp"
#include "plan/visibility.hpp"
#include "storage/plan_log.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

constexpr std::uint64_t kLimitDefault = 100;
constexpr std::uint64_t kLimitMax = 1000;
constexpr std::uint64_t kPositionMax = (1ull << 53) - 1;  // as far as JSON numbers count

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > kPositionMax)
    return std::nullopt;
  return number;
}

Error bad_number(const char* name) {
  return {ErrorKind::kMalformed, "request.number",
          std::string(name) + " takes a whole number that is not negative."};
}

bool wants_stream(const Call& call) {
  return call.request.header("accept").find("text/event-stream") != std::string_view::npos;
}

void list(const std::shared_ptr<Call>& call, Position after, std::uint64_t limit) {
  call->with_plan([after, limit](const std::shared_ptr<Call>& self, room::Room& room) {
    auto keep = room.shared_from_this();
    self->options.run_blocking([self, keep, after, limit] {
      auto events = read_events(*self->options.log, keep->plan(), after, limit);
      // The names in them are the plan's: back to its thread.
      self->options.registry->executor_of(keep->plan())
          .post([self, keep, events = std::move(events)] {
            if (!events) return self->answer_error(events.error());
            json out = json::array();
            // What is in the log but not applied yet is judged by the rights that it may change.
            for (const plan::PlacedEvent& event : *events)
              if (event.position <= keep->position() &&
                  plan::may_see_event(keep->state(), *self->request.person, event.event))
                out.push_back(event_json(keep->state(), event));
            self->answer_json({{"events", std::move(out)}, {"head", keep->position()}});
          });
    });
  });
}

}  // namespace

Result<std::vector<plan::PlacedEvent>> read_events(const storage::PlanLog& log, const PlanId& plan,
                                                   Position after, std::size_t limit) {
  auto stored = log.read(plan, after + 1, limit);
  if (!stored) return forward_error(stored.error());
  std::vector<plan::PlacedEvent> out;
  for (const storage::Event& record : *stored) {
    auto event = plan::decode_event(record.payload);
    if (!event) {
      Error error = event.error();
      error.message = "Event " + std::to_string(record.position) + " of plan " + plan.value +
                      " cannot be read. " + error.message;
      return forward_error(std::move(error));
    }
    out.push_back({record.position, record.at_ms, std::move(*event)});
  }
  return out;
}

std::string format_event(const plan::PlanState& state, const plan::PlacedEvent& event) {
  // JSON text has no line breaks of its own, so one data line is enough.
  return "id: " + std::to_string(event.position) +
         "\nevent: " + std::string(kind_name(event.event.kind)) + "\ndata: " +
         event_json(state, event).dump(-1, ' ', false, json::error_handler_t::replace) + "\n\n";
}

void list_events(const std::shared_ptr<Call>& call) {
  bool stream = wants_stream(*call);
  auto after = number_in(call->query("after").value_or("0"));
  auto limit = number_in(call->query("limit").value_or(std::to_string(kLimitDefault)));
  if (!after) return call->answer_error(bad_number("after"));
  if (!limit || *limit == 0 || *limit > kLimitMax)
    return call->answer_error(
        {ErrorKind::kMalformed, "request.number", "limit takes a number from 1 to 1000."});
  if (!stream) return list(call, *after, *limit);
  // What came last goes before where it began: browsers repeat the address as it was.
  if (auto last = call->request.header("last-event-id"); !last.empty()) {
    after = number_in(last);
    if (!after) return call->answer_error(bad_number("Last-Event-ID"));
  }
  call->with_plan([after](const std::shared_ptr<Call>& self, room::Room& room) {
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.stream = EventStream{room.plan(), *after};
    self->answer(std::move(response));
  });
}

}  // namespace footprint::api
