import { useEffect, useState } from "react";

const patienceMs = 400;

/** Words, and only when the wait is long enough to notice: no flicker. */
export function Loading({ what }: { what: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="fp-loading" aria-busy="true">
      <h1 className="nhsuk-u-visually-hidden">{what}</h1>
      {shown && <p role="status">{`Loading ${what.toLowerCase()}…`}</p>}
    </div>
  );
}
