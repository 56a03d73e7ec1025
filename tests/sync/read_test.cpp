#include "sync/read.hpp"

#include <stdexcept>

#include "catch.hpp"
#include "doc_testing.hpp"
#include "sync/relative_position.hpp"
#include "sync/snapshot.hpp"

using namespace footprint;
using namespace footprint::sync;
using namespace footprint::sync::testing;

namespace {

TypeId paragraph(Transaction& t, TypeId parent, std::string_view kind, int indent,
                 std::string_view text) {
  TypeId node = t.insert_type(parent, t.length(parent), TypeRef::kXmlElement, "paragraph");
  t.set(node, "kind", kind);
  t.set(node, "indent", indent);
  TypeId inner = t.insert_type(node, 0, TypeRef::kXmlText);
  t.insert_text(inner, 0, text);
  return inner;
}

}  // namespace

TEST_CASE("flat blocks become semantic HTML with real, nested lists") {
  Doc doc = doc_of(1);
  doc.transact([](Transaction& t) {
    TypeId xml = t.root("vision", TypeRef::kXmlFragment);
    paragraph(t, xml, "h3", 0, "Our <vision>");
    paragraph(t, xml, "p", 0, "Plain & simple");
    paragraph(t, xml, "ul", 0, "one");
    paragraph(t, xml, "ol", 1, "first");
    paragraph(t, xml, "ol", 1, "second");
    paragraph(t, xml, "ul", 0, "two");
    paragraph(t, xml, "quote", 0, "said");
  });
  CHECK(html(doc, find_root(doc, "vision")) ==
        "<h3>Our &lt;vision&gt;</h3>\n<p>Plain &amp; simple</p>\n"
        "<ul>\n<li>one<ol>\n<li>first</li>\n<li>second</li>\n</ol>\n</li>\n<li>two</li>\n</ul>\n"
        "<blockquote><p>said</p></blockquote>\n");
  CHECK(plain_text(doc, find_root(doc, "vision")) ==
        "Our <vision>\nPlain & simple\none\nfirst\nsecond\ntwo\nsaid");
}

TEST_CASE("marks show in delta, XML, ProseMirror JSON and HTML; unsafe links do not") {
  Doc doc = doc_of(1);
  doc.transact([](Transaction& t) {
    TypeId text = paragraph(t, t.root("xml", TypeRef::kXmlFragment), "p", 0, "bold link bad");
    t.format_text(text, 0, 4, {{"strong", Any::Object{}}});
    t.format_text(text, 5, 4, {{"link", Any::Object{{"href", Any("https://e.test/?a&b")}}}});
    t.format_text(text, 10, 3, {{"link", Any::Object{{"href", Any("javascript:x")}}}});
    t.format_text(text, 0, 2, {{"comment--Ab3dEf7+", Any::Object{{"id", Any("c1")}}}});
  });
  TypeId xml = find_root(doc, "xml");
  CHECK(html(doc, xml) ==
        "<p><strong>bo</strong><strong>ld</strong> "
        "<a href=\"https://e.test/?a&amp;b\" rel=\"noopener nofollow\">link</a> bad</p>\n");
  std::string json = to_json(prosemirror_doc(doc, xml));
  CHECK(json.find(R"({"type":"comment","attrs":{"id":"c1"}})") != std::string::npos);
  CHECK(json.find(R"("attrs":{"indent":0,"kind":"p"})") != std::string::npos);
  CHECK(xml_string(doc, xml, TypeRef::kXmlFragment)
            .starts_with(R"(<paragraph indent="0" kind="p"><comment--)"));
}

TEST_CASE("a table becomes rows of cells") {
  Doc doc = doc_of(1);
  doc.transact([](Transaction& t) {
    TypeId table =
        t.insert_type(t.root("xml", TypeRef::kXmlFragment), 0, TypeRef::kXmlElement, "table");
    TypeId row = t.insert_type(table, 0, TypeRef::kXmlElement, "table_row");
    TypeId head = t.insert_type(row, 0, TypeRef::kXmlElement, "table_header");
    TypeId cell = t.insert_type(row, 1, TypeRef::kXmlElement, "table_cell");
    t.set(cell, "colspan", 2);
    paragraph(t, head, "p", 0, "Year");
    paragraph(t, cell, "p", 0, "2016");
  });
  CHECK(html(doc, find_root(doc, "xml")) ==
        "<table>\n<tbody>\n<tr>\n<th><p>Year</p>\n</th>\n<td "
        "colspan=\"2\"><p>2016</p>\n</td>\n</tr>\n"
        "</tbody>\n</table>\n");
  CHECK(plain_text(doc, find_root(doc, "xml")) == "Year\t2016");
}

