/** What the panel shows of one request and its response. Keys are short hashes, as in the events of the library. */

/** A cookie as the panel shows it: the session's with the hash of its key, others with a short value. */
export type ShownCookie = { readonly name: string; readonly attributes?: string } & (
  | { readonly key: string }
  | { readonly value: string }
);

/** What happened in between, in its order. */
export type Step = RequestStep | StoreStep | EventStep | ResponseStep;

/** What the handler got. */
export interface RequestStep {
  readonly step: "request";
  /** The key that the store knew. */
  readonly key: string | undefined;
  readonly got: { readonly session: object; readonly flash: string | undefined };
}

/** What the handler said of the session; a function as its text. */
export interface ResponseStep {
  readonly step: "response";
  readonly said: Readonly<Record<string, unknown>>;
}

/** A call of the store. */
export interface StoreStep {
  readonly step: "store";
  readonly call: string;
  readonly key: string | undefined;
  /** What was to be stored. */
  readonly session?: object | null;
  /** A session, or the hash of a key, or nothing. */
  readonly answer: { readonly session: object } | { readonly key: string } | null;
  readonly milliseconds: number;
}

/** An event of the library. */
export interface EventStep {
  readonly step: "event";
  readonly type: string;
  readonly key?: string | undefined;
  /** The key before this one. */
  readonly previous?: string;
}

/** A request and its response. */
export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly cookies: readonly ShownCookie[];
  readonly steps: readonly Step[];
  readonly status: number;
  readonly location?: string;
  readonly setCookies: readonly ShownCookie[];
  readonly milliseconds: number;
}

/** Milliseconds to the microsecond: the clock has no more to say. */
export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
