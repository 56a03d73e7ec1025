/** The REST door of the server: one function a request, every failure an {@link ApiError}. */
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
  Session,
  SignedIn,
  Table,
} from "./types.ts";

/** Why a request failed, in terms that a screen can act on. */
export type FailureKind =
  "offline" | "signed-out" | "forbidden" | "not-found" | "conflict" | "invalid" | "server";

export class ApiError extends Error {
  readonly kind: FailureKind;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The server's own code, such as `figure.conflict`. */
  readonly code: string;
  readonly conflicts: readonly FigureConflict[];
  readonly problems: readonly FigureProblem[];

  constructor(
    kind: FailureKind,
    status: number,
    error: ErrorBody,
    details: { conflicts?: FigureConflict[]; problems?: FigureProblem[] } = {},
  ) {
    super(error.message);
    this.name = "ApiError";
    this.kind = kind;
    this.status = status;
    this.code = error.code;
    this.conflicts = details.conflicts ?? [];
    this.problems = details.problems ?? [];
  }
}

export interface Api {
  readonly session: () => Promise<Session>;
  readonly demoPeople: () => Promise<PersonList>;
  readonly signIn: (person: string) => Promise<SignedIn>;
  readonly signOut: () => Promise<void>;
  readonly plans: () => Promise<PlanList>;
  readonly plan: (plan: string) => Promise<Plan>;
  /** The section's text as HTML that the server wrote; for reading only. */
  readonly sectionHtml: (plan: string, section: string) => Promise<string>;
  readonly table: (plan: string, table: string) => Promise<Table>;
  /** All of the changes or none of them. */
  readonly setFigures: (plan: string, changes: FigureChange[]) => Promise<FiguresChanged>;
}

type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

function failureKind(status: number): FailureKind {
  if (status === 401) return "signed-out";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410) return "not-found";
  if (status === 409) return "conflict";
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
  return new ApiError(failureKind(answer.status), answer.status, error, body);
}

export function createApi(send: Fetch = (input, init) => fetch(input, init)): Api {
  async function request(method: string, path: string, body?: unknown): Promise<Response> {
    let answer: Response;
    try {
      answer = await send(`/api/v1${path}`, {
        method,
        credentials: "same-origin",
        cache: "no-store",
        signal: AbortSignal.timeout(answerMsMax),
        ...(body === undefined
          ? {}
          : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
      });
    } catch (error) {
      const late = error instanceof DOMException && error.name === "TimeoutError";
      throw late ? new ApiError("server", 0, noAnswer) : new ApiError("offline", 0, offline);
    }
    if (!answer.ok) throw await failure(answer);
    return answer;
  }

  async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await request(method, path, body);
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
    session: () => json("GET", "/session"),
    demoPeople: () => json("GET", "/demo/people"),
    signIn: (person) => json("POST", "/session", { person }),
    signOut: async () => {
      await request("DELETE", "/session", {});
    },
    plans: () => json("GET", "/plans"),
    plan: (plan) => json("GET", `/plans/${of(plan)}`),
    sectionHtml: async (plan, section) => {
      const path = `/plans/${of(plan)}/sections/${of(section)}/text?format=html`;
      return (await request("GET", path)).text();
    },
    table: (plan, table) => json("GET", `/plans/${of(plan)}/tables/${of(table)}`),
    setFigures: (plan, changes) => json("POST", `/plans/${of(plan)}/figures`, { changes }),
  };
}
