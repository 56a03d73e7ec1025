// Frames that break RFC 6455, on both doors: a close code that says what was wrong, for that socket alone.
import { equal, expect, seeded } from "./harness.mjs";
import { BINARY, RawSocket, frame } from "./sockets.mjs";

const header = (...bytes) => Buffer.from(bytes);

/** [name, bytes, close code] */
const broken = [
  ["a frame without a mask", frame(BINARY, "hello", { masked: false }), 1002],
  ["reserved bits", frame(BINARY, "hello", { rsv: 4 }), 1002],
  ["an unknown kind of frame", frame(3, "hello"), 1002],
  ["an unknown control frame", frame(11, "hello"), 1002],
  ["a ping in fragments", frame(9, "hello", { final: false }), 1002],
  ["a long ping", frame(9, "a".repeat(126)), 1002],
  ["a continuation of nothing", frame(0, "hello"), 1002],
  [
    "a message inside a message",
    Buffer.concat([frame(BINARY, "a", { final: false }), frame(BINARY, "b")]),
    1002,
  ],
  ["a length that is not minimal", header(0x82, 0xfe, 0x00, 0x05, 0, 0, 0, 0, 1, 2, 3, 4, 5), 1002],
  ["a length of 2^63", header(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 1002],
  ["a length of 2^62", header(0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 1009],
  ["a message of 64 MB", header(0x82, 0xff, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0), 1009],
  ["a close code that may not be sent", frame(8, Buffer.from([0x03, 0xee])), 1002],
  ["a close code cut short", frame(8, Buffer.from([0x03])), 1002],
  ["text", frame(1, "hello"), 1003],
  ["text in fragments", Buffer.concat([frame(1, "hel", { final: false }), frame(0, "lo")]), 1003],
];

export async function frame_cases(checks, server, doors) {
  for (const [door, path] of Object.entries(doors)) {
    for (const [name, bytes, code] of broken) {
      await checks.run(`${door}: ${name}`, async () => {
        const socket = await RawSocket.open(server.port, path);
        socket.write(bytes);
        const end = await socket.closed();
        equal([end.code, end.ended], [code, true], end.reason);
        expect(end.reason !== "", "a reason in words");
      });
    }
    await checks.run(`${door}: fragments without end`, async () => {
      const socket = await RawSocket.open(server.port, path);
      socket.write(frame(BINARY, "a".repeat(500_000), { final: false }));
      for (let i = 0; i < 20 && !socket.ended; ++i) {
        socket.write(frame(0, "a".repeat(500_000), { final: false }));
      }
      equal((await socket.closed()).code, 1009);
    });
    await checks.run(`${door}: pings are answered, between fragments too`, async () => {
      const socket = await RawSocket.open(server.port, path);
      socket.write(frame(BINARY, "a", { final: false }));
      socket.write(frame(9, "are you there"));
      expect(await socket.until(() => socket.pongs.length === 1), "a pong");
      equal(socket.pongs, ["are you there"]);
      socket.destroy();
    });
    await checks.run(`${door}: a close is answered`, async () => {
      const socket = await RawSocket.open(server.port, path);
      socket.write(frame(8, Buffer.from([0x03, 0xe8])));
      equal((await socket.closed()).code, 1000);
    });
    await checks.run(`${door}: frames cut off by the end of the connection`, async () => {
      for (let i = 0; i < 50; ++i) {
        const socket = await RawSocket.open(server.port, path);
        const whole = frame(BINARY, "a".repeat(5000));
        socket.write(whole.subarray(0, 1 + ((i * 97) % (whole.length - 1))));
        setTimeout(() => socket.destroy(), 5);
      }
    });
    await checks.run(`${door}: random bytes instead of frames`, async () => {
      const random = seeded(20161123);
      for (let round = 0; round < 40; ++round) {
        const socket = await RawSocket.open(server.port, path);
        socket.write(Buffer.from(Array.from({ length: 400 }, () => Math.floor(random() * 256))));
        // A length that has not come whole yet may keep it waiting; otherwise it is told.
        await socket.until(() => socket.ended, 100);
        if (socket.ended) {
          const told = [1002, 1003, 1009, 4400, 4401, 4404, 1000, null];
          expect(told.includes(socket.close_code), `code ${socket.close_code}`);
        }
        socket.destroy();
      }
    });
  }
}
