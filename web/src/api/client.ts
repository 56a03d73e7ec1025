/** The REST door of the server: one function a request, every failure an {@link ApiError}. */
import type { Session, SignedIn } from "./contract.ts";
import type {
  ErrorBody,
  FigureChange,
  FigureConflict,
  FigureConflicts,
  FigureProblem,
  FigureProblems,
  FiguresChanged,
  PersonList,
  Plan,
  PlanList,
  Table,
} from "./types.ts";

/** Why a request failed, in terms that a screen can act on. */
export type FailureKind =
  | "offline"
  | "signed-out"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "invalid"
  | "too-many"
  | "server";

export class ApiError extends Error {
  readonly kind: FailureKind;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The server's own code, such as `figure.conflict`. */
  readonly code: string;
  /** Name of the member of the request that was wrong, where the server says so. */
  readonly member: string | null;
  /** After so many seconds it may be tried again; 0 where the server does not say. */
  readonly retrySeconds: number;
  readonly conflicts: readonly FigureConflict[];
  readonly problems: readonly FigureProblem[];

  constructor(
    kind: FailureKind,
    status: number,
    error: ErrorBody,
    details: {
      conflicts?: FigureConflict[];
      problems?: FigureProblem[];
      retrySeconds?: number;
    } = {},
  ) {
    super(error.message);
    this.name = "ApiError";
    this.kind = kind;
    this.status = status;
    this.code = error.code;
    this.member = error.path?.split("/").at(-1) ?? null;
    this.retrySeconds = details.retrySeconds ?? 0;
    this.conflicts = details.conflicts ?? [];
    this.problems = details.problems ?? [];
  }
}

/** Somebody else is signed in by now, in another tab: what was sent under the old name was not taken. */
export const otherPerson = "session.other_person";

export type Method = "POST" | "PUT" | "PATCH" | "DELETE";

export interface Api {
  readonly session: () => Promise<Session>;
  readonly demoPeople: () => Promise<PersonList>;
  readonly signIn: (who: SignInBody) => Promise<SignedIn>;
  readonly signOut: () => Promise<void>;
  readonly plans: () => Promise<PlanList>;
  readonly plan: (plan: string) => Promise<Plan>;
  /** The section's text as HTML that the server wrote; for reading only. */
  readonly sectionHtml: (plan: string, section: string) => Promise<string>;
  readonly table: (plan: string, table: string) => Promise<Table>;
  /** All of the changes or none of them. */
  readonly setFigures: (
    plan: string,
    changes: FigureChange[],
    reason?: string,
  ) => Promise<FiguresChanged>;
  /** For screens that are loaded apart and know their own paths. */
  readonly get: <T>(path: string) => Promise<T>;
  readonly send: <T = undefined>(method: Method, path: string, body?: unknown) => Promise<T>;
}

/** Demo: anybody. Otherwise e-mail and password, and the code of the second factor where it is on. */
export type SignInBody =
  | { readonly person: string }
  | { readonly email: string; readonly password: string; readonly code?: string };

type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

function failureKind(status: number): FailureKind {
  if (status === 401) return "signed-out";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410) return "not-found";
  if (status === 409) return "conflict";
  if (status === 429) return "too-many";
  if (status >= 400 && status < 500) return "invalid";
  return "server";
}

const noAnswer: ErrorBody = {
  code: "no-answer",
  message: "The service did not answer in time. Try again in a few minutes.",
};

const offline: ErrorBody = {
  code: "offline",
  message: "The service could not be reached. Check your connection, then try again.",
};

/** An answer that takes longer is none: what was sent is kept and sent again. */
const answerMsMax = 15_000;

async function failure(answer: Response): Promise<ApiError> {
  let body: Partial<FigureConflicts & FigureProblems> = {};
  try {
    body = (await answer.json()) as typeof body;
  } catch {
    // A proxy between us and the server answers in its own form; the status must do.
  }
  const error = body.error ?? {
    code: `http.${answer.status}`,
    message: "Something went wrong on our side. Try again in a few minutes.",
  };
  const retrySeconds = Number(answer.headers.get("Retry-After") ?? 0) || 0;
  return new ApiError(failureKind(answer.status), answer.status, error, { ...body, retrySeconds });
}

/** `onOtherPerson` is told when the server refused a change because somebody else is signed in by now. */
export function createApi(
  send: Fetch = (input, init) => fetch(input, init),
  onOtherPerson: () => void = () => {},
): Api {
  /** Who this page was told is signed in: the server refuses changes under another name. */
  let person: string | null = null;

  function headers(method: string, body: unknown): Record<string, string> {
    return {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(method === "GET" || person === null ? {} : { "Footprint-Person": person }),
    };
  }

  function noted(session: Session): Session {
    person = session.person?.id ?? null;
    return session;
  }

  async function request(method: string, path: string, body?: unknown): Promise<Response> {
    let answer: Response;
    try {
      answer = await send(`/api/v1${path}`, {
        method,
        credentials: "same-origin",
        cache: "no-store",
        signal: AbortSignal.timeout(answerMsMax),
        headers: headers(method, body),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const late = error instanceof DOMException && error.name === "TimeoutError";
      throw late ? new ApiError("server", 0, noAnswer) : new ApiError("offline", 0, offline);
    }
    if (answer.ok) return answer;
    const failed = await failure(answer);
    if (failed.code === otherPerson) onOtherPerson();
    throw failed;
  }

  async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await request(method, path, body);
    if (answer.status === 204) return undefined as T;
    try {
      return (await answer.json()) as T;
    } catch {
      throw new ApiError("server", answer.status, {
        code: "answer.unreadable",
        message: "The service sent an answer that could not be read. Try again in a few minutes.",
      });
    }
  }

  const of = encodeURIComponent;
  return {
    session: async () => noted(await json<Session>("GET", "/session")),
    demoPeople: () => json("GET", "/demo/people"),
    signIn: async (who) => {
      // Whoever was signed in before: now it is this person.
      person = null;
      const signedIn = await json<SignedIn>("POST", "/session", who);
      noted(signedIn.session);
      return signedIn;
    },
    signOut: async () => {
      await request("DELETE", "/session", {});
      person = null;
    },
    plans: () => json("GET", "/plans"),
    plan: (plan) => json("GET", `/plans/${of(plan)}`),
    sectionHtml: async (plan, section) => {
      const path = `/plans/${of(plan)}/sections/${of(section)}/text?format=html`;
      return (await request("GET", path)).text();
    },
    table: (plan, table) => json("GET", `/plans/${of(plan)}/tables/${of(table)}`),
    setFigures: (plan, changes, reason) =>
      json("POST", `/plans/${of(plan)}/figures`, {
        changes,
        ...(reason === undefined ? {} : { reason }),
      }),
    get: (path) => json("GET", path),
    send: (method, path, body) => json(method, path, body),
  };
}
