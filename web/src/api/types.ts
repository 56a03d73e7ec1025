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
/**
 * Where a figure comes from: source = published; derived = computed by the server; illustrative = invented for the example; fictional = an invented person or decision; entered = typed by a partner in this plan.
 */
export type Basis = "source" | "derived" | "illustrative" | "fictional" | "entered";
export type SectionStatus =
  "drafting" | "in_review" | "ready_for_signoff" | "signed_off" | "reopened" | "frozen";
export type Visibility = "partners" | "reviewers" | "public";
/**
 * A number, text (also choices and dates), or null for an empty cell.
 */
export type CellValue = number | string | null;
export type ColumnType = "number" | "text" | "choice" | "date";
export type EventKind = "plan.created" | "section.updated" | "figure.changed";

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
  Event?: Event;
  EventList?: EventList;
  PresenceMessage?: PresenceMessage;
  WelcomeMessage?: WelcomeMessage;
  RefusedMessage?: RefusedMessage;
  SignIn?: SignIn;
  Session?: Session;
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
  roles: Role[];
  /**
   * Keys of the sections that this person leads.
   */
  leads?: Name[];
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
  /**
   * Why not, in words, where something is refused.
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
   * plan.created: {title}. section.updated: {section, bytes}. figure.changed: {cells: EventCell[]}.
   */
  body: {
    title?: string;
    section?: string;
    bytes?: number;
    cells?: EventCell[];
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
export interface SignIn {
  person: Name;
}
export interface Session {
  demo: boolean;
  person: Person | null;
}
export interface SignedIn {
  session: Session;
  /**
   * For scripts, in demo mode.
   */
  token?: string;
}