TEST_CASE("the mark a format key stands for") {
  CHECK(mark_name("comment--Ab3dEf7+") == "comment");
  CHECK(mark_name("comment--short") == "comment--short");
  CHECK(mark_name("strong") == "strong");
}

TEST_CASE("a position stays with its content through edits and both encodings") {
  Doc doc = doc_of(1);
  type(doc, 0, "hello world");
  TypeId text = find_root(doc, "text");
  RelativePosition before = relative_position(doc, text, 6);
  RelativePosition after = relative_position(doc, text, 6, -1);
  RelativePosition end = relative_position(doc, text, 11);
  type(doc, 6, "big ");
  erase(doc, 0, 2);
  auto again = RelativePosition::decode(before.encode());
  REQUIRE(again);
  CHECK(again->item == before.item);  // the root is not needed beside an item
  CHECK(absolute_position(doc, before)->index == 8);
  CHECK(absolute_position(doc, after)->index == 4);
  CHECK(absolute_position(doc, end)->index == 13);
  auto from_json = RelativePosition::from_json_value(before.to_json_value());
  REQUIRE(from_json);
  CHECK(from_json->item == before.item);
  CHECK_FALSE(RelativePosition::decode(Bytes{9}));
  CHECK_FALSE(RelativePosition::from_json_value(Any("x")));
  RelativePosition unknown;
  unknown.item = Id{99, 5};
  CHECK_FALSE(absolute_position(doc, unknown));
}

TEST_CASE("a snapshot brings an older text back, and shows what has changed since") {
  Doc doc = doc_of(1, false);
  type(doc, 0, "first draft");
  Snapshot then = take_snapshot(doc);
  erase(doc, 0, 5);
  type(doc, 0, "second");
  Snapshot now = take_snapshot(doc);
  for (Format format : {Format::kV1, Format::kV2}) {
    auto decoded = Snapshot::decode(then.encode(format), format);
    REQUIRE(decoded);
    CHECK(*decoded == then);
  }
  auto restored = restore(doc, then);
  REQUIRE(restored);
  CHECK(text_in(*restored) == "first draft");
  std::string shown;
  for (const DeltaOp& op : text_delta_at(doc, find_root(doc, "text"), now, &then)) {
    const Any* change = op.attributes.empty() ? nullptr : op.attributes[0].value.find("type");
    shown += (change != nullptr ? "[" + *change->as_string() + ":" : "[") +
             *std::get<Any>(op.insert).as_string() + "]";
  }
  CHECK(shown == "[removed:first][added:second][ draft]");
  Doc collects = doc_of(2);
  type(collects, 0, "x");
  auto refused = restore(collects, take_snapshot(collects));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "snapshot.garbage_collected");
  CHECK_FALSE(Snapshot::decode(Bytes{1}));
}

TEST_CASE("a stock replica deletes redundant marks after remote changes, a passive one does not") {
  Doc a = doc_of(1), b = doc_of(2);
  type(a, 0, "text");
  sync_to(b, a);
  auto bold = [](Doc& doc) {
    doc.transact([](Transaction& t) {
      t.format_text(t.root("text", TypeRef::kText), 0, 4, {{"strong", Any(true)}});
    });
  };
  bold(a);
  bold(b);
  DocOptions options;
  options.client_id = 3;
  options.clean_formatting = true;
  Doc stock(options), passive = doc_of(4);
  for (Doc* doc : {&stock, &passive}) {
    REQUIRE(doc->apply_update(a.encode_state()));
    REQUIRE(doc->apply_update(b.encode_state()));
    CHECK(text_delta(*doc, find_root(*doc, "text")).size() == 1);
  }
  CHECK(passive.delete_set().empty());
  CHECK_FALSE(stock.delete_set().empty());
}
