/** Just enough of the frames on the wire to know what is owed: `str address · varUint type · body`. */
import * as decoding from "lib0/decoding";

export type Frame =
  | { readonly kind: "auth"; readonly address: string }
  | { readonly kind: "denied"; readonly address: string }
  | { readonly kind: "step2" | "update"; readonly address: string }
  | { readonly kind: "status"; readonly address: string; readonly applied: boolean }
  | { readonly kind: "close"; readonly address: string }
  | { readonly kind: "other"; readonly address: string }
  | { readonly kind: "keepalive" };

const syncKinds = ["other", "step2", "update"] as const;

/** `null` when the bytes are no frame. Pings and pongs are one byte without an address. */
export function readFrame(data: Uint8Array, fromServer: boolean): Frame | null {
  if (data.length === 1) return { kind: "keepalive" };
  try {
    const decoder = decoding.createDecoder(data);
    const address = decoding.readVarString(decoder);
    switch (decoding.readVarUint(decoder)) {
      case 0:
        return { kind: syncKinds[decoding.readVarUint(decoder)] ?? "other", address };
      case 2: {
        const part = decoding.readVarUint(decoder);
        if (!fromServer) return { kind: "auth", address };
        return { kind: part === 1 ? "denied" : "other", address };
      }
      case 7:
        return { kind: "close", address };
      case 8:
        return { kind: "status", address, applied: decoding.readVarInt(decoder) === 1 };
      default:
        return { kind: "other", address };
    }
  } catch {
    return null;
  }
}
