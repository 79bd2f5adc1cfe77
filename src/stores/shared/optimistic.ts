import type { AtomicSessionStore, SessionData, StoreContext } from "../../types.ts";
import type { Rows } from "./rows.ts";
import { turnsByKey } from "./turns.ts";

/** What a store that can compare and set does with the rows of its sessions. */
export interface RowStore<Row> {
  readonly rows: Rows<Row>;
  /** Returns the row of a key; undefined if there is none, or it has expired. */
  readonly load: (key: string, context: StoreContext) => Promise<Row | undefined>;
  /**
   * Puts the next session in the place of this very row; `null` removes the row. It is one indivisible step. It does
   * nothing if another row stands there by now, or if the row has expired.
   */
  readonly replace: (
    key: string,
    row: Row,
    next: SessionData | null,
    context: StoreContext,
  ) => Promise<Replacement<Row>>;
}

/** The result of a replacement: whether it was done, and the row that stands there now, undefined for none. */
export interface Replacement<Row> {
  readonly done: boolean;
  readonly row: Row | undefined;
}

/** An update gives up when other processes were faster this often. Each time, one of them got something done. */
export const MOST_RUNS = 1000;

/**
 * Makes the `updateSession` of a store that compares and sets. An update begins with the row that the caller has read:
 * that is one command if nobody else has changed it. Otherwise it runs again on the newest row, until it wins.
 *
 * In one process the updates of a key take turns. Each begins with what the one before it left, so that they do not get
 * in each other's way.
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

/** Ends an update that finds no row. If it has run before, that is news to the caller, and reported. */
function gone<Row>(runs: number, { report }: StoreContext): Replacement<Row> {
  if (runs > 0) report?.("gone");
  return { done: false, row: undefined };
}
