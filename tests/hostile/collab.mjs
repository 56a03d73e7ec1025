// Frames of the Hocuspocus dialect, right and wrong.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

export function message(address, type, write = () => {}) {
  const out = encoding.createEncoder();
  encoding.writeVarString(out, address);
  encoding.writeVarUint(out, type);
  write(out);
  return encoding.toUint8Array(out);
}

export const auth = (address, token) =>
  message(address, 2, (out) => {
    encoding.writeVarUint(out, 0);
    encoding.writeVarString(out, token);
  });

export const sync = (address, kind, bytes) =>
  message(address, 0, (out) => {
    encoding.writeVarUint(out, kind);
    encoding.writeVarUint8Array(out, bytes);
  });

export const step1 = (address) => sync(address, 0, new Uint8Array([0]));

/** What the server said: {address, type, ...} for the types that tests look at. */
export function read(bytes) {
  if (bytes.length === 1) return { address: "", type: bytes[0] };
  const input = decoding.createDecoder(bytes);
  const result = {
    address: decoding.readVarString(input),
    type: decoding.readVarUint(input),
  };
  if (result.type === 2) {
    result.auth = decoding.readVarUint(input);
    if (result.auth !== 0) result.text = decoding.readVarString(input);
  }
  if (result.type === 5 || result.type === 7) result.text = decoding.readVarString(input);
  if (result.type === 8) result.applied = decoding.readVarUint(input);
  return result;
}

/** The reason of the first denial of `address` among `messages`. */
export const denial = (messages, address) =>
  messages.map(read).find((each) => each.address === address && each.type === 2 && each.auth === 1)
    ?.text;
