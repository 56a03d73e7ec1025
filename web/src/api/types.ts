// Generated from schemas/api.schema.json by `npm run api`. Change that file, not this one.

/**
 * A stable name of a thing: lower-case letters, digits, '-' and '_'.
 */
export type Name = string;
/**
 * Milliseconds since 1970-01-01T00:00:00Z.
 */
export type UnixMs = number;
/**
 * A calendar date, YYYY-MM-DD.
 */
export type Date = string;
/**
 * 1-based number of an event in the plan's log; 0 is before the first.
 */
export type Position = number;
export type Role =
  | "footprint_lead"
  | "pmo"
  | "section_lead"
  | "author"
  | "board_signatory"
  | "reviewer"
  | "lay_reviewer"
  | "observer";
export type Reason = string;
export type Visibility = "partners" | "reviewers" | "named" | "public";
export type SectionStatus =
  "drafting" | "in_review" | "ready_for_signoff" | "signed_off" | "reopened" | "frozen";
export type OrganisationKind =
  | "ccg"
  | "provider_acute"
  | "provider_specialist"
  | "provider_mh_community"
  | "ambulance"
  | "local_authority"
  | "health_wellbeing_board"
  | "primary_care"
  | "healthwatch"
  | "voluntary_sector"
  | "national_body";
export type FigureStatus = "draft" | "agreed" | "locked";
export type EventKind =
  | "plan.created"
  | "section.updated"
  | "figure.changed"
  | "member.changed"
  | "section.changed"
  | "organisation.changed"
  | "figure.status_changed"
  | "draft.offered"
  | "draft.settled";
/**
 * Where a figure comes from: source = published; derived = computed by the server; illustrative = invented for the example; fictional = an invented person or decision; entered = typed by a partner in this plan.
 */
export type Basis = "source" | "derived" | "illustrative" | "fictional" | "entered";
/**
 * A number, text (also choices and dates), or null for an empty cell.
 */
export type CellValue = number | string | null;
export type ColumnType = "number" | "text" | "choice" | "date";

/**
 * Every body that the REST API takes or gives, by name. The server checks requests against these definitions and its tests check the answers; the browser's types are generated from them. Names are kept stable: fields are added, never changed in meaning.
 */
