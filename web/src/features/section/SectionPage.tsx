import { useEffect, useMemo, useRef, useState } from "react";
import type { SectionSummary } from "../../api/types.ts";
import { useApp, usePerson, useTitle } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";
import { calendarDate } from "../../app/time.ts";
import type {
  DenialCode,
  SaveStatus,
  SectionConnection,
  SectionSnapshot,
} from "../../sync/types.ts";
import { guardLeaving } from "../../sync/leave.ts";
import { worst } from "../../sync/status.ts";
import { Breadcrumb } from "../../ui/Breadcrumb.tsx";
import { Button } from "../../ui/Button.tsx";
import { Callout } from "../../ui/Callout.tsx";
import { Link } from "../../ui/Link.tsx";
import { Pagination } from "../../ui/Pagination.tsx";
import { PresentList } from "../../ui/PresentList.tsx";
import { StatusTag } from "../../ui/Tag.tsx";
import { Grid } from "../figures/Grid.tsx";
import type { TableStore } from "../figures/tableStore.ts";
import { Failed, NoAccess, NotFound } from "../pages/Problems.tsx";
import { useObservable, usePlanScope, usePresence } from "../plan/scope.ts";
import { FieldEditor } from "./FieldEditor.tsx";
import { HeldDrafts } from "./HeldDrafts.tsx";
import { ReadView } from "./ReadView.tsx";
import { SaveBar } from "./SaveBar.tsx";
import { useFiguresState, useTables } from "./useTables.ts";

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

function TableList({ stores }: { stores: readonly TableStore[] }) {
  const { announcer } = useApp();
  if (stores.length === 0) return null;
  return (
    <section aria-label="Tables">
      {stores.map((store) => (
        <Grid key={store.getSnapshot().table.key} store={store} announcer={announcer} />
      ))}
    </section>
  );
}

function Head({ section }: { section: SectionSummary }) {
  return (
    <>
      <div className="fp-section__head">
        <h1 className="nhsuk-heading-l">{section.title}</h1>
        <StatusTag status={section.status} />
      </div>
      <p className="fp-section__facts">
        Led by {section.lead.name}, {section.lead.organisation_name}. Due{" "}
        {calendarDate(section.due_date)}.
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

/** For people who may read but not write. */
function ReadingPage({ section }: { section: SectionSummary }) {
  const { plan, live } = usePlanScope();
  const { stores, error, reload } = useTables(plan.id, section.tables, live);
  const figures = useFiguresState(stores);
  useLeaveGuard(figures.status, figures.stuck);
  const reason =
    section.may.reason ?? "You can read this section. You do not have the right to change it.";
  return (
    <>
      {(figures.status.kind !== "saved" || figures.stuck > 0) && (
        <SaveBar status={figures.status} figures={figures.stuck} />
      )}
      <div className="fp-section__columns">
        <div className="fp-section__text">
          <ReadView plan={plan.id} section={section.key} reason={reason} live={live} />
        </div>
        <Aside section={section} />
      </div>
      {error ? <Failed error={error} onRetry={reload} /> : <TableList stores={stores} />}
    </>
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

function WritingPage({
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
  const status = worst([snapshot.status, figures.status]);
  useLeaveGuard(status, figures.stuck);
  useArrivals(section);
  const retry = () => {
    reload();
    live?.retry();
  };
  const denied = snapshot.denial;
  if (denied === "not-found") return <NotFound />;
  const readOnly = denied !== null && denied !== "sign-in";
  return (
    <>
      {denied !== null && <DenialNotice denial={denied} onRetry={retry} />}
      {!snapshot.keepsOffline && (
        <Callout heading="This device cannot keep offline copies">
          <p>
            Your browser does not let the service store words here. Stay online until the page says
            “Saved”.
          </p>
        </Callout>
      )}
      <SaveBar status={status} figures={figures.stuck} />
      <HeldDrafts drafts={snapshot.held} section={section} onDiscard={connection.discardHeld} />
      <div className="fp-section__columns">
        <div className="fp-section__text">
          {readOnly ? (
            <ReadView
              plan={plan.id}
              section={section.key}
              live={live}
              reason={
                denied === "no-right"
                  ? "You do not have the right to change this section now."
                  : null
              }
            />
          ) : (
            <Fields section={section} snapshot={snapshot} />
          )}
        </div>
        <Aside section={section} />
      </div>
      {tables.error ? (
        <Failed error={tables.error} onRetry={tables.reload} />
      ) : (
        <TableList stores={tables.stores} />
      )}
    </>
  );
}

function useSectionConnection(
  key: string,
  epoch: string,
  wanted: boolean,
): SectionConnection | null {
  const { live } = usePlanScope();
  const [connection, setConnection] = useState<SectionConnection | null>(null);
  useEffect(() => {
    if (live === null || !wanted) return undefined;
    const opened = live.openSection({ key, epoch });
    setConnection(opened);
    return () => {
      setConnection(null);
      opened.close();
    };
  }, [live, key, epoch, wanted]);
  return connection;
}

export function SectionPage({ section: key }: { section: string }) {
  const { plan } = usePlanScope();
  const section = useMemo(() => plan.sections.find((s) => s.key === key), [plan, key]);
  const writing = section?.may.write === true;
  const connection = useSectionConnection(key, section?.epoch ?? "", writing);
  useTitle(section?.title ?? "Section", plan.title);
  if (section === undefined) return <NotFound />;
  if (!section.may.read)
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
      {!writing && <ReadingPage section={section} />}
      {writing &&
        (connection === null ? (
          <p aria-busy="true">Opening the text…</p>
        ) : (
          <WritingPage section={section} connection={connection} />
        ))}
      <Neighbours section={section} />
    </>
  );
}
