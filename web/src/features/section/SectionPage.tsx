import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import type { SectionSummary } from "../../api/types.ts";
import { useApp, usePerson, useTitle } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";
import { calendarDate } from "../../app/time.ts";
import type {
  DenialCode,
  RightsNotice,
  SaveStatus,
  SectionConnection,
  SectionSnapshot,
} from "../../sync/types.ts";
import { guardLeaving } from "../../sync/leave.ts";
import { worst } from "../../sync/status.ts";
import { Breadcrumb } from "../../ui/Breadcrumb.tsx";
import { Button } from "../../ui/Button.tsx";
import { Callout } from "../../ui/Callout.tsx";
import { failureWords } from "../../ui/failure.ts";
import { Link } from "../../ui/Link.tsx";
import { Pagination } from "../../ui/Pagination.tsx";
import { PresentList } from "../../ui/PresentList.tsx";
import { StatusTag } from "../../ui/Tag.tsx";
import { Grid, type Lock } from "../figures/Grid.tsx";
import type { TableStore } from "../figures/tableStore.ts";
import { Failed, NoAccess, NotFound } from "../pages/Problems.tsx";
import { mayChangeSettings } from "../people/may.ts";
import { leadWords } from "../plan/lead.ts";
import { useObservable, usePlanScope, usePresence } from "../plan/scope.ts";
import { FieldEditor } from "./FieldEditor.tsx";
import { HeldDrafts } from "./HeldDrafts.tsx";
import { ReadView } from "./ReadView.tsx";
import { SaveBar } from "./SaveBar.tsx";
import { useFiguresState, useTables } from "./useTables.ts";

const OfferedDrafts = lazy(() =>
  import("./OfferedDrafts.tsx").then((m) => ({ default: m.OfferedDrafts })),
);

const RightsLost = lazy(() => import("./RightsNews.tsx").then((m) => ({ default: m.RightsLost })));
const RightsNews = lazy(() => import("./RightsNews.tsx").then((m) => ({ default: m.RightsNews })));

function leaveQuestion(status: SaveStatus): string {
  const kept = status.kind !== "unsaved" || status.kept;
  return `Some of your words are not saved yet. ${
    kept ? "They are kept on this device." : "This device cannot keep them."
  } Leave this page?`;
}

/** Asks before words that are not saved are left behind: on closing the page, and inside the service when offline. */
function useLeaveGuard(status: SaveStatus, stuck: number): void {
  const { router } = useApp();
  const now = useRef({ status, stuck });
  now.current = { status, stuck };
  useEffect(() => {
    const unloading = guardLeaving(
      () => now.current.status.kind !== "saved" || now.current.stuck > 0,
    );
    const stop = router.guard(() => {
      // What is only on its way goes on in the background.
      if (now.current.status.kind !== "unsaved" && now.current.stuck === 0) return true;
      return confirm(leaveQuestion(now.current.status));
    });
    return () => {
      unloading();
      stop();
    };
  }, [router]);
}

function DenialNotice({ denial, onRetry }: { denial: DenialCode; onRetry: () => void }) {
  switch (denial) {
    case "sign-in":
      return (
        <Callout heading="Your sign-in has ended">
          <p>What you wrote is kept on this device. Sign in again to save it.</p>
          <Link className="nhsuk-button" to={paths.signIn(location.pathname)}>
            Sign in again
          </Link>
        </Callout>
      );
    case "client-too-old":
      return (
        <Callout heading="This page is out of date">
          <p>
            The service has been updated. Load the page again to go on writing. Unsaved words are
            kept on this device.
          </p>
          <Button onClick={() => location.reload()}>Load the page again</Button>
        </Callout>
      );
    case "epoch-changed":
      return (
        <Callout heading="This section was restored from an earlier version">
          <p>
            Load it again to see the restored text. Words of yours that are not in it are kept on
            this device.
          </p>
          <Button onClick={onRetry}>Load the section again</Button>
        </Callout>
      );
    case "load-failed":
      return (
        <Callout heading="This section could not be opened for writing">
          <p>The service could not read it. Nothing has been lost. Try again in a few minutes.</p>
          <Button onClick={onRetry}>Try again</Button>
        </Callout>
      );
    default:
      return null;
  }
}

function Fields({ section, snapshot }: { section: SectionSummary; snapshot: SectionSnapshot }) {
  const editable = snapshot.mayWrite && snapshot.phase !== "loading";
  return section.fields.map((field) => (
    <FieldEditor
      key={`${field.key}/${snapshot.generation}`}
      field={field}
      doc={snapshot.doc}
      awareness={snapshot.awareness}
      editable={editable}
      loading={snapshot.phase === "loading"}
    />
  ));
}

