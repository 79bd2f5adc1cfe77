import pg from "pg";

import type { StoreContext } from "../../../src/types.ts";

/** Makes a context, so many milliseconds after the start, with an idle time of ten minutes. */
export function at(milliseconds: number, more: Partial<StoreContext> = {}): StoreContext {
  return { now: 1_700_000_000_000 + milliseconds, ttl: 600, idle: 600, cookieName: "ring-session", ...more };
}

let tables = 0;

/** Returns the name of a table that nothing else in this process uses. */
export function newTable(): string {
  return `sessions_${++tables}`;
}

/** A pool, and the statements that its clients send, in order. */
export interface CountedPool {
  readonly pool: pg.Pool;
  /** Returns the first words of the statements since the last call. */
  readonly statements: () => string[];
}

/** Makes a pool whose clients note what they send. */
export function countedPool(config: pg.PoolConfig): CountedPool {
  let sent: string[] = [];
  class Client extends pg.Client {}
  const query: unknown = Reflect.get(pg.Client.prototype, "query");
  Object.defineProperty(Client.prototype, "query", {
    value(this: pg.Client, ...args: unknown[]): unknown {
      const [text = ""] = args.map((each) => (typeof each === "string" ? each : (each as { text?: string }).text));
      sent.push(text.split(" ")[0] ?? "");
      return Reflect.apply(query as () => unknown, this, args);
    },
  });
  return {
    pool: new pg.Pool({ ...config, Client }),
    statements() {
      const past = sent;
      sent = [];
      return past;
    },
  };
}
