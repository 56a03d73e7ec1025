/** The ProseMirror schema of flat blocks: lists, headings and quotes are attributes of one paragraph type. */
import {
  Schema,
  type DOMOutputSpec,
  type MarkSpec,
  type Node,
  type NodeSpec,
} from "prosemirror-model";
import { blockKinds, type BlockKind } from "./names.ts";

export const indentMax = 6;

/** Marks that may lie on whole blocks: suggestions, and what a newer version stored there. */
const blockMarks = "insertion deletion modification unknown";

const tagOfKind: Record<BlockKind, string> = {
  p: "p",
  h3: "h3",
  h4: "h4",
  h5: "h5",
  ul: "div",
  ol: "div",
  quote: "blockquote",
};

export function isBlockKind(value: unknown): value is BlockKind {
  return (blockKinds as readonly unknown[]).includes(value);
}

function boundedIndent(value: unknown): number {
  const indent = Math.trunc(Number(value));
  return Number.isFinite(indent) ? Math.min(Math.max(indent, 0), indentMax) : 0;
}

function paragraphToDom(node: Node): DOMOutputSpec {
  const kind: BlockKind = isBlockKind(node.attrs.kind) ? node.attrs.kind : "p";
  const attributes: Record<string, string> = { "data-kind": kind };
  if (node.attrs.bid) attributes["data-bid"] = String(node.attrs.bid);
  if (node.attrs.indent > 0) attributes["data-indent"] = String(node.attrs.indent);
  return [tagOfKind[kind], attributes, 0];
}

function paragraphRule(tag: string, kind: BlockKind, priority?: number) {
  return {
    tag,
    ...(priority === undefined ? {} : { priority }),
    getAttrs(dom: HTMLElement) {
      const stored = dom.getAttribute("data-kind");
      return {
        kind: isBlockKind(stored) ? stored : kind,
        indent: boundedIndent(dom.getAttribute("data-indent")),
        bid: dom.getAttribute("data-bid"),
      };
    },
  };
}

function cellSpec(tag: "td" | "th", role: "cell" | "header_cell"): NodeSpec {
  return {
    content: "(paragraph | unknown_block)+",
    attrs: { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null } },
    marks: blockMarks,
    tableRole: role,
    isolating: true,
    parseDOM: [
      {
        tag,
        getAttrs: (dom) => ({
          colspan: Number(dom.getAttribute("colspan") ?? 1),
          rowspan: Number(dom.getAttribute("rowspan") ?? 1),
        }),
      },
    ],
    toDOM(node) {
      const attributes: Record<string, string> = {};
      if (node.attrs.colspan !== 1) attributes.colspan = String(node.attrs.colspan);
      if (node.attrs.rowspan !== 1) attributes.rowspan = String(node.attrs.rowspan);
      return [tag, attributes, 0];
    },
  };
}

/** Text of stored content that this version cannot show properly. */
export interface UnknownContent {
  readonly name: string;
  readonly text: string;
}

function unknownSpec(inline: boolean): NodeSpec {
  const tag = inline ? "span" : "div";
  return {
    inline,
    group: inline ? "inline" : "block",
    atom: true,
    selectable: true,
    draggable: false,
    // `stored` is the content as plain data: enough to write it again unchanged when its paragraph is split.
    attrs: { stored: { default: null }, name: { default: "" }, text: { default: "" } },
    toDOM: (node) => [
      tag,
      { class: "fp-unknown", contenteditable: "false", "data-unknown": String(node.attrs.name) },
      `[Made with a newer version${node.attrs.text ? `: ${String(node.attrs.text)}` : ""}]`,
    ],
  };
}

