import { useEffect, useRef, useState } from "react";
import { useApp } from "../../app/context.tsx";
import { Link } from "../../ui/Link.tsx";
import { paths } from "../../app/router.ts";
import { statusText } from "../../sync/status.ts";
import type { SaveStatus } from "../../sync/types.ts";

const quietMs = 1000;

/** "Saving…" only when it lasts: no flicker at every key, and nothing for a screen reader to repeat. */
function useCalmStatus(status: SaveStatus): SaveStatus {
  const [shown, setShown] = useState(status);
  useEffect(() => {
    if (status.kind !== "saving") {
      setShown(status);
      return undefined;
    }
    const timer = setTimeout(() => setShown(status), quietMs);
    return () => clearTimeout(timer);
  }, [status]);
  return shown;
}

/** Whether the words are safe: always in sight while writing. */
export function SaveBar({ status, figures }: { status: SaveStatus; figures: number }) {
  const { announcer } = useApp();
  const calm = useCalmStatus(status);
  const text = statusText(status);
  const spoken = statusText(calm);
  const kind = figures > 0 && status.kind === "saved" ? "unsaved" : status.kind;
  const waiting =
    figures === 1
      ? "1 value in a table needs your attention"
      : `${figures} values in tables need your attention`;
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else announcer.say(spoken);
  }, [spoken, announcer]);
  return (
    <div className={`fp-save fp-save--${kind}`}>
      <p className="fp-save__status" data-status={kind}>
        {figures > 0 && status.kind === "saved" ? `Not saved: ${waiting}.` : text}
        {figures > 0 && status.kind !== "saved" && ` ${waiting}.`}
      </p>
      {status.kind === "unsaved" && status.reason === "sign-in" && (
        <Link to={paths.signIn(location.pathname)}>Sign in again</Link>
      )}
    </div>
  );
}
