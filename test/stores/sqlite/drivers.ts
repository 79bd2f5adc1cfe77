/** The drivers of SQLite, each as a function from a path to a database. */
import { createRequire } from "node:module";
import { join } from "node:path";
import Libsql from "libsql";
import type { SqliteDatabase } from "../../../src/stores/sqlite/sqlite.ts";
import { temporaryFolder } from "../../support/servers/process.ts";

export interface Driver {
  readonly name: "node:sqlite" | "better-sqlite3" | "libsql";
  /** Why the driver cannot be tested here; otherwise false. */
  readonly skip: string | false;
  readonly open: (path: string) => SqliteDatabase;
}

const sqlite = process.getBuiltinModule("node:sqlite") as
  | { readonly DatabaseSync: new (path: string, options?: object) => SqliteDatabase }
  | undefined;

/** Opens a database with node:sqlite and its options. */
export function openNode(path: string, options: object = {}): SqliteDatabase {
  if (sqlite === undefined) throw new Error("no node:sqlite");
  return new sqlite.DatabaseSync(path, options);
}

export function openLibsql(path: string): SqliteDatabase {
  return new Libsql(path);
}

export const withoutNode: string | false = sqlite === undefined && `Node ${process.version} has no node:sqlite`;

const [better, withoutBetter] = loadBetter();

export const drivers: readonly Driver[] = [
  { name: "node:sqlite", skip: withoutNode, open: (path) => openNode(path) },
  { name: "better-sqlite3", skip: withoutBetter, open: (path) => new better(path) },
  { name: "libsql", skip: false, open: openLibsql },
];

/** The drivers whose files the store accepts. */
export const fileDrivers: readonly Driver[] = drivers.filter(({ name }) => name !== "libsql");

/** An available driver for databases in memory: libsql works on every Node. */
export const anyDriver: Driver = drivers.find(({ skip }) => skip === false) as Driver;

/** Returns a path where no file is. */
export function freshPath(): string {
  folder ??= temporaryFolder("sqlite");
  return join(folder, `${paths++}.db`);
}

let folder: string | undefined;
let paths = 0;

type Better = new (path: string, options?: object) => SqliteDatabase;

/** Loads better-sqlite3. It needs Node 22, and would crash an older one. */
function loadBetter(): readonly [Better, string | false] {
  const none: Better = Libsql;
  if (Number(process.versions.node.split(".")[0]) < 22) return [none, "better-sqlite3 needs Node 22"];
  try {
    return [createRequire(join(process.cwd(), "tools/postgres/package.json"))("better-sqlite3") as Better, false];
  } catch {
    return [none, "better-sqlite3 is not installed: see tools/postgres/package.json"];
  }
}