export interface FootprintApi {
  Name?: Name;
  UnixMs?: UnixMs;
  Date?: Date;
  Position?: Position;
  Role?: Role;
  PersonRef?: PersonRef;
  Person?: Person;
  Membership?: Membership;
  MembershipShown?: MembershipShown;
  MemberChange?: MemberChange;
  Reason?: Reason;
  Applied?: Applied;
  SectionChange?: SectionChange;
  OrganisationChange?: OrganisationChange;
  FigureStatus?: FigureStatus;
  FigureStatusChanges?: FigureStatusChanges;
  DraftOffer?: DraftOffer;
  Draft?: Draft;
  DraftList?: DraftList;
  DraftOffered?: DraftOffered;
  DraftSettlement?: DraftSettlement;
  Rights?: Rights;
  Act?: Act;
  Audit?: Audit;
  RightsMessage?: RightsMessage;
  PersonList?: PersonList;
  OrganisationKind?: OrganisationKind;
  Organisation?: Organisation;
  OrganisationList?: OrganisationList;
  Footprint?: Footprint;
  Round?: Round;
  Milestone?: Milestone;
  SourceNote?: SourceNote;
  Basis?: Basis;
  SectionStatus?: SectionStatus;
  Visibility?: Visibility;
  May?: May;
  LastChange?: LastChange;
  Present?: Present;
  Field?: Field;
  SectionSummary?: SectionSummary;
  Need?: Need;
  PlanSummary?: PlanSummary;
  PlanList?: PlanList;
  Plan?: Plan;
  SectionText?: SectionText;
  CellValue?: CellValue;
  ColumnType?: ColumnType;
  Choice?: Choice;
  Column?: Column;
  Cell?: Cell;
  Row?: Row;
  Table?: Table;
  TableSummary?: TableSummary;
  TableList?: TableList;
  FigureChange?: FigureChange;
  FigureChanges?: FigureChanges;
  ChangedCell?: ChangedCell;
  FiguresChanged?: FiguresChanged;
  ErrorBody?: ErrorBody;
  ErrorAnswer?: ErrorAnswer;
  FigureConflict?: FigureConflict;
  FigureConflicts?: FigureConflicts;
  FigureProblem?: FigureProblem;
  FigureProblems?: FigureProblems;
  EventCell?: EventCell;
  EventKind?: EventKind;
  StatusCell?: StatusCell;
  Event?: Event;
  EventList?: EventList;
  PresenceMessage?: PresenceMessage;
  WelcomeMessage?: WelcomeMessage;
  RefusedMessage?: RefusedMessage;
  CatalogueFootprint?: CatalogueFootprint;
  FootprintList?: FootprintList;
  StartPlan?: StartPlan;
  PlanStarted?: PlanStarted;
  AuthoredRun?: AuthoredRun;
  SectionAuthors?: SectionAuthors;
  SignIn?: SignIn;
  DemoSignIn?: DemoSignIn;
  SessionPerson?: SessionPerson;
  SignInOffers?: SignInOffers;
  Session?: Session;
  Account?: Account;
  AccountSession?: AccountSession;
  AccountChange?: AccountChange;
  PasswordChange?: PasswordChange;
  PasswordOnly?: PasswordOnly;
  CodeOnly?: CodeOnly;
  PasswordAndCode?: PasswordAndCode;
  SecondFactorBegun?: SecondFactorBegun;
  RecoveryCodes?: RecoveryCodes;
  NewToken?: NewToken;
  TokenEntry?: TokenEntry;
  TokenMade?: TokenMade;
  ResetRequest?: ResetRequest;
  ResetAccepted?: ResetAccepted;
  LinkLook?: LinkLook;
  LinkShown?: LinkShown;
  LinkUse?: LinkUse;
  LinkUsed?: LinkUsed;
  NewInvitation?: NewInvitation;
  Invitation?: Invitation;
  InvitationMade?: InvitationMade;
  InvitationList?: InvitationList;
  AdministeredAccount?: AdministeredAccount;
  AdministeredList?: AdministeredList;
  AdministeredChange?: AdministeredChange;
  ResetLinkMade?: ResetLinkMade;
  PersonExport?: PersonExport;
  EraseConfirmation?: EraseConfirmation;
  SignedIn?: SignedIn;
}
/**
 * A person, with the organisation that the person acts for, under their shown names.
 */
export interface PersonRef {
  person: string;
  name: string;
  organisation: string;
  organisation_name: string;
}
export interface Person {
  id: Name;
  name: string;
  organisation: Name;
  organisation_name: string;
  /**
   * Of all memberships.
   */
  roles: Role[];
  memberships?: MembershipShown[];
  /**
   * Keys of the sections that this person leads.
   */
  leads?: Name[];
}
export interface MembershipShown {
  organisation: Name;
  organisation_name: string;
  roles: Role[];
}
/**
 * What a person may do in a plan for one organisation.
 */
export interface Membership {
  organisation: Name;
  /**
   * @minItems 1
   * @maxItems 8
   */
  roles:
    | [Role]
    | [Role, Role]
    | [Role, Role, Role]
    | [Role, Role, Role, Role]
    | [Role, Role, Role, Role, Role]
    | [Role, Role, Role, Role, Role, Role]
    | [Role, Role, Role, Role, Role, Role, Role]
    | [Role, Role, Role, Role, Role, Role, Role, Role];
}
/**
 * All memberships of a person in a plan from now on; none removes them.
 */
export interface MemberChange {
  /**
   * @maxItems 50
   */
  memberships: Membership[];
  reason?: Reason;
}
/**
 * A command was applied; where nothing had to change, the newest position.
 */
export interface Applied {
  position: Position;
}
/**
 * What is given is changed.
 */
