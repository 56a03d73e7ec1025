#include "plan/seed.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "plan/prose_schema.hpp"
#include "plan/update_check.hpp"
#include "plan/words.hpp"
#include "sync/doc.hpp"
#include "sync/transaction.hpp"

namespace footprint::plan {

namespace {

using nlohmann::json;
using sync::Any, sync::Attributes, sync::Transaction, sync::TypeId, sync::TypeRef;

// Tables in tables in tables are no text of ours.
constexpr int kDepthMax = 8;

Any any_from(const json& value) {
  if (value.is_null()) return Any::null();
  if (value.is_boolean()) return Any(value.get<bool>());
  if (value.is_number()) return Any(value.get<double>());
  if (value.is_string()) return Any(value.get<std::string>());
  if (value.is_array()) {
    Any::Array items;
    for (const json& item : value) items.push_back(any_from(item));
    return Any(std::move(items));
  }
  Any::Object members;
  for (const auto& [key, member] : value.items()) members.emplace_back(key, any_from(member));
  return Any(std::move(members));
}

/// Writes the fields of one section into a document.
class Seeder {
 public:
  explicit Seeder(Transaction& change) : change_(change) {}

  std::string problem;
  std::size_t words = 0;

  void write_text(TypeId root, std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
      std::size_t end = std::min(text.find("\n\n", at), text.size());
      std::string_view paragraph = text.substr(at, end - at);
      while (!paragraph.empty() && paragraph.front() == '\n') paragraph.remove_prefix(1);
      if (!paragraph.empty()) {
        TypeId block = new_paragraph(root);
        insert_words(block, std::string(paragraph), std::nullopt);
      }
      at = end + 2;
    }
  }

  void write_content(TypeId parent, const json& nodes, int depth) {
    for (const json& node : nodes) {
      if (!problem.empty()) return;
      if (depth > kDepthMax) return set_problem("its blocks are nested too deep");
      std::string type = node.value("type", std::string());
      if (type == "text")
        write_run(parent, node);
      else if (!ProseSchema::get().has_node(type))
        set_problem("it has a block of unknown kind \"" + type + "\"");
      else
        write_element(parent, type, node, depth);
    }
  }

 private:
  void set_problem(std::string what) {
    if (problem.empty()) problem = std::move(what);
  }

  std::string next_bid() {
    // Eight characters, as the editor makes them; "s" for seeded. Renewed by the editor where they
    // meet their like.
    std::string digits = std::to_string(++blocks_);
    return "s" + std::string(7 - std::min<std::size_t>(7, digits.size()), '0') + digits;
  }

  TypeId new_paragraph(TypeId parent) {
    TypeId block =
        change_.insert_type(parent, change_.length(parent), TypeRef::kXmlElement, "paragraph");
    change_.set(block, "kind", Any(std::string("p")));
    change_.set(block, "indent", Any(0.0));
    change_.set(block, "bid", Any(next_bid()));
    return block;
  }

  void insert_words(TypeId block, const std::string& text, const std::optional<Attributes>& marks) {
    sync::Clock children = change_.length(block);
    TypeId last = children == 0 ? TypeId{} : change_.child(block, children - 1);
    // One run after another goes into one text; a node between them begins a new one.
    TypeId target =
        last && last == text_ ? text_ : change_.insert_type(block, children, TypeRef::kXmlText);
    text_ = target;
    change_.insert_text(target, change_.length(target), text, marks.value_or(Attributes{}));
    words += count_words(text);
  }

  void write_run(TypeId block, const json& node) {
    Attributes marks;
    if (node.contains("marks"))
      for (const json& mark : node.at("marks")) {
        std::string name = mark.value("type", std::string());
        // Anchors of comments are written by the server, for comments that a file does not carry.
        if (name.starts_with("comment")) continue;
        if (!ProseSchema::get().has_mark(name))
          return set_problem("it has a format of unknown kind \"" + name + "\"");
        marks.emplace_back(name, any_from(mark.value("attrs", json::object())));
      }
    insert_words(block, node.value("text", std::string()), marks);
  }

  void write_element(TypeId parent, const std::string& type, const json& node, int depth) {
    TypeId block = change_.insert_type(parent, change_.length(parent), TypeRef::kXmlElement, type);
    bool has_bid = false;
    if (node.contains("attrs"))
      for (const auto& [key, value] : node.at("attrs").items()) {
        if (!ProseSchema::get().has_attribute(key))
          return set_problem("it has an unknown attribute \"" + key + "\"");
        if (value.is_null()) continue;
        has_bid |= key == "bid";
        change_.set(block, key, any_from(value));
      }
    if (type == "paragraph" && !has_bid) change_.set(block, "bid", Any(next_bid()));
    if (node.contains("content")) write_content(block, node.at("content"), depth + 1);
  }

  Transaction& change_;
  TypeId text_;
  std::size_t blocks_ = 0;
};

}  // namespace

Result<SeededSection> seed_section(const json& section) {
  SeededSection seeded;
  std::string problem;
  sync::Doc doc({.client_id = kServerClientId});
  Bytes update = doc.transact([&](Transaction& change) {
    Seeder seeder(change);
    for (const json& field : section.at("fields")) {
      std::string key = field.at("key");
      bool has_content = field.contains("content") && field.at("content").contains("content");
      if (!has_content && field.value("text", std::string()).empty()) continue;
      TypeId root = change.root(key, TypeRef::kXmlFragment);
      seeder.words = 0;
      if (has_content)
        seeder.write_content(root, field.at("content").at("content"), 0);
      else
        seeder.write_text(root, field.at("text").get<std::string>());
      seeded.words[key] = seeder.words;
      if (!seeder.problem.empty() && problem.empty())
        problem = "Section " + section.at("key").get<std::string>() + ", field " + key +
                  " cannot be read: " + seeder.problem + ".";
    }
  });
  if (!problem.empty()) return fail(ErrorKind::kInvalid, "plan_file.content", problem);
  seeded.update = std::move(update);
  return seeded;
}

}  // namespace footprint::plan
