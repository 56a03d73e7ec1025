/** What the screens of people, accounts and rights take and give. */
import type { Role } from "./types.ts";

export interface Membership {
  readonly organisation: string;
  readonly organisation_name?: string;
  readonly roles: readonly Role[];
}

export interface Provider {
  readonly key: string;
  readonly title: string;
}

/** Somebody of a plan, with every organisation that they act for in it. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly memberships: readonly Membership[];
}

export interface Account {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly administrator: boolean;
  };
  readonly second_factor: { readonly on: boolean; readonly required: boolean };
  readonly sessions: readonly AccountSession[];
  readonly tokens: readonly AccountToken[];
}

export interface AccountSession {
  readonly id: string;
  readonly current: boolean;
  readonly began_at: number;
  readonly last_used_at: number;
  readonly address: string;
  readonly browser?: string;
}

export type TokenScope = "read" | "write";

export interface AccountToken {
  readonly id: string;
  readonly name: string;
  readonly scope: TokenScope;
  readonly plan?: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly last_used_at?: number | null;
}

export interface NewToken {
  readonly name: string;
  readonly scope: TokenScope;
  readonly plan?: string;
  readonly days: number;
}

export interface LinkView {
  readonly purpose: "setup" | "invitation" | "reset";
  readonly name?: string;
  readonly email?: string;
  readonly plan?: { readonly id: string; readonly title: string };
  readonly memberships?: readonly Membership[];
  readonly invited_by?: string | { readonly name: string; readonly organisation_name?: string };
  readonly has_account: boolean;
  readonly expires_at: number;
}

export interface LinkUse {
  readonly token: string;
  readonly name?: string;
  readonly email?: string;
  readonly password?: string;
}

export interface Invitation {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly memberships: readonly Membership[];
  readonly invited_by?: string | { readonly name: string };
  readonly created_at: number;
  readonly expires_at: number;
}

export interface NewInvitation {
  readonly name: string;
  readonly email: string;
  readonly memberships: readonly Membership[];
}

export interface InvitationMade {
  readonly invitation: Invitation;
  readonly link: string;
  readonly mailed: boolean;
}

export interface AuditFilter {
  readonly person: string;
  readonly organisation: string;
  readonly kind: string;
  readonly section: string;
  readonly from: string;
  readonly to: string;
}

export interface AdminPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly administrator: boolean;
  readonly status: "active" | "disabled" | "erased";
  readonly second_factor: boolean;
  readonly sessions: number;
  readonly last_sign_in_at?: number | null;
}

/** Who is signed in; the organisation is that of their first plan, where they are in one. */
export interface SessionPerson {
  readonly id: string;
  readonly name: string;
  readonly administrator?: boolean;
  /** A role of theirs asks for a second factor, and they have none yet. */
  readonly second_factor_needed?: boolean;
  readonly organisation?: string;
  readonly organisation_name?: string;
}

export interface Session {
  readonly demo: boolean;
  /** There is no administrator yet. */
  readonly setup?: boolean;
  readonly sign_in?: { readonly password: boolean; readonly sso: readonly Provider[] };
  readonly person: SessionPerson | null;
}

export interface SignedIn {
  readonly session: Session;
}