export interface SectionChange {
  title?: string;
  lead?: Name;
  lead_organisation?: Name;
  /**
   * @maxItems 100
   */
  deputies?: Name[];
  visibility?: Visibility;
  /**
   * @maxItems 500
   */
  named_people?: Name[];
  status?: SectionStatus;
  due_date?: Date;
  reason?: Reason;
}
export interface OrganisationChange {
  name: string;
  real_name?: string;
  kind: OrganisationKind;
  signing_body: string;
  signs: boolean;
}
/**
 * All of them or none.
 */
export interface FigureStatusChanges {
  /**
   * @minItems 1
   * @maxItems 500
   */
  cells: [
    {
      table: string;
      row: string;
      column: string;
      status: FigureStatus;
    },
    ...{
      table: string;
      row: string;
      column: string;
      status: FigureStatus;
    }[]
  ];
  reason?: Reason;
}
/**
 * Words that were refused, offered to who leads the section.
 */
export interface DraftOffer {
  text: string;
  /**
   * Of the refusal.
   */
  code: string;
  /**
   * For who leads the section; may be empty.
   */
  message: string;
}
export interface Draft {
  id: string;
  section: Name;
  by: PersonRef;
  at: UnixMs;
  position: Position;
  text: string;
  code: string;
  message: string;
  may_settle: boolean;
  outcome?: "taken" | "declined";
  reason?: string;
  settled_by?: PersonRef;
  settled_at?: UnixMs;
}
/**
 * One's own drafts, and those for sections in which one may settle them; the newest first.
 */
export interface DraftList {
  drafts: Draft[];
}
export interface DraftOffered {
  draft: string;
  position: Position;
}
export interface DraftSettlement {
  outcome: "taken" | "declined";
  reason?: Reason;
}
/**
 * Who may do what: schemas/rights.json. `doors` says by which ways an action can be asked for today.
 */
export interface Rights {
  description: string;
  roles: {
    key: string;
    title: string;
    meaning: string;
  }[];
  /**
   * What the words in the cells mean.
   */
  scopes: {
    [k: string]: string;
  };
  actions: {
    key: string;
    title: string;
    target: "plan" | "section" | "cell";
    unless_frozen?: boolean;
    doors: ("rest" | "collab" | "yjs")[];
    note?: string;
    /**
     * A scope for each role.
     */
    roles: {
      [k: string]: string;
    };
  }[];
}
/**
 * One thing that was done in a plan.
 */
export interface Act {
  position: Position;
  at: UnixMs;
  kind: EventKind;
  /**
   * Who did it, and for which organisation; null for the server itself.
   */
  actor: PersonRef | null;
  section?: string;
  /**
   * What was done, in words; administrators of accounts get the kind alone.
   */
  words: string;
  reason?: string;
}
/**
 * The newest first.
 */
export interface Audit {
  acts: Act[];
  head: Position;
  /**
   * 1-based number of an event in the plan's log; 0 is before the first.
   */
  next?: number;
}
/**
 * Stateless message on a section whose reader has won or lost a right.
 */
export interface RightsMessage {
  type: "rights";
  section: string;
  may: {
    read: boolean;
    write: boolean;
  };
  /**
   * Who changed what, and what that means.
   */
  message: string;
  actor: PersonRef;
  position: Position;
}
export interface PersonList {
  people: Person[];
}
export interface Organisation {
  id: Name;
  /**
   * The shown name: the invented alias, where there is one.
   */
  name: string;
  /**
   * The public body that the alias stands for; only in the list of organisations. Never attribute fictional decisions to it.
   */
  real_name?: string;
  kind: OrganisationKind;
  signing_body?: string;
  signs: boolean;
  basis?: Basis;
  source?: SourceNote;
}
/**
 * Where a fact was published.
 */
