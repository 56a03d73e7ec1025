#include <nlohmann/json.hpp>

#include "api/call.hpp"
#include "plan/rights.hpp"
#include "room/section.hpp"
#include "sync/read.hpp"

namespace footprint::api {

using nlohmann::json;

namespace {

Error no_such_section() {
  return {ErrorKind::kNotFound, "section.unknown",
          "This plan has no section of that name. Go back to the plan and pick one."};
}

/// The section of the path, which the person may read; otherwise that is answered.
const plan::Section* readable_section(Call& call, const room::Room& room) {
  SectionKey key(call.parameter("section"));
  const plan::Section* section = room.state().section(key);
  // What does not show to somebody is as if it were not there.
  if (section == nullptr || !may_read(room.state(), *call.request.person, key)) {
    call.answer_error(no_such_section());
    return nullptr;
  }
  return section;
}

enum class Format { kJson, kHtml, kText };

std::optional<Format> format_of(const Call& call) {
  std::string format = call.query("format").value_or("json");
  if (format == "json") return Format::kJson;
  if (format == "html") return Format::kHtml;
  if (format == "text") return Format::kText;
  return std::nullopt;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

json text_json(const plan::Section& section, const sync::Doc& doc, Position position) {
  json fields = json::array();
  for (const plan::Field& field : section.fields) {
    sync::TypeId root = sync::find_root(doc, field.key);
    json content = {{"type", "doc"}, {"content", json::array()}};
    if (root)
      content = json::parse(sync::to_json(sync::prosemirror_doc(doc, root)), nullptr, false);
    fields.push_back({{"key", field.key}, {"title", field.title}, {"content", std::move(content)}});
  }
  return {{"section", section.key.value}, {"position", position}, {"fields", std::move(fields)}};
}

HttpResponse text_as(Format format, const plan::Section& section, const sync::Doc& doc) {
  HttpResponse response;
  bool is_html = format == Format::kHtml;
  response.content_type = is_html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
  for (const plan::Field& field : section.fields) {
    sync::TypeId root = sync::find_root(doc, field.key);
    if (is_html)
      response.body += "<section id=\"" + escaped(field.key) + "\"><h2>" + escaped(field.title) +
                       "</h2>" + (root ? sync::html(doc, root) : "") + "</section>\n";
    else
      response.body += field.title + "\n\n" + (root ? sync::plain_text(doc, root) : "") + "\n\n";
  }
  return response;
}

}  // namespace

void list_plans(const std::shared_ptr<Call>& call) {
  if (!call->request.person) return call->answer_error(not_signed_in());
  auto list = std::make_shared<json>(json::array());
  each_plan(
      call,
      [call, list](room::Room& room) {
        if (room.state().member(*call->request.person) != nullptr)
          list->push_back(plan_summary_json(view_of(room, *call->request.person)));
      },
      [call, list](const std::optional<Error>& failed) {
        if (list->empty() && failed) return call->answer_error(*failed);
        call->answer_json({{"plans", std::move(*list)}});
      });
}

void get_plan(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    self->answer_json(plan_json(view_of(room, *self->request.person)));
  });
}

void get_section(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    const plan::Section* section = readable_section(*self, room);
    if (section != nullptr)
      self->answer_json(section_json(view_of(room, *self->request.person), *section));
  });
}

void with_section(const std::shared_ptr<Call>& call, WithSection next) {
  call->with_plan([next = std::move(next)](const std::shared_ptr<Call>& self, room::Room& room) {
    const plan::Section* section = readable_section(*self, room);
    if (section == nullptr) return;
    room.open_section(section->key,
                      [self, next, keep = room.shared_from_this()](Result<room::Section*> opened) {
                        if (!opened) return self->answer_error(opened.error());
                        next(*self, *keep, *keep->state().section((*opened)->key), **opened);
                      });
  });
}

void get_text(const std::shared_ptr<Call>& call) {
  auto format = format_of(*call);
  if (!format)
    return call->answer_error(
        {ErrorKind::kMalformed, "request.format", "The text comes as format=json, html or text."});
  with_section(call, [format](Call& self, const room::Room& room, const plan::Section& section,
                              const room::Section& live) {
    if (*format == Format::kJson)
      self.answer_json(text_json(section, live.doc, room.position()));
    else
      self.answer(text_as(*format, section, live.doc));
  });
}

void list_people(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    json list = json::array();
    for (const plan::Person& person : room.state().people)
      if (person.is_member()) list.push_back(person_json(room.state(), person));
    self->answer_json({{"people", std::move(list)}});
  });
}

void list_organisations(const std::shared_ptr<Call>& call) {
  call->with_plan([](const std::shared_ptr<Call>& self, room::Room& room) {
    json list = json::array();
    for (const plan::Organisation& organisation : room.state().organisations)
      list.push_back(organisation_json(room.state(), organisation, true));
    json body = {{"organisations", std::move(list)}};
    if (!room.state().alias_note.empty()) body["alias_note"] = room.state().alias_note;
    self->answer_json(body);
  });
}

}  // namespace footprint::api
