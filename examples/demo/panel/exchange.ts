/** The data that the panel shows of one request and its response. Keys are short hashes, as in the library's events. */

/** A cookie as the panel shows it. The session's has the hash of its key, others have a shortened value. */
export type ShownCookie = { readonly name: string; readonly attributes?: string } & (
  | { readonly key: string }
  | { readonly value: string }
);

/** A step between the request and its response. */
export type Step = RequestStep | StoreStep | EventStep | ResponseStep;

/** The session and the flash that the handler got. */
export interface RequestStep {
  readonly step: "request";
  /** The key of the request, if the store knew it. */
  readonly key: string | undefined;
  readonly got: { readonly session: object; readonly flash: string | undefined };
}

/** The properties of the response about the session. A function is shown as its text. */
export interface ResponseStep {
  readonly step: "response";
  readonly said: Readonly<Record<string, unknown>>;
}

/** A call of the store. */
export interface StoreStep {
  readonly step: "store";
  readonly call: string;
  readonly key: string | undefined;
  /** The session to store. */
  readonly session?: object | null;
  /** The result: a session, the hash of a key, or nothing. */
  readonly answer: { readonly session: object } | { readonly key: string } | null;
  readonly milliseconds: number;
}

/** An event of the library. */
export interface EventStep {
  readonly step: "event";
  readonly type: string;
  readonly key?: string | undefined;
  /** The key before a recreate. */
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

/** Rounds milliseconds to the microsecond: the clock is no finer. */
export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
