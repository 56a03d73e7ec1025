// The record of acts: who did what, for which organisation, when. Read backwards from the log.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "access/directory.hpp"
#include "api/call.hpp"
#include "api/events.hpp"
#include "plan/rights.hpp"
#include "plan/visibility.hpp"
#include "storage/plan_log.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

constexpr std::size_t kLimitDefault = 50;
constexpr std::size_t kLimitMax = 1'000;
constexpr std::size_t kDownloadMax = 100'000;
constexpr std::size_t kReadAtOnce = 500;
// Writing in one sitting is one act.
constexpr std::int64_t kSittingMs = 10 * 60'000;
constexpr UnixMs kDayMs = 86'400'000;

struct Filter {
  std::string person, organisation, kind, section;
  UnixMs from_ms = 0;
  UnixMs to_ms = INT64_MAX;  // exclusive
};

/// One entry: a row of the page, a line of a file.
struct Act {
  Position position = 0, oldest = 0;
  UnixMs at_ms = 0, oldest_ms = 0;
  plan::EventKind kind{};
  plan::Actor actor;
  SectionKey section;
  std::string words, reason;
  std::size_t updates = 1;
};

enum class Form { kJson, kCsv, kLines };

std::optional<UnixMs> day(const std::string& date) {
  int year = 0, month = 0, number = 0;
  if (date.size() != 10 || std::sscanf(date.c_str(), "%4d-%2d-%2d", &year, &month, &number) != 3)
    return std::nullopt;
  std::chrono::year_month_day ymd{std::chrono::year(year),
                                  std::chrono::month(static_cast<unsigned>(month)),
                                  std::chrono::day(static_cast<unsigned>(number))};
  if (!ymd.ok()) return std::nullopt;
  return std::chrono::sys_days(ymd).time_since_epoch().count() * kDayMs;
}

std::string iso(UnixMs at_ms) {
  auto whole_day = static_cast<int>(at_ms / kDayMs);
  std::chrono::year_month_day ymd{std::chrono::sys_days(std::chrono::days(whole_day))};
  auto rest = static_cast<int>(at_ms % kDayMs);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                static_cast<unsigned>(ymd.day()), rest / 3'600'000, rest / 60'000 % 60,
                rest / 1'000 % 60, rest % 1'000);
  return text;
}

/// A field of a CSV file, which no spreadsheet takes for a formula.
std::string field(const std::string& text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos)
    out += '\'';
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

/// One request, on its way backwards through the log.
struct Search : std::enable_shared_from_this<Search> {
  std::shared_ptr<Call> call;
  std::shared_ptr<room::Room> room;
  Filter filter;
  Form form = Form::kJson;
  std::size_t limit = 0;
  bool without_content = false;  // an administrator of accounts looks
  std::vector<plan::Scope> scopes;
  Position upto = 0;
  std::vector<Act> acts;
  bool more = false;

  void go_on() {
    if (upto == 0) return finish();
    call->options.run_blocking([self = shared_from_this()] {
      Position from = self->upto > kReadAtOnce ? self->upto - kReadAtOnce + 1 : 1;
      auto events = read_events(*self->call->options.log, self->room->plan(), from - 1,
                                static_cast<std::size_t>(self->upto - from + 1));
      self->call->options.registry->executor_of(self->room->plan())
          .post([self, from, events = std::move(events)] {
            if (!events) return self->call->answer_error(events.error());
            self->take(*events, from);
          });
    });
  }

