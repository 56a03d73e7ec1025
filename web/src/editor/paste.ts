/** Cleans what is pasted, above all from word processors: their lists are paragraphs that only look like lists. */
import { Fragment, Slice, type Mark, type Node } from "prosemirror-model";
import { safeHref, schema } from "../model/schema.ts";

const dropped = "meta, link, style, script, title, xml, o\\:p, w\\:sdt, v\\:shapetype, v\\:shape";

/** Level and kind of a word processor's list paragraph; null for others. */
function listLevel(element: Element): { level: number; ordered: boolean } | null {
  const style = element.getAttribute("data-style") ?? "";
  const named = /MsoListParagraph/i.test(element.getAttribute("class") ?? "");
  const match = /mso-list:\s*l\d+\s+level(\d+)/i.exec(style);
  if (!match && !named) return null;
  const marker = element.querySelector(
    '[data-style*="mso-list:Ignore" i], [data-style*="mso-list: Ignore" i]',
  );
  const ordered = /^\s*\(?(\d+|[a-z]|[ivx]+)[.)]/i.test(marker?.textContent ?? "");
  marker?.remove();
  return { level: Number(match?.[1] ?? 1) - 1, ordered };
}

/** Blank paragraphs are how word processors make room; cells keep theirs. */
function isSpacer(paragraph: Element): boolean {
  const blank = (paragraph.textContent ?? "").replace(/\u00a0/g, " ").trim() === "";
  return blank && !paragraph.closest("td, th") && !paragraph.querySelector("[data-ref], br");
}

/** What stands round a copy from Google Docs looks bold and says that it is not. */
function unwrapPlainBold(body: Element): void {
  for (const element of body.querySelectorAll("b, strong")) {
    if (/font-weight:\s*(normal|[1-5]00)/i.test(element.getAttribute("data-style") ?? "")) {
      element.replaceWith(...element.childNodes);
    }
  }
}

/** A list item is one block here: paragraphs inside it become its lines. */
function unwrapParagraphs(item: Element): void {
  [...item.children]
    .filter((child) => child.matches("p, div"))
    .forEach((paragraph, index) => {
      const line = index > 0 ? [item.ownerDocument.createElement("br")] : [];
      paragraph.replaceWith(...line, ...paragraph.childNodes);
    });
}

function hoistNested(item: Element): void {
  let depth = 0;
  for (let at = item.parentElement; at; at = at.parentElement) {
    if (at.matches("ul, ol") && at !== item.parentElement) depth += 1;
  }
  const ordered = item.parentElement?.matches("ol") ?? false;
  item.setAttribute("data-kind", ordered ? "ol" : "ul");
  if (depth > 0) item.setAttribute("data-indent", String(depth));
}

/** Styles are read here and applied nowhere: the page's policy would refuse each one. */
function withoutStyles(html: string): string {
  return html
    .replace(/<style\b[\s\S]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
}

/** Headings of documents begin at h1; the section's own title stands above ours. */
export function cleanHtml(html: string): string {
  const document = new DOMParser().parseFromString(withoutStyles(html), "text/html");
  const { body } = document;
  for (const element of body.querySelectorAll(dropped)) element.remove();
  // Before classes and styles go: they alone tell lists apart.
  for (const paragraph of body.querySelectorAll("p")) {
    const list = listLevel(paragraph);
    if (!list) continue;
    paragraph.setAttribute("data-kind", list.ordered ? "ol" : "ul");
    if (list.level > 0) paragraph.setAttribute("data-indent", String(list.level));
  }
  for (const item of body.querySelectorAll("li")) {
    unwrapParagraphs(item);
    hoistNested(item);
  }
  for (const paragraph of body.querySelectorAll("p")) if (isSpacer(paragraph)) paragraph.remove();
  unwrapPlainBold(body);
  for (const element of body.querySelectorAll("*")) {
    const bold = /font-weight:\s*(bold|[6-9]00)/i.test(element.getAttribute("data-style") ?? "");
    const italic = /font-style:\s*italic/i.test(element.getAttribute("data-style") ?? "");
    for (const { name } of [...element.attributes]) {
      if (!/^(href|colspan|rowspan|data-kind|data-indent|data-person|data-ref)$/.test(name)) {
        element.removeAttribute(name);
      }
    }
    if (element.localName === "span" && (bold || italic)) emphasise(element, bold, italic);
  }
  flattenLists(body);
  return body.innerHTML;
}

function emphasise(element: Element, bold: boolean, italic: boolean): void {
  for (const [wanted, name] of [
    [bold, "strong"],
    [italic, "em"],
  ] as const) {
    if (!wanted) continue;
    const wrapper = element.ownerDocument.createElement(name);
    wrapper.append(...element.childNodes);
    element.append(wrapper);
  }
}

/** Nested lists become siblings with an indent, as our blocks are flat. */
function flattenLists(body: Element): void {
  for (const list of [...body.querySelectorAll("li > ul, li > ol")].reverse()) {
    list.parentElement?.after(...list.childNodes);
    list.remove();
  }
}

/** Text without markup: a line is a paragraph, blank lines only separate. */
export function plainTextSlice(text: string): Slice {
  const nodes = text
    .toWellFormed()
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => schema.node("paragraph", null, schema.text(line)));
  const open = nodes.length > 0 ? 1 : 0;
  return new Slice(Fragment.from(nodes), open, open);
}

/** Marks that a copy must not carry: an anchor has one place, a suggestion one author. */
function keepsInCopy(mark: Mark): boolean {
  return ["strong", "em", "link"].includes(mark.type.name);
}

function cleanNode(node: Node): Node {
  const marks = node.marks.filter(keepsInCopy).map((mark) => {
    if (mark.type.name !== "link") return mark;
    return mark.type.create({ href: safeHref(mark.attrs.href) });
  });
  if (node.isText) return node.mark(marks);
  const content = cleanFragment(node.content);
  const attrs = "bid" in node.attrs ? { ...node.attrs, bid: null } : node.attrs;
  return node.type.create(attrs, content, marks);
}

function cleanFragment(fragment: Fragment): Fragment {
  const nodes: Node[] = [];
  fragment.forEach((node) => nodes.push(cleanNode(node)));
  return Fragment.fromArray(nodes);
}

/**
 * Pasted blocks get ids of their own; moving inside the document by drag keeps what it moves. In an empty paragraph a first block
 * that is a heading or list item stays one, as its words have nothing to join.
 */
export function cleanSlice(slice: Slice, target?: Node): Slice {
  const content = cleanFragment(slice.content);
  const kind: unknown = content.firstChild?.attrs.kind;
  const whole = target?.isTextblock && target.content.size === 0 && kind !== undefined;
  return whole && kind !== "p" && slice.openStart === 1
    ? new Slice(content, 0, Math.min(slice.openEnd, content.childCount > 1 ? 1 : 0))
    : new Slice(content, slice.openStart, slice.openEnd);
}
