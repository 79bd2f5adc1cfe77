import type { StoreContext } from "../../types.ts";
import { isPlainObject, kindOf } from "../../shared/values.ts";

/**
 * Sends a command to the server that has its key. Returns the reply as the client gives it, texts as text.
 *
 * A command of the kind `"read"` changes nothing and holds nothing up. So a client that gives up by itself when it
 * loses its connection need not be told to stop.
 */
export type SendCommand = (
  key: string,
  command: readonly string[],
  context: StoreContext,
  kind?: "read",
) => Promise<unknown>;

/** Options of node-redis for a command, as far as they are used here. */
interface CommandOptions {
  readonly abortSignal?: AbortSignal | undefined;
  /** Version 4 has it under this name. */
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number | undefined;
  readonly typeMapping?: object | undefined;
}

/** A client of node-redis: `createClient()`. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  sendCommand(command: string[], options?: CommandOptions): Promise<unknown>;
}

/** A pool of node-redis: `createClientPool()`. */
export interface NodeRedisPool {
  readonly isOpen: boolean;
  readonly totalClients: number;
  execute(task: (client: NodeRedisClient) => Promise<unknown>): Promise<unknown>;
}

/** A cluster of node-redis: `createCluster()`. */
export interface NodeRedisCluster {
  readonly isOpen: boolean;
  readonly masters: readonly unknown[];
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean | undefined,
    command: string[],
    options?: CommandOptions,
  ): Promise<unknown>;
}

/** A client of node-redis that asks sentinels: `createSentinel()`. */
export interface NodeRedisSentinel {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  acquire(): Promise<unknown>;
  sendCommand(isReadonly: boolean | undefined, command: string[], options?: CommandOptions): Promise<unknown>;
}

/** A client of ioredis or iovalkey: `new Redis()`, `new Cluster()`. */
export interface IoRedisClient {
  readonly status: string;
  call(command: string, args: string[]): Promise<unknown>;
  connect(): Promise<unknown>;
  once(event: string, listener: () => void): unknown;
}

/** A client that `redisStore` takes. */
export type RedisClient = NodeRedisClient | NodeRedisPool | NodeRedisCluster | NodeRedisSentinel | IoRedisClient;

/**
 * Returns a function that sends commands by a client, of whichever kind. A client that has lost its connection fails at
 * once, so that nothing waits behind a reconnect. A client that connects for the first time is waited for.
 *
 * @throws TypeError if it is not a client
 */
export function sendBy(client: unknown): SendCommand {
  if (isIoRedis(client)) return byIoRedis(client);
  if (isSentinel(client)) return bySentinel(client);
  if (isCluster(client)) return byCluster(client);
  if (isPool(client)) return byPool(client);
  if (isClient(client)) return byClient(client);
  throw new TypeError(
    `redisStore: client must be a node-redis client, pool, cluster or sentinel, an ioredis Redis or Cluster, or a connection { url } or { host, port }, got ${describeClient(client)}`,
  );
}

function byClient(client: NodeRedisClient): SendCommand {
  return onceConnected(client, (command, options) => client.sendCommand(command, options));
}

function bySentinel(client: NodeRedisSentinel): SendCommand {
  return onceConnected(client, (command, options) => client.sendCommand(false, command, options));
}

/** Sends commands, unless the client has lost its connection, or nobody has told it to connect. */
function onceConnected(
  client: { readonly isOpen: boolean; readonly isReady: boolean },
  send: (command: string[], options: CommandOptions) => Promise<unknown>,
): SendCommand {
  let wasReady = false;
  const firstReply = async (command: string[], context: StoreContext): Promise<unknown> => {
    if (!client.isOpen) throw neverConnected();
    if (wasReady) throw notConnected();
    const reply = await send(command, optionsOf(context));
    wasReady = true;
    return reply;
  };
  return (_key, command, context, kind) => {
    if (!client.isReady) return firstReply([...command], context);
    wasReady = true;
    return send([...command], optionsOf(context, kind));
  };
}

