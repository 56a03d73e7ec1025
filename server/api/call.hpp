// One request on its way through the API: what was asked, and how to answer.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "api/router.hpp"
#include "api/views.hpp"
#include "plan/state.hpp"
#include "room/registry.hpp"
#include "room/room.hpp"

namespace footprint::api {

/// Kept alive by whatever works on it; answers exactly once.
class Call : public std::enable_shared_from_this<Call> {
 public:
  Call(HttpRequest request_taken, std::map<std::string, std::string> path_parameters,
       const ApiOptions& api_options, Api::Done done)
      : request(std::move(request_taken)),
        parameters(std::move(path_parameters)),
        options(api_options),
        done_(std::move(done)) {}
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const HttpRequest request;
  const std::map<std::string, std::string> parameters;
  const ApiOptions& options;

  void answer(HttpResponse response);
  void answer_json(const nlohmann::json& body, int status = 200);
  void answer_error(const Error& error);

  std::string parameter(const char* name) const;
  /// A value of the query, percent-decoded; nullopt if it is not there.
  std::optional<std::string> query(std::string_view name) const;

  /// Opens the plan of the path for the person who is signed in, and goes on with it on the plan's
  /// thread. Whatever prevents that is answered.
  using WithRoom = std::function<void(std::shared_ptr<Call>, room::Room&)>;
  void with_plan(WithRoom next);
  /// The same without asking whether they are of the plan: for administrators of accounts.
  void with_any_plan(WithRoom next);

 private:
  Api::Done done_;
};

/// "sign-in" (kUnauthenticated).
Error not_signed_in();

/// A value of a query or a form, percent-decoded; nullopt if it is not there.
std::optional<std::string> form_value(std::string_view text, std::string_view name);

/// What a person sees of a room's plan.
View view_of(const room::Room& room, const PersonId& person);

/// Opens the section of the path, if the person may read it, and goes on with its text on the
/// plan's thread. Whatever prevents that is answered.
using WithSection =
    std::function<void(Call&, const room::Room&, const plan::Section&, const room::Section&)>;
void with_section(const std::shared_ptr<Call>& call, WithSection next);

using Handler = void (*)(const std::shared_ptr<Call>&);

// session.cpp
void get_session(const std::shared_ptr<Call>& call);
void sign_in(const std::shared_ptr<Call>& call);
void sign_out(const std::shared_ptr<Call>& call);
void list_demo_people(const std::shared_ptr<Call>& call);
// sso.cpp
void begin_sso(const std::shared_ptr<Call>& call);
void finish_sso(const std::shared_ptr<Call>& call);
void sign_out_by_provider(const std::shared_ptr<Call>& call);
// plans.cpp
void list_plans(const std::shared_ptr<Call>& call);
void get_plan(const std::shared_ptr<Call>& call);
void get_section(const std::shared_ptr<Call>& call);
void get_text(const std::shared_ptr<Call>& call);
void list_people(const std::shared_ptr<Call>& call);
void list_organisations(const std::shared_ptr<Call>& call);
// figures.cpp
void list_tables(const std::shared_ptr<Call>& call);
void get_table(const std::shared_ptr<Call>& call);
void change_figures(const std::shared_ptr<Call>& call);
// govern.cpp
void get_rights(const std::shared_ptr<Call>& call);
void put_member(const std::shared_ptr<Call>& call);
void patch_section(const std::shared_ptr<Call>& call);
void put_organisation(const std::shared_ptr<Call>& call);
void change_figure_status(const std::shared_ptr<Call>& call);
// drafts.cpp
void offer_draft(const std::shared_ptr<Call>& call);
void list_drafts(const std::shared_ptr<Call>& call);
void settle_draft(const std::shared_ptr<Call>& call);
// audit.cpp
void get_audit(const std::shared_ptr<Call>& call);
// authors.cpp
void get_authors(const std::shared_ptr<Call>& call);
// start_plan.cpp
void list_footprints(const std::shared_ptr<Call>& call);
void start_plan(const std::shared_ptr<Call>& call);
// events.cpp
void list_events(const std::shared_ptr<Call>& call);
// description.cpp
void get_openapi(const std::shared_ptr<Call>& call);
void get_api_schema(const std::shared_ptr<Call>& call);
void get_docs(const std::shared_ptr<Call>& call);
void get_docs_style(const std::shared_ptr<Call>& call);

/// Visits every plan that can be opened, each on its own thread, one after another; then `finish`,
/// on the last one's. `failed` holds the first plan's error that could not be opened.
void each_plan(const std::shared_ptr<Call>& call, std::function<void(room::Room&)> visit,
               std::function<void(std::optional<Error> failed)> finish);

}  // namespace footprint::api
