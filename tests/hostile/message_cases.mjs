// Well-framed messages that say wrong things, on both doors.
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

import * as collab from "./collab.mjs";
import { equal, expect, seeded } from "./harness.mjs";
import { RawSocket } from "./sockets.mjs";
import { step1, update_message } from "./witness.mjs";

const change = (doc, body) => {
  const before = Y.encodeStateVector(doc);
  doc.transact(body);
  return Y.encodeStateAsUpdate(doc, before);
};

/** Opens the y-websocket door of `section` and sends `message`; how it ended. */
async function after(server, plan, section, token, message) {
  const socket = await RawSocket.open(server.port, `/yjs/${plan}/${section}?token=${token}`);
  socket.send(step1(new Y.Doc()));
  await socket.until(() => socket.messages.length > 1 || socket.ended);
  socket.send(message);
  return socket.closed();
}

export async function yjs_cases(checks, server, { plan, section, token, witness }) {
  const closes = [
    ["an unknown message type", new Uint8Array([7, 1, 2, 3]), [4400]],
    ["an empty message", new Uint8Array(0), [4400]],
    ["an unknown sync step", new Uint8Array([0, 9, 0]), [4400]],
    ["a state vector cut short", new Uint8Array([0, 0, 3, 5, 1]), [4400]],
    ["a length beyond the message", new Uint8Array([0, 2, 0xff, 0xff, 0x7f, 1]), [4400]],
    [
      "a number of nine bytes",
      new Uint8Array([0, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
      [4400],
    ],
    ["an update cut short", update_message(new Uint8Array([1, 1, 2, 0, 4])), [4422]],
    ["an update of noise", update_message(new Uint8Array(300).fill(0xee)), [4422]],
    [
      "an update that claims a million structs",
      update_message(new Uint8Array([1, 0xc0, 0x84, 0x3d, 5, 0])),
      [4422],
    ],
  ];
  for (const [name, message, codes] of closes) {
    await checks.run(`yjs: ${name}`, async () => {
      const end = await after(server, plan, section, token, message);
      expect(codes.includes(end.code), `got ${end.code} ${end.reason}`);
      expect(end.reason !== "", "a reason in words");
    });
  }
  const names = [
    [
      "a node that the schema does not know",
      (doc) => doc.getXmlFragment("statement").insert(0, [new Y.XmlElement("script")]),
    ],
    [
      "a field that the section does not have",
      (doc) => doc.getXmlFragment("no_such_field").insert(0, [new Y.XmlElement("paragraph")]),
    ],
    ["a root of another kind", (doc) => doc.getMap("statement").set("a", 1)],
    [
      "an attribute that the schema does not know",
      (doc) => {
        const element = new Y.XmlElement("paragraph");
        element.setAttribute("onclick", "alert(1)");
        doc.getXmlFragment("statement").insert(0, [element]);
      },
    ],
  ];
  for (const [name, body] of names) {
    await checks.run(`yjs: ${name}`, async () => {
      const doc = new Y.Doc();
      const update = change(doc, () => body(doc));
      const end = await after(server, plan, section, token, update_message(update));
      equal(end.code, 4422, end.reason);
    });
  }
  await checks.run("yjs: words under somebody else's client id", async () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(witness.doc));
    doc.clientID = witness.doc.clientID;
    const update = change(doc, () => {
      const fragment = doc.getXmlFragment("statement");
      fragment.insert(fragment.length, [new Y.XmlElement("paragraph")]);
    });
    const end = await after(server, plan, section, token, update_message(update));
    equal(end.code, 4422, end.reason);
  });
  await checks.run("yjs: an update over the limit", async () => {
    const doc = new Y.Doc();
    const update = change(doc, () => {
      const text = new Y.XmlText();
      text.insert(0, "x".repeat((4 << 20) + 3000));
      const element = new Y.XmlElement("paragraph");
      element.insert(0, [text]);
      doc.getXmlFragment("statement").insert(0, [element]);
    });
    const end = await after(server, plan, section, token, update_message(update));
    expect([1009, 4422].includes(end.code), `got ${end.code} ${end.reason}`);
  });
  await checks.run("yjs: random messages", async () => {
    const random = seeded(7);
    for (let round = 0; round < 200; ++round) {
      const bytes = Array.from({ length: 1 + Math.floor(random() * 60) }, () =>
        Math.floor(random() * 256),
      );
      bytes[0] = Math.floor(random() * 4);
      const socket = await RawSocket.open(server.port, `/yjs/${plan}/${section}?token=${token}`);
      socket.send(new Uint8Array(bytes));
      await socket.until(() => socket.ended, 30);
      if (socket.close_code !== null) {
        expect(
          [4400, 4403, 4422, 1008, 1009].includes(socket.close_code),
          `code ${socket.close_code}`,
        );
      }
      socket.destroy();
    }
  });
  const addresses = [
    ["a plan that is not there", `/yjs/no-such-plan/${section}?token=${token}`, 4404],
    ["a section that is not there", `/yjs/${plan}/no_such_section?token=${token}`, 4404],
    ["an address without a section", `/yjs/${plan}?token=${token}`, 4404],
    ["an address with too many parts", `/yjs/${plan}/${section}/more?token=${token}`, 4404],
    ["an address that climbs", `/yjs/../../${plan}?token=${token}`, 4404],
    ["no token", `/yjs/${plan}/${section}`, 4401],
    ["a made-up token", `/yjs/${plan}/${section}?token=${"ab".repeat(32)}`, 4401],
    ["another epoch", `/yjs/${plan}/${section}?token=${token}&epoch=0000`, 4409],
  ];
  for (const [name, path, code] of addresses) {
    await checks.run(`yjs: ${name}`, async () => {
      const socket = await RawSocket.open(server.port, path);
      const end = await socket.closed();
      equal([end.code, end.ended], [code, true], end.reason);
    });
  }
}

