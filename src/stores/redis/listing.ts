import type { Awaitable, StoreContext } from "../../types.ts";
import { handleOf } from "../../crypto/session-key.ts";
import type { SendCommand } from "./client.ts";
import type { CompareAndSet } from "./compare-and-set.ts";
import { isListingDue, listingTime, milliseconds, sameExpiry } from "./expiry.ts";
import { redisScript, runScript } from "./script.ts";
import { headerOf, redisValue, sessionText, type RedisOwner } from "./value.ts";

/** Index of sessions by principal: a sorted set of handles for each, by the second in which a handle was put there. */
export interface RedisIndex {
  /**
   * Lists a session, and keeps the list for at least so many seconds; undefined is for ever. It comes before the
   * session is written, so that no session lives unlisted.
   */
  readonly push: (
    principal: string,
    handle: string,
    seconds: number | undefined,
    context: StoreContext,
  ) => Promise<void>;
  /** Returns the handles in a principal's list. Some may be stale. */
  readonly handles: (principal: string, context: StoreContext) => Promise<readonly string[]>;
  /** Takes sessions that are gone out of a list. It may fail, because readers of a list check each handle. */
  readonly remove: (principal: string, handles: readonly string[], context: StoreContext) => void;
  /** Takes sessions that were not found out of a list, unless they may be about to be written. */
  readonly tidy: (principal: string, handles: readonly string[], context: StoreContext) => Promise<void>;
}

/** Keeps the sessions of principals listed in the index for as long as they live. */
export interface Listings {
  /** Lists a session of a principal that is about to be written. Returns what its value is to say of its owner. */
  readonly list: (
    principal: string,
    handle: string,
    before: RedisOwner | undefined,
    context: StoreContext,
  ) => Promise<RedisOwner>;
  /** Lists a session that is only read again, when that is due. Returns the value that is stored now. */
  readonly keepListed: (key: string, value: string, owner: RedisOwner, context: StoreContext) => Awaitable<string>;
}

/** A list with more members than this is checked, a few members with each push. */
const LONG_LIST = 32;
const SAMPLE = 8;

/** Seconds in which a listed session is written. After that it never will be. */
const GRACE = 60;

const PUSH = redisScript(`local left = redis.call("PTTL", KEYS[1])
redis.call("ZADD", KEYS[1], redis.call("TIME")[1], ARGV[1])
local life = tonumber(ARGV[2])
if not life then redis.call("PERSIST", KEYS[1])
elseif left ~= -1 and left < life then redis.call("PEXPIRE", KEYS[1], ARGV[2]) end
if redis.call("ZCARD", KEYS[1]) <= ${LONG_LIST} then return {} end
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
    await ignoreFailure(runScript(send, TIDY, keyOf(principal), handles, context));
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
      if (sample.length > 0) void ignoreFailure(tidyMissing(principal, sample, context));
    },
    async handles(principal, context) {
      const key = keyOf(principal);
      return texts(await send(key, ["ZRANGE", key, "0", "-1"], context));
    },
    remove(principal, handles, context) {
      const key = keyOf(principal);
      if (handles.length > 0) void ignoreFailure(send(key, ["ZREM", key, ...handles], context));
    },
  };
}

/** Makes the part of a store that lists its sessions in the index. */
export function createListings(index: RedisIndex, compareAndSet: CompareAndSet, prefix: string): Listings {
  const push = async (principal: string, handle: string, context: StoreContext): Promise<number | undefined> => {
    const seconds = listingTime(context);
    await index.push(principal, handle, seconds, context);
    context.signal?.throwIfAborted();
    return seconds === undefined ? undefined : context.now + seconds * 1000;
  };

  /** Lists a session and notes that in its value. A failure is dropped, because the read has succeeded. */
  const listAgain = async (
    handle: string,
    value: string,
    owner: RedisOwner,
    context: StoreContext,
  ): Promise<string> => {
    try {
      const listedUntil = await push(owner.principal, handle, context);
      const next = redisValue(sessionText(value), { ...headerOf(value), owner: { ...owner, listedUntil } });
      const { done } = await compareAndSet(prefix + handle, value, next, sameExpiry(context), context);
      return done ? next : value;
    } catch {
      return value;
    }
  };

  return {
    async list(principal, handle, before, context) {
      const { now } = context;
      const known = before?.principal === principal ? before : undefined;
      const due = known === undefined || isListingDue(known.listedUntil, context);
      return {
        principal,
        created: known?.created ?? now,
        written: now,
        idle: context.idle ?? context.ttl,
        listedUntil: due ? await push(principal, handle, context) : known.listedUntil,
      };
    },
    keepListed(key, value, owner, context) {
      const isDue = context.ttl !== undefined && isListingDue(owner.listedUntil, context);
      return isDue ? listAgain(handleOf(key), value, owner, context) : value;
    },
  };
}

async function exists(send: SendCommand, key: string, context: StoreContext): Promise<boolean> {
  return Number(await send(key, ["EXISTS", key], context)) === 1;
}

async function ignoreFailure(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // A stale handle stays a little longer.
  }
}

function texts(reply: unknown): readonly string[] {
  return Array.isArray(reply) ? reply.filter((member) => typeof member === "string") : [];
}