export interface SourceNote {
  key: string;
  text: string;
}
export interface OrganisationList {
  organisations: Organisation[];
  alias_note?: string;
}
export interface Footprint {
  number: number;
  name: string;
  alias: string;
  region: string;
  population?: number;
  population_basis?: Basis;
  population_source?: SourceNote;
}
/**
 * The planning round that the plan is in.
 */
export interface Round {
  key: Name;
  title: string;
  date: Date;
}
export interface Milestone {
  key: Name;
  date: Date;
  title: string;
  basis: Basis;
  source?: SourceNote;
}
/**
 * What the signed-in person may do here.
 */
export interface May {
  read: boolean;
  write: boolean;
  offer_draft?: boolean;
  settle_draft?: boolean;
  /**
   * Title, lead, lead organisation, due date.
   */
  appoint_lead?: boolean;
  /**
   * Deputies, visibility, named people.
   */
  share_section?: boolean;
  /**
   * Its status.
   */
  move_section?: boolean;
  freeze_section?: boolean;
  /**
   * Why one may not write, in words.
   */
  reason?: string;
}
export interface LastChange {
  at: UnixMs;
  person: string;
  name: string;
  organisation: string;
  organisation_name: string;
  position: Position;
}
/**
 * Somebody who has the section open now.
 */
export interface Present {
  person: string;
  name: string;
  organisation: string;
  organisation_name: string;
  colour: string;
}
/**
 * One narrative field of a section: a root XmlFragment named by `key` in the section's document.
 */
export interface Field {
  key: Name;
  title: string;
  prompt: string;
  word_limit: number;
  words: number;
}
export interface SectionSummary {
  key: Name;
  title: string;
  lead: PersonRef;
  lead_organisation?: string;
  deputies: PersonRef[];
  status: SectionStatus;
  due_date: Date;
  visibility: Visibility;
  /**
   * May read it whatever its visibility.
   */
  named_people?: PersonRef[];
  epoch: string;
  words: number;
  last_change: LastChange | null;
  present: Present[];
  fields: Field[];
  tables: Name[];
  covers?: string[];
  may: May;
}
/**
 * Something the plan needs from the signed-in person.
 */
export interface Need {
  section: Name;
  title: string;
  code: "lead" | "write" | "empty_field" | "over_limit";
  message: string;
  due_date: Date;
}
export interface PlanSummary {
  id: Name;
  title: string;
  footprint: Footprint;
  round: Round;
  position: Position;
  /**
   * How many sections the plan has.
   */
  sections: number;
  last_change: LastChange | null;
  needs: Need[];
}
export interface PlanList {
  plans: PlanSummary[];
}
export interface Plan {
  id: Name;
  title: string;
  disclaimer: string;
  footprint: Footprint;
  round: Round;
  milestones: Milestone[];
  organisations: Organisation[];
  years: string[];
  position: Position;
  /**
   * What the signed-in person may do with the plan as a whole.
   */
  may?: {
    manage_people: boolean;
    manage_organisations: boolean;
    see_audit: boolean;
  };
  sections: SectionSummary[];
}
/**
 * The text of a section; per field a ProseMirror document (format=json), or text, or HTML.
 */
