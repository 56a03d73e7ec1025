import { memo, useEffect, useId, useRef, useState } from "react";
import type { Field } from "../../api/types.ts";
import { useApp } from "../../app/context.tsx";
import { wholeNumber, words } from "../../app/time.ts";
import { createEditor } from "../../editor/editor.ts";
import type { EditorHandle } from "../../editor/types.ts";
import type { SectionSnapshot } from "../../sync/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { initials } from "../../ui/initials.ts";
import { KeyTable, tableKeys, textKeys } from "../pages/HelpPage.tsx";
import { useObservable, usePlanScope } from "../plan/scope.ts";
import { EditorToolbar } from "./EditorToolbar.tsx";
import { linkAddress } from "./links.ts";

interface LinkQuestion {
  readonly current: string;
  readonly answer: (address: string | null) => void;
}

function LinkDialog({ question }: { question: LinkQuestion }) {
  const [text, setText] = useState(question.current);
  const [wrong, setWrong] = useState(false);
  const id = useId();
  return (
    <Dialog heading="Link" onClose={() => question.answer(null)}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          const address = linkAddress(text);
          if (address === null) setWrong(true);
          else question.answer(address);
        }}
      >
        <div className={`nhsuk-form-group${wrong ? " nhsuk-form-group--error" : ""}`}>
          <label className="nhsuk-label" htmlFor={id}>
            Web address
          </label>
          <div className="nhsuk-hint" id={`${id}-hint`}>
            Leave it empty to remove the link.
          </div>
          {wrong && (
            <p className="nhsuk-error-message" id={`${id}-error`} role="alert">
              Enter a web address, such as www.england.nhs.uk
            </p>
          )}
          <input
            className="nhsuk-input"
            id={id}
            value={text}
            aria-invalid={wrong || undefined}
            aria-describedby={`${id}-hint${wrong ? ` ${id}-error` : ""}`}
            inputMode="url"
            onChange={(e) => setText(e.target.value)}
          />
        </div>
        <div className="nhsuk-button-group">
          <Button type="submit">Set link</Button>
          <Button variant="secondary" onClick={() => question.answer(null)}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog heading="Keys" onClose={onClose}>
      <KeyTable caption="In the text" keys={textKeys} />
      <KeyTable caption="In tables" keys={tableKeys} />
      <Button onClick={onClose}>Close</Button>
    </Dialog>
  );
}

function WordCount({ handle, limit, id }: { handle: EditorHandle; limit: number; id: string }) {
  const count = useObservable(handle.words);
  const over = count - limit;
  return (
    <p className={`fp-field__words${over > 0 ? " fp-field__words--over" : ""}`} id={id}>
      {over > 0
        ? `${words(count)}: ${wholeNumber(over)} over the limit of ${wholeNumber(limit)}`
        : `${words(count)} of at most ${wholeNumber(limit)}`}
    </p>
  );
}

/** Whose carets are in the field, in full: in the text itself only their initials have room. */
function Writers({ handle, field }: { handle: EditorHandle; field: Field }) {
  const writers = useObservable(handle.writers);
  if (writers.length === 0) return null;
  return (
    <ul className="fp-writers" aria-label={`Writing in ${field.title} now`}>
      {writers.map((w) => (
        <li className="fp-writers__person" key={w.person}>
          <span
            className="fp-writers__badge"
            style={{ backgroundColor: w.colour }}
            aria-hidden="true"
          >
            {initials(w.name)}
          </span>
          {w.organisation_name === "" ? w.name : `${w.name}, ${w.organisation_name}`}
        </li>
      ))}
    </ul>
  );
}

interface FieldEditorProps {
  readonly field: Field;
  readonly doc: SectionSnapshot["doc"];
  readonly awareness: SectionSnapshot["awareness"];
  readonly editable: boolean;
  readonly loading: boolean;
}

/** One narrative field: its prompt, its text and its length. React draws nothing inside the editor's element. */
export const FieldEditor = memo(function FieldEditor({
  field,
  doc,
  awareness,
  editable,
  loading,
}: FieldEditorProps) {
  const { announcer } = useApp();
  const { live } = usePlanScope();
  const mount = useRef<HTMLDivElement>(null);
  const toolbar = useRef<HTMLDivElement>(null);
  const [handle, setHandle] = useState<EditorHandle | null>(null);
  const [question, setQuestion] = useState<LinkQuestion | null>(null);
  const [keys, setKeys] = useState(false);
  const id = `field-${field.key}`;

  useEffect(() => {
    if (mount.current === null) return undefined;
    const askForLink = (current: string) =>
      new Promise<string | null>((resolve) => {
        const answer = (address: string | null) => {
          setQuestion(null);
          resolve(address);
        };
        setQuestion({ current, answer });
      });
    const made = createEditor({
      doc,
      field: field.key,
      awareness,
      mount: mount.current,
      editable: false,
      label: field.title,
      describedBy: `${id}-prompt`,
      guidance: "Start writing here.",
      askForLink,
      focusToolbar: () => toolbar.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus(),
      showShortcuts: () => setKeys(true),
      announce: announcer.say,
      onComposing: (composing) => live?.setComposing(composing),
    });
    setHandle(made);
    return () => {
      setHandle(null);
      made.destroy();
    };
  }, [doc, awareness, field.key, field.title, id, announcer, live]);

  useEffect(() => handle?.setEditable(editable), [handle, editable]);

  return (
    <section className="fp-field" aria-labelledby={`${id}-title`}>
      <h2 className="nhsuk-heading-m" id={`${id}-title`}>
        {field.title}
      </h2>
      <div className="nhsuk-hint" id={`${id}-prompt`}>
        {field.prompt}
      </div>
      <div className="fp-editor" aria-busy={loading || undefined}>
        {handle && editable && (
          <EditorToolbar
            ref={toolbar}
            toolbar={handle.toolbar}
            label={`Formatting: ${field.title}`}
          />
        )}
        <div ref={mount} />
      </div>
      {handle && (
        <div className="fp-field__foot">
          <WordCount handle={handle} limit={field.word_limit} id={`${id}-words`} />
          <Writers handle={handle} field={field} />
        </div>
      )}
      {question && <LinkDialog question={question} />}
      {keys && <Shortcuts onClose={() => setKeys(false)} />}
    </section>
  );
});
