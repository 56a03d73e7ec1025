/** Addresses of the screens, and the browser's history as an observable. */

export type Route =
  | { readonly name: "home" }
  | { readonly name: "sign-in"; readonly next: string; readonly problem: string | null }
  | { readonly name: "forgotten-password" }
  /** `token`: what stood behind "#"; it is kept nowhere else. */
  | { readonly name: "link"; readonly token: string }
  | { readonly name: "signed-out" }
  | { readonly name: "account" }
  | { readonly name: "start" }
  | { readonly name: "administration" }
  | { readonly name: "account-of"; readonly person: string }
  | { readonly name: "plan"; readonly plan: string }
  | { readonly name: "people"; readonly plan: string }
  | { readonly name: "member"; readonly plan: string; readonly person: string }
  | { readonly name: "invite"; readonly plan: string }
  | { readonly name: "organisations"; readonly plan: string }
  | { readonly name: "audit"; readonly plan: string }
  | { readonly name: "section"; readonly plan: string; readonly section: string }
  | { readonly name: "section-settings"; readonly plan: string; readonly section: string }
  | { readonly name: "help" }
  | { readonly name: "accessibility" }
  | { readonly name: "not-found"; readonly path: string };

export const paths = {
  home: "/",
  signIn: (next: string) =>
    next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`,
  forgottenPassword: "/forgotten-password",
  link: "/link",
  signedOut: "/signed-out",
  account: "/account",
  start: "/start",
  administration: "/administration",
  accountOf: (person: string) => `/administration/${encodeURIComponent(person)}`,
  plan: (plan: string) => `/plans/${encodeURIComponent(plan)}`,
  section: (plan: string, section: string) =>
    `/plans/${encodeURIComponent(plan)}/sections/${encodeURIComponent(section)}`,
  sectionSettings: (plan: string, section: string) => `${paths.section(plan, section)}/settings`,
  people: (plan: string) => `${paths.plan(plan)}/people`,
  member: (plan: string, person: string) =>
    `${paths.plan(plan)}/people/${encodeURIComponent(person)}`,
  invite: (plan: string) => `${paths.plan(plan)}/invite`,
  organisations: (plan: string) => `${paths.plan(plan)}/organisations`,
  audit: (plan: string) => `${paths.plan(plan)}/record`,
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

const planPages: Readonly<Record<string, "people" | "invite" | "organisations" | "audit">> = {
  people: "people",
  invite: "invite",
  organisations: "organisations",
  record: "audit",
};

function planRoute(parts: readonly string[]): Route | null {
  const [plan, page, item, more] = parts;
  if (plan === undefined) return null;
  if (page === undefined) return { name: "plan", plan };
  const name = planPages[page];
  if (item === undefined) return name === undefined ? null : { name, plan };
  if (page === "people" && more === undefined) return { name: "member", plan, person: item };
  if (page !== "sections" || parts.length > 4) return null;
  if (more === undefined) return { name: "section", plan, section: item };
  return more === "settings" ? { name: "section-settings", plan, section: item } : null;
}

function topRoute(name: string, query: URLSearchParams, hash: string): Route | null {
  switch (name) {
    case "sign-in":
      return { name, next: safeNext(query.get("next")), problem: query.get("problem") };
    case "link":
      return { name, token: hash.replace(/^#/, "") };
    case "forgotten-password":
    case "signed-out":
    case "account":
    case "start":
    case "administration":
    case "help":
    case "accessibility":
      return { name };
    default:
      return null;
  }
}

export function parseRoute(path: string, search = "", hash = ""): Route {
  const missing: Route = { name: "not-found", path };
  const parts: string[] = [];
  for (const part of path.split("/").filter((p) => p !== "")) {
    const text = decoded(part);
    if (text === null) return missing;
    parts.push(text);
  }
  const [first, second] = parts;
  if (first === undefined) return { name: "home" };
  if (parts.length === 1) return topRoute(first, new URLSearchParams(search), hash) ?? missing;
  if (first === "plans") return planRoute(parts.slice(1)) ?? missing;
  if (first === "administration" && second !== undefined && parts.length === 2)
    return { name: "account-of", person: second };
  return missing;
}

/** Asked before leaving a page; true lets the move happen. */
export type LeaveGuard = () => boolean;

export class Router {
  #listeners = new Set<() => void>();
  #guards = new Set<LeaveGuard>();
  #route: Route;
  #at: string;
  /** Of the one-time link opened last: it can be come back to, as after signing in, but not loaded again. */
  #secret = "";

  constructor() {
    this.#route = this.#taken();
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

  /** A secret that came behind "#" is out of the address, and of the history, before anything else happens. */
  #taken(): Route {
    const route = parseRoute(location.pathname, location.search, location.hash);
    if (route.name !== "link") return route;
    if (route.token !== "") {
      this.#secret = route.token;
      history.replaceState(null, "", location.pathname);
    }
    return { ...route, token: this.#secret };
  }

  #publish(): void {
    const same = location.href.split("#")[0] === this.#at.split("#")[0];
    const another = location.hash !== "";
    const route = this.#taken();
    this.#at = location.href;
    // Another one-time link may be pasted over an old one.
    if (same && !(route.name === "link" && another)) return;
    this.#route = route;
    scrollTo(0, 0);
    for (const listener of this.#listeners) listener();
  }
}
