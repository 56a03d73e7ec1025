// Fragments made of the nodes in schemas/prose.json, as HTML and as plain text. Blocks are flat: a
// list is a run of paragraphs of kind ul or ol with an indent each, so lists are opened and closed
// here.
#include <algorithm>

#include "sync/js_text.hpp"
#include "sync/read.hpp"

namespace footprint::sync {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string attribute(const Doc& doc, TypeId node, std::string_view key) {
  auto value = map_value(doc, node, key);
  const Any* plain = value ? std::get_if<Any>(&*value) : nullptr;
  return plain == nullptr || plain->is_null() || plain->is_undefined() ? std::string()
                                                                       : js_string(*plain);
}

/// Only links a reader can follow safely.
bool safe_link(std::string_view address) {
  std::string lower(address.substr(0, 8));
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower.starts_with("https://") || lower.starts_with("http://") ||
         lower.starts_with("mailto:") || lower.starts_with("#");
}

struct Tags {
  std::string open;
  std::string close;
};

Tags mark_tags(const AnyMember& mark) {
  std::string_view name = mark_name(mark.key);
  if (name == "strong") return {"<strong>", "</strong>"};
  if (name == "em") return {"<em>", "</em>"};
  if (name == "insertion") return {"<ins>", "</ins>"};
  if (name == "deletion") return {"<del>", "</del>"};
  if (name == "link") {
    const Any* href = mark.value.find("href");
    const std::string* address = href == nullptr ? nullptr : href->as_string();
    if (address != nullptr && safe_link(*address)) {
      return {"<a href=\"" + escaped(*address) + "\" rel=\"noopener nofollow\">", "</a>"};
    }
  }
  return {};
}

class HtmlWriter {
 public:
  explicit HtmlWriter(const Doc& doc) : doc_(doc) {}

  std::string take() { return std::move(out_); }

  void blocks(TypeId parent, int depth) {
    if (depth > kReadDepthMax) return;
    std::vector<Level> outer;
    outer.swap(lists_);
    for (const Value& value : list_values(doc_, parent)) {
      if (const TypeId* node = std::get_if<TypeId>(&value)) block(*node, depth);
    }
    close_lists(0);
    lists_.swap(outer);
  }

 private:
  struct Level {
    std::string tag;
    int indent;
  };

  void block(TypeId node, int depth) {
    if (kind_of(doc_, node) == TypeRef::kXmlText) {
      close_lists(0);
      out_ += "<p>";
      inline_content(node, depth);
      out_ += "</p>\n";
      return;
    }
    std::string name = node_name(doc_, node);
    if (name == "paragraph") return paragraph(node, depth);
    close_lists(0);
    if (name == "table") {
      out_ += "<table>\n<tbody>\n";
      rows(node, depth + 1);
      out_ += "</tbody>\n</table>\n";
    } else if (name == "figure") {
      out_ += "<p class=\"figure\">" + escaped(attribute(doc_, node, "ref")) + "</p>\n";
    } else {
      out_ += "<p>";
      inline_children(node, depth + 1);
      out_ += "</p>\n";
    }
  }

  void paragraph(TypeId node, int depth) {
    std::string kind = attribute(doc_, node, "kind");
    if (kind == "ul" || kind == "ol") {
      open_item(kind, indent_of(node));
      inline_children(node, depth + 1);
      return;
    }
    close_lists(0);
    bool heading = kind == "h3" || kind == "h4" || kind == "h5";
    std::string tag = heading ? kind : "p";
    if (kind == "quote") out_ += "<blockquote>";
    out_ += "<" + tag + ">";
    inline_children(node, depth + 1);
    out_ += "</" + tag + ">";
    if (kind == "quote") out_ += "</blockquote>";
    out_ += "\n";
  }

  int indent_of(TypeId node) const {
    auto value = map_value(doc_, node, "indent");
    const Any* plain = value ? std::get_if<Any>(&*value) : nullptr;
    const double* number = plain == nullptr ? nullptr : plain->as_number();
    return number != nullptr && *number >= 0 && *number <= 12 ? static_cast<int>(*number) : 0;
  }

  // The <li> stays open: a deeper list belongs into it.
  void open_item(const std::string& tag, int indent) {
    while (!lists_.empty() && lists_.back().indent > indent) close_one();
    if (!lists_.empty() && lists_.back().indent == indent) {
      if (lists_.back().tag == tag) {
        out_ += "</li>\n<li>";
        return;
      }
      close_one();
    }
    out_ += "<" + tag + ">\n<li>";
    lists_.push_back({tag, indent});
  }

  void close_one() {
    out_ += "</li>\n</" + lists_.back().tag + ">\n";
    lists_.pop_back();
  }

