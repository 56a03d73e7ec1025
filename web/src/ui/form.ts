/** The state of a form: what was typed, what is wrong with it, and whether it is on its way. */
import { useCallback, useState, type FormEvent } from "react";
import { ApiError } from "../api/client.ts";
import { failureWords } from "./failure.ts";

export interface Problem {
  /** Id of the control; null where it is about no control. */
  readonly field: string | null;
  readonly message: string;
}

export interface FieldProps {
  readonly id: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onValue: (value: string) => void;
}

export interface Form<V extends Record<string, string>> {
  readonly values: V;
  readonly problems: readonly Problem[];
  /** Counts the failed tries, so that the summary takes the focus each time. */
  readonly attempt: number;
  readonly busy: boolean;
  readonly set: (name: keyof V & string, value: string) => void;
  readonly reset: () => void;
  readonly field: (name: keyof V & string) => FieldProps;
  readonly errorOf: (field: string) => string | undefined;
  readonly fail: (problems: readonly Problem[]) => void;
  readonly submit: (
    check: (values: V) => readonly (Problem | null)[],
    work: (values: V) => Promise<void>,
    /** Where a refusal belongs, by its code; otherwise where the server says. */
    places?: Readonly<Record<string, string>>,
  ) => (event?: FormEvent) => void;
}

/** `prefix` keeps the ids of several forms on one page apart. */
export function useForm<V extends Record<string, string>>(start: V, prefix = ""): Form<V> {
  const [values, setValues] = useState(start);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [attempt, setAttempt] = useState(0);
  const [busy, setBusy] = useState(false);
  const id = (name: string) => `${prefix}${name}`;

  const set = useCallback((name: keyof V & string, value: string) => {
    setValues((old) => ({ ...old, [name]: value }));
  }, []);
  const fail = useCallback((found: readonly Problem[]) => {
    setProblems(found);
    setAttempt((count) => count + 1);
  }, []);
  const errorOf = (field: string) => problems.find((p) => p.field === field)?.message;

  const place = (error: unknown, places: Readonly<Record<string, string>>): string | null => {
    if (!(error instanceof ApiError)) return null;
    const named = places[error.code];
    if (named !== undefined) return id(named);
    return error.member !== null && error.member in start ? id(error.member) : null;
  };

  return {
    values,
    problems,
    attempt,
    busy,
    set,
    fail,
    errorOf,
    reset: () => {
      setValues(start);
      setProblems([]);
    },
    field: (name) => ({
      id: id(name),
      value: values[name] ?? "",
      error: errorOf(id(name)),
      onValue: (value) => set(name, value),
    }),
    submit:
      (check, work, places = {}) =>
      (event) => {
        event?.preventDefault();
        if (busy) return;
        const found = check(values).filter((p) => p !== null);
        if (found.length > 0)
          return fail(found.map((p) => (p.field === null ? p : { ...p, field: id(p.field) })));
        setBusy(true);
        work(values).then(
          () => {
            setBusy(false);
            setProblems([]);
          },
          (error: unknown) => {
            setBusy(false);
            fail([{ field: place(error, places), message: failureWords(error) }]);
          },
        );
        return undefined;
      },
  };
}

export function needed(value: string, field: string, message: string): Problem | null {
  return value.trim() === "" ? { field, message } : null;
}

export function emailNeeded(value: string, field = "email"): Problem | null {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim())
    ? null
    : {
        field,
        message: "Enter an e-mail address in the right format, such as name@example.nhs.uk",
      };
}

/** The server's own rule may be stricter; this one saves a try. */
export const passwordLengthMin = 12;

export function passwordNeeded(value: string, field = "password"): Problem | null {
  return [...value].length >= passwordLengthMin
    ? null
    : { field, message: `Enter a password of at least ${passwordLengthMin} characters` };
}

/** Where refusals about accounts belong, given the control of the new password. */
export function passwordPlaces(field: string): Readonly<Record<string, string>> {
  return {
    "password.common": field,
    "password.long": field,
    "password.malformed": field,
    "password.short": field,
    "account.email": "email",
    "account.email_taken": "email",
    "account.name": "name",
  };
}
