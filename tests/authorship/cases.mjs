import * as Y from "yjs";

import { equal, expect } from "../hostile/harness.mjs";
import { FIELD, OTHER, OWN, PLAN } from "../rights/plan.mjs";
import { Collab, Yjs } from "../rights/sockets.mjs";

const SECTION = "own-drafting"; // written by r-author for OWN, led by r-other of OTHER
const base = `/api/v1/plans/${PLAN}`;
const FOREIGN = "update.foreign_client";

/** The document of one editor: what each edit sends is what a provider would send. */
class Editor {
  constructor(client) {
    this.doc = new Y.Doc();
    this.doc.clientID = client;
    this.sent = [];
    this.doc.on("update", (update, origin) => {
      if (origin !== "server") this.sent.push(update);
    });
  }

  get root() {
    return this.doc.getXmlFragment(FIELD);
  }

  /** One update of all that `change` does. */
  edit(change) {
    this.sent = [];
    this.doc.transact(() => change(this.root));
    return this.sent[0];
  }

  say(text) {
    return this.edit((root) => {
      const block = new Y.XmlElement("paragraph");
      block.insert(0, [new Y.XmlText(text)]);
      root.push([block]);
    });
  }

  take(update) {
    Y.applyUpdate(this.doc, update, "server");
  }
}

class Person {
  constructor(server, id, token) {
    Object.assign(this, { server, id, token });
  }

  static async of(server, id) {
    return new Person(server, id, await server.signIn(id));
  }

  async tab(section = SECTION) {
    const tab = new Collab(this.server, this.token);
    equal(await tab.open(section), "read-write", `${this.id} opens ${section}`);
    return tab;
  }

  get(path) {
    return this.server.get(`${base}/${path}`, this.token);
  }

  /** The section as the server has it. */
  async state(section = SECTION) {
    const socket = new Yjs(this.server, section, this.token);
    await socket.opened();
    const ask = async (vector, nth) => {
      socket.ws.send(new Uint8Array([0, 0, vector.length, ...vector]));
      const answers = () => socket.updates().filter(({ type }) => type === 1);
      return (await socket.until("the state", () => answers()[nth])).bytes;
    };
    // The first answer may be somewhat old, with what came since behind it; the second is of now.
    const first = await ask(new Uint8Array([0]), 0);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, first);
    const second = await ask(Y.encodeStateVector(doc), 1);
    Y.applyUpdate(doc, second);
    socket.close();
    return Y.encodeStateAsUpdate(doc);
  }

  async text(section = SECTION) {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, await this.state(section));
    return doc.getXmlFragment(FIELD).toString();
  }
}

/** The newest events of the section. */
async function newest(person, count = 1) {
  const { head } = await person.get("events?limit=1");
  const { events } = await person.get(`events?after=${head - count}`);
  return events.map(({ kind, actor }) => [kind, actor.person, actor.organisation]);
}

async function claims(checks, author, other) {
  const mine = new Editor(1001);
  const first = mine.say("Mine.");
  await checks.run("an id belongs to whoever uses it first, with their organisation", async () => {
    const tab = await author.tab();
    equal(await tab.write(SECTION, first), "ok");
    equal(await newest(author), [["section.updated", "r-author", OWN]]);
    tab.close();
  });
  const next = mine.say("Also mine.");
  await checks.run("new words under another's id are refused, by both doors", async () => {
    const tab = await other.tab();
    equal(await tab.write(SECTION, next), FOREIGN);
    tab.close();
    const yjs = new Yjs(other.server, SECTION, other.token);
    await yjs.opened();
    equal(await yjs.write(next), `4422 ${FOREIGN}`);
    expect(!(await other.text()).includes("Also mine."), "it got in");
  });
  await checks.run("an id is its owner's in every section", async () => {
    const tab = await other.tab("own-in_review");
    equal(await tab.write("own-in_review", new Editor(1001).say("Elsewhere.")), FOREIGN);
    tab.close();
  });
  await checks.run(
    "what is known may be said again by anybody, and stays its author's",
    async () => {
      const tab = await other.tab();
      equal(await tab.write(SECTION, first), "ok");
      tab.close();
      const owner = await author.tab();
      equal(await owner.write(SECTION, next), "ok");
      owner.close();
    },
  );
  await checks.run("the server's own id is nobody's", async () => {
    const tab = await other.tab();
    equal(
      await tab.write(
        SECTION,
        new Editor(1).say("Seeded, it seems, and a good deal longer than that."),
      ),
      "update.reserved_client",
    );
    tab.close();
  });
  return mine;
}

