import { useEffect, useMemo } from "react";
import { useApp, usePerson } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import type { PlanConnection } from "../../sync/types.ts";
import { InsetText } from "../../ui/Callout.tsx";
import { Failed } from "../pages/Problems.tsx";
import { safeHtml } from "./safeHtml.tsx";

/** A section for reading: the server's own rendering, fresh whenever somebody changes it. */
export function ReadView({
  plan,
  section,
  reason,
  live,
}: {
  plan: string;
  section: string;
  reason: string | null;
  live: PlanConnection | null;
}) {
  const { api } = useApp();
  const person = usePerson();
  const { resource, reload } = useResource(`text/${person.id}/${plan}/${section}`, () =>
    api.sectionHtml(plan, section),
  );
  useEffect(
    () =>
      live?.onEvent((event) => {
        const body = event.body as { section?: string } | null;
        if (event.kind === "section.updated" && body?.section === section) reload();
      }),
    [live, section, reload],
  );
  const html = resource.state === "ready" ? resource.value : "";
  const content = useMemo(() => safeHtml(html), [html]);
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  return (
    <>
      {reason !== null && (
        <InsetText>
          <p>{reason}</p>
        </InsetText>
      )}
      {resource.state === "loading" ? (
        <p aria-busy="true">Loading the text…</p>
      ) : (
        <article className="fp-read">{content}</article>
      )}
    </>
  );
}