function byPool(pool: NodeRedisPool): SendCommand {
  return async (_key, command, context) => {
    if (!pool.isOpen) throw neverConnected();
    const options = optionsOf(context);
    return pool.execute(async (client) => {
      options.abortSignal?.throwIfAborted();
      if (!client.isReady) throw notConnected();
      return client.sendCommand([...command], options);
    });
  };
}

function byCluster(cluster: NodeRedisCluster): SendCommand {
  return async (key, command, context, kind) => {
    if (!cluster.isOpen) throw neverConnected();
    return cluster.sendCommand(key, false, [...command], optionsOf(context, kind));
  };
}

function byIoRedis(client: IoRedisClient): SendCommand {
  let wasReady = false;
  let waiting: Promise<void> | undefined;
  const readiness = (): Promise<void> => {
    // One listener however many wait: emitters warn of more.
    waiting ??= new Promise((resolve) => {
      client.once("ready", resolve);
      client.once("end", resolve);
    });
    return waiting;
  };
  return async (_key, command, context) => {
    if (wasReady && client.status !== "ready") throw notConnected();
    if (client.status !== "ready") await firstConnection(client, readiness, context);
    wasReady = true;
    const [name = "", ...args] = command;
    try {
      return await inTime(client.call(name, args), context);
    } catch (error) {
      throw withoutCommand(error);
    }
  };
}

/** Waits for an answer until the deadline. ioredis does not know it, and sends a command again until it is answered. */
async function inTime(answer: Promise<unknown>, { signal }: StoreContext): Promise<unknown> {
  if (signal === undefined) return answer;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Waits for the first connection; not in the client's queue, where a command would stay when its deadline is past. */
async function firstConnection(
  client: IoRedisClient,
  readiness: () => Promise<void>,
  context: StoreContext,
): Promise<void> {
  const ready = readiness();
  if (client.status === "wait") client.connect().catch(() => undefined);
  await ready;
  context.signal?.throwIfAborted();
}

/**
 * Options of a read. Replies are text, whatever the client maps them to otherwise. Its own time limit would be one more
 * timer.
 */
const AT_ONCE: CommandOptions = { timeout: undefined, typeMapping: {} };

/** Returns the options of a command. The deadline takes a command that waits out of the client's queue. */
function optionsOf(context: StoreContext, kind?: "read"): CommandOptions {
  if (kind === "read") return AT_ONCE;
  // Asked for here and no sooner: it is made when it is read.
  const { signal } = context;
  return signal === undefined ? { typeMapping: {} } : { ...AT_ONCE, abortSignal: signal, signal };
}

/** Takes the command off an error. ioredis puts it there, and the session is in it. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, "command");
  return error;
}

function notConnected(): Error {
  return new Error("the Redis client has lost its connection, and is making another");
}

function neverConnected(): Error {
  return new Error("the Redis client is not connected: await client.connect() before the first request");
}

function isIoRedis(client: unknown): client is IoRedisClient {
  return has(client, "call", "once", "connect") && "status" in client && typeof client.status === "string";
}

function isSentinel(client: unknown): client is NodeRedisSentinel {
  return has(client, "sendCommand", "acquire", "use") && "isReady" in client;
}

function isCluster(client: unknown): client is NodeRedisCluster {
  return has(client, "sendCommand", "nodeClient") && "masters" in client;
}

function isPool(client: unknown): client is NodeRedisPool {
  return has(client, "sendCommand", "execute") && "totalClients" in client;
}

function isClient(client: unknown): client is NodeRedisClient {
  return has(client, "sendCommand") && "isReady" in client && typeof client.isReady === "boolean";
}

function has(client: unknown, ...functions: readonly string[]): client is object {
  if (typeof client !== "object" || client === null) return false;
  return functions.every((name) => typeof Reflect.get(client, name) === "function");
}

function describeClient(client: unknown): string {
  if (client instanceof Promise) return "a Promise; await it first";
  if (typeof client === "string") return "text; for a URL write { url }";
  if (isPlainObject(client)) return "an object with other functions";
  return kindOf(client);
}
