#include "api/router.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "api/account_call.hpp"
#include "api/call.hpp"

namespace footprint::api {

namespace {

struct Route {
  const char* method;
  const char* path;  // "{name}" stands for one part
  Handler handler;
  std::string_view content_type = "application/json";  // of the body, if it is a POST
};

constexpr std::array kRoutes = {
    Route{"GET", "/api/v1/session", get_session},
    Route{"POST", "/api/v1/session", sign_in},
    Route{"DELETE", "/api/v1/session", sign_out},
    Route{"GET", "/api/v1/demo/people", list_demo_people},
    Route{"GET", "/api/v1/sso/{provider}/start", begin_sso},
    Route{"GET", "/api/v1/sso/{provider}/callback", finish_sso},
    Route{"POST", "/api/v1/sso/{provider}/logout", sign_out_by_provider,
          "application/x-www-form-urlencoded"},
    Route{"GET", "/api/v1/account", get_account},
    Route{"PATCH", "/api/v1/account", rename_account},
    Route{"POST", "/api/v1/account/password", change_password},
    Route{"DELETE", "/api/v1/account/sessions", end_other_sessions},
    Route{"DELETE", "/api/v1/account/sessions/{session}", end_session},
    Route{"POST", "/api/v1/account/second-factor", begin_second_factor},
    Route{"DELETE", "/api/v1/account/second-factor", end_second_factor},
    Route{"POST", "/api/v1/account/second-factor/confirm", confirm_second_factor},
    Route{"POST", "/api/v1/account/tokens", create_token},
    Route{"DELETE", "/api/v1/account/tokens/{token}", end_token},
    Route{"POST", "/api/v1/links/reset", request_reset},
    Route{"POST", "/api/v1/links/look", look_at_link},
    Route{"POST", "/api/v1/links/use", use_link},
    Route{"GET", "/api/v1/admin/people", list_accounts},
    Route{"PATCH", "/api/v1/admin/people/{person}", change_account},
    Route{"POST", "/api/v1/admin/people/{person}/reset-link", make_reset_link},
    Route{"GET", "/api/v1/admin/people/{person}/export", export_person},
    Route{"POST", "/api/v1/admin/people/{person}/erase", erase_person},
    Route{"GET", "/api/v1/plans/{plan}/invitations", list_invitations},
    Route{"POST", "/api/v1/plans/{plan}/invitations", invite},
    Route{"DELETE", "/api/v1/plans/{plan}/invitations/{invitation}", withdraw_invitation},
    Route{"POST", "/api/v1/plans/{plan}/invitations/{invitation}/renew", renew_invitation},
    Route{"GET", "/api/v1/plans", list_plans},
    Route{"POST", "/api/v1/plans", start_plan},
    Route{"GET", "/api/v1/footprints", list_footprints},
    Route{"GET", "/api/v1/plans/{plan}", get_plan},
    Route{"GET", "/api/v1/plans/{plan}/sections/{section}", get_section},
    Route{"GET", "/api/v1/plans/{plan}/sections/{section}/text", get_text},
    Route{"GET", "/api/v1/plans/{plan}/sections/{section}/authors", get_authors},
    Route{"GET", "/api/v1/plans/{plan}/people", list_people},
    Route{"GET", "/api/v1/plans/{plan}/organisations", list_organisations},
    Route{"GET", "/api/v1/plans/{plan}/tables", list_tables},
    Route{"GET", "/api/v1/plans/{plan}/tables/{table}", get_table},
    Route{"POST", "/api/v1/plans/{plan}/figures", change_figures},
    Route{"GET", "/api/v1/rights", get_rights},
    Route{"PUT", "/api/v1/plans/{plan}/members/{person}", put_member},
    Route{"PATCH", "/api/v1/plans/{plan}/sections/{section}", patch_section},
    Route{"PUT", "/api/v1/plans/{plan}/organisations/{organisation}", put_organisation},
    Route{"POST", "/api/v1/plans/{plan}/figures/status", change_figure_status},
    Route{"POST", "/api/v1/plans/{plan}/sections/{section}/drafts", offer_draft},
    Route{"GET", "/api/v1/plans/{plan}/drafts", list_drafts},
    Route{"POST", "/api/v1/plans/{plan}/drafts/{draft}", settle_draft},
    Route{"GET", "/api/v1/plans/{plan}/audit", get_audit},
    Route{"GET", "/api/v1/plans/{plan}/events", list_events},
    Route{"GET", "/api/v1/openapi.yaml", get_openapi},
    Route{"GET", "/api/v1/api.schema.json", get_api_schema},
    Route{"GET", "/api/v1/docs", get_docs},
    Route{"GET", "/api/v1/docs.css", get_docs_style},
};

std::string_view take_part(std::string_view& path) {
  std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(part.size() + 1, path.size()));
  return part;
}

/// The values of the pattern's names, or nullopt if the path is another.
std::optional<std::map<std::string, std::string>> match(std::string_view pattern,
                                                        std::string_view path) {
  std::map<std::string, std::string> values;
  while (!pattern.empty() || !path.empty()) {
    std::string_view wanted = take_part(pattern);
    std::string_view part = take_part(path);
    if (wanted.starts_with('{'))
      values[std::string(wanted.substr(1, wanted.size() - 2))] = std::string(part);
    else if (wanted != part)
      return std::nullopt;
    if (wanted.starts_with('{') && part.empty()) return std::nullopt;
  }
  return values;
}

bool is_of_type(std::string_view content_type, std::string_view wanted) {
  std::string_view kind = content_type.substr(0, content_type.find(';'));
  while (!kind.empty() && kind.back() == ' ') kind.remove_suffix(1);
  return std::equal(kind.begin(), kind.end(), wanted.begin(), wanted.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

HttpResponse wrong_method(const HttpRequest& request, const std::string& allowed) {
  HttpResponse response = error_response(
      {ErrorKind::kMalformed, "request.method",
       "This address does not take " + request.method + ". It takes " + allowed + "."});
  response.status = 405;
  response.headers.emplace_back("allow", allowed);
  return response;
}

}  // namespace

struct Api::State {
  ApiOptions options;
};

std::string_view HttpRequest::header(std::string_view lower_case_name) const {
  for (const Header& header : headers)
    if (header.first == lower_case_name) return header.second;
  return {};
}

Api::Api(ApiOptions options) : state_(std::make_shared<State>(State{std::move(options)})) {}
Api::~Api() = default;

bool Api::owns(std::string_view path) {
  return path == "/api" || path.starts_with("/api/");
}

void Api::handle(HttpRequest request, Done done) const {
  std::string allowed;
  std::string method = request.method == "HEAD" ? "GET" : request.method;
  for (const Route& route : kRoutes) {
    auto values = match(route.path, request.path);
    if (!values) continue;
    if (route.method != method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
      if (std::string_view(route.method) == "GET") allowed += ", HEAD";
      continue;
    }
    if (Status admitted = admit(request, *values); !admitted)
      return done(error_response(admitted.error()));
    bool takes_body = method == "POST" || method == "PUT" || method == "PATCH";
    bool brings_none = request.body.empty() && request.header("content-type").empty();
    if (takes_body && !brings_none &&
        !is_of_type(request.header("content-type"), route.content_type)) {
      HttpResponse response =
          error_response({ErrorKind::kMalformed, "request.content_type",
                          "Send the body as " + std::string(route.content_type) + "."});
      response.status = 415;
      return done(std::move(response));
    }
    return route.handler(std::make_shared<Call>(std::move(request), std::move(*values),
                                                state_->options, std::move(done)));
  }
  if (!allowed.empty()) return done(wrong_method(request, allowed));
  done(error_response({ErrorKind::kNotFound, "not-found",
                       "There is nothing at this address. /api/v1/docs says what there is."}));
}

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMalformed:
      return 400;
    case ErrorKind::kInvalid:
      return 422;
    case ErrorKind::kTooLarge:
      return 413;
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kForbidden:
      return 403;
    case ErrorKind::kUnauthenticated:
      return 401;
    case ErrorKind::kConflict:
      return 409;
    case ErrorKind::kUnavailable:
    case ErrorKind::kCorrupt:
    case ErrorKind::kIo:
      return 503;
  }
  return 500;
}

HttpResponse error_response(const Error& error) {
  using nlohmann::json;
  HttpResponse response;
  response.status = status_of(error.kind);
  response.body = json{{"error", {{"code", error.code}, {"message", error.message}}}}.dump(
      -1, ' ', false, json::error_handler_t::replace);
  if (response.status == 503) response.headers.emplace_back("retry-after", "5");
  return response;
}

}  // namespace footprint::api
