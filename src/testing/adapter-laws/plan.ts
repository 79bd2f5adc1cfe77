import type { CookieAttrs, Headers, Json, SessionData } from "../../types.ts";

/** What a request wants done, in this order. */
export interface Plan {
  /** Whether to copy the request, as an application does that passes more on it. */
  readonly copy?: boolean;
  readonly showFlash?: boolean;
  /** The gate to wait at, now that the session was read. */
  readonly hold?: string;
  /** Keys to set in place. */
  readonly set?: Readonly<Record<string, Json>>;
  /** What to append to the list of `cart`, deep down in the session. */
  readonly push?: Json;
  /** What to assign. */
  readonly assign?: SessionData | null;
  /** The key to add 1 to, by a function. */
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

/** What the store does instead of working: it rejects, it throws, or it waits at the gate called `store`. */
export interface Trouble {
  readonly on: "read" | "save";
  readonly how: "reject" | "throw" | "hold";
}

/** What a law asks for behind the scenes: these requests do nothing to the draft. */
export type Command =
  | { readonly command: "reset" | "calls" | "kind" }
  | { readonly command: "held"; readonly gate: string; readonly count: number }
  | { readonly command: "release"; readonly gate: string }
  | { readonly command: "trouble"; readonly trouble: Trouble | undefined };

/** What the store can do. */
export interface StoreKind {
  readonly atomic: boolean;
  /** Whether it keeps each session in its key, as a sealed cookie does. */
  readonly inItsKey: boolean;
}