export interface SectionText {
  section: Name;
  position: Position;
  fields: {
    key: Name;
    title: string;
    content: {};
  }[];
}
export interface Choice {
  value: string;
  title: string;
}
export interface Column {
  key: string;
  title: string;
  type: ColumnType;
  unit?: string;
  year?: string;
  /**
   * Most decimal places that a number may have.
   */
  decimals?: number;
  minimum?: number;
  maximum?: number;
  derived?: boolean;
  /**
   * An empty cell is refused.
   */
  required?: boolean;
  choices?: Choice[];
}
export interface Cell {
  value: CellValue;
  /**
   * Counts the changes of this cell; send it back as expected_revision.
   */
  revision: number;
  unit?: string;
  basis: Basis;
  source?: SourceNote;
  note?: string;
  /**
   * The organisation that owns the figure.
   */
  owner?: string;
  owner_name?: string;
  status: "draft" | "agreed" | "locked";
  /**
   * Computed by the server; never typed.
   */
  derived?: boolean;
  /**
   * Whether the signed-in person may change it.
   */
  editable: boolean;
  /**
   * Whether they must say why.
   */
  reason_needed?: boolean;
  may?: {
    change: boolean;
    lock: boolean;
  };
  /**
   * Why it may not be changed, in words.
   */
  reason?: string;
  changed_at?: UnixMs;
  changed_by?: PersonRef;
}
export interface Row {
  id: string;
  title: string;
  owner?: string;
  owner_name?: string;
  note?: string;
  cells: {
    [k: string]: Cell;
  };
}
export interface Table {
  key: Name;
  title: string;
  section: Name;
  unit: string;
  /**
   * How to read the sign of a number.
   */
  sign?: string;
  price_base?: string;
  note?: string;
  /**
   * Heading of the column of row titles.
   */
  row_title?: string;
  columns: Column[];
  rows: Row[];
  totals?: Row[];
}
export interface TableSummary {
  key: Name;
  title: string;
  section: Name;
  unit: string;
  /**
   * How many rows it has.
   */
  rows: number;
}
export interface TableList {
  tables: TableSummary[];
}
export interface FigureChange {
  table: string;
  row: string;
  column: string;
  value: CellValue;
  /**
   * If sent it must be the cell's unit, so that thousands never pass for millions.
   */
  unit?: string;
  expected_revision: number;
}
/**
 * Changes to figures: all of them or none.
 */
export interface FigureChanges {
  reason?: Reason;
  /**
   * @minItems 1
   * @maxItems 500
   */
  changes: [FigureChange, ...FigureChange[]];
}
export interface ChangedCell {
  table: string;
  row: string;
  column: string;
  cell: Cell;
}
/**
 * The cells that changed, with those that the server computed anew.
 */
export interface FiguresChanged {
  position: Position;
  cells: ChangedCell[];
}
export interface ErrorBody {
  code: string;
  /**
   * What happened, and what to do next.
   */
  message: string;
  /**
   * Where in the request body, as a JSON pointer.
   */
  path?: string;
  limit?: number;
  size?: number;
  request?: string;
}
export interface ErrorAnswer {
  error: ErrorBody;
}
export interface FigureConflict {
  table: string;
  row: string;
  column: string;
  yours: CellValue;
  current: Cell;
}
export interface FigureConflicts {
  error: ErrorBody;
  conflicts: FigureConflict[];
}
export interface FigureProblem {
  table: string;
  row: string;
  column: string;
  code:
    | "figure.unknown_table"
    | "figure.unknown_row"
    | "figure.unknown_column"
    | "figure.derived"
    | "figure.locked"
    | "figure.no_right"
    | "figure.not_a_number"
    | "figure.not_text"
    | "figure.out_of_range"
    | "figure.too_precise"
    | "figure.wrong_unit"
    | "figure.unknown_choice"
    | "figure.bad_date"
    | "figure.too_long"
    | "figure.required"
    | "figure.reason_needed"
    | "figure.repeated";
  message: string;
}
export interface FigureProblems {
  error: ErrorBody;
  problems: FigureProblem[];
}
/**
 * One cell in a figure.changed event; what a person may do with it is not in it, as an event is for everybody.
 */
export interface EventCell {
  table: string;
  row: string;
  column: string;
  value: CellValue;
  previous: CellValue;
  revision: number;
  basis: Basis;
  derived?: boolean;
}
export interface StatusCell {
  table: string;
  row: string;
  column: string;
  status: FigureStatus;
  previous: FigureStatus;
}
export interface Event {
  /**
   * `event` where it comes by the socket.
   */
  type?: string;
  position: Position;
  at: UnixMs;
  kind: EventKind;
  /**
   * Who did it; null for the server itself.
   */
  actor: PersonRef | null;
  /**
   * What was done, in words; goes behind the actor's name.
   */
  words?: string;
  /**
   * plan.created: {title}. section.updated: {section, bytes}. figure.changed: {cells: EventCell[], reason?}. member.changed: {person, memberships, previous, reason?}. section.changed: {section, what has changed of SectionChange, previous, reason?}; on the socket {section, hidden: true} for whom it does not show any more. organisation.changed: {organisation, previous}. figure.status_changed: {cells: StatusCell[], reason?}. draft.offered: {section, id, code, message, words}. draft.settled: {section, id, outcome, reason?}.
   */
  body: {
    title?: string;
    section?: string;
    bytes?: number;
    cells?: (EventCell | StatusCell)[];
    person?: string;
    memberships?: Membership[];
    reason?: string;
  };
}
export interface EventList {
  events: Event[];
  head: Position;
}
/**
 * Stateless message on the plan's channel: who has which section open.
 */
