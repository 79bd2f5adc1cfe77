/**
 * Sessions in a store of keys and values: Keyv, unstorage, or what looks like one of them.
 *
 * @module
 */

import { checkedCodec } from "../../data/json-codec.ts";
import { createKey, handleOf } from "../../crypto/session-key.ts";
import { checkNames } from "../../shared/options.ts";
import { kindOf, show } from "../../shared/values.ts";
import { expiresOf } from "../shared/row-times.ts";
import { turnsByKey } from "../shared/turns.ts";
import { type KeyvLike, type StorageLike, backendOf } from "./backends.ts";
import type { SessionCodec, SessionStore, StoreContext } from "../../types.ts";

export type { KeyvLike, StorageLike } from "./backends.ts";

/** What `keyValueStore` takes. */
export interface KeyValueStoreOptions {
  /** Text before the names that sessions are filed under. Default `"session:"`. */
  readonly prefix?: string | undefined;
  /** How a session becomes text. Default: JSON. */
  readonly codec?: SessionCodec | undefined;
}

/** A session as it is stored: `<milliseconds since 1970> <text>`, `-` for never. */
interface StoredText {
  readonly expires: number;
  readonly text: string;
}

/**
 * Makes a store of sessions in Keyv, unstorage or the like. It is not atomic, because those are not: of overlapping
 * requests, one may undo what the other did, even a log-out. Keys are filed as SHA-256. A time to live is passed on,
 * and kept here too.
 *
 * @example
 * ```ts
 * import { Keyv } from "keyv";
 * import { wrapSession } from "ringlet";
 * import { keyValueStore } from "ringlet/stores/key-value";
 *
 * const store = keyValueStore(new Keyv({ throwOnErrors: true }));
 * const app = wrapSession(() => ({ body: "Hello" }), { store });
 * ```
 * @throws TypeError if an argument is not valid. Writing throws a `SessionDataError` for data that JSON cannot carry
 */
export function keyValueStore(keyValue: KeyvLike | StorageLike, options: KeyValueStoreOptions = {}): SessionStore {
  checkNames("keyValueStore", "option", options, ["prefix", "codec"]);
  const { prefix = "session:" } = options;
  if (typeof prefix !== "string") throw new TypeError(`keyValueStore: prefix must be text, got ${show(prefix)}`);
  const codec = checkedCodec("keyValueStore", options.codec);
  const backend = backendOf(keyValue, prefix);
  // Within this process the calls that write to a session take turns, so that sliding undoes none of them.
  const turns = turnsByKey<StoredText | undefined>();

  const load = async (handle: string): Promise<StoredText | undefined> => storedIn(await backend.get(handle));

  const save = async (handle: string, text: string, context: StoreContext): Promise<StoredText> => {
    const { ttl } = context;
    const expires = expiresOf(context);
    const answer = await backend.set(handle, `${ttl === undefined ? "-" : expires} ${text}`, ttl);
    if (answer === false) throw new Error("keyValueStore: the store of keys and values did not take a session");
    return { expires, text };
  };

  /**
   * Restarts the idle clock. It reads again when it is its turn: the newest session slides, or has expired and goes.
   */
  const slide = (handle: string, context: StoreContext): Promise<StoredText | undefined> =>
    turns.take(handle, context, async () => {
      const newest = await load(handle);
      // A call that has come too late must not write over what was done since.
      context.signal?.throwIfAborted();
      if (newest === undefined || !isToWrite(newest, context)) return newest;
      if (newest.expires >= context.now) return save(handle, newest.text, context);
      context.report?.("expired");
      await backend.remove(handle);
      return undefined;
    });

  return {
    async readSession(key, context) {
      const handle = handleOf(key);
      const stored = await load(handle);
      const current = stored && isToWrite(stored, context) ? await slide(handle, context) : stored;
      return current && codec.decode(current.text);
    },
    async writeSession(key = createKey(), session, context) {
      const handle = handleOf(key);
      const text = codec.encode(session);
      await turns.take(handle, context, () => save(handle, text, context));
      return key;
    },
    async deleteSession(key, context) {
      const handle = handleOf(key);
      await turns.take(handle, context, async () => void (await backend.remove(handle)));
    },
  };
}

/** Returns whether a session has expired, or its `expires` is off by a tenth of the idle time. */
function isToWrite({ expires }: StoredText, context: StoreContext): boolean {
  const { now, ttl } = context;
  return expires < now || (ttl !== undefined && Math.abs(expiresOf(context) - expires) >= ttl * 100);
}

function storedIn(value: unknown): StoredText | undefined {
  if (value === undefined || value === null) return undefined;
  // Text that is no JSON at its beginning: unstorage would parse it, and drop a key like __proto__.
  const space = typeof value === "string" ? value.indexOf(" ") : -1;
  const given = typeof value === "string" ? value.slice(0, space) : "";
  const expires = given === "-" ? Infinity : Number(given === "" ? Number.NaN : given);
  if (typeof value === "string" && !Number.isNaN(expires)) return { expires, text: value.slice(space + 1) };
  throw new TypeError(`keyValueStore: found ${kindOf(value)} under the name of a session that it did not write`);
}
