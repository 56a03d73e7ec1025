import { Window } from "happy-dom";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { linkAddress } from "../../../web/src/features/section/links.ts";
import { safeHtml } from "../../../web/src/features/section/safeHtml.tsx";

const { DOMParser, Element, Text } = new Window();
Object.assign(globalThis, { DOMParser, Element, Text });

function drawn(html: string): string {
  return renderToStaticMarkup(safeHtml(html));
}

describe("safeHtml", () => {
  it("keeps text and structure", () => {
    expect(drawn("<h3>A</h3><ul><li>b <strong>c</strong></li></ul>")).toBe(
      "<h3>A</h3><ul><li>b <strong>c</strong></li></ul>",
    );
  });
  it("drops scripts, handlers, styles and odd links, and keeps their words", () => {
    expect(drawn('<p onclick="x()" style="color:red">a<script>x()</script></p>')).toBe("<p>a</p>");
    expect(drawn('<a href="javascript:x()">a</a><img src=x onerror="x()">')).toBe("a");
    expect(drawn('<a href="https://www.england.nhs.uk/">a</a>')).toContain(
      'href="https://www.england.nhs.uk/"',
    );
  });
});

describe("linkAddress", () => {
  it("takes web addresses and e-mail, nothing that runs", () => {
    expect(linkAddress("www.england.nhs.uk")).toBe("https://www.england.nhs.uk/");
    expect(linkAddress("mailto:a@b.nhs.uk")).toBe("mailto:a@b.nhs.uk");
    expect(linkAddress("")).toBe("");
    for (const bad of ["javascript:alert(1)", "data:text/html,x", "nhs", "http://"])
      expect(linkAddress(bad)).toBeNull();
  });
});