  void close_lists(std::size_t keep) {
    while (lists_.size() > keep) close_one();
  }

  void rows(TypeId table, int depth) {
    for (const Value& row : list_values(doc_, table)) {
      const TypeId* row_node = std::get_if<TypeId>(&row);
      if (row_node == nullptr || node_name(doc_, *row_node) != "table_row") continue;
      out_ += "<tr>\n";
      for (const Value& cell : list_values(doc_, *row_node)) {
        if (const TypeId* node = std::get_if<TypeId>(&cell)) table_cell(*node, depth);
      }
      out_ += "</tr>\n";
    }
  }

  void table_cell(TypeId node, int depth) {
    std::string name = node_name(doc_, node);
    if (name != "table_header" && name != "table_cell") return;
    std::string tag = name == "table_header" ? "th" : "td";
    out_ += "<" + tag;
    for (const char* span : {"colspan", "rowspan"}) {
      std::string value = attribute(doc_, node, span);
      bool number =
          !value.empty() && value.size() <= 4 &&
          std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (number && value != "1") out_ += std::string(" ") + span + "=\"" + value + "\"";
    }
    out_ += ">";
    blocks(node, depth + 1);
    out_ += "</" + tag + ">\n";
  }

  void inline_children(TypeId node, int depth) {
    if (depth > kReadDepthMax) return;
    for (const Value& value : list_values(doc_, node)) {
      if (const TypeId* child = std::get_if<TypeId>(&value)) inline_content(*child, depth);
    }
  }

  void inline_content(TypeId node, int depth) {
    if (kind_of(doc_, node) == TypeRef::kXmlText) return text(node);
    std::string name = node_name(doc_, node);
    if (name == "hard_break") {
      out_ += "<br>";
    } else if (name == "mention") {
      out_ += "<span class=\"mention\">" + escaped(attribute(doc_, node, "label")) + "</span>";
    } else {
      inline_children(node, depth + 1);
    }
  }

  void text(TypeId node) {
    for (const DeltaOp& op : text_delta(doc_, node)) {
      if (!op.is_text) continue;
      std::string close;
      std::vector<const AnyMember*> marks = in_js_order(op.attributes);
      std::sort(marks.begin(), marks.end(),
                [](auto* a, auto* b) { return js_less(a->key, b->key); });
      for (const AnyMember* mark : marks) {
        Tags tags = mark_tags(*mark);
        out_ += tags.open;
        close = tags.close + close;
      }
      out_ += escaped(js_string(std::get<Any>(op.insert))) + close;
    }
  }

  const Doc& doc_;
  std::string out_;
  std::vector<Level> lists_;
};

void inline_text(const Doc& doc, TypeId node, std::string& out, int depth) {
  if (depth > kReadDepthMax) return;
  if (kind_of(doc, node) == TypeRef::kXmlText) {
    out += text_string(doc, node);
    return;
  }
  std::string name = node_name(doc, node);
  if (name == "hard_break") {
    out += '\n';
  } else if (name == "mention") {
    out += attribute(doc, node, "label");
  } else if (name == "figure") {
    out += attribute(doc, node, "ref");
  }
  for (const Value& value : list_values(doc, node)) {
    if (const TypeId* child = std::get_if<TypeId>(&value)) inline_text(doc, *child, out, depth + 1);
  }
}

void row_text(const Doc& doc, TypeId row, std::string& out, int depth) {
  bool first = true;
  for (const Value& value : list_values(doc, row)) {
    const TypeId* cell = std::get_if<TypeId>(&value);
    if (cell == nullptr) continue;
    if (!first) out += '\t';
    first = false;
    bool first_block = true;
    for (const Value& block : list_values(doc, *cell)) {
      if (!first_block) out += ' ';
      first_block = false;
      if (const TypeId* node = std::get_if<TypeId>(&block)) inline_text(doc, *node, out, depth + 1);
    }
  }
}

}  // namespace

std::string html(const Doc& doc, TypeId fragment) {
  HtmlWriter writer(doc);
  writer.blocks(fragment, 0);
  return writer.take();
}

std::string plain_text(const Doc& doc, TypeId fragment) {
  std::string out;
  for (const Value& value : list_values(doc, fragment)) {
    const TypeId* node = std::get_if<TypeId>(&value);
    if (node == nullptr) continue;
    if (node_name(doc, *node) == "table") {
      for (const Value& row : list_values(doc, *node)) {
        const TypeId* row_node = std::get_if<TypeId>(&row);
        if (row_node == nullptr) continue;
        if (!out.empty()) out += '\n';
        row_text(doc, *row_node, out, 1);
      }
      continue;
    }
    if (!out.empty()) out += '\n';
    inline_text(doc, *node, out, 1);
  }
  return out;
}

}  // namespace footprint::sync
