import { handleOf } from "../../crypto/session-key.ts";
import { show } from "../../shared/values.ts";
import type { Limits, Run, Statement } from "./client.ts";

/** What `postgresTable` takes. */
export interface PostgresTableOptions {
  /**
   * The table, or `schema.table`. Letters, digits and underscores of ASCII, in upper or lower case as given. The schema
   * must exist. Default `"ringlet_sessions"`.
   */
  readonly table?: string | undefined;
  /**
   * Keeps the table out of the write-ahead log: faster, but empty after a crash, and never on a standby. Default false.
   */
  readonly unlogged?: boolean | undefined;
}

/** PostgreSQL cuts names off at 63 octets. We append at most 13 to them, for an index. */
const LONGEST_NAME = 50;

const PART = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Makes a statement, under a name that no other text has. */
export function statement(text: string): Statement {
  return { text, name: `ringlet_${handleOf(text)}` };
}

/**
 * Returns the name of the table as SQL has it.
 *
 * @throws TypeError if it is not a name
 */
export function quotedTable(where: string, table: string = "ringlet_sessions"): string {
  const parts: readonly string[] = typeof table === "string" ? table.split(".") : [];
  if (parts.length > 0 && parts.length < 3 && parts.every(isPart)) return parts.map((name) => `"${name}"`).join(".");
  const rule = `ASCII letters, digits and underscores, no digit first, at most ${LONGEST_NAME} of them`;
  throw new TypeError(`${where}: table must be a name or schema.name (${rule}), got ${show(table)}`);
}

/** Returns the SQL that makes the table and its indexes. */
export function tableText(quoted: string, unlogged: boolean): string {
  const name = quoted.slice(quoted.lastIndexOf(".") + 2, -1);
  return `CREATE${unlogged ? " UNLOGGED" : ""} TABLE IF NOT EXISTS ${quoted} (
  id text COLLATE "C" PRIMARY KEY,
  data text NOT NULL,
  principal text COLLATE "C",
  created bigint NOT NULL,
  seen bigint NOT NULL,
  renewed bigint NOT NULL,
  expires bigint,
  expires_hour bigint GENERATED ALWAYS AS (expires / 3600000) STORED
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS "${name}_principal" ON ${quoted} (principal) WHERE principal IS NOT NULL;
CREATE INDEX IF NOT EXISTS "${name}_expires_hour" ON ${quoted} (expires_hour) WHERE expires_hour IS NOT NULL;
`;
}

/** Makes the table before the first statement, if it is not there. */
export interface TableMaker {
  /** Resolves when the table is there. If it could not be made, the next call tries again. */
  readonly ready: (limits: Limits) => Promise<void>;
  /** Says that the table may be gone. */
  readonly doubt: () => void;
}

/** Makes a table maker. It looks first, so that nobody needs the right to make a table that is there. */
export function createTableMaker(run: Run, quoted: string, unlogged: boolean): TableMaker {
  const look = statement("SELECT to_regclass($1) IS NOT NULL AS there");
  // One statement, so that there is never a table without its indexes.
  const make = statement(`DO $ringlet$ BEGIN\n${tableText(quoted, unlogged)}END $ringlet$`);
  let ready: Promise<void> | undefined;

  const isThere = async (limits: Limits): Promise<boolean> =>
    (await run(look, [quoted], limits))[0]?.["there"] === true;

  const seeToIt = async (limits: Limits): Promise<void> => {
    if (await isThere(limits)) return;
    try {
      await run(make, [], limits);
    } catch (error) {
      // Somebody else may have made it in the meantime, which PostgreSQL says in several ways.
      if (!(await isThere(limits))) throw error;
    }
  };

  const doubt = (): void => {
    ready = undefined;
  };

  const begin = ({ deadline, signal }: Limits): Promise<void> => {
    // Other calls wait for this one, so it must not end with the signal of the first; but nobody waits for it for ever.
    const begun = seeToIt({ deadline });
    const giveUp = (): void => {
      if (ready === begun) doubt();
    };
    begun.catch(giveUp);
    signal?.addEventListener("abort", giveUp, { once: true });
    return begun;
  };

  return {
    doubt,
    ready: (limits) => (ready ??= begin(limits)),
  };
}

function isPart(name: string): boolean {
  return name.length <= LONGEST_NAME && PART.test(name);
}
