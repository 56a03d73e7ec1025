// Talks to footprint-peer: one request, one answer, strictly in turn.
import { spawn } from "node:child_process";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/** Starts a footprint-peer process that holds any number of documents. */
export function startPeer(program) {
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  let received = Buffer.alloc(0);
  const waiting = [];
  let ended = null;
  const deliver = () => {
    while (waiting.length > 0 && received.length >= 4) {
      const size = received.readUInt32LE(0);
      if (received.length < 4 + size) return;
      const body = new Uint8Array(received.subarray(4, 4 + size));
      received = received.subarray(4 + size);
      waiting.shift().resolve(decoding.readAny(decoding.createDecoder(body)));
    }
  };
  child.stdout.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    deliver();
  });
  child.on("exit", (code, signal) => {
    ended = new Error(`footprint-peer ended (${signal ?? code})`);
    for (const one of waiting.splice(0)) one.reject(ended);
  });
  const ask = (request) =>
    new Promise((resolve, reject) => {
      if (ended !== null) return reject(ended);
      waiting.push({ resolve, reject });
      const encoder = encoding.createEncoder();
      encoding.writeAny(encoder, request);
      const body = encoding.toUint8Array(encoder);
      const head = Buffer.alloc(4);
      head.writeUInt32LE(body.length, 0);
      child.stdin.write(Buffer.concat([head, body]));
    });
  return { ask, stop: () => child.stdin.end() };
}
