/**
 * Sessions inside their own cookie, sealed: nothing is kept on the server. After Ring's `cookie-store`, whose place it
 * takes with an authenticated cipher, keys that can be changed, and an end that the server enforces.
 *
 * @module
 */

import { checkedCodec } from "../../data/json-codec.ts";
import { sharedDecoder } from "../shared/shared-decoder.ts";
import { type TextCache, textCache } from "../shared/text-cache.ts";
import { checkNames } from "../../shared/options.ts";
import { isPlainObject } from "../../shared/values.ts";
import { type KeyKind, keyOrKeys } from "../../crypto/key-list.ts";
import { randomBytes } from "../../crypto/random.ts";
import { open, seal, sealTimes, type Opened } from "./seal.ts";
import { sealingKey, type SealingKey } from "../../crypto/sealing-key.ts";
import { checkLength } from "../../cookies/set-cookie.ts";
import { synchronous } from "../../shared/synchronous.ts";
import type { RenewingSessionStore, SessionCodec, SessionData, StoreContext } from "../../types.ts";

/** How many characters of opened cookies are kept under each name. Those need not be opened again. */
const ROOM = 512 * 1024;

/** A key for sealing: 32 bytes, the base64url text of 32 bytes, or a passphrase of at least 16 characters. */
export type CookieKey = Uint8Array | string;

/** What `cookieStore` takes. */
export interface CookieStoreOptions {
  /** The one key. */
  readonly key?: CookieKey;
  /** Several keys: the first seals, all of them open. A session that another than the first opened is sealed again. */
  readonly keys?: readonly CookieKey[];
  /** How a session becomes text. Default: JSON. */
  readonly codec?: SessionCodec | undefined;
}

/**
 * Makes a store that keeps each session in its cookie, sealed with AES-256-GCM under the cookie's name, with the times
 * when it was issued and when it expires. A cookie that is not authentic, whole and in time is no session. Nothing a
 * client sends throws. It is not atomic, and a copy of an old cookie is good until it expires: see the page.
 *
 * Without a key it makes one for the process, and warns: a restart then ends every session.
 *
 * @example
 * ```ts
 * import { cookieStore, generateKey, wrapSession } from "ringlet";
 *
 * const key = process.env["SESSION_KEY"] ?? generateKey();
 * const app = wrapSession(() => ({ body: "Hello" }), { store: cookieStore({ key }) });
 * ```
 * @throws TypeError if a key is not valid or an option has an unknown name. Writing throws a `CookieError` if the
 *   cookie would be over 4096 octets
 */
export function cookieStore(options: CookieStoreOptions = {}): RenewingSessionStore {
  checkNames("cookieStore", "option", options, ["key", "keys", "codec"]);
  const codec = checkedCodec("cookieStore", options.codec);
  const decodeFresh = sharedDecoder(codec);
  const keys = keyOrKeys("cookieStore", options, sealingKeys);
  const [first] = keys;
  const origins = new WeakMap<SessionData, Opened>();
  const opened = new Map<string, TextCache<Opened>>();

  /** Returns the seals that were opened lately under the name of a cookie. A seal is bound to that name. */
  const openedFor = (cookieName: string): TextCache<Opened> => {
    const known = opened.get(cookieName);
    if (known !== undefined) return known;
    const fresh = textCache<Opened>(ROOM);
    opened.set(cookieName, fresh);
    return fresh;
  };

  const openSeal = (sealed: string, { cookieName }: StoreContext): Opened | undefined => {
    const seals = openedFor(cookieName);
    const known = seals.get(sealed);
    if (known !== undefined) return known;
    const whole = open(keys, cookieName, sealed);
    if (whole !== undefined) seals.setIfSeenBefore(sealed, whole);
    return whole;
  };

  const sealSession = (session: SessionData, { cookieName, now, ttl }: StoreContext): string => {
    const text = codec.encode(session);
    const times = sealTimes(now, ttl === undefined ? Infinity : now + ttl * 1000);
    const sealed = seal(first, cookieName, text, times.issued, times.expires);
    checkLength(cookieName, sealed);
    openedFor(cookieName).set(sealed, { text, ...times, keyIndex: 0 });
    return sealed;
  };

  return synchronous({
    readSession(key, context) {
      const found = openSeal(key, context);
      if (found === undefined) return undefined;
      if (isPast(found, context)) {
        context.report?.("expired");
        return undefined;
      }
      // Most reads are of a fresh cookie, and need no memory of it; what is remembered must not be shared.
      const stale = isStale(found, context);
      const session = decodeAuthentic(stale ? codec.decode : decodeFresh, found.text);
      if (session === undefined) return undefined;
      if (found.keyIndex > 0) context.report?.("old-key");
      if (stale) origins.set(session, found);
      return session;
    },
    writeSession(_key, session, context) {
      return sealSession(session, context);
    },
    deleteSession() {
      // There is nothing to forget: the cookie goes, and with it the session.
    },
    renewSession(_key, session, context) {
      const origin = origins.get(session);
      return origin !== undefined && isStale(origin, context) ? sealSession(session, context) : undefined;
    },
  });
}

/**
 * Makes a fresh random key for `cookieStore`: 32 bytes as 43 characters of base64url, fit for an environment variable.
 */
export function generateKey(): string {
  return randomBytes(32).toString("base64url");
}

let processKey: SealingKey | undefined;

const sealingKeys: KeyKind<SealingKey> = {
  make: sealingKey,
  makeUp: () => (processKey ??= keyOfProcess()),
  cure: "make one with generateKey()",
};

function keyOfProcess(): SealingKey {
  console.warn(
    "ringlet: cookieStore has no key and made one up; a restart will end all sessions. Make one with generateKey() and keep it.",
  );
  return sealingKey("cookieStore: key", randomBytes(32));
}

/**
 * Returns whether a session has expired, or is past the idle time as set today. On the very millisecond it is still
 * good.
 */
function isPast({ issued, expires }: Opened, { now, ttl = Infinity }: StoreContext): boolean {
  return now > expires || now > issued + ttl * 1000;
}

/** Returns whether to seal again: it gains a tenth of a life or more, in the seal or the browser, or the key is old. */
function isStale({ issued, expires, keyIndex }: Opened, { now, ttl, maxAge }: StoreContext): boolean {
  if (keyIndex > 0) return true;
  if (maxAge !== undefined && now - issued >= maxAge * 100) return true;
  if (ttl === undefined) return expires !== Infinity;
  return now + ttl * 1000 - Math.min(expires, issued + ttl * 1000) >= ttl * 100;
}

/** Decodes an authentic text. One that cannot be read was written by another codec, and is no session. */
function decodeAuthentic(decode: SessionCodec["decode"], text: string): SessionData | undefined {
  try {
    const session: unknown = decode(text);
    return isPlainObject(session) ? session : undefined;
  } catch {
    return undefined;
  }
}
