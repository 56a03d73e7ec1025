// Writing as people do it: undo beside others, lists, tables, and what comes out of Word, Google Docs, Excel and Sheets.
import { readFileSync } from "node:fs";
import { expect, until } from "./harness.mjs";

const fixture = (name) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

export function writing({ open, clean, ruth, priya }) {
  /** The blocks of a field: kind, indent and text, tables as rows of cells. */
  const blocks = (visitor, index) =>
    visitor.field(index).evaluate((element) =>
      [...element.children].map((shown) => {
        const block = shown.cloneNode(true);
        for (const caret of block.querySelectorAll(".fp-caret")) caret.remove();
        if (block.localName === "table") {
          const rows = [...block.rows].map((row) => [...row.cells].map((c) => c.textContent));
          return { table: rows };
        }
        const { kind, indent } = block.dataset;
        return { kind, indent: Number(indent ?? 0), text: block.textContent };
      }),
    );

  async function emptied(visitor, index) {
    await visitor.field(index).click();
    await visitor.page.keyboard.press("Control+a");
    await visitor.page.keyboard.press("Backspace");
    return visitor.field(index);
  }

  async function undo() {
    const a = await open(ruth);
    const b = await open(priya);
    await a.openSection("vision");
    await b.openSection("vision");
    await a.write(" Ruth's own.");
    await until("Priya sees it", async () => (await b.text()).includes("Ruth's own."));
    await b.atEnd();
    await b.page.keyboard.press("Home");
    await b.page.keyboard.type("Priya's own. ");
    await until("Ruth sees it", async () => (await a.text()).includes("Priya's own."));
    for (let i = 0; i < 5; i++) await a.page.keyboard.press("Control+z");
    await until("Ruth's words go", async () => !(await b.text()).includes("Ruth's own."));
    expect("Priya's stay", (await a.text()).includes("Priya's own."));
    await b.page.keyboard.press("Control+z");
    await until("then Priya's go", async () => !(await a.text()).includes("Priya's own."));
    await b.page.keyboard.press("Control+y");
    await until("and come again", async () => (await a.text()).includes("Priya's own."));
    expect("Ruth's stay away", !(await a.text()).includes("Ruth's own."));
    await clean(a, b);
  }

  async function lists() {
    const a = await open(ruth);
    await a.openSection("governance");
    await emptied(a, 1);
    await a.page.keyboard.type("- First");
    await a.page.keyboard.press("Enter");
    await a.page.keyboard.type("Second");
    await a.page.keyboard.press("Enter");
    await a.page.keyboard.press("Tab");
    await a.page.keyboard.type("Inside");
    await a.page.keyboard.press("Enter");
    await a.page.keyboard.press("Enter");
    await a.page.keyboard.press("Enter");
    await a.page.keyboard.type("After");
    const found = JSON.stringify(await blocks(a, 1));
    expect(
      "Enter goes on with a list, moves out and ends it",
      found ===
        JSON.stringify([
          { kind: "ul", indent: 0, text: "First" },
          { kind: "ul", indent: 0, text: "Second" },
          { kind: "ul", indent: 1, text: "Inside" },
          { kind: "p", indent: 0, text: "After" },
        ]),
      found,
    );
    await a.status("saved");
    await clean(a);
  }

  async function word() {
    const a = await open(ruth);
    const b = await open(priya);
    await a.openSection("vision");
    await b.openSection("vision");
    const field = await emptied(a, 1);
    await a.paste(field, {
      "text/html": fixture("word.html"),
      "text/plain": "not this",
    });
    const expected = [
      { kind: "h3", indent: 0, text: "Keeping people well" },
      {
        kind: "p",
        indent: 0,
        text: "We spend £1.7\u00a0billion a year, and most of it in hospital – it’s “the wrong way round”.",
      },
      { kind: "h3", indent: 0, text: "What we will do" },
      { kind: "ul", indent: 0, text: "Stop smoking services" },
      { kind: "ul", indent: 1, text: "In every ward" },
      { kind: "ul", indent: 0, text: "Health checks at work" },
      { kind: "ol", indent: 0, text: "First, ask residents" },
      { kind: "ol", indent: 0, text: "Then read the guidance" },
      {
        table: [
          ["Year", "Saving"],
          ["2017/18", "£4.2m"],
        ],
      },
      { kind: "p", indent: 0, text: "A last line in red." },
    ];
    const found = await blocks(a, 1);
    const trimmed = found.map((x) => (x.text === undefined ? x : { ...x, text: x.text.trim() }));
    expect(
      "clean blocks",
      JSON.stringify(trimmed) === JSON.stringify(expected),
      `\n${JSON.stringify(trimmed, null, 1)}`,
    );
    const html = await field.innerHTML();
    expect("nothing of Word's is left", !/mso|MsoNormal|o:p|<span style|<font/i.test(html), html);
    const link = 'a[href="https://www.england.nhs.uk/"]';
    expect("marks and links stay", (await field.locator(`strong, em, ${link}`).count()) >= 3);
    await until(
      "the other has the same",
      async () => JSON.stringify(await blocks(b, 1)) === JSON.stringify(found),
    );
    await a.status("saved");
    await a.noAxe("a pasted document");
    await a.screenshot("pasted-word");
    await clean(a, b);
  }

  async function docs() {
    const a = await open(ruth);
    await a.openSection("vision");
    const field = await emptied(a, 2);
    await a.paste(field, { "text/html": fixture("google-docs.html") });
    const found = JSON.stringify(await blocks(a, 2));
    expect(
      "clean blocks",
      found ===
        JSON.stringify([
          { kind: "h3", indent: 0, text: "Partners" },
          { kind: "p", indent: 0, text: "Plain, then bold and italic" },
          { kind: "ul", indent: 0, text: "One" },
          { kind: "ul", indent: 1, text: "Inside one" },
          { kind: "ul", indent: 0, text: "Two" },
        ]),
      found,
    );
    const bold = await field.locator("strong").allTextContents();
    expect("only the bold is bold", bold.join("|") === "bold", bold.join("|"));
    await a.status("saved");
    await clean(a);
  }

  /** An input method, such as for accents: its letters are not text yet while others go on writing beside them. */
  async function composition() {
    const a = await open(ruth);
    const b = await open(priya);
    await a.openSection("vision");
    await b.openSection("vision");
    await emptied(a, 2);
    await a.page.keyboard.type("Care for patients");
    await until("Priya has it", async () =>
      JSON.stringify(await blocks(b, 2)).includes("Care for patients"),
    );
    const input = await a.context.newCDPSession(a.page);
    const compose = (text) =>
      input.send("Input.imeSetComposition", {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    await b.field(2).click();
    await b.page.keyboard.press("Home");
    await compose("に");
    await b.page.keyboard.type("All of it. ");
    await compose("にほ");
    await a.page.waitForTimeout(500);
    await compose("にほん");
    await b.page.keyboard.press("End");
    await b.page.keyboard.type("!");
    await input.send("Input.insertText", { text: "日本" });
    await a.page.keyboard.type(".");
    await until("both have the same", async () => {
      const [one, two] = [await blocks(a, 2), await blocks(b, 2)];
      return JSON.stringify(one) === JSON.stringify(two) && JSON.stringify(one).includes("日本");
    });
    const text = (await blocks(a, 2)).map((block) => block.text).join("");
    for (const part of ["All of it. Care for patients", "日本", "!", "."]) {
      expect(`${part} is there once`, text.split(part).length >= 2, text);
    }
    expect("nothing of the composition stays", !/[にほん]/.test(text), text);
    expect("nothing is doubled", text.split("日本").length === 2, text);
    await a.status("saved");
    await clean(a, b);
  }

  /** Browsers tell of a moved caret a moment after they moved it; here that moment is long. */
  async function movedCaret() {
    const a = await open(ruth);
    const b = await open(priya);
    await b.page.addInitScript(() => {
      const add = document.addEventListener.bind(document);
      document.addEventListener = (type, listener, ...options) => {
        const late = (event) => setTimeout(() => listener(event), 1500);
        add(type, type === "selectionchange" ? late : listener, ...options);
      };
    });
    await b.page.reload();
    await a.openSection("vision");
    await b.openSection("vision");
    await emptied(a, 2);
    await a.page.keyboard.type("Care for patients");
    await until("Priya has it", async () =>
      JSON.stringify(await blocks(b, 2)).includes("Care for patients"),
    );
    await b.field(2).click();
    await b.page.keyboard.press("Home");
    await b.page.keyboard.type("All ");
    await b.page.keyboard.press("End");
    await a.page.keyboard.type(" at home");
    await until("Ruth's words are there", async () =>
      JSON.stringify(await blocks(b, 2)).includes("at home"),
    );
    await b.page.keyboard.type("!");
    await until("both have the same", async () => {
      const [one, two] = [await blocks(a, 2), await blocks(b, 2)];
      return JSON.stringify(one) === JSON.stringify(two);
    });
    const text = (await blocks(a, 2)).map((block) => block.text).join("");
    expect("typed where the caret was put", /^All Care for patients(!| at home!)/.test(text), text);
    await a.status("saved");
    await clean(a, b);
  }

  async function proseTable() {
    const a = await open(ruth);
    const b = await open(priya);
    await a.openSection("vision");
    await b.openSection("vision");
    await emptied(a, 3);
    const bar = a.page.getByRole("toolbar", {
      name: "Formatting: Our priorities",
    });
    await bar.getByRole("button", { name: "Insert table" }).click();
    await a.page.keyboard.type("Body");
    await a.page.keyboard.press("Tab");
    await a.page.keyboard.type("Decides");
    await bar.getByRole("button", { name: "Add row below" }).click();
    await bar.getByRole("button", { name: "Add column to the right" }).click();
    const size = async (visitor) => {
      const [{ table } = {}] = await blocks(visitor, 3);
      return table ? `${table[0].length}x${table.length}` : "none";
    };
    await until("the other has the table", async () => (await size(b)) === "4x4");
    await b.field(3).locator("td").first().click();
    await b.page.keyboard.type("Board");
    await bar.getByRole("button", { name: "Remove column" }).click();
    await until("both are the same", async () => {
      const [one, two] = [await blocks(a, 3), await blocks(b, 3)];
      return JSON.stringify(one) === JSON.stringify(two) && JSON.stringify(one).includes("Board");
    });
    await a.noAxe("a table in the text");
    await bar.getByRole("button", { name: "Remove table" }).click();
    await until("it is gone", async () => (await size(b)) === "none");
    await a.status("saved");
    await clean(a, b);
  }

  async function spreadsheet() {
    // Who leads the section fills in all of its figures.
    const a = await open(priya);
    await a.openSection("finance");
    const value = async (name) => (await a.cell(name)).inputValue();
    const first = await a.cell(/^Do nothing: providers, 2018\/19/);
    await first.waitFor();
    // Excel: CRLF, quoted thousands, pounds, accountants' brackets, a percent sign.
    await a.paste(first, {
      "text/plain": '"1,250.5"\t£(20.0)\r\n 30% \t-4\r\n',
    });
    await a.status("saved");
    expect("thousands", (await value(/^Do nothing: providers, 2018\/19/)) === "1,250.5");
    expect("brackets", (await value(/^Do nothing: providers, 2019\/20/)) === "-20");
    const next = /^Do nothing: CCG and primary care, 2018\/19/;
    expect("percent", (await value(next)) === "30", await value(next));
    expect("minus", (await value(/^Do nothing: CCG and primary care, 2019\/20/)) === "-4");
    // Google Sheets: LF, no line break at the end, HTML beside it; quotes inside quotes and a line break in a cell.
    const text = await a.cell(/What happens without it/i).then((all) => all.first());
    await a.paste(text, {
      "text/html": "<google-sheets-html-origin><table><tr><td>x</td></tr></table>",
      "text/plain": '"We ""wait"",\nas now"\nSecond',
    });
    await a.status("saved");
    const cell = await text.inputValue();
    expect("a quoted cell is one cell", cell === 'We "wait",\nas now', JSON.stringify(cell));
    // A cell that cannot be read keeps all of its block back, and says which.
    await a.paste(first, { "text/plain": "12\tn/a\r\n" });
    await a.page.getByText("“n/a” is not a number").first().waitFor();
    await a.noAxe("a paste that cannot be read");
    await clean(a);
  }

  return [
    ["undo takes back one's own words only", undo],
    ["Enter goes on with a list", lists],
    ["a paste from Word gives clean blocks", word],
    ["a paste from Google Docs gives clean blocks", docs],
    ["words being composed outlive what others write beside them", composition],
    ["a caret moved as others write stays where it was put", movedCaret],
    ["a table in the text is made and changed by two", proseTable],
    ["cells of Excel and Google Sheets are read as people mean them", spreadsheet],
  ];
}
