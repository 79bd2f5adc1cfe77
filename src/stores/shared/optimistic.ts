import type { AtomicSessionStore, SessionData, StoreContext } from "../../types.ts";
import { createTurns } from "./turns.ts";

/** A stored session as its store can compare it: what stands there, as text or with more beside it. */
export interface Rows<Row> {
  /** The row of a key that is in time; undefined where there is none. */
  readonly load: (key: string, context: StoreContext) => Promise<Row | undefined>;
  readonly decode: (row: Row) => SessionData;
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

/** `updateSession` for a store that can compare and set. */
export interface Optimistic<Row> extends Pick<AtomicSessionStore, "updateSession"> {
  /** Notes the row that a session was read from, so that an update by it begins without another read. */
  readonly remember: (session: SessionData, row: Row) => SessionData;
  /** The row that a session was read from; undefined where it was not noted. */
  readonly recall: (session: SessionData) => Row | undefined;
}

/** Other processes may win this often before an update gives up; each time one of them got something done. */
const MOST_RUNS = 1000;

/**
 * Updates by comparing and setting: first on the row that the caller has read, which costs one command where nobody
 * else was there, then on the newest one until it wins. In one process the updates of a key take turns, each on what
 * the one before it left, so that they do not get in each other's way.
 */
export function optimistic<Row>(name: string, { load, decode, replace }: Rows<Row>): Optimistic<Row> {
  const rows = new WeakMap<SessionData, Row>();
  const turns = createTurns<Row | undefined>();

  const run = async (
    key: string,
    update: (current: SessionData) => SessionData | null,
    first: Row | undefined,
    context: StoreContext,
  ): Promise<Replacement<Row>> => {
    let row: Row | undefined = first ?? (await load(key, context));
    for (let count = 0; count < MOST_RUNS; count++) {
      if (row === undefined) return gone(count, context);
      if (count > 0) context.signal?.throwIfAborted();
      const answer = await replace(key, row, update(decode(row)), context);
      if (answer.done) return answer;
      row = answer.row;
    }
    throw new Error(`${name}: an update was overtaken ${MOST_RUNS} times`);
  };

  return {
    recall: (session) => rows.get(session),
    remember(session, row) {
      rows.set(session, row);
      return session;
    },
    async updateSession(key, update, seen, context) {
      let done = false;
      await turns.take(key, context, async (before) => {
        const first = before ?? (seen && rows.get(seen));
        const answer = await run(key, update, first, context);
        done = answer.done;
        return answer.row;
      });
      return done ? key : undefined;
    },
  };
}

/** Nothing to change: to the caller that is news where its update has run. */
function gone<Row>(runs: number, { report }: StoreContext): Replacement<Row> {
  if (runs > 0) report?.("gone");
  return { done: false, row: undefined };
}
