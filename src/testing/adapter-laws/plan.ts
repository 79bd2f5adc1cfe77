import type { CookieAttrs, Headers, Json, SessionData } from "../../types.ts";

/** Plan of a request: what its handler does, in this order. */
export interface Plan {
  /** Whether to copy the request, as an application does that passes more on it. */
  readonly copy?: boolean;
  readonly showFlash?: boolean;
  /** The gate to wait at, after the session was read. */
  readonly hold?: string;
  /** Keys to set in place. */
  readonly set?: Readonly<Record<string, Json>>;
  /** The value to append to the list of `cart`, inside the session. */
  readonly push?: Json;
  /** The session to assign. */
  readonly assign?: SessionData | null;
  /** The key to which a function adds 1. */
  readonly increment?: string;
  readonly recreate?: boolean;
  readonly attrs?: CookieAttrs;
  readonly flash?: Json;
  readonly fail?: boolean;
  readonly status?: number;
  readonly headers?: Headers;
  readonly redirect?: string;
  /** The gate to wait at between the first and the last octets of a stream. */
  readonly stream?: string;
}

/** Trouble of a store: instead of working it rejects, throws, or waits at the gate called `store`. */
export interface Trouble {
  readonly on: "read" | "save";
  readonly how: "reject" | "throw" | "hold";
}

/** Command of a law to the application. Such a request does not change the draft. */
export type Command =
  | { readonly command: "reset" | "calls" | "kind" }
  | { readonly command: "held"; readonly gate: string; readonly count: number }
  | { readonly command: "release"; readonly gate: string }
  | { readonly command: "trouble"; readonly trouble: Trouble | undefined };

/** Abilities of the store. */
export interface StoreKind {
  readonly atomic: boolean;
  /** Whether the store keeps each session in its key, as a sealed cookie does. */
  readonly inItsKey: boolean;
}
