import type { Statement } from "./client.ts";
import { statement } from "./table.ts";

/** The statements of a store. None of them needs a transaction around it. */
export interface Statements {
  readonly read: Statement;
  readonly slide: Statement;
  readonly write: Statement;
  readonly insert: Statement;
  readonly replace: Statement;
  readonly remove: Statement;
  readonly delete: Statement;
  readonly renew: Statement;
  readonly list: Statement;
  readonly revoke: Statement;
  readonly sweep: Statement;
}

/** The most sessions that a sweep deletes in one statement. */
export const SWEEP_SLICE = 500;

/** Makes the statements for a table, by its name as SQL has it. Their rows tell what they did. */
export function statements(table: string): Statements {
  const isLive = (now: string): string => `(expires IS NULL OR expires >= ${now})`;
  const upsert = `INSERT INTO ${table} AS stored (id, data, principal, created, seen, renewed, expires)
VALUES ($1, $2, $3, $4, $4, $4, $5)
ON CONFLICT (id) DO UPDATE SET
  data = excluded.data, principal = excluded.principal, seen = excluded.seen, expires = excluded.expires,
  created = CASE WHEN stored.expires < excluded.seen THEN excluded.created ELSE stored.created END,
  renewed = CASE WHEN stored.expires < excluded.seen THEN excluded.renewed ELSE stored.renewed END`;

  return {
    read: statement(`SELECT data, seen, renewed, expires FROM ${table} WHERE id = $1`),
    slide: statement(`UPDATE ${table} SET seen = $3, expires = $4 WHERE id = $1 AND seen = $2`),
    write: statement(upsert),
    insert: statement(`${upsert}\nWHERE stored.expires < excluded.seen\nRETURNING id`),
    replace: statement(
      `UPDATE ${table} SET data = $2, principal = $3, seen = $4, expires = $5
WHERE id = $1 AND data = $6 AND ${isLive("$4")} RETURNING id`,
    ),
    remove: statement(`DELETE FROM ${table} WHERE id = $1 AND data = $3 AND ${isLive("$2")} RETURNING id`),
    delete: statement(`DELETE FROM ${table} WHERE id = $1`),
    renew: statement(
      `UPDATE ${table} SET renewed = $2 WHERE id = $1 AND renewed <= $3 AND ${isLive("$2")} RETURNING id`,
    ),
    list: statement(`SELECT id, data, created, seen FROM ${table} WHERE principal = $1 AND ${isLive("$2")}`),
    revoke: statement(
      `DELETE FROM ${table} WHERE principal = $1 AND ${isLive("$2")}
AND ($3::text IS NULL OR id = $3) AND ($4::text IS NULL OR id <> $4) RETURNING id`,
    ),
    // Several processes may sweep at once: each skips what another has locked, and none waits.
    sweep: statement(
      `DELETE FROM ${table} WHERE id = ANY (ARRAY(
  SELECT id FROM ${table} WHERE expires_hour < $1 LIMIT ${SWEEP_SLICE} FOR UPDATE SKIP LOCKED
)) RETURNING 1`,
    ),
  };
}
