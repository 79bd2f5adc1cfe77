import { handleOf } from "../../crypto/session-key.ts";
import { show } from "../../shared/values.ts";
import type { Limits, Run, Statement } from "./client.ts";

/** What `postgresTable` takes. */
export interface PostgresTableOptions {
  /**
   * The table, or `schema.table`. Letters, digits and underscores of ASCII, in upper or lower case as given; the schema
   * must be there. Default `"ringlet_sessions"`.
   */
  readonly table?: string | undefined;
  /** Not written to the log: faster; empty after a crash, and never on a standby. Default false. */
  readonly unlogged?: boolean | undefined;
}

/** PostgreSQL cuts names off at 63 octets; what we append for an index is at most 13. */
const LONGEST_NAME = 50;

const PART = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A statement under a name that belongs to its text alone. */
export function statement(text: string): Statement {
  return { text, name: `ringlet_${handleOf(text)}` };
}

/**
 * The name of the table as SQL has it.
 *
 * @throws TypeError where it is no name
 */
export function quotedTable(where: string, table: string = "ringlet_sessions"): string {
  const parts: readonly string[] = typeof table === "string" ? table.split(".") : [];
  if (parts.length > 0 && parts.length < 3 && parts.every(isPart)) return parts.map((name) => `"${name}"`).join(".");
  const rule = `ASCII letters, digits and underscores, no digit first, at most ${LONGEST_NAME} of them`;
  throw new TypeError(`${where}: table must be a name or schema.name (${rule}), got ${show(table)}`);
}

/** The SQL that makes the table and its indexes. */
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

/** Sees to it, before the first statement, that the table is there. */
export interface TableMaker {
  /** Makes the table where it is not there. What failed is tried again at the next call. */
  readonly ready: (limits: Limits) => Promise<void>;
  /** The table may have gone. */
  readonly doubt: () => void;
}

/** Looks first, so that where the table is there nobody needs the right to make one. */
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
