#include "api/call.hpp"
#include "plan/embedded.hpp"

namespace footprint::api {

namespace {

void answer_file(Call& call, const char* name, const char* content_type) {
  HttpResponse response;
  response.content_type = content_type;
  response.body = plan::embedded_file(name);
  call.answer(std::move(response));
}

}  // namespace

void get_openapi(const std::shared_ptr<Call>& call) {
  answer_file(*call, "openapi.yaml", "application/yaml; charset=utf-8");
}

void get_api_schema(const std::shared_ptr<Call>& call) {
  answer_file(*call, "api.schema.json", "application/schema+json");
}

void get_docs(const std::shared_ptr<Call>& call) {
  answer_file(*call, "api-docs.html", "text/html; charset=utf-8");
}

void get_docs_style(const std::shared_ptr<Call>& call) {
  answer_file(*call, "api-docs.css", "text/css; charset=utf-8");
}

}  // namespace footprint::api
