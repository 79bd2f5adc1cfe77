/**
 * Sessions in the very cookies of Ring's `cookie-store`, for an application that shares its visitors with a Clojure
 * application. Whoever logs in on one side is logged in on the other.
 *
 * @module
 */

import { EdnError, printEdn, readEdn, tagOf } from "../../edn/edn.ts";
import { keyOrKeys } from "../../crypto/key-list.ts";
import { formEncode } from "../../http/form-encoding.ts";
import { checkNames } from "../../shared/options.ts";
import { isPlainObject, kindOf } from "../../shared/values.ts";
import { openRing, ringKey, sealRing } from "./seal.ts";
import { checkLength } from "../../cookies/set-cookie.ts";
import { omit } from "../../data/reserved.ts";
import { synchronous } from "../../shared/synchronous.ts";
import type { RenewingSessionStore, SessionCodec, SessionData, StoreContext } from "../../types.ts";

export type { Edn, EdnMap, EdnTag } from "../../edn/edn.ts";

/** A key of Ring's: 16 bytes, or text that is 16 bytes in UTF-8. */
export type RingCookieKey = Uint8Array | string;

/** What `ringCookieStore` takes: `key`, or `keys`. */
export interface RingCookieStoreOptions {
  /** The key that Ring's side has. */
  readonly key?: RingCookieKey;
  /** Several keys: the first seals, all of them open. Ring's side has one, and opens only what the first has sealed. */
  readonly keys?: readonly RingCookieKey[];
  /**
   * Keeps `timeout.idle` by a stamp in the session, `:ring.middleware.session-timeout/idle-timeout`, as Ring's
   * ring-session-timeout does. Handlers here do not see it, handlers over there do. Default false: **no idle limit**.
   */
  readonly idleStamp?: boolean | undefined;
}

/**
 * Makes a store that reads and writes the cookies of Ring's `cookie-store`: AES-128-CBC and HMAC-SHA256 over EDN. JSON
 * data stay as they are. Keywords, sets, instants and the rest of Clojure become small tagged objects (`Edn`). A cookie
 * that is not authentic and whole is no session. Nothing a client sends throws.
 *
 * For new applications `cookieStore` is the better one: Ring's format has no time in it, so that **without `idleStamp`
 * no session ends by being idle**, and a copy of a cookie is good as long as its key.
 *
 * @example
 * ```ts
 * import { wrapSession } from "ringlet";
 * import { ringCookieStore } from "ringlet/stores/ring-cookie";
 *
 * const store = ringCookieStore({ key: process.env["RING_KEY"] ?? "0123456789abcdef", idleStamp: true });
 * const app = wrapSession(() => ({ body: "Hello" }), { store });
 * ```
 * @throws TypeError if a key is not 16 bytes or an option has an unknown name. Writing throws a `SessionDataError` for
 *   data that Clojure could not read back equal, and a `CookieError` if the cookie would be over 4096 octets
 */
export function ringCookieStore(options: RingCookieStoreOptions): RenewingSessionStore {
  checkNames("ringCookieStore", "option", options, ["key", "keys", "idleStamp"]);
  const { idleStamp = false } = options;
  if (typeof idleStamp !== "boolean") {
    throw new TypeError(`ringCookieStore: idleStamp must be true or false, got ${kindOf(idleStamp)}`);
  }
  const keys = keyOrKeys("ringCookieStore", options, { make: ringKey });
  const [first] = keys;
  const origins = new WeakMap<SessionData, Origin>();
  const warn = idleStamp ? () => undefined : warnOnce();

  const sealSession = (session: SessionData, context: StoreContext): string => {
    const sealed = sealRing(first, printEdn(idleStamp ? withStamp(session, context) : session));
    checkLength(context.cookieName, formEncode(sealed));
    return sealed;
  };

  return synchronous({
    readSession(key, context) {
      warn(context);
      const opened = openRing(keys, key);
      const stored = opened && sessionFromEdn(opened.text);
      if (opened === undefined || stored === undefined) return undefined;
      const expires = idleStamp ? expiresInStamp(stored) : undefined;
      if (expires !== undefined && context.now > expires) {
        context.report?.("expired");
        return undefined;
      }
      if (opened.keyIndex > 0) context.report?.("old-key");
      const session = idleStamp ? omit(stored, STAMP) : stored;
      origins.set(session, { expires, isOld: opened.keyIndex > 0 });
      return session;
    },
    writeSession(_key, session, context) {
      warn(context);
      return sealSession(session, context);
    },
    deleteSession() {
      // There is nothing to forget: the cookie goes, and with it the session.
    },
    renewSession(_key, session, context) {
      const origin = origins.get(session);
      const isDue = origin !== undefined && (origin.isOld || (idleStamp && isStale(origin, context)));
      return isDue ? sealSession(session, context) : undefined;
    },
  });
}

/**
 * Sessions as EDN, as Clojure's `pr-str` prints them and `clojure.edn/read-string` reads them: for a database that a
 * Clojure application shares. Data as in `ringCookieStore`.
 *
 * @example
 * ```ts
 * import { ednCodec } from "ringlet/stores/ring-cookie";
 *
 * ednCodec.decode("{:user 42, :roles #{:admin}}"); // { user: 42, roles: { $set: [{ $keyword: "admin" }] } }
 * ```
 * @throws SessionDataError by `encode`, for data that Clojure could not read back equal; TypeError by `decode`, for
 *   text that is not a map
 */
export const ednCodec: SessionCodec = {
  encode: printEdn,
  decode(text) {
    const session = sessionFromEdn(text);
    if (session !== undefined) return session;
    // What it says shows nothing of the text.
    throw new TypeError("stored session is not a map of EDN");
  },
};

/** The property in which ring-session-timeout keeps the second, since 1970, when a session expires. */
const STAMP = "ring.middleware.session-timeout/idle-timeout";

/** What is known of a session besides its data. */
interface Origin {
  /** Milliseconds since 1970; undefined if nothing says so. */
  readonly expires: number | undefined;
  readonly isOld: boolean;
}

/** A session from EDN; undefined where the text is no EDN, or no map. */
function sessionFromEdn(text: string): SessionData | undefined {
  try {
    const value = readEdn(text);
    return isPlainObject(value) && tagOf(value) === undefined ? value : undefined;
  } catch (error) {
    if (error instanceof EdnError) return undefined;
    throw error;
  }
}

function withStamp(session: SessionData, { now, ttl }: StoreContext): SessionData {
  return ttl === undefined ? session : { ...session, [STAMP]: Math.ceil(now / 1000 + ttl) };
}

function expiresInStamp(stored: SessionData): number | undefined {
  const stamp = Object.hasOwn(stored, STAMP) ? stored[STAMP] : undefined;
  return typeof stamp === "number" ? stamp * 1000 : undefined;
}

/**
 * Returns whether sealing again gains a tenth of a life or more, here or in the browser. It also does if Ring's side
 * has put no stamp on the session.
 */
function isStale({ expires }: Origin, { now, ttl, maxAge = Infinity }: StoreContext): boolean {
  if (ttl === undefined) return false;
  return expires === undefined || now + ttl * 1000 - expires >= Math.min(ttl, maxAge) * 100;
}

/** Warns once that nobody keeps the idle limit: such a limit is worse than none. */
function warnOnce(): (context: StoreContext) => void {
  let warned = false;
  return ({ idle }) => {
    if (warned || idle === undefined) return;
    warned = true;
    console.warn(
      "ringlet: ringCookieStore cannot keep timeout.idle, Ring's cookies have no time in them; set idleStamp: true, or say timeout: { idle: false }.",
    );
  };
}