async function tabs(checks, author, mine) {
  await checks.run("two tabs, two ids, one person; a tab may go on with the other's", async () => {
    const [one, two] = [await author.tab(), await author.tab()];
    equal(await one.write(SECTION, new Editor(1002).say("Second tab.")), "ok");
    equal(await two.write(SECTION, mine.say("From the other tab.")), "ok");
    one.close();
    two.close();
  });
  await checks.run("a new id in the middle of a session is the person's too", async () => {
    const tab = await author.tab();
    mine.doc.clientID = 1003;
    equal(await tab.write(SECTION, mine.say("Under a new id.")), "ok");
    equal(await newest(author), [["section.updated", "r-author", OWN]]);
    tab.close();
  });
}

async function mixtures(checks, author, other, mine) {
  const own = new Editor(2001);
  const words = own.say("My own words, of which there are more than a few.");
  await checks.run("own and foreign words in one update: all of it is refused", async () => {
    const foreign = mine.say("Put into her mouth.");
    const tab = await other.tab();
    equal(await tab.write(SECTION, Y.mergeUpdates([words, foreign])), FOREIGN);
    tab.close();
    const text = await other.text();
    expect(!text.includes("My own words") && !text.includes("mouth"), text);
    const owner = await author.tab();
    equal(await owner.write(SECTION, foreign), "ok");
    owner.close();
  });
  await checks.run("ids of a refused update stay nobody's", async () => {
    const owner = await author.tab();
    equal(await owner.write(SECTION, new Editor(2001).say("Free to be used.")), "ok");
    owner.close();
    const tab = await other.tab();
    equal(await tab.write(SECTION, words), FOREIGN);
    tab.close();
  });
  await checks.run("a script under its person's API token writes as that person", async () => {
    const made = await other.server.json(
      "POST",
      "/api/v1/account/tokens",
      { name: "a script", scope: "write", plan: PLAN, days: 1 },
      { authorization: `Bearer ${other.token}` },
    );
    equal(made.status, 201, JSON.stringify(made.body));
    const script = new Yjs(other.server, SECTION, made.body.token);
    await script.opened();
    equal(await script.write(new Editor(2002).say("By a script.")), "ok");
    equal(await newest(author), [["section.updated", "r-other", OTHER]]);
    script.close();
    const tab = await author.tab();
    equal(await tab.write(SECTION, new Editor(2002).say("As the script.")), FOREIGN);
    tab.close();
  });
}

async function restarts(checks, server, author, other, mine) {
  const offline = [];
  await checks.run("after kill -9 ids are whose they were", async () => {
    await server.stop("SIGKILL");
    offline.push(mine.say("Written while the server was gone."), mine.say("And the day after."));
    await server.start();
    const tab = await other.tab();
    equal(await tab.write(SECTION, offline[0]), FOREIGN);
    equal(await other.text().then((text) => text.includes("the day after")), false);
    tab.close();
  });
  await checks.run("offline days come in under their author's name, in any order", async () => {
    const tab = await author.tab();
    equal(await tab.write(SECTION, offline[1]), "ok");
    equal(await tab.write(SECTION, offline[0]), "ok");
    const text = await author.text();
    expect(text.includes("Written while") && text.includes("the day after"), text);
    tab.close();
  });
  await checks.run("an id claimed just before kill -9 is kept", async () => {
    const tab = await author.tab();
    equal(await tab.write(SECTION, new Editor(3001).say("Last before the cut.")), "ok");
    await server.stop("SIGKILL");
    await server.start();
    const taker = await other.tab();
    equal(
      await taker.write(
        SECTION,
        new Editor(3001).say("Not mine, and longer than what stands there."),
      ),
      FOREIGN,
    );
    equal(await taker.write(SECTION, new Editor(3002).say("Mine.")), "ok");
    taker.close();
    tab.close();
  });
}

