// Raw sockets that say exactly what they are told: HTTP text, and WebSocket frames right or wrong.
import { createHash, randomBytes } from "node:crypto";
import net from "node:net";

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends `text` and gives everything that comes back until the server ends the connection or `ms` are over. */
export function http_raw(port, text, ms = 5000) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    let got = "";
    const timer = setTimeout(() => socket.destroy(), ms);
    socket.on("data", (data) => (got += data.toString("latin1")));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(got);
    });
    socket.write(text, "latin1");
  });
}

export const status_of = (answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
export const code_of = (answer) => /"code":"([^"]+)"/.exec(answer)?.[1] ?? "";

export function frame(opcode, payload, { final = true, masked = true, rsv = 0 } = {}) {
  const body = Buffer.from(payload);
  const head = [(final ? 0x80 : 0) | (rsv << 4) | opcode];
  const flag = masked ? 0x80 : 0;
  if (body.length < 126) head.push(flag | body.length);
  else if (body.length < 65536) head.push(flag | 126, body.length >> 8, body.length & 255);
  else {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(body.length));
    head.push(flag | 127, ...length);
  }
  if (!masked) return Buffer.concat([Buffer.from(head), body]);
  const mask = randomBytes(4);
  for (let i = 0; i < body.length; ++i) body[i] ^= mask[i & 3];
  return Buffer.concat([Buffer.from(head), mask, body]);
}

export const BINARY = 2;

/** A WebSocket made by hand. Collects messages and how it ended. */
export class RawSocket {
  static open(port, path, headers = {}) {
    return new Promise((resolve, reject) => {
      const self = new RawSocket();
      const key = randomBytes(16).toString("base64");
      const accept = createHash("sha1")
        .update(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
        .digest("base64");
      const lines = {
        Host: `127.0.0.1:${port}`,
        Upgrade: "websocket",
        Connection: "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        ...headers,
      };
      const socket = (self.socket = net.connect(port, "127.0.0.1"));
      socket.setNoDelay(true);
      let buffer = Buffer.alloc(0);
      let upgraded = false;
      const upgrade = () => {
        const end = buffer.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = buffer.subarray(0, end).toString("latin1");
        buffer = buffer.subarray(end + 4);
        if (!head.startsWith("HTTP/1.1 101") || !head.includes(accept)) {
          reject(
            Object.assign(new Error(head.split("\r\n")[0]), {
              status: status_of(head),
              body: buffer.toString(),
            }),
          );
          socket.destroy();
          return;
        }
        upgraded = true;
        resolve(self);
      };
      socket.on("data", (data) => {
        buffer = buffer.length === 0 ? data : Buffer.concat([buffer, data]);
        if (!upgraded) upgrade();
        if (upgraded) buffer = self.#parse(buffer);
      });
      socket.on("error", (error) => (upgraded ? undefined : reject(error)));
      socket.on("close", () => self.#ended());
      socket.write(
        `GET ${path} HTTP/1.1\r\n${Object.entries(lines)
          .map(([name, value]) => `${name}: ${value}`)
          .join("\r\n")}\r\n\r\n`,
      );
    });
  }

  messages = [];
  pongs = [];
  close_code = null;
  close_reason = "";
  ended = false;
  on_message = null;
  #waiting = [];

  #parse(buffer) {
    for (;;) {
      if (buffer.length < 2) return buffer;
      let length = buffer[1] & 0x7f;
      let at = 2;
      if (length === 126) {
        if (buffer.length < 4) return buffer;
        length = buffer.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (buffer.length < 10) return buffer;
        length = Number(buffer.readBigUInt64BE(2));
        at = 10;
      }
      if (buffer.length < at + length) return buffer;
      const payload = buffer.subarray(at, at + length);
      const opcode = buffer[0] & 15;
      buffer = buffer.subarray(at + length);
      if (opcode === 2) {
        this.messages.push(Buffer.from(payload));
        this.on_message?.(payload);
      } else if (opcode === 8) {
        this.close_code = length >= 2 ? payload.readUInt16BE(0) : 1005;
        this.close_reason = payload.subarray(2).toString();
        this.write(frame(8, payload.subarray(0, 2)));
      } else if (opcode === 9) {
        this.write(frame(10, payload));
      } else if (opcode === 10) {
        this.pongs.push(payload.toString());
      }
      this.#wake();
    }
  }

  #ended() {
    this.ended = true;
    this.#wake();
  }

  #wake() {
    this.#waiting = this.#waiting.filter((each) => !each());
  }

  write(bytes) {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }
  send(payload) {
    this.write(frame(BINARY, payload));
  }
  /** Waits until `met()`; false when that takes more than `ms`. */
  until(met, ms = 8000) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      const check = () => {
        if (!met()) return false;
        clearTimeout(timer);
        resolve(true);
        return true;
      };
      if (!check()) this.#waiting.push(check);
    });
  }
  async closed(ms = 8000) {
    await this.until(() => this.ended, ms);
    return {
      code: this.close_code,
      reason: this.close_reason,
      ended: this.ended,
    };
  }
  destroy() {
    this.socket.destroy();
  }
}