export async function collab_cases(checks, server, { plan, section, token }) {
  const { port } = server;
  const address = `${plan}/${section}`;
  const denied = [
    ["no sign-in", "", address, "sign-in"],
    ["a made-up token", "ab".repeat(32), address, "sign-in"],
    ["a token that is not text of ours", '{"token":', address, "sign-in"],
    ["a plan that is not there", token, "no-such-plan/vision", "not-found"],
    ["a section that is not there", token, `${plan}/no_such_section`, "not-found"],
    ["a name that no plan can have", token, "../../etc/passwd", "not-found"],
    ["too old a client", JSON.stringify({ token, schema: 0 }), address, "client-too-old"],
    [
      "another epoch",
      JSON.stringify({ token, schema: 1, epoch: "0000" }),
      address,
      "epoch-changed",
    ],
  ];
  for (const [name, said, where, reason] of denied) {
    await checks.run(`collab: ${name}`, async () => {
      const socket = await RawSocket.open(port, "/collab");
      socket.send(collab.auth(where, said));
      expect(
        await socket.until(() => collab.denial(socket.messages, where) !== undefined),
        "an answer",
      );
      equal(collab.denial(socket.messages, where), reason);
      expect(!socket.ended, "the socket stays for other documents");
      socket.destroy();
    });
  }
  await checks.run("collab: another plan on the same socket", async () => {
    const socket = await RawSocket.open(port, "/collab");
    socket.send(collab.auth(address, token));
    socket.send(collab.auth("another-plan/vision", token));
    expect(
      await socket.until(() => collab.denial(socket.messages, "another-plan/vision") !== undefined),
      "an answer",
    );
    equal(collab.denial(socket.messages, "another-plan/vision"), "one-plan-per-connection");
    expect(
      await socket.until(() =>
        socket.messages.map(collab.read).some((m) => m.address === address && m.auth === 2),
      ),
      "the first document goes on",
    );
    socket.destroy();
  });
  for (const [name, bytes] of [
    ["a first message of noise", new Uint8Array([255, 255, 255, 255, 1, 2])],
    ["an empty first message", new Uint8Array(0)],
    ["an empty address", collab.message("", 0)],
  ]) {
    await checks.run(`collab: ${name}`, async () => {
      const socket = await RawSocket.open(port, "/collab");
      socket.send(bytes);
      const end = await socket.closed();
      equal([end.code, end.ended], [4400, true], end.reason);
    });
  }
  await checks.run("collab: too much before signing in", async () => {
    const socket = await RawSocket.open(port, "/collab");
    for (let i = 0; i < 400; ++i) socket.send(collab.step1(address));
    equal((await socket.closed()).code, 1008);
  });
  await checks.run("collab: too many documents before signing in", async () => {
    const socket = await RawSocket.open(port, "/collab");
    for (let i = 0; i < 100; ++i) socket.send(collab.step1(`${plan}/s${i}`));
    equal((await socket.closed()).code, 1008);
  });
  const open = async () => {
    const socket = await RawSocket.open(port, "/collab");
    socket.send(collab.auth(address, token));
    socket.send(collab.step1(address));
    expect(
      await socket.until(() => socket.messages.map(collab.read).some((m) => m.type === 0)),
      "an open document",
    );
    return socket;
  };
  for (const [name, bytes] of [
    ["an unknown type", collab.message(address, 77)],
    [
      "a message only servers send",
      collab.message(address, 6, (out) => encoding.writeVarString(out, "{}")),
    ],
    [
      "a status only servers send",
      collab.message(address, 8, (out) => encoding.writeVarUint(out, 1)),
    ],
    ["a sync step cut short", collab.message(address, 0, (out) => encoding.writeVarUint(out, 1))],
  ]) {
    await checks.run(`collab: ${name}`, async () => {
      const socket = await open();
      socket.send(bytes);
      expect(
        await socket.until(() =>
          socket.messages.map(collab.read).some((m) => m.type === 7 && m.text !== ""),
        ),
        "the document is closed with a reason",
      );
      expect(!socket.ended, "the socket stays");
      socket.destroy();
    });
  }
  await checks.run(
    "collab: an update that is refused is told, and the next one is taken",
    async () => {
      const socket = await open();
      socket.send(collab.sync(address, 2, new Uint8Array([1, 1, 2, 0, 4])));
      const refusal = () =>
        socket.messages.map(collab.read).find((m) => m.type === 5 && m.text.includes('"refused"'));
      expect(await socket.until(() => refusal() !== undefined), "a refusal in words");
      const told = JSON.parse(refusal().text);
      expect(told.code && told.message, "with code and message");
      socket.send(collab.sync(address, 2, new Uint8Array([0, 0])));
      expect(
        await socket.until(() => socket.messages.map(collab.read).some((m) => m.applied === 1)),
        "an ack",
      );
      socket.destroy();
    },
  );
  await checks.run("collab: random messages", async () => {
    const random = seeded(11);
    for (let round = 0; round < 30; ++round) {
      const socket = await open();
      for (let i = 0; i < 10; ++i) {
        const type = Math.floor(random() * 12);
        socket.send(
          collab.message(address, type, (out) => {
            for (let at = random() * 40; at > 0; --at)
              encoding.writeUint8(out, Math.floor(random() * 256));
          }),
        );
      }
      await socket.until(() => socket.ended, 20);
      socket.destroy();
    }
  });
}
