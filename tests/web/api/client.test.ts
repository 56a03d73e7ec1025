import { describe, expect, it } from "vitest";
import { ApiError, createApi } from "../../../web/src/api/client.ts";

const answering = (status: number, body: string) =>
  createApi(async () => new Response(body, { status }));

async function failureOf(work: Promise<unknown>): Promise<ApiError> {
  const failed = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failed instanceof ApiError)) throw new Error("expected an ApiError");
  return failed;
}

describe("createApi", () => {
  it("asks on this host with the cookie, and sends JSON", async () => {
    const calls: [string, RequestInit | undefined][] = [];
    const api = createApi(async (path, init) => {
      calls.push([path, init]);
      return new Response(JSON.stringify({ position: 1, cells: [] }));
    });
    await api.setFigures("a/b", []);
    expect(calls[0]?.[0]).toBe("/api/v1/plans/a%2Fb/figures");
    expect(calls[0]?.[1]).toMatchObject({
      method: "POST",
      credentials: "same-origin",
      body: '{"changes":[]}',
    });
  });
  it("tells failures apart", async () => {
    const body = JSON.stringify({ error: { code: "x", message: "What happened." } });
    for (const [status, kind] of [
      [401, "signed-out"],
      [403, "forbidden"],
      [404, "not-found"],
      [409, "conflict"],
      [422, "invalid"],
      [500, "server"],
    ] as const) {
      const failed = await failureOf(answering(status, body).plans());
      expect(failed).toMatchObject({ kind, status, code: "x", message: "What happened." });
    }
  });
  it("has words for answers that are not ours, and for no answer", async () => {
    expect((await failureOf(answering(502, "<html>").plans())).message).toContain("Try again");
    expect((await failureOf(answering(200, "<html>").plans())).kind).toBe("server");
    const offline = createApi(() => Promise.reject(new TypeError("failed")));
    expect((await failureOf(offline.plans())).kind).toBe("offline");
  });
  it("says under whose name a change goes, and tells when somebody else is signed in by now", async () => {
    const sent: (string | undefined)[] = [];
    let others = 0;
    const person = { id: "u-lead", name: "Ruth" };
    const api = createApi(
      async (path, init) => {
        sent.push((init?.headers as Record<string, string>)["Footprint-Person"]);
        if (path.endsWith("/session"))
          return new Response(JSON.stringify({ demo: false, person }), { status: 200 });
        const error = { code: "session.other_person", message: "m" };
        return new Response(JSON.stringify({ error }), { status: 409 });
      },
      () => others++,
    );
    await api.session();
    const failed = await failureOf(api.send("PATCH", "/account", { name: "R" }));
    expect(failed.code).toBe("session.other_person");
    expect(sent).toEqual([undefined, "u-lead"]);
    expect(others).toBe(1);
  });
  it("knows how long to wait, and which member was wrong", async () => {
    const error = { code: "session.too_many", message: "m", path: "/password" };
    const headers = { "Retry-After": "300" };
    const api = createApi(
      async () => new Response(JSON.stringify({ error }), { status: 429, headers }),
    );
    const failed = await failureOf(api.signIn({ email: "a@b.uk", password: "x" }));
    expect(failed).toMatchObject({ kind: "too-many", retrySeconds: 300, member: "password" });
  });
  it("takes an answer without a body", async () => {
    const api = createApi(async () => new Response(null, { status: 204 }));
    expect(await api.send("DELETE", "/account/sessions")).toBeUndefined();
  });
});
