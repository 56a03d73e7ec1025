/** Requests about people, accounts and rights; apart from the first page's code. */
import type { Api } from "./client.ts";
import type {
  Account,
  AdminPerson,
  AuditFilter,
  Invitation,
  InvitationMade,
  LinkUse,
  LinkView,
  Member,
  Membership,
  NewInvitation,
  NewToken,
  AccountToken,
  Session,
} from "./contract.ts";
import type {
  Audit,
  Draft,
  FootprintList,
  OrganisationChange,
  OrganisationList,
  PlanStarted,
  SectionChange,
} from "./types.ts";

const of = encodeURIComponent;

/** Where a one-time link leads: into the service, or to the sign-in when a second factor is still asked. */
export interface LinkUsed {
  readonly session?: Session;
  readonly next?: string;
  readonly plan?: string;
}

export function linkApi({ send }: Api) {
  return {
    look: (token: string) => send<LinkView>("POST", "/links/look", { token }),
    use: (use: LinkUse) => send<LinkUsed>("POST", "/links/use", use),
    reset: (email: string) => send("POST", "/links/reset", { email }),
  };
}

export function accountApi({ get, send }: Api) {
  return {
    load: () => get<Account>("/account"),
    rename: (name: string) => send("PATCH", "/account", { name }),
    password: (current: string, next: string) =>
      send("POST", "/account/password", { current, new: next }),
    endSession: (id: string) => send("DELETE", `/account/sessions/${of(id)}`),
    endOthers: () => send("DELETE", "/account/sessions"),
    beginFactor: (password: string) =>
      send<{ secret: string; uri: string }>("POST", "/account/second-factor", { password }),
    confirmFactor: (code: string) =>
      send<{ recovery_codes: string[] }>("POST", "/account/second-factor/confirm", { code }),
    endFactor: (password: string, code: string) =>
      send("DELETE", "/account/second-factor", { password, code }),
    addToken: (token: NewToken) =>
      send<{ token: string; entry: AccountToken }>("POST", "/account/tokens", token),
    endToken: (id: string) => send("DELETE", `/account/tokens/${of(id)}`),
  };
}

export function peopleApi({ get, send }: Api, plan: string) {
  const base = `/plans/${of(plan)}`;
  return {
    members: async () => (await get<{ people: Member[] }>(`${base}/people`)).people,
    setMember: (person: string, memberships: readonly Membership[], reason?: string) =>
      send("PUT", `${base}/members/${of(person)}`, {
        memberships: memberships.map(({ organisation, roles }) => ({ organisation, roles })),
        ...(reason === undefined || reason === "" ? {} : { reason }),
      }),
    organisations: async () => (await get<OrganisationList>(`${base}/organisations`)).organisations,
    setOrganisation: (id: string, change: OrganisationChange) =>
      send("PUT", `${base}/organisations/${of(id)}`, change),
    invitations: async () =>
      (await get<{ invitations: Invitation[] }>(`${base}/invitations`)).invitations,
    invite: (invitation: NewInvitation) =>
      send<InvitationMade>("POST", `${base}/invitations`, invitation),
    withdraw: (id: string) => send("DELETE", `${base}/invitations/${of(id)}`),
    renew: (id: string) => send<InvitationMade>("POST", `${base}/invitations/${of(id)}/renew`, {}),
    setSection: (section: string, change: SectionChange) =>
      send("PATCH", `${base}/sections/${of(section)}`, change),
  };
}

export function draftsApi({ get, send }: Api, plan: string) {
  const base = `/plans/${of(plan)}`;
  return {
    list: async () => (await get<{ drafts: Draft[] }>(`${base}/drafts`)).drafts,
    settle: (id: string, outcome: "taken" | "declined", reason?: string) =>
      send("POST", `${base}/drafts/${of(id)}`, {
        outcome,
        ...(reason === undefined ? {} : { reason }),
      }),
  };
}

/** Address of the record of acts: entries, or a file to download. */
export function auditPath(
  plan: string,
  filter: Partial<AuditFilter>,
  more: { after?: number; limit?: number; format?: "csv" | "jsonl" },
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, ...more })) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return `/plans/${of(plan)}/audit${text === "" ? "" : `?${text}`}`;
}

export function auditApi({ get }: Api, plan: string) {
  return {
    page: (filter: Partial<AuditFilter>, after: number, limit: number) =>
      get<Audit>(auditPath(plan, filter, { after, limit })),
  };
}

export function startApi({ get, send }: Api) {
  return {
    footprints: async () => (await get<FootprintList>("/footprints")).footprints,
    start: (footprint: number, organisation: string) =>
      send<PlanStarted>("POST", "/plans", { footprint, organisation }),
  };
}

export function adminApi({ get, send }: Api) {
  const base = "/admin/people";
  return {
    people: async () => (await get<{ people: AdminPerson[] }>(base)).people,
    resetLink: (id: string) => send<{ link: string }>("POST", `${base}/${of(id)}/reset-link`, {}),
    change: (id: string, change: { status?: "active" | "disabled"; administrator?: boolean }) =>
      send("PATCH", `${base}/${of(id)}`, change),
    exportPath: (id: string) => `/api/v1${base}/${of(id)}/export`,
    erase: (id: string, email: string) =>
      send("POST", `${base}/${of(id)}/erase`, { confirm: email }),
  };
}
