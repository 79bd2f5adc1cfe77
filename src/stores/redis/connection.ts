import type { ConnectionOptions } from "node:tls";
import { setTimeout as wait } from "node:timers/promises";

import { checkNames, checkWhole } from "../../shared/options.ts";
import { isPlainObject, kindOf, show } from "../../shared/values.ts";
import { sendBy, type SendCommand } from "./client.ts";

/**
 * The address of a Redis: `url`, or the parts of it. Without any it is `localhost:6379`. After carmine's connection
 * map.
 */
export interface RedisConnection {
  /** `redis://[[username]:password@]host[:port][/database]`, or `rediss://…` for TLS. */
  readonly url?: string | undefined;
  /** Default `"localhost"`. */
  readonly host?: string | undefined;
  /** Default 6379. */
  readonly port?: number | undefined;
  /** The user in the server's access list. Default: the server's default user. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The number of the database. Default 0. */
  readonly database?: number | undefined;
  /** Whether to speak TLS, or the options of `tls.connect`. Default: as the URL says; otherwise no TLS. */
  readonly tls?: boolean | ConnectionOptions | undefined;
  /** The most connections. Default 1, which carries all commands side by side. */
  readonly pool?: number | undefined;
}

/** A client of the store's own. */
export interface OwnRedisClient {
  readonly send: SendCommand;
  /** Closes the connection when the commands under way have been answered, or after a second. */
  readonly close: () => Promise<void>;
}

/** The functions of a client that are used here. */
interface ClosableClient {
  on(event: "error", listener: (error: Error) => void): unknown;
  connect(): Promise<unknown>;
  close(): Promise<unknown>;
  destroy(): void;
}

const NAMES = ["url", "host", "port", "username", "password", "database", "tls", "pool"];
const LONGEST_PAUSE = 500;
const CLOSING_TIME = 1000;

/** Returns whether a value is the address of a Redis, and not a client. */
export function isRedisConnection(value: unknown): value is RedisConnection {
  return isPlainObject(value) && !("sendCommand" in value) && !("call" in value);
}

/**
 * Makes a client of node-redis on first use. It connects, and connects again for as long as it takes. While it
 * cannot connect, commands fail at once with the reason.
 *
 * @throws TypeError if the connection is not valid
 */
export function ownRedisClient(connection: RedisConnection): OwnRedisClient {
  const options = clientOptions(connection);
  let opening: Promise<SendCommand> | undefined;
  let client: ClosableClient | undefined;
  let failure: Error | undefined;
  let isConnected = false;
  let isClosed = false;

  const open = async (): Promise<SendCommand> => {
    const made = await createClient(options, connection.pool);
    client = made;
    if (isClosed) throw closedError();
    const failed = new Promise<never>((_, reject) => {
      // An emitter without a listener for its errors ends the process.
      made.on("error", (error) => {
        failure = error;
        reject(error);
      });
    });
    failed.catch(() => undefined);
    const connected = made.connect().then(() => {
      isConnected = true;
    });
    connected.catch(() => undefined);
    const send = sendBy(made);
    return async (key, command, context, kind) => {
      if (!isConnected && failure !== undefined) throw unreachable(failure);
      if (!isConnected) await Promise.race([connected, failed]);
      context.signal?.throwIfAborted();
      return send(key, command, context, kind);
    };
  };

  return {
    async send(key, command, context, kind) {
      if (isClosed) throw closedError();
      opening ??= open();
      const send = await opening.catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return send(key, command, context, kind);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      if (client !== undefined) await end(client, isConnected);
    },
  };
}

async function createClient(options: object, pool = 1): Promise<ClosableClient> {
  const redis = await import("redis").catch((error: unknown) => {
    throw new Error("redisStore: a connection needs the package redis, which is not there; npm install redis", {
      cause: error,
    });
  });
  if (pool === 1) return redis.createClient(options);
  return redis.createClientPool(options, { minimum: 1, maximum: pool });
}

async function end(client: ClosableClient, isConnected: boolean): Promise<void> {
  const closing = isConnected ? client.close().catch(() => undefined) : undefined;
  await Promise.race([closing, wait(CLOSING_TIME, undefined, { ref: false })]);
  try {
    client.destroy();
  } catch {
    // It has closed by itself.
  }
}

function clientOptions(connection: RedisConnection): object {
  checkNames("redisStore: connection", "option", connection, NAMES);
  const { url, host, port, username, password, database, tls } = connection;
  checkText({ url, host, username, password });
  checkWhole("redisStore", "port", port, 1, 65_535);
  checkWhole("redisStore", "database", database, 0);
  checkWhole("redisStore", "pool", connection.pool, 1);
  if (tls !== undefined && typeof tls !== "boolean" && !isPlainObject(tls)) {
    throw new TypeError(`redisStore: tls must be true, false or options for tls.connect, got ${kindOf(tls)}`);
  }
  const secure = tls === undefined || tls === false ? {} : { ...(tls === true ? {} : tls), tls: true };
  const socket = { ...secure, reconnectStrategy: pause };
  if (url === undefined) {
    const place = { host: host ?? "localhost", port: port ?? 6379 };
    return defined({ username, password, database, socket: { ...place, ...socket } });
  }
  if (Object.keys(defined({ host, port, username, password, database })).length > 0) {
    throw new TypeError(
      "redisStore: give either url or host, port, username, password and database, got url and others",
    );
  }
  checkUrl(url);
  return { url, socket };
}

/** Checks a URL. No message shows it, because it may hold a password. */
function checkUrl(url: string): void {
  const form = "redis://[[username]:password@]host[:port][/database], or rediss://…";
  if (!URL.canParse(url)) throw new TypeError(`redisStore: url must be ${form}, got text that is no URL`);
  const { protocol, pathname } = new URL(url);
  if (protocol !== "redis:" && protocol !== "rediss:") {
    throw new TypeError(`redisStore: url must be ${form}, got one that begins with ${show(protocol)}`);
  }
  if (!Number.isInteger(Number(pathname.slice(1)))) {
    throw new TypeError(`redisStore: url must be ${form}, got one whose database is no number`);
  }
}

function checkText(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || (typeof value === "string" && value !== "")) continue;
    throw new TypeError(`redisStore: ${name} must be text, got ${value === "" ? "empty text" : kindOf(value)}`);
  }
}

function defined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/**
 * Returns the milliseconds until the next attempt: more each time up to half a second, and not the same in all
 * processes.
 */
function pause(attempts: number): number {
  return Math.min(LONGEST_PAUSE, 25 * 2 ** Math.min(attempts, 10)) * (0.75 + Math.random() / 4);
}

function unreachable(cause: Error): Error {
  return new Error("redisStore: no connection yet, and the last attempt failed", { cause });
}

function closedError(): Error {
  return new Error("redisStore: the store is closed");
}
