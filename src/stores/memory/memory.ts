/**
 * Sessions in the memory of this process. After Ring's `memory-store` and ring-ttl-session's `ttl-memory-store`.
 *
 * @module
 */

import { Buffer } from "node:buffer";

import { checkedCodec } from "../../data/json-codec.ts";
import { createRows } from "../shared/rows.ts";
import { expiresOf } from "../shared/row-times.ts";
import { sharedDecoder } from "../shared/shared-decoder.ts";
import { createKey, digestOf } from "../../crypto/session-key.ts";
import { checkFunction, checkNames, checkWhole } from "../../shared/options.ts";
import { createSweeper } from "./sweeper.ts";
import { synchronous } from "../../shared/synchronous.ts";
import { createTable } from "./table.ts";
import type {
  AtomicSessionStore,
  IndexedSessionStore,
  RenewingSessionStore,
  SessionCodec,
  SessionData,
  StoreContext,
} from "../../types.ts";

/** What `memoryStore` takes. */
export interface MemoryStoreOptions {
  /** The most sessions it keeps. The one that was not used for longest goes first. Default 1,000,000. */
  readonly maxSessions?: number | undefined;
  /**
   * Is called for each session that ends by itself, soon after: the session expired, or had to make room. It is not
   * called for deleted ones. It may use the store. What it throws is dropped, and never reaches a visitor.
   */
  readonly onEnd?: ((session: SessionData, why: "expired" | "evicted") => unknown) | undefined;
  /** How a session becomes text. Default: JSON. */
  readonly codec?: SessionCodec | undefined;
}

/** A store in memory. Its lists have times to the second. */
export interface MemoryStore extends AtomicSessionStore, IndexedSessionStore, RenewingSessionStore {
  /** How many sessions it holds. Expired ones count until they are swept. */
  readonly size: number;
}

type End = "expired" | "evicted";

/** An update that has changed its own session runs again, but not more often than this: it would never end. */
const MOST_RERUNS = 100;

