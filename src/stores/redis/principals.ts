import type { IndexedSessionStore, SessionCodec, StoreContext, StoredSession } from "../../types.ts";
import { bytesOf } from "../../crypto/compare.ts";
import type { SendCommand } from "./client.ts";
import type { RedisIndex } from "./listing.ts";
import { redisScript, runScript } from "./script.ts";
import { endOfHeader, headerOf, sessionText, type RedisOwner } from "./value.ts";

/** The script deletes a session if its line ends as those of the principal's sessions do. Then it returns 1. */
const REVOKE = redisScript(`local value = redis.call("GET", KEYS[1])
if not value then return 0 end
local line = string.sub(value, 1, (string.find(value, "\\n", 1, true) or 0) - 1)
if string.sub(line, -#ARGV[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])`);

/**
 * Makes the part of the store that finds sessions by their principal. The index only says where to look. The value of a
 * session says whose it is.
 */
export function createRedisPrincipals(
  send: SendCommand,
  index: RedisIndex,
  prefix: string,
  codec: SessionCodec,
): Pick<IndexedSessionStore, "listSessions" | "revokeSessions"> {
  const find = async (handle: string, principal: string, context: StoreContext): Promise<StoredSession | undefined> => {
    const key = prefix + handle;
    const [value, left] = await Promise.all([send(key, ["GET", key], context), send(key, ["PTTL", key], context)]);
    if (typeof value !== "string") return undefined;
    const { owner } = headerOf(value);
    if (owner?.principal !== principal) return undefined;
    const session = codec.decode(sessionText(value));
    return { handle, session, created: owner.created, lastSeen: lastSeen(owner, Number(left), context) };
  };

  const isRevoked = async (handle: string, principal: string, context: StoreContext): Promise<boolean> => {
    return Number(await runScript(send, REVOKE, prefix + handle, [endOfHeader(principal)], context)) === 1;
  };

  return {
    async listSessions(principal, context) {
      const handles = await index.handles(principal, context);
      const found = await Promise.all(handles.map(async (handle) => find(handle, principal, context)));
      const stale = handles.filter((_, position) => found[position] === undefined);
      await index.tidy(principal, stale, context);
      return found.filter((session) => session !== undefined);
    },
    async revokeSessions(principal, { only, except }, context) {
      const handles = only === undefined ? await index.handles(principal, context) : [only].filter(isHandle);
      const meant = handles.filter((handle) => handle !== except);
      const revoked = await Promise.all(meant.map(async (handle) => isRevoked(handle, principal, context)));
      const gone = meant.filter((_, position) => revoked[position]);
      index.remove(principal, gone, context);
      return gone;
    },
  };
}

/** Returns when a session was last seen. A read only moves the time when it expires, so the time left tells. */
function lastSeen({ written, idle }: RedisOwner, left: number, { now }: StoreContext): number {
  if (idle === undefined || !(left >= 0)) return written;
  return Math.max(written, Math.round(now - (idle * 1000 - left)));
}

/** Returns whether a text is a handle. It may come from a form, and must not name other keys of the database. */
function isHandle(text: string): boolean {
  return bytesOf(text, 32) !== undefined;
}
