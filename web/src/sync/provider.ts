/** The stock provider, as far as a section uses it; tests give another. */
import { HocuspocusProvider, type HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";

export interface Provider {
  readonly synced: boolean;
  readonly isAuthenticated: boolean;
  readonly hasUnsyncedChanges: boolean;
  attach(): void;
  destroy(): void;
  sendToken(): Promise<void>;
  startSync(): void;
}

export interface ProviderEvents {
  readonly onAuthenticated: (scope: string) => void;
  readonly onDenied: (reason: string) => void;
  readonly onMessage: (payload: string) => void;
  /** Something that the status depends on may have changed. */
  readonly onChange: () => void;
  /** The server closed this document, or the socket went. */
  readonly onClosed: () => void;
}

export interface ProviderOptions extends ProviderEvents {
  readonly address: string;
  readonly doc: Y.Doc;
  readonly awareness: Awareness | null;
  /** Rejects with a denial's code where we must not ask at all. */
  readonly token: () => Promise<string>;
}

export type MakeProvider = (options: ProviderOptions) => Provider;

/** Providers over one socket. */
export function stockProviders(socket: HocuspocusProviderWebsocket): MakeProvider {
  return (options) =>
    new HocuspocusProvider({
      websocketProvider: socket,
      name: options.address,
      document: options.doc,
      awareness: options.awareness,
      token: options.token,
      onAuthenticated: ({ scope }) => options.onAuthenticated(scope),
      onAuthenticationFailed: ({ reason }) => options.onDenied(reason),
      onStateless: ({ payload }) => options.onMessage(payload),
      onSynced: options.onChange,
      onUnsyncedChanges: options.onChange,
      onClose: options.onClosed,
    });
}