export interface PresenceMessage {
  type: "presence";
  sections: {
    [k: string]: Present[];
  };
}
/**
 * Stateless message on a section's channel after it was opened.
 */
export interface WelcomeMessage {
  type: "welcome";
  schema: number;
  epoch: string;
  limits: {
    update_bytes_max: number;
    section_bytes_max: number;
  };
}
/**
 * Stateless message on a section's channel after an update was refused.
 */
export interface RefusedMessage {
  type: "refused";
  code: string;
  message: string;
  limit?: number;
  size?: number;
}
/**
 * A footprint of the catalogue, from which a plan can be started.
 */
export interface CatalogueFootprint {
  number: number;
  name: string;
  region: string;
  population: number;
  /**
   * Those that published lists name; partners of a plan add the others.
   */
  organisations: string[];
  /**
   * Whether this server has its plan.
   */
  started: boolean;
  /**
   * A stable name of a thing: lower-case letters, digits, '-' and '_'.
   */
  plan?: string;
}
export interface FootprintList {
  footprints: CatalogueFootprint[];
}
export interface StartPlan {
  /**
   * Number of the footprint.
   */
  footprint: number;
  /**
   * For which of its organisations the starter acts, by name; the first if left out.
   */
  organisation?: string;
}
export interface PlanStarted {
  plan: Name;
}
/**
 * Words of one author.
 */
export interface AuthoredRun {
  text: string;
  /**
   * Null: the text that the plan began with.
   */
  author: PersonRef | null;
}
/**
 * Who wrote which words of a section. Whoever moves words, as Enter does, does not become their author.
 */
export interface SectionAuthors {
  section: Name;
  position: Position;
  fields: {
    key: Name;
    title: string;
    /**
     * In the order of the text; blocks without words are left out.
     */
    blocks: {
      runs: AuthoredRun[];
    }[];
  }[];
}
/**
 * An account of this server. `code`: of the second factor, or a recovery code, where it is on.
 */
export interface SignIn {
  email: string;
  password: string;
  code?: string;
}
export interface DemoSignIn {
  person: Name;
}
/**
 * Who is signed in. Organisation, roles and sections led are those of the first plan that they are in.
 */
export interface SessionPerson {
  id: Name;
  name: string;
  /**
   * Of accounts, not of content.
   */
  administrator: boolean;
  /**
   * A role in one of their plans needs a second factor, which they have not set up.
   */
  second_factor_needed: boolean;
  organisation?: Name;
  organisation_name?: string;
  roles?: Role[];
  memberships?: MembershipShown[];
  leads?: Name[];
}
/**
 * The ways to sign in.
 */
