import type { AtomicSessionStore, RenewingSessionStore, SessionCodec, SessionData, StoreContext } from "../../types.ts";
import { isPromise } from "../../shared/awaitable.ts";
import { sharedDecoder } from "../shared/shared-decoder.ts";
import { createKey, handleOf } from "../../crypto/session-key.ts";
import type { Insert } from "../shared/migration.ts";
import { createRows } from "../shared/rows.ts";
import { optimistic, type Replacement } from "../shared/optimistic.ts";
import type { SendCommand } from "./client.ts";
import { createCompareAndSet } from "./compare-and-set.ts";
import { expiry, milliseconds, sameExpiry } from "./expiry.ts";
import { createListings, type RedisIndex } from "./listing.ts";
import { firstRedisValue, headerOf, redisValue, sessionText } from "./value.ts";

/** Sessions by the handles of their keys, each in one value of Redis. */
export interface RedisSessions extends AtomicSessionStore, RenewingSessionStore {
  readonly insert: Insert;
}

/** A renewal that is overtaken this often is left to the next request. */
const MOST_RENEWALS = 10;

/** Makes the part of the store that finds sessions by their keys. */
export function createRedisSessions(
  send: SendCommand,
  index: RedisIndex,
  prefix: string,
  codec: SessionCodec,
): RedisSessions {
  const compareAndSet = createCompareAndSet(send);
  const listings = createListings(index, compareAndSet, prefix);
  const rows = createRows(codec, sessionText, (decode) => sharedDecoder(codec, decode));

  const load = async (key: string, context: StoreContext): Promise<string | undefined> => {
    const redisKey = prefix + handleOf(key);
    return asText(await send(redisKey, ["GET", redisKey], context));
  };

  const remove = async (key: string, row: string, context: StoreContext): Promise<Replacement<string>> => {
    const handle = handleOf(key);
    const { owner } = headerOf(row);
    const answer = await compareAndSet(prefix + handle, row, null, [], context);
    if (answer.done && owner !== undefined) index.remove(owner.principal, [handle], context);
    return answer;
  };

  const replace = async (
    key: string,
    row: string,
    next: SessionData | null,
    context: StoreContext,
  ): Promise<Replacement<string>> => {
    if (next === null) return remove(key, row, context);
    const handle = handleOf(key);
    const text = codec.encode(next);
    const { renewed, owner: before } = headerOf(row);
    // The same value again: whoever has read it, and comes next, still finds it there.
    if (text === sessionText(row) && before?.principal === context.principal) {
      return compareAndSet(prefix + handle, row, row, expiry(context), context);
    }
    const { principal } = context;
    const owner = principal === undefined ? undefined : await listings.list(principal, handle, before, context);
    const value = redisValue(text, { renewed, owner });
    const answer = await compareAndSet(prefix + handle, row, value, expiry(context), context);
    const left = before !== undefined && before.principal !== owner?.principal;
    // With care: it may have come back by the time that this arrives.
    if (answer.done && left) void index.tidy(before.principal, [handle], context);
    return answer;
  };

  return {
    updateSession: optimistic("redisStore", { rows, load, replace }),
    async readSession(key, context) {
      const redisKey = prefix + handleOf(key);
      const command =
        context.ttl === undefined ? ["GET", redisKey] : ["GETEX", redisKey, "PX", milliseconds(context.ttl)];
      const read = asText(await send(redisKey, command, context, "read"));
      if (read === undefined) return undefined;
      const { owner } = headerOf(read);
      const row = owner === undefined ? read : listings.keepListed(key, read, owner, context);
      return rows.sessionOf(isPromise(row) ? await row : row);
    },
    async writeSession(given, session, context) {
      const key = given ?? createKey();
      const handle = handleOf(key);
      const text = codec.encode(session);
      const { principal } = context;
      const owner = principal === undefined ? undefined : await listings.list(principal, handle, undefined, context);
      const header = { renewed: context.maxAge === undefined ? undefined : context.now, owner };
      const value = given === undefined ? firstRedisValue(text, header) : redisValue(text, header);
      await send(prefix + handle, ["SET", prefix + handle, value, ...expiry(context)], context);
      return key;
    },
    async deleteSession(key, context) {
      const handle = handleOf(key);
      await send(prefix + handle, ["DEL", prefix + handle], context);
      // Not before: a session that lives on must be found by who logs it out everywhere.
      if (context.principal !== undefined) index.remove(context.principal, [handle], context);
    },
    async renewSession(key, session, context) {
      const { maxAge, now } = context;
      if (maxAge === undefined) return undefined;
      const redisKey = prefix + handleOf(key);
      let row = rows.rowOf(session) ?? (await load(key, context));
      for (let count = 0; count < MOST_RENEWALS && row !== undefined; count++) {
        const header = headerOf(row);
        if (header.renewed !== undefined && now - header.renewed < maxAge * 100) return undefined;
        const value = redisValue(sessionText(row), { ...header, renewed: now });
        const answer: Replacement<string> = await compareAndSet(redisKey, row, value, sameExpiry(context), context);
        if (answer.done) return key;
        row = answer.row;
      }
      return undefined;
    },
    async insert(key, session, context) {
      const redisKey = prefix + handleOf(key);
      const value = firstRedisValue(codec.encode(session), {});
      return (await send(redisKey, ["SET", redisKey, value, "NX", ...expiry(context)], context)) !== null;
    },
  };
}

function asText(reply: unknown): string | undefined {
  return typeof reply === "string" ? reply : undefined;
}
