import type { StoreContext } from "../../types.ts";
import type { SendCommand } from "./client.ts";
import { milliseconds } from "./expiry.ts";
import { redisScript, runScript } from "./script.ts";

/** The handles of each principal's sessions: a sorted set per principal, by the second each was put there. */
export interface RedisIndex {
  /**
   * Lists a session, and keeps the list for so many seconds at least, undefined: for ever. Comes before the session is
   * written, so that none lives unlisted.
   */
  readonly push: (
    principal: string,
    handle: string,
    seconds: number | undefined,
    context: StoreContext,
  ) => Promise<void>;
  /** The handles in a principal's list, stale ones too. */
  readonly handles: (principal: string, context: StoreContext) => Promise<readonly string[]>;
  /** Takes sessions that are no more out of a list. It may fail: a list is read with care. */
  readonly remove: (principal: string, handles: readonly string[], context: StoreContext) => void;
  /** The same for sessions that were not found, if they are not just about to be written. */
  readonly tidy: (principal: string, handles: readonly string[], context: StoreContext) => Promise<void>;
}

/** A list longer than this is looked through, a few members with each push. */
const LONG = 32;
const SAMPLE = 8;

/** Seconds in which a session that has been listed is written, or never. */
const GRACE = 60;

const PUSH = redisScript(`local left = redis.call("PTTL", KEYS[1])
redis.call("ZADD", KEYS[1], redis.call("TIME")[1], ARGV[1])
local life = tonumber(ARGV[2])
if not life then redis.call("PERSIST", KEYS[1])
elseif left ~= -1 and left < life then redis.call("PEXPIRE", KEYS[1], ARGV[2]) end
if redis.call("ZCARD", KEYS[1]) <= ${LONG} then return {} end
return redis.call("ZRANDMEMBER", KEYS[1], ${SAMPLE})`);

const TIDY = redisScript(`local limit = tonumber(redis.call("TIME")[1]) - ${GRACE}
for _, member in ipairs(ARGV) do
  local pushed = redis.call("ZSCORE", KEYS[1], member)
  if pushed and tonumber(pushed) < limit then redis.call("ZREM", KEYS[1], member) end
end`);

/** Makes the index of a store. */
export function createRedisIndex(send: SendCommand, prefix: string): RedisIndex {
  const keyOf = (principal: string): string => `${prefix}principal:${principal}`;

  const tidy: RedisIndex["tidy"] = async (principal, handles, context) => {
    if (handles.length === 0) return;
    await quietly(runScript(send, TIDY, keyOf(principal), handles, context));
  };

  const tidyMissing = async (principal: string, sample: readonly string[], context: StoreContext): Promise<void> => {
    const found = await Promise.all(sample.map(async (handle) => exists(send, prefix + handle, context)));
    const missing = sample.filter((_, position) => found[position] === false);
    return tidy(principal, missing, context);
  };

  return {
    tidy,
    async push(principal, handle, seconds, context) {
      const life = seconds === undefined ? "" : milliseconds(seconds);
      const sample = texts(await runScript(send, PUSH, keyOf(principal), [handle, life], context));
      if (sample.length > 0) void quietly(tidyMissing(principal, sample, context));
    },
    async handles(principal, context) {
      const key = keyOf(principal);
      return texts(await send(key, ["ZRANGE", key, "0", "-1"], context));
    },
    remove(principal, handles, context) {
      const key = keyOf(principal);
      if (handles.length > 0) void quietly(send(key, ["ZREM", key, ...handles], context));
    },
  };
}

async function exists(send: SendCommand, key: string, context: StoreContext): Promise<boolean> {
  return Number(await send(key, ["EXISTS", key], context)) === 1;
}

async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // What is stale stays a little longer.
  }
}

function texts(reply: unknown): readonly string[] {
  return Array.isArray(reply) ? reply.filter((member) => typeof member === "string") : [];
}
