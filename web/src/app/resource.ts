/** Fetching for screens: one request at a time, the last good answer kept while a newer one is awaited. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client.ts";

export type Resource<T> =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly error: ApiError }
  | { readonly state: "ready"; readonly value: T; readonly stale: ApiError | null };

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError("server", 0, {
    code: "page.failed",
    message: "Something went wrong in this page. Load the page again.",
  });
}

/** `key` says what is asked for: another key starts afresh. */
export function useResource<T>(
  key: string,
  load: () => Promise<T>,
): { resource: Resource<T>; reload: () => void; set: (change: (value: T) => T) => void } {
  const [held, setHeld] = useState<{ key: string; resource: Resource<T> }>({
    key,
    resource: { state: "loading" },
  });
  const latest = useRef(load);
  latest.current = load;
  const turn = useRef(0);

  const fetchNow = useCallback(() => {
    turn.current += 1;
    const mine = turn.current;
    const settle = (resource: (old: Resource<T>) => Resource<T>) => {
      if (turn.current !== mine) return;
      setHeld((old) => ({
        key,
        resource: resource(old.key === key ? old.resource : { state: "loading" }),
      }));
    };
    latest.current().then(
      (value) => settle(() => ({ state: "ready", value, stale: null })),
      (error: unknown) =>
        settle((old) =>
          old.state === "ready"
            ? { ...old, stale: asApiError(error) }
            : { state: "failed", error: asApiError(error) },
        ),
    );
  }, [key]);

  useEffect(() => {
    fetchNow();
    return () => {
      turn.current += 1;
    };
  }, [fetchNow]);

  const retry = useCallback(() => {
    setHeld((old) =>
      old.resource.state === "failed" ? { key, resource: { state: "loading" } } : old,
    );
    fetchNow();
  }, [fetchNow, key]);

  const set = useCallback((change: (value: T) => T) => {
    setHeld((old) =>
      old.resource.state === "ready"
        ? { key: old.key, resource: { ...old.resource, value: change(old.resource.value) } }
        : old,
    );
  }, []);

  const resource: Resource<T> = held.key === key ? held.resource : { state: "loading" };
  return { resource, reload: retry, set };
}
