// Bad HTTP: each is refused with a status and a code, and the connection ends where it cannot be trusted any more.
import net from "node:net";

import { equal, expect } from "./harness.mjs";
import { code_of, http_raw, sleep, status_of } from "./sockets.mjs";

const host = (port) => `Host: 127.0.0.1:${port}\r\n`;

/** [name, request, status, code] */
const refused = (port) => [
  [
    "two framings",
    `POST /api/v1/session HTTP/1.1\r\n${host(port)}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    "http.framing",
  ],
  [
    "the same, the other way round",
    `POST /api/v1/session HTTP/1.1\r\n${host(port)}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
    400,
    "http.framing",
  ],
  [
    "two lengths",
    `POST /api/v1/session HTTP/1.1\r\n${host(port)}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`,
    400,
    "http.framing",
  ],
  [
    "an unknown framing",
    `POST /api/v1/session HTTP/1.1\r\n${host(port)}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    400,
    "http.framing",
  ],
  [
    "a length that is no number",
    `POST /api/v1/session HTTP/1.1\r\n${host(port)}Content-Length: five\r\n\r\n`,
    400,
    "http.framing",
  ],
  [
    "huge headers",
    `GET / HTTP/1.1\r\n${host(port)}X-Long: ${"a".repeat(40_000)}\r\n\r\n`,
    431,
    "http.headers_too_large",
  ],
  [
    "many headers",
    `GET / HTTP/1.1\r\n${host(port)}${"X-Many: a\r\n".repeat(3000)}\r\n`,
    431,
    "http.headers_too_large",
  ],
  [
    "a huge body",
    `POST /api/v1/session HTTP/1.1\r\n${host(port)}Content-Length: 99999999999\r\n\r\n`,
    413,
    "http.body_too_large",
  ],
  [
    "a huge chunk",
    `POST /api/v1/session HTTP/1.1\r\n${host(port)}Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n`,
    413,
    "http.body_too_large",
  ],
  [
    "a broken chunk",
    `POST /api/v1/session HTTP/1.1\r\n${host(port)}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
    400,
    "http.malformed",
  ],
  ["no host", "GET / HTTP/1.1\r\n\r\n", 400, "http.host"],
  ["two hosts", `GET / HTTP/1.1\r\n${host(port)}Host: other\r\n\r\n`, 400, "http.host"],
  [
    "another host (DNS rebinding)",
    "GET / HTTP/1.1\r\nHost: evil.example:80\r\n\r\n",
    421,
    "http.misdirected",
  ],
  ["TLS bytes", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "http.malformed"],
  [
    "a folded header",
    `GET / HTTP/1.1\r\n${host(port)}X: a\r\n\x00b\r\n\r\n`,
    400,
    "http.malformed",
  ],
  ["no version", "GET /\r\n\r\n", 400, "http.malformed"],
  ["a future version", `GET / HTTP/9.9\r\n${host(port)}\r\n`, 400, "http.malformed"],
  [
    "a full address as target",
    `GET http://evil.example/ HTTP/1.1\r\n${host(port)}\r\n`,
    400,
    "http.target",
  ],
  [
    "a foreign page that posts",
    `POST /api/v1/session HTTP/1.1\r\n${host(port)}Origin: https://evil.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
    403,
    "origin.foreign",
  ],
  [
    "a foreign page that opens a socket",
    `GET /collab HTTP/1.1\r\n${host(port)}Origin: https://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    403,
    "origin.foreign",
  ],
  [
    "a sandboxed page that opens a socket",
    `GET /yjs/a/b HTTP/1.1\r\n${host(port)}Origin: null\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    403,
    "origin.foreign",
  ],
  [
    "a socket of an old version",
    `GET /collab HTTP/1.1\r\n${host(port)}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    426,
    "websocket.version",
  ],
  [
    "a socket without a key",
    `GET /collab HTTP/1.1\r\n${host(port)}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    400,
    "websocket.handshake",
  ],
  [
    "a door without a socket",
    `GET /collab HTTP/1.1\r\n${host(port)}\r\n`,
    426,
    "websocket.version",
  ],
  ["writing to a page", `DELETE /index.html HTTP/1.1\r\n${host(port)}\r\n`, 405, "http.method"],
  [
    "a path outside",
    `GET /../../etc/passwd.txt HTTP/1.1\r\n${host(port)}\r\n`,
    404,
    "http.not_found",
  ],
  [
    "an escaped path outside",
    `GET /%2e%2e/%2e%2e/etc/passwd.txt HTTP/1.1\r\n${host(port)}\r\n`,
    404,
    "http.not_found",
  ],
];

export async function http_cases(checks, server) {
  const { port } = server;
  for (const [name, request, status, code] of refused(port)) {
    await checks.run(`http: ${name}`, async () => {
      const answer = await http_raw(port, request, 400);
      equal([status_of(answer), code_of(answer)], [status, code], answer.slice(0, 200));
    });
  }
  await checks.run("http: body that is not JSON, or not of the schema", async () => {
    for (const body of ["{", "[]", '{"person":7}', '{"person":"nobody-at-all"}', "\u0000"]) {
      const answer = await fetch(`${server.origin}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expect(answer.status >= 400 && answer.status < 500, `${body} gave ${answer.status}`);
      const { error } = await answer.json();
      expect(error.code && error.message, `no words for ${body}`);
    }
  });
  await checks.run("http: several requests in one packet are all answered", async () => {
    const one = `GET /healthz HTTP/1.1\r\n${host(port)}\r\n`;
    const answer = await http_raw(
      port,
      one + one + one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
      2000,
    );
    equal(answer.match(/HTTP\/1\.1 200/g)?.length, 3, "answers");
  });
  await checks.run("http: thousands of connections that are dropped half-way", async () => {
    for (let round = 0; round < 10; ++round) {
      const sockets = Array.from({ length: 100 }, () => {
        const socket = net.connect(port, "127.0.0.1");
        socket.on("error", () => {});
        socket.write(`GET /collab HTTP/1.1\r\n${host(port)}Upgr`);
        return socket;
      });
      await sleep(20);
      for (const socket of sockets) socket.destroy();
    }
    equal((await fetch(`${server.origin}/healthz`)).status, 200);
  });
}

/** Headers that drip in, one byte a second: refused after a bounded time, whatever they say. Takes that long. */
export async function slow_headers(server) {
  const began = Date.now();
  const answer = await new Promise((resolve) => {
    const socket = net.connect(server.port, "127.0.0.1");
    let got = "";
    const text = `GET / HTTP/1.1\r\n${host(server.port)}X-Slow: ${"a".repeat(1000)}`;
    let at = 0;
    const drip = setInterval(() => socket.write(text[at++]), 500);
    socket.on("data", (data) => (got += data));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(drip);
      resolve(got);
    });
    setTimeout(() => socket.destroy(), 40_000);
  });
  return {
    status: status_of(answer),
    code: code_of(answer),
    seconds: (Date.now() - began) / 1000,
  };
}