/**
 * Makes a store in memory: atomic, bounded, with an index of principals. It is gone when the process is. A read
 * restarts the idle clock. Sessions are kept as text, so what one request does to an object never shows in another.
 * Keys are kept as SHA-256.
 *
 * Expired sessions are swept in slices between requests. No session has a timer, and nothing keeps the process alive.
 *
 * @example
 * ```ts
 * import { memoryStore, wrapSession } from "ringlet";
 *
 * const app = wrapSession(() => ({ body: "Hello" }), { store: memoryStore({ maxSessions: 50_000 }) });
 * ```
 * @throws TypeError if an option is not valid. Writing throws a `SessionDataError` for data that JSON cannot carry
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  checkNames("memoryStore", "option", options, ["maxSessions", "onEnd", "codec"]);
  const { maxSessions = 1_000_000, onEnd } = options;
  checkWhole("memoryStore", "maxSessions", maxSessions, 1);
  checkFunction("memoryStore", "onEnd", onEnd);
  const codec = checkedCodec("memoryStore", options.codec);
  const rows = createRows<string>(
    codec,
    (text) => text,
    (decode) => sharedDecoder(codec, decode),
  );
  const table = createTable();
  const tellEnd = onEnd && ((slot: number, why: End) => void callOnEnd(onEnd, codec, table.text(slot), why));
  const sweeper = createSweeper(table, tellEnd && ((slot) => tellEnd(slot, "expired")));

  /** Returns the slot of a session that has not expired, or −1. */
  const find = (handle: Buffer, { now, report }: StoreContext): number => {
    sweeper.look(now);
    const slot = table.find(handle);
    if (slot === -1 || table.expires(slot) >= now) return slot;
    end(slot, "expired");
    report?.("expired");
    return -1;
  };

  const end = (slot: number, why: End): void => {
    tellEnd?.(slot, why);
    table.remove(slot);
  };

  const insert = (handle: Buffer, text: string, context: StoreContext): void => {
    sweeper.look(context.now);
    const slot = table.insert(handle, text, expiresOf(context));
    table.setCreated(slot, context.now);
    table.setSeen(slot, context.now);
    setRenewed(slot, context.now);
    table.file(slot, context.principal);
    if (table.size > maxSessions) makeRoom(context);
  };

  const makeRoom = ({ now }: StoreContext): void => {
    const slot = table.oldest();
    end(slot, table.expires(slot) < now ? "expired" : "evicted");
  };

  const replace = (slot: number, text: string, principal: string | undefined, context: StoreContext): void => {
    table.replace(slot, text);
    table.file(slot, principal);
    table.setExpires(slot, expiresOf(context));
    markUsed(slot, context);
  };

  const markUsed = (slot: number, context: StoreContext): void => {
    table.setSeen(slot, context.now);
    table.markUsed(slot);
  };

  const inTime = (principal: string, { now }: StoreContext): readonly number[] => {
    sweeper.look(now);
    return table.slotsOf(principal).filter((slot) => table.expires(slot) >= now);
  };

  const handleAt = (slot: number): string => table.handle(slot).toString("base64url");

  /** Notes when the cookie was sent. The second is rounded up, so that no cookie is sent again before it is due. */
  const setRenewed = (slot: number, now: number): void => table.setRenewed(slot, now + 999);

  return synchronous({
    get size() {
      return table.size;
    },
    readSession(key, context) {
      const slot = find(digestOf(key), context);
      if (slot === -1) return undefined;
      if (context.ttl !== undefined) table.setExpires(slot, expiresOf(context));
      markUsed(slot, context);
      return rows.sessionOf(table.text(slot));
    },
    writeSession(given, session, context) {
      const key = given ?? createKey();
      const handle = digestOf(key);
      const text = codec.encode(session);
      const slot = given === undefined ? -1 : find(handle, context);
      if (slot === -1) insert(handle, text, context);
      else replace(slot, text, context.principal, context);
      return key;
    },
    deleteSession(key, context) {
      const slot = find(digestOf(key), context);
      if (slot !== -1) table.remove(slot);
    },
    updateSession(key, update, seen, context) {
      const handle = digestOf(key);
      for (let run = 0; run < MOST_RERUNS; run++) {
        const slot = find(handle, context);
        if (slot === -1) return undefined;
        const text = table.text(slot);
        const next = update(rows.currentOf(text, seen));
        const nextText = next && codec.encode(next);
        const { principal } = context;
        // All three are the application's code, and may have used this store: the session is moved then, or changed.
        if (table.find(handle) !== slot || table.text(slot) !== text) continue;
        if (nextText === null) table.remove(slot);
        else replace(slot, nextText, principal, context);
        return key;
      }
      throw new Error(
        `memoryStore: an update changed its own session in each of ${MOST_RERUNS} runs; let it only answer`,
      );
    },
    listSessions(principal, context) {
      return inTime(principal, context).map((slot) => ({
        handle: handleAt(slot),
        session: codec.decode(table.text(slot)),
        created: table.created(slot),
        lastSeen: table.seen(slot),
      }));
    },
    revokeSessions(principal, { except, only }, context) {
      const handles = inTime(principal, context).map(handleAt);
      const revoked = handles.filter((handle) => (only === undefined ? handle !== except : handle === only));
      for (const handle of revoked) table.remove(table.find(Buffer.from(handle, "base64url")));
      return revoked;
    },
    renewSession(key, _session, context) {
      if (context.maxAge === undefined) return undefined;
      const slot = find(digestOf(key), context);
      if (slot === -1 || context.now - table.renewed(slot) < context.maxAge * 100) return undefined;
      setRenewed(slot, context.now);
      return key;
    },
  });
}

/** Calls the listener once the call at hand is done, because it may use this store. What it throws is dropped. */
async function callOnEnd(
  onEnd: NonNullable<MemoryStoreOptions["onEnd"]>,
  codec: SessionCodec,
  text: string,
  why: End,
): Promise<void> {
  try {
    await Promise.resolve();
    await onEnd(codec.decode(text), why);
  } catch {
    // It must fail neither a visitor's request nor the process.
  }
}