/** {words: person} of a section's text, by GET authors. */
async function written(person, section = SECTION) {
  const { fields } = await person.get(`sections/${section}/authors`);
  return fields.flatMap(({ blocks }) =>
    blocks.flatMap(({ runs }) => runs.map(({ text, author }) => [text, author?.person ?? null])),
  );
}

async function deletions(checks, author, other) {
  const section = "own-reopened";
  const her = new Editor(4001);
  const his = new Editor(4002);
  await checks.run("a deletion is its sender's, whoever wrote what is gone", async () => {
    const [tab, taker] = [await author.tab(section), await other.tab(section)];
    const words = her.say("One sentence that stays. Another that goes.");
    equal(await tab.write(section, words), "ok");
    his.take(await other.state(section));
    const update = his.edit((root) => {
      const text = root.get(root.length - 1).get(0);
      text.delete(25, 18);
    });
    equal(await taker.write(section, update), "ok");
    equal(await newest(other), [["section.updated", "r-other", OTHER]]);
    const { acts } = await other.server.get(
      `${base}/audit?section=${section}&limit=1`,
      other.token,
    );
    equal([acts[0].actor.person, acts[0].section], ["r-other", section]);
    const runs = await written(other, section);
    expect(
      runs.some(([text, by]) => text.startsWith("One sentence") && by === "r-author"),
      JSON.stringify(runs),
    );
    tab.close();
    taker.close();
  });
  await checks.run("Enter in another's sentence moves its tail and does not take it", async () => {
    const taker = await other.tab(section);
    his.take(await other.state(section));
    const update = his.edit((root) => {
      const text = root.get(root.length - 1).get(0);
      const tail = text.toString().slice(13);
      text.delete(13, tail.length);
      const block = new Y.XmlElement("paragraph");
      block.insert(0, [new Y.XmlText(tail)]);
      root.push([block]);
    });
    equal(await taker.write(section, update), "ok");
    const runs = await written(other, section);
    const tail = runs.find(([text]) => text.includes("that stays"));
    equal(tail?.[1], "r-author", JSON.stringify(runs));
    taker.close();
  });
}

async function leaving(checks, server, lead) {
  await checks.run("who is removed keeps their words and their name under them", async () => {
    const person = await Person.of(server, "r-leaving");
    const tab = await person.tab();
    equal(await tab.write(SECTION, new Editor(5001).say("Words of somebody who goes.")), "ok");
    const answer = await server.json(
      "PUT",
      `${base}/members/r-leaving`,
      { memberships: [] },
      {
        authorization: `Bearer ${lead.token}`,
      },
    );
    equal(answer.status, 200);
    await tab.until("the denial", () => tab.denials(SECTION).length > 0);
    const runs = await written(lead);
    expect(
      runs.some(([text, by]) => text.includes("somebody who goes") && by === "r-leaving"),
      JSON.stringify(runs),
    );
    tab.close();
  });
}

export async function cases(checks, server) {
  const author = await Person.of(server, "r-author");
  const other = await Person.of(server, "r-other");
  const lead = await Person.of(server, "r-footprint-lead");
  const mine = await claims(checks, author, other);
  await tabs(checks, author, mine);
  await mixtures(checks, author, other, mine);
  await restarts(checks, server, author, other, mine);
  await deletions(checks, author, other);
  await leaving(checks, server, lead);
}
