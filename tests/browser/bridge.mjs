// A man in the middle of a page's socket: frames go on to the real server, changed, or not at all. Tests use it to be an older
// page, a page with another epoch, a page with rights it has not, or a network that swallows answers.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocket } from "ws";

const auth = 2;

/** `str address · varUint type · body`, taken apart as far as tests need it. */
function read(data) {
  const decoder = decoding.createDecoder(new Uint8Array(data));
  if (data.length <= 1) return { type: -1 };
  const address = decoding.readVarString(decoder);
  const type = decoding.readVarUint(decoder);
  const part = decoding.hasContent(decoder) ? decoding.readVarUint(decoder) : 0;
  const text = type === auth && decoding.hasContent(decoder) ? decoding.readVarString(decoder) : "";
  return { address, type, part, text };
}

function authFrame(address, part, text) {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, address);
  encoding.writeVarUint(encoder, auth);
  encoding.writeVarUint(encoder, part);
  encoding.writeVarString(encoder, text);
  return encoding.toUint8Array(encoder);
}

/**
 * What may be set, also later: `token(text)` and `scope(text)` rewrite what page and server say when a document is opened,
 * `replace: [from, to]` changes bytes of what the page sends, `deaf` swallows what the server says, `down` refuses connections,
 * `late: []` keeps what the server says until `release` is called, `deny` answers a section's token with that denial, `cookie` is sent instead of the page's own.
 */
export async function bridge(page, origin, rules) {
  const open = new Set();
  await page.routeWebSocket(/\/collab$/, async (route) => {
    if (rules.down) return route.close({ code: 1012 });
    const cookies = await page.context().cookies(origin);
    const own = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const headers = { Cookie: rules.cookie ?? own };
    const server = new WebSocket(`${origin.replace("http", "ws")}/collab`, { origin, headers });
    open.add(route);
    const waiting = [];
    const send = (data) => (server.readyState === 1 ? server.send(data) : waiting.push(data));
    server.on("open", () => waiting.splice(0).forEach((data) => server.send(data)));
    server.on("message", (data) => {
      if (rules.deaf) return;
      if (rules.late) return void rules.late.push(() => passOn(data));
      passOn(data);
    });
    const passOn = (data) => {
      const frame = read(data);
      const scope = frame.type === auth && frame.part === 2 && rules.scope;
      route.send(Buffer.from(scope ? authFrame(frame.address, 2, scope(frame.text)) : data));
    };
    server.on("close", (code) => {
      open.delete(route);
      void route.close({ code: code === 1005 || code === 1006 ? 1012 : code }).catch(() => {});
    });
    server.on("error", () => {});
    route.onMessage((data) => {
      const bytes = Buffer.from(data);
      const frame = read(bytes);
      if (frame.type === auth && rules.deny && frame.address.includes("/")) {
        return route.send(Buffer.from(authFrame(frame.address, 1, rules.deny)));
      }
      if (frame.type === auth && rules.token && frame.address.includes("/")) {
        return send(authFrame(frame.address, frame.part, rules.token(frame.text)));
      }
      const at = rules.replace ? bytes.indexOf(rules.replace[0]) : -1;
      if (at >= 0) bytes.write(rules.replace[1], at);
      return send(bytes);
    });
    route.onClose(() => server.close());
    return undefined;
  });
  return {
    /** Tells the page all that was kept from it, in order. */
    release: () => {
      const waiting = rules.late ?? [];
      delete rules.late;
      for (const tell of waiting) tell();
    },
    /** Breaks all connections, as a lost network does; the page comes back by itself. */
    cut: async () => {
      for (const route of open) await route.close({ code: 1012 }).catch(() => {});
      open.clear();
    },
  };
}
