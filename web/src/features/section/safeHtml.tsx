import { Fragment, type ReactNode } from "react";

const kept = new Set([
  ..."h2 h3 h4 h5 h6 p ul ol li blockquote strong em b i u s ins del mark br section article div span".split(
    " ",
  ),
  ..."table caption thead tbody tfoot tr th td figure figcaption".split(" "),
]);
const empty = new Set(["br"]);

/** The server's HTML as React elements: known tags, no attribute but a web link. What it may contain others wrote. */
export function safeHtml(html: string): ReactNode {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const walk = (node: Node, key: number): ReactNode => {
    if (node instanceof Text) return node.data;
    if (!(node instanceof Element)) return null;
    const tag = node.localName;
    if (tag === "script" || tag === "style" || tag === "template") return null;
    const children = [...node.childNodes].map(walk);
    if (tag === "a") {
      const address = node.getAttribute("href") ?? "";
      if (!/^(https?:|mailto:)/i.test(address)) return <Fragment key={key}>{children}</Fragment>;
      return (
        <a className="nhsuk-link" href={address} rel="noopener noreferrer" key={key}>
          {children}
        </a>
      );
    }
    if (!kept.has(tag)) return <Fragment key={key}>{children}</Fragment>;
    const Tag = tag as "p";
    if (tag === "h2")
      return (
        <h2 className="nhsuk-heading-m" key={key}>
          {children}
        </h2>
      );
    return empty.has(tag) ? <Tag key={key} /> : <Tag key={key}>{children}</Tag>;
  };
  return [...parsed.body.childNodes].map(walk);
}
