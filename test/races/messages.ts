/** What the process that referees and the processes that race say to each other. */

/** One request: what it does to the session of a key, after so many turns of the event loop. */
export interface Job {
  readonly key: string;
  readonly does: "increment" | "set" | "logOut";
  /** The name that `set` sets. */
  readonly name: string;
  readonly turns: number;
}

/** What happened in one process while it worked off its jobs. */
export interface Outcome {
  /** Requests that were answered. */
  readonly answered: number;
  /** The events of the wrapper, by type. */
  readonly events: Readonly<Record<string, number>>;
  /** What went wrong, in the words of the errors. */
  readonly errors: readonly string[];
}