function TableList({ stores, reload }: { stores: readonly TableStore[]; reload: () => void }) {
  const { api, announcer } = useApp();
  const { plan } = usePlanScope();
  const lockIn =
    (table: string): Lock =>
    ({ row, column }, locked) => {
      const cells = [{ table, row, column, status: locked ? "locked" : "draft" }];
      api.send("POST", `/plans/${encodeURIComponent(plan.id)}/figures/status`, { cells }).then(
        () => {
          announcer.say(locked ? "Locked" : "Unlocked");
          reload();
        },
        (error: unknown) => announcer.say(failureWords(error)),
      );
    };
  if (stores.length === 0) return null;
  return (
    <section aria-label="Tables">
      {stores.map((store) => {
        const { key } = store.getSnapshot().table;
        return <Grid key={key} store={store} announcer={announcer} onLock={lockIn(key)} />;
      })}
    </section>
  );
}

function Head({ section }: { section: SectionSummary }) {
  const { plan } = usePlanScope();
  return (
    <>
      <div className="fp-section__head">
        <h1 className="nhsuk-heading-l">{section.title}</h1>
        <StatusTag status={section.status} />
      </div>
      <p className="fp-section__facts">
        Led by {leadWords(section)}. Due {calendarDate(section.due_date)}.
        {mayChangeSettings(section) && (
          <>
            {" "}
            <Link to={paths.sectionSettings(plan.id, section.key)}>Settings of this section</Link>
          </>
        )}
      </p>
    </>
  );
}

function Aside({ section }: { section: SectionSummary }) {
  const scope = usePlanScope();
  const me = usePerson().id;
  const present = usePresence(scope)[section.key] ?? [];
  return (
    <aside className="fp-section__aside" aria-label="About this section">
      <h2 className="nhsuk-heading-s">Here now</h2>
      {present.length === 0 ? (
        <p>Nobody else</p>
      ) : (
        <PresentList people={present} me={me} label="People in this section now" />
      )}
    </aside>
  );
}

function Neighbours({ section }: { section: SectionSummary }) {
  const { plan } = usePlanScope();
  const readable = plan.sections.filter((s) => s.may.read);
  const at = readable.findIndex((s) => s.key === section.key);
  const page = (s: SectionSummary | undefined) =>
    s && { to: paths.section(plan.id, s.key), title: s.title };
  return (
    <Pagination label="Sections" previous={page(readable[at - 1])} next={page(readable[at + 1])} />
  );
}

/** Tells who comes while one is writing. */
function useArrivals(section: SectionSummary): void {
  const { announcer } = useApp();
  const scope = usePlanScope();
  const me = usePerson().id;
  const present = usePresence(scope)[section.key];
  const before = useRef<Set<string> | null>(null);
  useEffect(() => {
    const others = (present ?? []).filter((p) => p.person !== me);
    for (const p of others) {
      if (before.current !== null && !before.current.has(p.person))
        announcer.mention(`${p.name}, ${p.organisation_name}, joined.`);
    }
    before.current = new Set(others.map((p) => p.person));
  }, [present, me, announcer]);
}

/** Whether the text is to be written in now: the section's own answer, and until it has one, the plan's. */
export function writesNow(
  section: Pick<SectionSummary, "may">,
  snapshot: Pick<SectionSnapshot, "phase" | "mayWrite" | "denial" | "rights">,
  planPosition: number,
): boolean {
  if (snapshot.denial !== null && snapshot.denial !== "sign-in") return false;
  if (snapshot.phase === "ready" || snapshot.mayWrite) return snapshot.mayWrite;
  const { rights } = snapshot;
  // What the plan said last may be older than what the section has told since.
  return rights !== null && rights.position > planPosition ? rights.write : section.may.write;
}

function readingReason(section: SectionSummary, snapshot: SectionSnapshot | null): string | null {
  if (snapshot?.denial === "no-right")
    return "You do not have the right to change this section now.";
  if (snapshot?.denial != null) return null;
  return section.may.reason ?? "You can read this section. You do not have the right to change it.";
}

/** Somebody changed what we may do here: the plan says more about it than the section. */
function useRightsNews(rights: RightsNotice | null): void {
  const { announcer } = useApp();
  const { reload } = usePlanScope();
  const position = rights?.position ?? 0;
  const message = rights?.message ?? "";
  useEffect(() => {
    if (position === 0) return;
    announcer.say(message);
    reload();
  }, [position, message, announcer, reload]);
}

