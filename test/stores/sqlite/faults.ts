/** Wraps a database: to count its statements, or to make them fail. */
import type { SqliteDatabase, SqliteStatement } from "../../../src/stores/sqlite/sqlite.ts";

type Method = "get" | "all" | "run";

/** Wraps a database to count statements by their first word. PRAGMA is not counted. */
export function counting(database: SqliteDatabase): {
  readonly database: SqliteDatabase;
  readonly counts: Map<string, number>;
} {
  const counts = new Map<string, number>();
  const count = (source: string): void => {
    const [verb = ""] = source.trim().split(" ");
    if (verb === "PRAGMA") return;
    counts.set(verb, (counts.get(verb) ?? 0) + 1);
  };
  return { counts, database: around(database, (source, run) => (count(source), run())) };
}

/** Wraps a database to fail while `fault` says so: before a statement ("fail") or after it ("fail-after"). */
export function failing(database: SqliteDatabase, fault: () => string | undefined): SqliteDatabase {
  return around(database, (source, run) => {
    if (fault() === "fail") throw new Error("the disk is on fire");
    const answer = run();
    if (fault() === "fail-after" && !source.startsWith("PRAGMA")) throw new Error("the disk is on fire");
    return answer;
  });
}

function around(database: SqliteDatabase, call: <T>(source: string, run: () => T) => T): SqliteDatabase {
  return {
    exec: (source) => call(source, () => database.exec(source)),
    close: () => database.close(),
    get inTransaction() {
      return isInTransaction(database);
    },
    prepare(source) {
      const inner = database.prepare(source);
      const method = <M extends Method>(name: M): SqliteStatement[M] =>
        ((...values: Parameters<SqliteStatement[M]>) =>
          call(source, () => inner[name](...values))) as SqliteStatement[M];
      return { get: method("get"), all: method("all"), run: method("run") };
    },
  };
}

/** Returns whether a transaction is open. Old versions of node:sqlite do not tell. */
function isInTransaction(database: SqliteDatabase): boolean {
  return (database.inTransaction ?? database.isTransaction) === true;
}
