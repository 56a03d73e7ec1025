/** Addresses of the screens, and the browser's history as an observable. */

export type Route =
  | { readonly name: "home" }
  | { readonly name: "sign-in"; readonly next: string }
  | { readonly name: "signed-out" }
  | { readonly name: "plan"; readonly plan: string }
  | { readonly name: "section"; readonly plan: string; readonly section: string }
  | { readonly name: "help" }
  | { readonly name: "accessibility" }
  | { readonly name: "not-found"; readonly path: string };

export const paths = {
  home: "/",
  signIn: (next: string) =>
    next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`,
  signedOut: "/signed-out",
  plan: (plan: string) => `/plans/${encodeURIComponent(plan)}`,
  section: (plan: string, section: string) =>
    `/plans/${encodeURIComponent(plan)}/sections/${encodeURIComponent(section)}`,
  help: "/help",
  accessibility: "/accessibility",
  apiDocs: "/api/v1/docs",
} as const;

/** Only an address of this service: never another host's, whatever the link said. */
function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : "/";
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

export function parseRoute(path: string, search = ""): Route {
  const missing: Route = { name: "not-found", path };
  const parts: string[] = [];
  for (const part of path.split("/").filter((p) => p !== "")) {
    const text = decoded(part);
    if (text === null) return missing;
    parts.push(text);
  }
  const [first, second, third, fourth] = parts;
  if (first === undefined) return { name: "home" };
  if (parts.length === 1) {
    if (first === "sign-in") {
      return { name: "sign-in", next: safeNext(new URLSearchParams(search).get("next")) };
    }
    if (first === "signed-out" || first === "help" || first === "accessibility") {
      return { name: first };
    }
  }
  if (first === "plans" && second !== undefined) {
    if (parts.length === 2) return { name: "plan", plan: second };
    if (parts.length === 4 && third === "sections" && fourth !== undefined) {
      return { name: "section", plan: second, section: fourth };
    }
  }
  return missing;
}

/** Asked before leaving a page; true lets the move happen. */
export type LeaveGuard = () => boolean;

export class Router {
  #listeners = new Set<() => void>();
  #guards = new Set<LeaveGuard>();
  #route: Route;
  #at: string;

  constructor() {
    this.#route = parseRoute(location.pathname, location.search);
    this.#at = location.href;
    addEventListener("popstate", this.#moved);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Route => this.#route;

  /** Goes to a path of this service, unless a guard holds the person back. */
  readonly go = (path: string, how: { replace?: boolean; force?: boolean } = {}): void => {
    if (how.force !== true && !this.#mayLeave()) return;
    if (how.replace === true) history.replaceState(null, "", path);
    else history.pushState(null, "", path);
    this.#publish();
  };

  readonly guard = (guard: LeaveGuard): (() => void) => {
    this.#guards.add(guard);
    return () => this.#guards.delete(guard);
  };

  #mayLeave(): boolean {
    return [...this.#guards].every((guard) => guard());
  }

  readonly #moved = (): void => {
    if (location.href === this.#at) return;
    const same = location.href.split("#")[0] === this.#at.split("#")[0];
    // The browser has already moved on Back: put the address back if the person decides to stay.
    if (!same && !this.#mayLeave()) history.pushState(null, "", this.#at);
    else this.#publish();
  };

  #publish(): void {
    const same = location.href.split("#")[0] === this.#at.split("#")[0];
    this.#at = location.href;
    if (same) return;
    this.#route = parseRoute(location.pathname, location.search);
    scrollTo(0, 0);
    for (const listener of this.#listeners) listener();
  }
}
