import type { AtomicSessionStore, SessionData, StoreContext } from "../../types.ts";
import type { Rows } from "./rows.ts";
import { turnsByKey } from "./turns.ts";

/** What a store that can compare and set does with the rows of its sessions. */
export interface RowStore<Row> {
  readonly rows: Rows<Row>;
  /** The row of a key that is in time; undefined where there is none. */
  readonly load: (key: string, context: StoreContext) => Promise<Row | undefined>;
  /**
   * Puts the next session in the place of this very row, `null`: removes it; in one indivisible step, and only where it
   * still stands there and is in time.
   */
  readonly replace: (
    key: string,
    row: Row,
    next: SessionData | null,
    context: StoreContext,
  ) => Promise<Replacement<Row>>;
}

/** What came of it: the row that stands there now, and whether that is ours. Undefined: none. */
export interface Replacement<Row> {
  readonly done: boolean;
  readonly row: Row | undefined;
}

/** Other processes may win this often before an update gives up; each time one of them got something done. */
export const MOST_RUNS = 1000;

/**
 * Updates by comparing and setting: first on the row that the caller has read, which costs one command where nobody
 * else was there, then on the newest one until it wins. In one process the updates of a key take turns, each on what
 * the one before it left, so that they do not get in each other's way.
 */
export function optimistic<Row>(
  name: string,
  { rows, load, replace }: RowStore<Row>,
): AtomicSessionStore["updateSession"] {
  const turns = turnsByKey<Row | undefined>();

  const run = async (
    key: string,
    update: (current: SessionData) => SessionData | null,
    first: Row | undefined,
    seen: SessionData | undefined,
    context: StoreContext,
  ): Promise<Replacement<Row>> => {
    let row: Row | undefined = first ?? (await load(key, context));
    for (let count = 0; count < MOST_RUNS; count++) {
      if (row === undefined) return gone(count, context);
      if (count > 0) context.signal?.throwIfAborted();
      const answer = await replace(key, row, update(rows.currentOf(row, seen)), context);
      if (answer.done) return answer;
      row = answer.row;
    }
    throw new Error(`${name}: an update was overtaken ${MOST_RUNS} times`);
  };

  return async (key, update, seen, context) => {
    let done = false;
    await turns.take(key, context, async (before) => {
      const first = before ?? (seen && rows.rowOf(seen));
      const answer = await run(key, update, first, seen, context);
      done = answer.done;
      return answer.row;
    });
    return done ? key : undefined;
  };
}

/** Nothing to change: to the caller that is news where its update has run. */
function gone<Row>(runs: number, { report }: StoreContext): Replacement<Row> {
  if (runs > 0) report?.("gone");
  return { done: false, row: undefined };
}
