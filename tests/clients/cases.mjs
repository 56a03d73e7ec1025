// What unmodified clients must find, one function a case. Each gets the running server and people's tokens.
import assert from "node:assert/strict";

import WebSocket from "ws";
import * as Y from "yjs";

import { sleep, until } from "../server_process.mjs";
import { PLAN, signIn, Socket, text, write, yjs } from "./harness.mjs";

export const cases = {
  async "hocuspocus: two people write one section and see each other's words"({ server, tokens }) {
    const a = new Socket(server),
      b = new Socket(server);
    const lead = a.open("vision", tokens.lead),
      pmo = b.open("vision", tokens.pmo);
    await Promise.all([lead.synced(), pmo.synced()]);
    assert.equal(lead.scope, "read-write");
    assert.equal(lead.stateless[0].type, "welcome");
    write(lead.doc, "lead was here");
    write(pmo.doc, "pmo was here");
    await until(
      "both have both",
      () => text(lead.doc).includes("pmo was here") && text(pmo.doc).includes("lead was here"),
    );
    await Promise.all([lead.saved(), pmo.saved()]);
    assert.equal(text(lead.doc), text(pmo.doc));
    (a.destroy(), b.destroy());
  },

  async "hocuspocus: exactly one status for each update and step 2"({ server, tokens }) {
    const a = new Socket(server);
    const lead = a.open("vision", tokens.lead);
    await lead.synced();
    await lead.saved();
    const before = lead.statuses.length;
    for (let i = 0; i < 500; i++) {
      write(lead.doc, `counted ${i}`);
      if (i % 100 === 0) await sleep(1);
    }
    assert.ok(lead.provider.unsyncedChanges > 0);
    await lead.saved();
    await sleep(200);
    assert.equal(lead.statuses.length - before, 500);
    assert.ok(lead.statuses.every((status) => status === 1));
    assert.equal(lead.provider.unsyncedChanges, 0);
    a.destroy();
  },

  async "hocuspocus: words written offline arrive on return, both ways"({ server, tokens }) {
    const a = new Socket(server),
      b = new Socket(server);
    const lead = a.open("governance", tokens.lead),
      pmo = b.open("governance", tokens.pmo);
    await Promise.all([lead.synced(), pmo.synced()]);
    a.socket.disconnect();
    await until("offline", () => !lead.provider.isSynced);
    write(lead.doc, "written offline", "arrangements");
    write(pmo.doc, "written meanwhile", "arrangements");
    await pmo.saved();
    assert.ok(lead.provider.hasUnsyncedChanges);
    a.socket.connect();
    await until(
      "caught up",
      () =>
        text(lead.doc, "arrangements").includes("meanwhile") &&
        text(pmo.doc, "arrangements").includes("offline"),
    );
    await lead.saved();
    (a.destroy(), b.destroy());
  },

  async "hocuspocus: what was saved is there after kill -9 and a restart"({ server, tokens }) {
    const a = new Socket(server);
    const lead = a.open("vision", tokens.lead);
    await lead.synced();
    write(lead.doc, "kept through a kill");
    await lead.saved();
    await server.stop("SIGKILL");
    a.destroy();
    await server.start();
    Object.assign(tokens, await signIn(server));
    const b = new Socket(server);
    const again = b.open("vision", tokens.pmo);
    await again.synced();
    assert.ok(text(again.doc).includes("kept through a kill"));
    b.destroy();
  },

  async "hocuspocus: several documents on one socket, each with its own rights"({
    server,
    tokens,
  }) {
    const a = new Socket(server);
    const vision = a.open("vision", tokens.lead),
      digital = a.open("digital", tokens.lead);
    const channel = a.open("", tokens.lead),
      finance = a.open("finance", tokens.observer);
    const nowhere = a.open("nowhere", tokens.lead),
      stranger = a.open("workforce", "no-such-token");
    await Promise.all([vision.synced(), digital.synced(), channel.synced(), finance.synced()]);
    await until("denied", () => nowhere.denied.length && stranger.denied.length);
    assert.deepEqual([nowhere.denied, stranger.denied], [["not-found"], ["sign-in"]]);
    assert.deepEqual([channel.scope, finance.scope], ["readonly", "readonly"]);
    write(digital.doc, "on the same socket", "ambition");
    await digital.saved();
    await until("event", () =>
      channel.stateless.some((m) => m.type === "event" && m.body.section === "digital"),
    );
    assert.equal(a.closes.length, 0);
    vision.provider.destroy();
    write(digital.doc, "after the other closed", "ambition");
    await digital.saved();
    a.destroy();
  },

  async "hocuspocus: two providers of one document on one socket, by session id"({
    server,
    tokens,
  }) {
    const a = new Socket(server);
    const one = a.open("vision", tokens.lead, { sessionAwareness: true });
    const two = a.open("vision", tokens.lead, { sessionAwareness: true });
    await Promise.all([one.synced(), two.synced()]);
    write(one.doc, "from one to two");
    await until("arrived", () => text(two.doc).includes("from one to two"));
    await one.saved();
    a.destroy();
  },

  async "hocuspocus: a reader's words are refused and never counted as saved"({ server, tokens }) {
    const a = new Socket(server);
    const reader = a.open("vision", tokens.observer);
    await reader.synced();
    await reader.saved();
    write(reader.doc, "a reader's words");
    await until("refused", () => reader.stateless.some((m) => m.type === "refused"));
    await sleep(100);
    assert.ok(reader.provider.hasUnsyncedChanges);
    assert.equal(reader.statuses.at(-1), 0);
    const b = new Socket(server);
    const lead = b.open("vision", tokens.lead);
    await lead.synced();
    assert.ok(!text(lead.doc).includes("a reader's words"));
    (a.destroy(), b.destroy());
  },

  async "hocuspocus: a refused update, its recovery, and a fresh start on the same socket"({
    server,
    tokens,
  }) {
    const a = new Socket(server),
      b = new Socket(server);
    const lead = a.open("vision", tokens.lead),
      pmo = b.open("vision", tokens.pmo);
    await Promise.all([lead.synced(), pmo.synced()]);
    await lead.saved();
    write(lead.doc, "not allowed", "statement", "marquee");
    const refusal = await until("refused", () => lead.stateless.find((m) => m.type === "refused"));
    assert.equal(refusal.code, "update.unknown_node");
    write(pmo.doc, "others go on");
    await until("still hears", () => text(lead.doc).includes("others go on"));
    assert.ok(lead.provider.hasUnsyncedChanges);
    lead.provider.destroy();
    const fresh = a.open("vision", tokens.lead);
    await fresh.synced();
    await fresh.saved();
    assert.ok(!text(fresh.doc).includes("not allowed"));
    write(fresh.doc, "well again");
    await fresh.saved();
    await until("arrived", () => text(pmo.doc).includes("well again"));
    assert.equal(a.closes.length, 0);
    (a.destroy(), b.destroy());
  },

  async "hocuspocus: presence carries the session's name, not the client's"({ server, tokens }) {
    const a = new Socket(server),
      b = new Socket(server);
    const lead = a.open("vision", tokens.lead),
      pmo = b.open("vision", tokens.pmo);
    await Promise.all([lead.synced(), pmo.synced()]);
    lead.provider.setAwarenessField("user", { name: "Somebody else" });
    const seen = () => pmo.provider.awareness.getStates().get(lead.doc.clientID)?.user;
    await until("seen", () => seen()?.person);
    assert.equal(seen().person, "u-lead");
    assert.notEqual(seen().name, "Somebody else");
    lead.provider.destroy();
    await until("gone", () => !seen());
    (a.destroy(), b.destroy());
  },

  async "y-websocket: sync, offline catch-up and words across the two doors"({ server, tokens }) {
    const a = new Socket(server);
    const lead = a.open("vision", tokens.lead);
    const doc = new Y.Doc();
    const provider = yjs(server, `${PLAN}/vision`, doc, { token: tokens.pmo });
    await lead.synced();
    await until("synced", () => provider.synced);
    write(doc, "through the other door");
    await until("arrived", () => text(lead.doc).includes("through the other door"));
    provider.disconnect();
    write(doc, "typed while away");
    write(lead.doc, "typed at home");
    await lead.saved();
    provider.connect();
    await until(
      "caught up",
      () => text(doc).includes("typed at home") && text(lead.doc).includes("typed while away"),
    );
    assert.equal(text(doc), text(lead.doc));
    (provider.destroy(), a.destroy());
  },

  async "y-websocket: final refusals stop the client, each with its code"({ server, tokens }) {
    const code = async (path, token) => {
      const provider = yjs(server, path, new Y.Doc(), token ? { token } : {});
      const [event] = await until("closed", () => provider.ended.length && provider.ended);
      provider.destroy();
      return event.code;
    };
    assert.equal(await code(`${PLAN}/vision`, ""), 4401);
    assert.equal(await code(`${PLAN}/nowhere`, tokens.lead), 4404);
    assert.equal(await code(`no-such-plan/vision`, tokens.lead), 4404);
    const doc = new Y.Doc();
    const reader = yjs(server, `${PLAN}/vision`, doc, {
      token: tokens.observer,
    });
    await until("synced", () => reader.synced);
    write(doc, "not mine");
    await until("closed", () => reader.ended.length);
    assert.equal(reader.ended[0].code, 4403);
    reader.destroy();
  },

  async "y-websocket: bench rooms take any name"({ server }) {
    const one = new Y.Doc(),
      two = new Y.Doc();
    const a = yjs(server, "bench/any room 1", one),
      b = yjs(server, "bench/any room 1", two);
    await until("synced", () => a.synced && b.synced);
    one.getText("t").insert(0, "hello");
    await until("arrived", () => two.getText("t").toString() === "hello");
    (a.destroy(), b.destroy());
  },

  async "a text message closes the socket that sent it, with 1003"({ server }) {
    for (const path of ["/collab", "/yjs/bench/t"]) {
      const socket = new WebSocket(`${server.ws}${path}`);
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.once("open", () => socket.send("hello"));
      assert.equal(await closed, 1003);
    }
  },
};

/** Two minutes without presence or a word: nobody may be sent away. Runs beside the other cases on its own server. */
export async function keepAlive(server, tokens, durationMs) {
  const a = new Socket(server);
  const quiet = a.open("vision", tokens.lead, { awareness: null });
  const doc = new Y.Doc();
  const plain = yjs(server, `${PLAN}/vision`, doc, { token: tokens.pmo });
  plain.awareness.setLocalState(null);
  let dropped = 0;
  plain.on("connection-close", () => (dropped += 1));
  await quiet.synced();
  await until("synced", () => plain.synced);
  await sleep(durationMs);
  assert.equal(dropped, 0, "the y-websocket client was dropped");
  assert.deepEqual(a.closes, [], "the hocuspocus client was dropped");
  write(quiet.doc, "still connected");
  await quiet.saved();
  await until("arrived", () => text(doc).includes("still connected"));
  (plain.destroy(), a.destroy());
}