  void take(const std::vector<plan::PlacedEvent>& events, Position from) {
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (!wanted(*event)) continue;
      if (joins(*event)) continue;
      if (acts.size() == limit) {
        more = true;
        return finish();
      }
      acts.push_back(act_of(*event));
    }
    bool too_old = !events.empty() && events.front().at_ms < filter.from_ms;
    upto = too_old ? 0 : from - 1;
    go_on();
  }

  bool wanted(const plan::PlacedEvent& placed) const {
    const plan::Event& event = placed.event;
    if (placed.at_ms < filter.from_ms || placed.at_ms >= filter.to_ms) return false;
    if (!filter.person.empty() && event.actor.person.value != filter.person) return false;
    if (!filter.organisation.empty() && event.actor.organisation.value != filter.organisation)
      return false;
    if (!filter.kind.empty() && kind_name(event.kind) != filter.kind) return false;
    if (!filter.section.empty() && !touches(event, filter.section)) return false;
    return without_content || may_see(event);
  }

  bool touches(const plan::Event& event, const std::string& key) const {
    if (!event.section.empty()) return event.section.value == key;
    if (event.kind != plan::EventKind::kFigureChanged &&
        event.kind != plan::EventKind::kFigureStatusChanged)
      return false;
    json body = json::parse(as_text(event.body), nullptr, false);
    if (!body.is_object() || !body.contains("cells")) return false;
    return std::any_of(body["cells"].begin(), body["cells"].end(), [&](const json& cell) {
      const plan::Table* table = room->state().table(TableKey(cell.value("table", std::string())));
      return table != nullptr && table->section.value == key;
    });
  }

  bool may_see(const plan::Event& event) const {
    const PersonId& person = *call->request.person;
    const plan::PlanState& state = room->state();
    if (event.actor.person == person) return true;
    if (!plan::may_see_event(state, person, event)) return false;
    for (plan::Scope scope : scopes) {
      if (scope == plan::Scope::kYes) return true;
      if (scope == plan::Scope::kOwnOrganisation)
        for (const plan::Membership& membership : state.member(person)->memberships)
          if (membership.organisation == event.actor.organisation &&
              membership.has(plan::Role::kBoardSignatory))
            return true;
      if (scope == plan::Scope::kOwnSections)
        for (const plan::Section& section : state.sections)
          if (section.is_led_by(person) && touches(event, section.key.value)) return true;
    }
    return false;
  }

  /// Whether it belongs to the act before, which it precedes in the same sitting.
  bool joins(const plan::PlacedEvent& placed) {
    if (acts.empty() || placed.event.kind != plan::EventKind::kSectionUpdated) return false;
    Act& last = acts.back();
    if (last.kind != placed.event.kind || last.actor != placed.event.actor ||
        last.section != placed.event.section || last.oldest_ms - placed.at_ms > kSittingMs)
      return false;
    last.oldest = placed.position;
    last.oldest_ms = placed.at_ms;
    ++last.updates;
    return true;
  }

  Act act_of(const plan::PlacedEvent& placed) const {
    Act act;
    act.position = act.oldest = placed.position;
    act.at_ms = act.oldest_ms = placed.at_ms;
    act.kind = placed.event.kind;
    act.actor = placed.event.actor;
    if (without_content) {
      act.words = "did something of the kind " + std::string(kind_name(act.kind));
      return act;
    }
    act.section = placed.event.section;
    act.words = plan::event_words(room->state(), placed.event);
    if (act.kind != plan::EventKind::kSectionUpdated && act.kind != plan::EventKind::kPlanCreated) {
      json body = json::parse(as_text(placed.event.body), nullptr, false);
      if (body.is_object()) act.reason = body.value("reason", std::string());
    }
    return act;
  }

  json act_json(const Act& act) const {
    std::string words = act.words;
    if (act.updates > 1) words += " (" + std::to_string(act.updates) + " changes)";
    json out = {{"position", act.position},
                {"at", act.at_ms},
                {"kind", kind_name(act.kind)},
                {"actor", actor_json(room->state(), act.actor)},
                {"words", std::move(words)}};
    if (!act.section.empty()) out["section"] = act.section.value;
    if (!act.reason.empty()) out["reason"] = act.reason;
    return out;
  }

  void finish() {
    if (form != Form::kJson) return finish_file();
    json list = json::array();
    for (const Act& act : acts) list.push_back(act_json(act));
    json body = {{"acts", std::move(list)}, {"head", room->position()}};
    if (more) body["next"] = acts.back().oldest;
    call->answer_json(body);
  }

  void finish_file() {
    HttpResponse response;
    bool csv = form == Form::kCsv;
    response.content_type = csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
    response.headers.emplace_back(
        "content-disposition",
        "attachment; filename=\"" + room->plan().value + (csv ? ".csv\"" : ".jsonl\""));
    if (csv)
      response.body =
          "position,at,person,name,organisation,organisation_name,kind,section,words\r\n";
    for (const Act& act : acts) {
      json entry = act_json(act);
      if (!csv) {
        response.body += entry.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
        continue;
      }
      json by = entry["actor"].is_object() ? entry["actor"] : json::object();
      response.body += std::to_string(act.position) + "," + iso(act.at_ms);
      for (const char* key : {"person", "name", "organisation", "organisation_name"})
        response.body += "," + field(by.value(key, std::string()));
      for (const char* key : {"kind", "section", "words"})
        response.body += "," + field(entry.value(key, std::string()));
      response.body += "\r\n";
    }
    call->answer(std::move(response));
  }
};

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Error bad_query(const char* message) {
  return {ErrorKind::kMalformed, "request.query", message};
}