export interface SignInOffers {
  password: boolean;
  sso: {
    key: string;
    title: string;
  }[];
}
export interface Session {
  demo: boolean;
  /**
   * There is no administrator yet.
   */
  setup: boolean;
  sign_in: SignInOffers;
  person: SessionPerson | null;
}
export interface Account {
  person: {
    id: Name;
    name: string;
    /**
     * Empty: none.
     */
    email: string;
    administrator: boolean;
  };
  second_factor: {
    on: boolean;
    required: boolean;
  };
  sessions: AccountSession[];
  tokens: TokenEntry[];
}
export interface AccountSession {
  id: string;
  /**
   * It is the one that asks.
   */
  current: boolean;
  began_at: UnixMs;
  last_used_at: UnixMs;
  expires_at: UnixMs;
  address: string;
  browser: string;
}
export interface TokenEntry {
  id: string;
  name: string;
  scope: "read" | "write";
  /**
   * None: every plan of the person.
   */
  plan?: string;
  created_at: UnixMs;
  expires_at: UnixMs;
  last_used_at?: UnixMs;
}
export interface AccountChange {
  name: string;
}
export interface PasswordChange {
  current: string;
  /**
   * 12 to 128 characters.
   */
  new: string;
}
export interface PasswordOnly {
  password: string;
}
export interface CodeOnly {
  code: string;
}
export interface PasswordAndCode {
  password: string;
  code: string;
}
/**
 * For an authenticator app; it counts once a code was confirmed.
 */
export interface SecondFactorBegun {
  secret: string;
  uri: string;
}
/**
 * Each works once instead of a code. Shown this once.
 */
export interface RecoveryCodes {
  recovery_codes: string[];
}
export interface NewToken {
  name: string;
  scope: "read" | "write";
  plan?: Name;
  days: number;
}
/**
 * The token is shown this once.
 */
export interface TokenMade {
  token: string;
  entry: TokenEntry;
}
export interface ResetRequest {
  email: string;
}
/**
 * The same whether there is such an account or not.
 */
export interface ResetAccepted {}
/**
 * The token is what stands behind '#' in the link.
 */
export interface LinkLook {
  token: string;
}
export interface LinkShown {
  purpose: "setup" | "invitation" | "reset";
  name?: string;
  email?: string;
  plan?: {
    id: Name;
    title: string;
  };
  memberships?: MembershipShown[];
  invited_by?: string;
  has_account: boolean;
  expires_at: UnixMs;
}
/**
 * Setup takes name, email and password; an invitation name and password, or nothing where there is an account and it is signed in; a reset the password.
 */
export interface LinkUse {
  token: string;
  name?: string;
  email?: string;
  password?: string;
}
/**
 * Signed in, or to be signed in next: with the second factor, or, where the link was not used up, with the account that is there already.
 */
export interface LinkUsed {
  session?: Session;
  next?: "sign-in";
}
export interface NewInvitation {
  email: string;
  name: string;
  /**
   * @minItems 1
   * @maxItems 50
   */
  memberships: [Membership, ...Membership[]];
}
export interface Invitation {
  id: string;
  email: string;
  name: string;
  memberships: MembershipShown[];
  invited_by: string;
  created_at: UnixMs;
  expires_at: UnixMs;
}
/**
 * The link is shown this once. `mailed`: it is on its way to them, too.
 */
export interface InvitationMade {
  invitation: Invitation;
  link: string;
  mailed: boolean;
}
export interface InvitationList {
  invitations: Invitation[];
}
export interface AdministeredAccount {
  id: Name;
  name: string;
  email: string;
  administrator: boolean;
  status: "active" | "disabled";
  second_factor: boolean;
  has_password: boolean;
  /**
   * How many are open.
   */
  sessions: number;
  created_at: UnixMs;
  last_sign_in_at?: UnixMs;
}
export interface AdministeredList {
  people: AdministeredAccount[];
}
export interface AdministeredChange {
  status?: "active" | "disabled";
  administrator?: boolean;
}
export interface ResetLinkMade {
  link: string;
  mailed: boolean;
  expires_at: UnixMs;
}
/**
 * All that is held on a person; of what they wrote, only where it stands.
 */
export interface PersonExport {
  account: AdministeredAccount;
  identities: {}[];
  sessions: {}[];
  tokens: {}[];
  plans: {}[];
}
/**
 * The person's e-mail address, or their name where they have none.
 */
export interface EraseConfirmation {
  confirm: string;
}
export interface SignedIn {
  session: Session;
  /**
   * For scripts, in demo mode.
   */
  token?: string;
}
