/** A run as tables. */
import type { Results } from "../results.ts";
import { costTables } from "./cost-tables.ts";
import type { Table } from "./table.ts";

const STORE_NAMES: Readonly<Record<string, string>> = {
  memory: "In memory",
  cookie: "In the cookie",
  redis: "Redis",
  sqlite: "SQLite",
  postgres: "Postgres",
};

export function reportOf(results: Results): Table[] {
  return Object.entries(results.costs ?? {}).flatMap(([store, rows]) => costTables(STORE_NAMES[store] ?? store, rows));
}