function OpenSection({
  section,
  connection,
}: {
  section: SectionSummary;
  connection: SectionConnection;
}) {
  const { plan, live, reload } = usePlanScope();
  const snapshot = useObservable(connection);
  const tables = useTables(plan.id, section.tables, live);
  const figures = useFiguresState(tables.stores);
  const writes = writesNow(section, snapshot, plan.position);
  const words = writes || snapshot.status.kind === "unsaved" ? [snapshot.status] : [];
  const status = worst([...words, figures.status]);
  useLeaveGuard(status, figures.stuck);
  useArrivals(section);
  useRightsNews(snapshot.rights);
  const retry = () => {
    reload();
    live?.retry();
  };
  const denied = snapshot.denial;
  const held = (
    <HeldDrafts drafts={snapshot.held} section={section} onDiscard={connection.discardHeld} />
  );
  // Lost while it was open: what was typed is more than the page that says so.
  if (denied === "not-found" || (denied === "no-right" && snapshot.rights !== null)) {
    return (
      <>
        <Suspense>
          <RightsLost rights={snapshot.rights} held={snapshot.held.length > 0} />
        </Suspense>
        {held}
      </>
    );
  }
  const showStatus = writes || status.kind !== "saved" || figures.stuck > 0;
  return (
    <>
      {snapshot.rights !== null && (
        <Suspense>
          <RightsNews rights={snapshot.rights} key={snapshot.rights.position} />
        </Suspense>
      )}
      {denied !== null && <DenialNotice denial={denied} onRetry={retry} />}
      {writes && !snapshot.keepsOffline && (
        <Callout heading="This device cannot keep offline copies">
          <p>
            Your browser does not let the service store words here. Stay online until the page says
            “Saved”.
          </p>
        </Callout>
      )}
      {showStatus && <SaveBar status={status} figures={figures.stuck} />}
      {held}
      <Suspense>
        <OfferedDrafts section={section} doc={writes ? snapshot.doc : null} />
      </Suspense>
      <div className="fp-section__columns">
        <div className="fp-section__text">
          {writes ? (
            <Fields section={section} snapshot={snapshot} />
          ) : (
            <ReadView
              plan={plan.id}
              section={section.key}
              live={live}
              reason={readingReason(section, snapshot)}
            />
          )}
        </div>
        <Aside section={section} />
      </div>
      {tables.error ? (
        <Failed error={tables.error} onRetry={tables.reload} />
      ) : (
        <TableList stores={tables.stores} reload={tables.refresh} />
      )}
    </>
  );
}

function useSectionConnection(
  key: string,
  epoch: string,
  write: boolean,
  wanted: boolean,
): SectionConnection | null {
  const { live } = usePlanScope();
  const [connection, setConnection] = useState<SectionConnection | null>(null);
  const first = useRef(write);
  first.current = write;
  useEffect(() => {
    if (live === null || !wanted) return undefined;
    const opened = live.openSection({ key, epoch, write: first.current });
    setConnection(opened);
    return () => {
      setConnection(null);
      opened.close();
    };
  }, [live, key, epoch, wanted]);
  return connection;
}

/** The section as the plan has it; the last known where it went out of sight while it was open. */
function useKnownSection(key: string): { section: SectionSummary | undefined; opened: boolean } {
  const { plan } = usePlanScope();
  const now = useMemo(() => plan.sections.find((s) => s.key === key), [plan, key]);
  const known = useRef<SectionSummary | undefined>(undefined);
  const opened = useRef(false);
  if (now !== undefined) known.current = now;
  if (now?.may.read === true) opened.current = true;
  return { section: now ?? known.current, opened: opened.current };
}

export function SectionPage({ section: key }: { section: string }) {
  const { plan, live } = usePlanScope();
  const { section, opened } = useKnownSection(key);
  const writing = section?.may.write === true;
  const connection = useSectionConnection(key, section?.epoch ?? "", writing, opened);
  useTitle(section?.title ?? "Section", plan.title);
  if (section === undefined) return <NotFound />;
  if (!opened)
    return (
      <NoAccess {...(section.may.reason === undefined ? {} : { message: section.may.reason })} />
    );
  return (
    <>
      <Breadcrumb
        items={[
          { text: "My plans", to: paths.home },
          { text: plan.title, to: paths.plan(plan.id) },
        ]}
      />
      <Head section={section} />
      {connection !== null && <OpenSection section={section} connection={connection} />}
      {connection === null &&
        (writing ? (
          <p aria-busy="true">Opening the text…</p>
        ) : (
          <ReadView
            plan={plan.id}
            section={section.key}
            reason={readingReason(section, null)}
            live={live}
          />
        ))}
      <Neighbours section={section} />
    </>
  );
}
