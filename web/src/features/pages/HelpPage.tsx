import { useTitle } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";

const apple = /Mac|iPhone|iPad/.test(navigator.platform);
const mod = apple ? "⌘" : "Ctrl";
const alt = apple ? "Option" : "Alt";

interface Keys {
  readonly keys: string;
  readonly does: string;
}

export const textKeys: readonly Keys[] = [
  { keys: `${mod}+B`, does: "Bold" },
  { keys: `${mod}+I`, does: "Italic" },
  { keys: `${mod}+K`, does: "Link" },
  { keys: `${mod}+Z`, does: "Undo your own last change" },
  { keys: apple ? `${mod}+Shift+Z` : `${mod}+Y`, does: "Redo" },
  { keys: `${mod}+${alt}+0`, does: "Ordinary text" },
  { keys: `${mod}+${alt}+3, 4 or 5`, does: "Heading, level 3, 4 or 5" },
  { keys: `${mod}+Shift+7`, does: "Numbered list" },
  { keys: `${mod}+Shift+8`, does: "Bulleted list" },
  { keys: `${mod}+Shift+9`, does: "Quotation" },
  { keys: `${alt}+F10`, does: "Go to the buttons above the text" },
  { keys: "Escape, then Tab", does: "Leave the text" },
  { keys: `${mod}+/`, does: "Show these shortcuts" },
];

export const tableKeys: readonly Keys[] = [
  { keys: "Enter or Down", does: "Next row" },
  { keys: "Shift+Enter or Up", does: "Row before" },
  { keys: "Tab or Right at the end of the text", does: "Next column" },
  { keys: "Shift+Tab or Left at the start of the text", does: "Column before" },
  { keys: "Escape", does: "Back to the saved value" },
  { keys: `${mod}+V`, does: "Paste cells from a spreadsheet" },
];

export function KeyTable({ caption, keys }: { caption: string; keys: readonly Keys[] }) {
  return (
    <table className="nhsuk-table nhsuk-table--compact">
      <caption className="nhsuk-table__caption nhsuk-table__caption--s">{caption}</caption>
      <thead className="nhsuk-table__head">
        <tr className="nhsuk-table__row">
          <th className="nhsuk-table__header" scope="col">
            Keys
          </th>
          <th className="nhsuk-table__header" scope="col">
            What they do
          </th>
        </tr>
      </thead>
      <tbody className="nhsuk-table__body">
        {keys.map((k) => (
          <tr className="nhsuk-table__row" key={k.keys}>
            <th className="nhsuk-table__header" scope="row">
              {k.keys}
            </th>
            <td className="nhsuk-table__cell">{k.does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function HelpPage() {
  useTitle("Help");
  return (
    <div className="fp-reading">
      <h1 className="nhsuk-heading-l">Help</h1>
      <h2 className="nhsuk-heading-m">What “Saved” means</h2>
      <p>
        The words are on the service’s disk. They survive a power cut there, and a closed tab here.
      </p>
      <ul className="nhsuk-list nhsuk-list--bullet">
        <li>“Saving…” means that they are on their way.</li>
        <li>
          “Not saved” says since when and why. Your words are kept on this device and go to the
          service as soon as that is possible, also after you closed the tab and came back. Where
          this device cannot keep them, the page says so: leave it open then.
        </li>
      </ul>
      <h2 className="nhsuk-heading-m">Writing with others</h2>
      <p>
        Open a section to write in it. Everybody who has it open is listed with name and
        organisation. You see their carets in the text. Two people can write in one paragraph at
        once: both sets of words stay.
      </p>
      <h2 className="nhsuk-heading-m">If two people change one figure</h2>
      <p>Nothing is overwritten. You see both values and choose: keep yours or take theirs.</p>
      <h2 className="nhsuk-heading-m">If the service refuses your words</h2>
      <p>
        They stay on the section’s page as a held draft. You can offer them to who leads the
        section, copy them, change them and put them back, or discard them.
      </p>
      <h2 className="nhsuk-heading-m">Who may do what</h2>
      <p>
        Everybody has roles in a plan, each for one organisation: “People” on the plan’s page lists
        them. The footprint lead and the programme office change them, and invite people. A change
        takes effect at once, also in a section that is open: the page says who changed what.
      </p>
      <h2 className="nhsuk-heading-m">Signing in safely</h2>
      <p>
        Your account’s page, behind your name at the top, has your password, sign-in codes from an
        app, the places where you are signed in, and tokens for scripts. If you have lost your
        phone, sign in with a recovery code. If you have lost those too, ask an administrator.
      </p>
      <h2 className="nhsuk-heading-m">Filling tables from a spreadsheet</h2>
      <p>
        Copy the cells in the spreadsheet, go to the first cell here and paste. Thousands commas,
        pound signs and brackets for negative numbers are understood. Pasted values are saved
        together or not at all.
      </p>
      <h2 className="nhsuk-heading-m">Tables in the text</h2>
      <p>
        “Insert table” above the text makes one. With the caret in a table, buttons to add and
        remove rows and columns appear. Tab goes to the next cell.
      </p>
      <h2 className="nhsuk-heading-m">Keys</h2>
      <KeyTable caption="In the text" keys={textKeys} />
      <KeyTable caption="In tables" keys={tableKeys} />
      <h2 className="nhsuk-heading-m">For programmers</h2>
      <p>
        <a className="nhsuk-link" href={paths.apiDocs}>
          API documentation
        </a>
      </p>
    </div>
  );
}
