#include "rich_script.hpp"

#include "sync/transaction.hpp"

namespace footprint::bench {

namespace {

using sync::Any;
using sync::Clock;
using sync::Transaction;
using sync::TypeId;
using sync::TypeRef;

constexpr sync::ClientId kFirstAuthor = 0x20000000;

std::string text_of(const Any& op, std::string_view key) {
  const Any* value = op.find(key);
  return value != nullptr && value->as_string() != nullptr ? *value->as_string() : std::string();
}

std::uint32_t number_of(const Any& op, std::string_view key) {
  const Any* value = op.find(key);
  return value != nullptr && value->as_number() != nullptr
             ? static_cast<std::uint32_t>(*value->as_number())
             : 0;
}

Any::Object object_of(const Any* value) {
  return value != nullptr && value->as_object() != nullptr ? *value->as_object() : Any::Object{};
}

class Player {
 public:
  void play(Transaction& transaction, const Any& op) {
    std::string kind = text_of(op, "o");
    if (kind == "blk" || kind == "box") return add_node(transaction, op, kind == "blk");
    if (kind == "c" || kind == "cr") return comment(transaction, op, kind == "cr");
    if (kind == "del") {
      transaction.delete_values(node(transaction, number_of(op, "parent")), number_of(op, "index"),
                                number_of(op, "len"));
      return;
    }
    std::uint32_t id = number_of(op, "id");
    Clock position = number_of(op, "pos"), length = number_of(op, "len");
    if (kind == "t+") transaction.insert_text(texts_[id], position, text_of(op, "str"));
    if (kind == "t-") transaction.delete_text(texts_[id], position, length);
    if (kind == "fmt") {
      transaction.format_text(texts_[id], position, length, object_of(op.find("marks")));
    }
    if (kind == "attr" && op.find("v") != nullptr) {
      transaction.set(nodes_[id], text_of(op, "k"), *op.find("v"));
    }
  }

 private:
  TypeId node(Transaction& transaction, std::uint32_t id) {
    return id == 0 ? transaction.root("prosemirror", TypeRef::kXmlFragment) : nodes_[id];
  }

  void add_node(Transaction& transaction, const Any& op, bool block) {
    std::uint32_t id = number_of(op, "id");
    TypeId element =
        transaction.insert_type(node(transaction, number_of(op, "parent")), number_of(op, "index"),
                                TypeRef::kXmlElement, text_of(op, "type"));
    nodes_[id] = element;
    for (const auto& [key, value] : object_of(op.find("attrs"))) {
      if (!value.is_null()) transaction.set(element, key, value);
    }
    if (!block) return;
    TypeId text = transaction.insert_type(element, 0, TypeRef::kXmlText);
    texts_[id] = text;
    const Any* runs = op.find("runs");
    if (runs == nullptr || runs->as_array() == nullptr) return;
    for (const Any& run : *runs->as_array()) {
      const Any::Array& pair = *run.as_array();
      transaction.insert_text(text, transaction.length(text), *pair[0].as_string(),
                              object_of(&pair[1]));
    }
  }

  void comment(Transaction& transaction, const Any& op, bool reply) {
    TypeId comments = transaction.root("comments", TypeRef::kMap);
    std::string id = text_of(op, "cid");
    if (!comments_.contains(id)) comments_[id] = transaction.set_type(comments, id, TypeRef::kMap);
    const Any* value = op.find("v");
    if (value == nullptr) return;
    if (!reply) {
      transaction.set(comments_[id], text_of(op, "k"), *value);
      return;
    }
    if (!replies_.contains(id)) {
      replies_[id] = transaction.set_type(comments_[id], "replies", TypeRef::kArray);
    }
    transaction.insert_values(replies_[id], transaction.length(replies_[id]), {*value});
  }

  std::map<std::uint32_t, TypeId> nodes_, texts_;
  std::map<std::string, TypeId> comments_, replies_;
};

}  // namespace

Result<RichScript> RichScript::parse(const std::vector<std::string>& lines) {
  RichScript script;
  for (const auto& line : lines) {
    auto parsed = sync::parse_json(line);
    if (!parsed || parsed->find("ops") == nullptr || !parsed->find("ops")->as_array()) {
      return fail(ErrorKind::kMalformed, "bench.fixture",
                  "script.jsonl has a line that is no edit.");
    }
    script.transactions.push_back(std::move(*parsed));
  }
  return script;
}

std::size_t replay(const RichScript& script, sync::Doc& doc) {
  Player player;
  std::size_t made = 0;
  for (const Any& each : script.transactions) {
    doc.set_client_id(kFirstAuthor + number_of(each, "author"));
    Bytes update = doc.transact([&](Transaction& transaction) {
      for (const Any& op : *each.find("ops")->as_array()) player.play(transaction, op);
    });
    made += update.empty() ? 0 : 1;
  }
  return made;
}

}  // namespace footprint::bench
