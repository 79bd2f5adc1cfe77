/** The messages between the referee and the racing processes. */

/** One request: what it does to the session of a key, after some turns of the event loop. */
export interface Job {
  readonly key: string;
  readonly does: "increment" | "set" | "logOut";
  /** The name that `set` sets. */
  readonly name: string;
  readonly turns: number;
}

/** The result of all jobs of one process. */
export interface Outcome {
  /** The number of requests that were answered. */
  readonly answered: number;
  /** The numbers of events, by type. */
  readonly events: Readonly<Record<string, number>>;
  /** The messages of errors. */
  readonly errors: readonly string[];
}