/// What the query asks for; an error where it cannot be understood.
Result<std::shared_ptr<Search>> search_of(const std::shared_ptr<Call>& call) {
  auto search = std::make_shared<Search>();
  search->call = call;
  auto text = [&](const char* name) { return call->query(name).value_or(""); };
  search->filter = {text("person"), text("organisation"), text("kind"), text("section"), 0,
                    INT64_MAX};
  std::string form = call->query("format").value_or("json");
  if (form != "json" && form != "csv" && form != "jsonl")
    return forward_error(bad_query("The record comes as format=json, csv or jsonl."));
  search->form = form == "json" ? Form::kJson : form == "csv" ? Form::kCsv : Form::kLines;
  if (std::string from = text("from"); !from.empty()) {
    auto at = day(from);
    if (!at) return forward_error(bad_query("from takes a date such as 2016-10-21."));
    search->filter.from_ms = *at;
  }
  if (std::string to = text("to"); !to.empty()) {
    auto at = day(to);
    if (!at) return forward_error(bad_query("to takes a date such as 2016-10-21."));
    search->filter.to_ms = *at + kDayMs;
  }
  bool file = search->form != Form::kJson;
  auto limit =
      number_in(call->query("limit").value_or(std::to_string(file ? kDownloadMax : kLimitDefault)));
  if (!limit || *limit == 0 || *limit > (file ? kDownloadMax : kLimitMax))
    return forward_error(bad_query("limit takes a number from 1 to 1000."));
  search->limit = *limit;
  auto after = number_in(call->query("after").value_or("0"));
  if (!after) return forward_error(bad_query("after takes a position."));
  search->upto = *after;
  return search;
}

void begin(const std::shared_ptr<Search>& search, room::Room& room) {
  search->room = room.shared_from_this();
  if (search->without_content) search->filter.section.clear();
  Position head = room.position();
  search->upto = search->upto == 0 || search->upto > head ? head : search->upto - 1;
  search->go_on();
}

bool is_administrator(const Call& call) {
  if (call.options.directory == nullptr || !call.request.person) return false;
  auto known = call.options.directory->known(*call.request.person);
  return known && known->administrator;
}

}  // namespace

void get_audit(const std::shared_ptr<Call>& call) {
  auto search = search_of(call);
  bool administrator = is_administrator(*call);
  auto look = [search, administrator](const std::shared_ptr<Call>& self, room::Room& room) {
    if (!search) return self->answer_error(search.error());
    (*search)->scopes = scopes_of(room.state(), *self->request.person, plan::Action::kSeeAudit);
    (*search)->without_content = (*search)->scopes.empty() && administrator;
    if ((*search)->scopes.empty() && !administrator) {
      auto right = check(room.state(), *self->request.person, plan::Action::kSeeAudit);
      return self->answer_error(right.error());
    }
    begin(*search, room);
  };
  if (administrator)
    call->with_any_plan(look);
  else
    call->with_plan(look);
}

}  // namespace footprint::api