const nodes: Record<string, NodeSpec> = {
  doc: { content: "block+", marks: blockMarks },
  paragraph: {
    content: "inline*",
    group: "block",
    marks: "_",
    attrs: { kind: { default: "p" }, indent: { default: 0 }, bid: { default: null } },
    parseDOM: [
      paragraphRule("[data-kind]", "p", 60),
      paragraphRule("p", "p"),
      paragraphRule("h1", "h3"),
      paragraphRule("h2", "h3"),
      paragraphRule("h3", "h3"),
      paragraphRule("h4", "h4"),
      paragraphRule("h5", "h5"),
      paragraphRule("h6", "h5"),
      paragraphRule("ul > li", "ul"),
      paragraphRule("ol > li", "ol"),
      paragraphRule("blockquote", "quote"),
    ],
    toDOM: paragraphToDom,
  },
  table: {
    // Two people may remove the last rows at once: an empty table is still a table.
    content: "table_row*",
    group: "block",
    attrs: { bid: { default: null } },
    marks: blockMarks,
    tableRole: "table",
    isolating: true,
    parseDOM: [{ tag: "table" }],
    toDOM: (node) => [
      "table",
      node.attrs.bid ? { "data-bid": String(node.attrs.bid) } : {},
      ["tbody", 0],
    ],
  },
  table_row: {
    content: "(table_cell | table_header)*",
    marks: blockMarks,
    tableRole: "row",
    parseDOM: [{ tag: "tr" }],
    toDOM: () => ["tr", 0],
  },
  table_header: cellSpec("th", "header_cell"),
  table_cell: cellSpec("td", "cell"),
  figure: {
    group: "block",
    atom: true,
    attrs: { bid: { default: null }, ref: { default: "" } },
    parseDOM: [
      { tag: "figure[data-ref]", getAttrs: (dom) => ({ ref: dom.getAttribute("data-ref") }) },
    ],
    toDOM: (node) => [
      "figure",
      {
        "data-ref": String(node.attrs.ref),
        ...(node.attrs.bid ? { "data-bid": String(node.attrs.bid) } : {}),
      },
      `Figure: ${String(node.attrs.ref)}`,
    ],
  },
  unknown_block: unknownSpec(false),
  text: { group: "inline" },
  mention: {
    inline: true,
    group: "inline",
    atom: true,
    attrs: { person: { default: "" }, label: { default: "" } },
    leafText: (node) => `@${String(node.attrs.label)}`,
    parseDOM: [
      {
        tag: "span[data-person]",
        getAttrs: (dom) => ({
          person: dom.getAttribute("data-person"),
          label: (dom.textContent ?? "").replace(/^@/, ""),
        }),
      },
    ],
    toDOM: (node) => [
      "span",
      { class: "fp-mention", "data-person": String(node.attrs.person) },
      `@${String(node.attrs.label)}`,
    ],
  },
  hard_break: {
    inline: true,
    group: "inline",
    selectable: false,
    leafText: () => "\n",
    parseDOM: [{ tag: "br" }],
    toDOM: () => ["br"],
  },
  unknown_inline: unknownSpec(true),
};

/** Who suggested a change and when: filled by suggestion mode. */
const suggestion = {
  id: { default: "" },
  person: { default: null },
  organisation: { default: null },
  at: { default: null },
};

// Two people can put marks of one kind on the same words at once, so these never exclude one another.
const marks: Record<string, MarkSpec> = {
  link: {
    attrs: { href: { default: "" } },
    inclusive: false,
    parseDOM: [{ tag: "a[href]", getAttrs: (dom) => ({ href: dom.getAttribute("href") }) }],
    toDOM: (mark) => [
      "a",
      { href: safeHref(mark.attrs.href), rel: "noopener noreferrer nofollow" },
      0,
    ],
  },
  strong: {
    parseDOM: [
      { tag: "strong" },
      { tag: "b", getAttrs: (dom) => dom.style.fontWeight !== "normal" && null },
      { style: "font-weight", getAttrs: (value) => /^(bold(er)?|[6-9]\d{2})$/.test(value) && null },
    ],
    toDOM: () => ["strong", 0],
  },
  em: {
    parseDOM: [{ tag: "i" }, { tag: "em" }, { style: "font-style=italic" }],
    toDOM: () => ["em", 0],
  },
  comment: {
    attrs: { id: { default: "" } },
    excludes: "",
    inclusive: false,
    toDOM: (mark) => ["span", { class: "fp-comment", "data-comment": String(mark.attrs.id) }, 0],
  },
  insertion: {
    attrs: suggestion,
    excludes: "",
    inclusive: false,
    toDOM: (mark) => ["ins", { "data-suggestion": String(mark.attrs.id) }, 0],
  },
  deletion: {
    attrs: suggestion,
    excludes: "",
    inclusive: false,
    toDOM: (mark) => ["del", { "data-suggestion": String(mark.attrs.id) }, 0],
  },
  modification: {
    attrs: {
      ...suggestion,
      type: { default: "" },
      attrName: { default: null },
      previousValue: { default: null },
      newValue: { default: null },
    },
    excludes: "",
    inclusive: false,
    toDOM: (mark) => [
      "span",
      { class: "fp-modification", "data-suggestion": String(mark.attrs.id) },
      0,
    ],
  },
  unknown: {
    attrs: { key: { default: "" }, value: { default: null } },
    excludes: "",
    inclusive: false,
    toDOM: (mark) => [
      "span",
      { class: "fp-unknown-mark", "data-unknown": String(mark.attrs.key) },
      0,
    ],
  },
};

/** Addresses that may be opened; anything else becomes a link to nowhere. */
export function safeHref(value: unknown): string {
  const href = String(value ?? "").trim();
  return /^(https?:|mailto:|tel:|\/(?!\/)|#)/i.test(href) ? href : "#";
}

export const schema = new Schema({ nodes, marks });
