import { performance } from "node:perf_hooks";

import type { StoreContext } from "../../types.ts";
import { kindOf } from "../../shared/values.ts";

/**
 * A client that `postgresStore` takes: a Pool, a Client or a PoolClient of `pg`, a PGlite, or any object with such a
 * function. It takes text with `$1`, `$2`, … and the values for it.
 */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A statement. A server that keeps it prepared knows it by the name. */
export interface Statement {
  readonly text: string;
  readonly name: string;
}

export type Value = string | number | null;

/** The columns of a row that a statement asks for. Times are numbers, or the text or BigInt of one. */
export type ResultRow = Readonly<Record<string, unknown>>;

/** The part of a call's context that a statement needs. */
export type Limits = Pick<StoreContext, "deadline" | "signal">;

/** Runs a statement as a transaction of its own, within the call's deadline. */
export type Run = (statement: Statement, values: Value[], limits: Limits) => Promise<readonly ResultRow[]>;

/** A query as `pg` takes it in place of text. */
interface Query {
  readonly text: string;
  readonly values: Value[];
  readonly name?: string;
  /** Milliseconds. */
  readonly query_timeout?: number;
}

interface PgClient extends PostgresClient {
  query(text: string | Query, values?: unknown[]): Promise<{ rows: unknown[] }>;
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
}

interface PgPool extends PostgresClient {
  connect(): Promise<PgClient & { release(broken?: boolean): void }>;
  on(event: "error", listener: () => void): unknown;
  listenerCount(event: "error"): number;
}

/** Runs a statement once. Undefined: it met another transaction. */
type Attempt = (...args: Parameters<Run>) => Promise<readonly ResultRow[] | undefined>;

/** Codes of a statement that did nothing: another transaction was first, or there was a deadlock. */
const CONFLICTS: readonly (string | undefined)[] = ["40001", "40P01"];

/** A statement gives up when others got in its way this often. Each time, one of them got something done. */
const MOST_TRIES = 1000;

/**
 * Returns a function that runs statements. A statement that met another transaction runs again. Any other error is
 * thrown with its message and its code alone, because clients put the values on their errors.
 *
 * @throws TypeError if it is not a client
 */
export function createRun(where: string, client: PostgresClient, prepared: boolean): Run {
  const send = createSend(where, client, prepared);
  const attempt: Attempt = async (statement, values, limits) => {
    try {
      return await send(statement, values, limits);
    } catch (error) {
      if (error === limits.signal?.reason) throw error;
      if (CONFLICTS.includes(codeOf(error))) return undefined;
      throw withoutValues(where, error);
    }
  };
  return async (statement, values, limits) => {
    for (let runs = 0; runs < MOST_TRIES; runs++) {
      limits.signal?.throwIfAborted();
      const rows = await attempt(statement, values, limits);
      if (rows !== undefined) return rows;
    }
    throw new Error(`${where}: a statement gave way to other transactions ${MOST_TRIES} times`);
  };
}

/** Returns the code of an error: SQLSTATE if it is the server's, otherwise `ECONNREFUSED` and the like. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : undefined;
}

function createSend(where: string, client: PostgresClient, prepared: boolean): Run {
  if (typeof client?.query !== "function") {
    const cure = "give a Pool or a Client of pg, as in postgresStore(new Pool({ connectionString })), or a PGlite";
    throw new TypeError(`${where}: client must have a function query, got ${kindOf(client)}; ${cure}`);
  }
  if (isPgPool(client)) return onPool(client, prepared);
  if (isPgClient(client)) return onClient(client, prepared);
  if (prepared) throw new TypeError(`${where}: preparedStatements needs a Pool or a Client of pg, got another client`);
  return async ({ text }, values) => rowsOf(await client.query(text, values));
}

/**
 * Runs statements on clients of a pool. It does not use `Pool.query`, which would run a statement however long it had
 * to wait for a client, and end the connection after each conflict.
 */
function onPool(pool: PgPool, prepared: boolean): Run {
  // Without a listener, an idle connection that the server ends would end the process.
  if (pool.listenerCount("error") === 0) pool.on("error", ignoreError);
  return async (statement, values, limits) => {
    const query = queryMaker(statement, values, limits, prepared);
    const client = await pool.connect();
    client.on("error", ignoreError);
    let broken = false;
    try {
      return rowsOf(await client.query(query()));
    } catch (error) {
      broken = error !== limits.signal?.reason && !CONFLICTS.includes(codeOf(error));
      throw error;
    } finally {
      client.release(broken);
      client.off("error", ignoreError);
    }
  };
}

/** Runs statements on one connection, which takes one at a time. */
function onClient(client: PgClient, prepared: boolean): Run {
  let last: Promise<unknown> = Promise.resolve();
  return (statement, values, limits) => {
    const query = queryMaker(statement, values, limits, prepared);
    const answer = last.then(async () => rowsOf(await client.query(query())));
    last = answer.catch(ignoreError);
    return answer;
  };
}

/**
 * Returns a function that makes the query when its turn has come. It throws if that is too late. Past the deadline `pg`
 * drops the query, and a pool also drops the connection, which may be silent for ever.
 */
function queryMaker(
  { text, name }: Statement,
  values: Value[],
  { deadline, signal }: Limits,
  prepared: boolean,
): () => Query {
  const start = performance.now();
  return (): Query => {
    signal?.throwIfAborted();
    const left = deadline !== undefined && { query_timeout: Math.max(1, deadline - (performance.now() - start)) };
    return { text, values, ...(prepared && { name }), ...left };
  };
}

function isPgPool(client: PostgresClient): client is PgPool {
  return isFunction(client, "connect") && typeof Reflect.get(client, "totalCount") === "number";
}

function isPgClient(client: PostgresClient): client is PgClient {
  return isFunction(client, "connect") && isFunction(client, "escapeIdentifier");
}

function isFunction(client: PostgresClient, name: string): boolean {
  return typeof Reflect.get(client, name) === "function";
}

function rowsOf({ rows }: { readonly rows: readonly unknown[] }): readonly ResultRow[] {
  return rows as readonly ResultRow[];
}

function withoutValues(where: string, error: unknown): Error {
  const code = codeOf(error);
  const message = error instanceof Error && error.message !== "" ? error.message : (code ?? "the client failed");
  return Object.assign(new Error(`${where}: ${message}`), code && { code });
}

function ignoreError(): void {
  // The statement that was under way fails, and the next one gets another connection.
}
