/** Form controls after the HTML of the NHS.UK design system. */
import { useState, type InputHTMLAttributes, type ReactNode } from "react";
import { Button } from "./Button.tsx";
import type { FieldProps } from "./form.ts";

interface Labelled extends FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
}

function describedBy(id: string, hint: unknown, error: string | undefined): string | undefined {
  const ids = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`];
  const text = ids.filter((part) => part !== "").join(" ");
  return text === "" ? undefined : text;
}

function Group({
  id,
  label,
  hint,
  error,
  className = "",
  children,
}: Pick<Labelled, "id" | "label" | "hint" | "error"> & {
  className?: string;
  children: ReactNode;
}) {
  const wrong = error === undefined ? "" : " nhsuk-form-group--error";
  return (
    <div className={`nhsuk-form-group${wrong}${className}`}>
      <label className="nhsuk-label" htmlFor={id}>
        {label}
      </label>
      {hint !== undefined && (
        <div className="nhsuk-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <ErrorMessage id={id} error={error} />
      {children}
    </div>
  );
}

function ErrorMessage({ id, error }: { id: string; error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <span className="nhsuk-error-message" id={`${id}-error`}>
      <span className="nhsuk-u-visually-hidden">Error: </span>
      {error}
    </span>
  );
}

type TextProps = Labelled &
  Pick<
    InputHTMLAttributes<HTMLInputElement>,
    "type" | "autoComplete" | "inputMode" | "spellCheck" | "min" | "max"
  > & { readonly width?: number };

export function TextField({ label, hint, error, id, value, onValue, width, ...rest }: TextProps) {
  const wrong = error === undefined ? "" : " nhsuk-input--error";
  const narrow = width === undefined ? "" : ` nhsuk-input--width-${width}`;
  return (
    <Group id={id} label={label} hint={hint} error={error}>
      <input
        type="text"
        {...rest}
        className={`nhsuk-input${wrong}${narrow}`}
        id={id}
        name={id}
        value={value}
        aria-describedby={describedBy(id, hint, error)}
        aria-invalid={error !== undefined || undefined}
        onChange={(e) => onValue(e.target.value)}
      />
    </Group>
  );
}

/** Paste and password managers work; the password can be looked at before it is sent. */
export function PasswordField({
  label,
  hint,
  error,
  id,
  value,
  onValue,
  autoComplete,
}: Labelled & { readonly autoComplete: "current-password" | "new-password" }) {
  const [shown, setShown] = useState(false);
  const wrong = error === undefined ? "" : " nhsuk-input--error";
  return (
    <Group id={id} label={label} hint={hint} error={error} className=" nhsuk-password-input">
      <div className="nhsuk-input-wrapper">
        <input
          className={`nhsuk-input nhsuk-password-input__input${wrong}`}
          id={id}
          name={id}
          type={shown ? "text" : "password"}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          value={value}
          aria-describedby={describedBy(id, hint, error)}
          aria-invalid={error !== undefined || undefined}
          onChange={(e) => onValue(e.target.value)}
        />
        <Button
          small
          variant="secondary"
          className="nhsuk-password-input__toggle"
          aria-label={shown ? "Hide password" : "Show password"}
          aria-controls={id}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </Button>
      </div>
      <div className="nhsuk-u-visually-hidden" role="status">
        {shown ? "Your password is visible" : ""}
      </div>
    </Group>
  );
}

export interface Option {
  readonly value: string;
  readonly title: string;
  readonly hint?: string;
}

export function SelectField({
  label,
  hint,
  error,
  id,
  value,
  onValue,
  options,
}: Labelled & { readonly options: readonly Option[] }) {
  return (
    <Group id={id} label={label} hint={hint} error={error}>
      <select
        className={`nhsuk-select${error === undefined ? "" : " nhsuk-select--error"}`}
        id={id}
        name={id}
        value={value}
        aria-describedby={describedBy(id, hint, error)}
        onChange={(e) => onValue(e.target.value)}
      >
        {options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.title}
          </option>
        ))}
      </select>
    </Group>
  );
}

export function TextArea({
  label,
  hint,
  error,
  id,
  value,
  onValue,
  rows = 3,
}: Labelled & { readonly rows?: number }) {
  return (
    <Group id={id} label={label} hint={hint} error={error}>
      <textarea
        className={`nhsuk-textarea${error === undefined ? "" : " nhsuk-textarea--error"}`}
        id={id}
        name={id}
        rows={rows}
        value={value}
        aria-describedby={describedBy(id, hint, error)}
        aria-invalid={error !== undefined || undefined}
        onChange={(e) => onValue(e.target.value)}
      />
    </Group>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly legend: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly options: readonly Option[];
}

function Choices({
  id,
  legend,
  hint,
  error,
  options,
  kind,
  chosen,
  onChoose,
}: ChoiceProps & {
  kind: "checkboxes" | "radios";
  chosen: (value: string) => boolean;
  onChoose: (value: string, on: boolean) => void;
}) {
  const type = kind === "radios" ? "radio" : "checkbox";
  const name = kind;
  return (
    <div className={`nhsuk-form-group${error === undefined ? "" : " nhsuk-form-group--error"}`}>
      <fieldset className="nhsuk-fieldset" aria-describedby={describedBy(id, hint, error)}>
        <legend className="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">{legend}</legend>
        {hint !== undefined && (
          <div className="nhsuk-hint" id={`${id}-hint`}>
            {hint}
          </div>
        )}
        <ErrorMessage id={id} error={error} />
        <div className={`nhsuk-${name} nhsuk-${name}--small`}>
          {options.map((o, index) => {
            // The first carries the group's id: the error summary leads to it.
            const own = index === 0 ? id : `${id}-${index}`;
            return (
              <div className={`nhsuk-${name}__item`} key={o.value}>
                <input
                  className={`nhsuk-${name}__input`}
                  id={own}
                  name={id}
                  type={type}
                  value={o.value}
                  checked={chosen(o.value)}
                  aria-describedby={o.hint === undefined ? undefined : `${own}-item-hint`}
                  onChange={(e) => onChoose(o.value, e.target.checked)}
                />
                <label className={`nhsuk-label nhsuk-${name}__label`} htmlFor={own}>
                  {o.title}
                </label>
                {o.hint !== undefined && (
                  <div className={`nhsuk-hint nhsuk-${name}__hint`} id={`${own}-item-hint`}>
                    {o.hint}
                  </div>
                )}
              </div>
            );
          })}
        </div>
      </fieldset>
    </div>
  );
}

export function CheckboxGroup({
  values,
  onValues,
  ...rest
}: ChoiceProps & {
  readonly values: readonly string[];
  readonly onValues: (values: string[]) => void;
}) {
  const change = (value: string, on: boolean) =>
    onValues(on ? [...values, value] : values.filter((v) => v !== value));
  return (
    <Choices {...rest} kind="checkboxes" chosen={(v) => values.includes(v)} onChoose={change} />
  );
}

export function RadioGroup({
  value,
  onValue,
  ...rest
}: ChoiceProps & { readonly value: string; readonly onValue: (value: string) => void }) {
  return (
    <Choices {...rest} kind="radios" chosen={(v) => v === value} onChoose={(v) => onValue(v)} />
  );
}
