/**
 * HTTP sessions, after Clojure's Ring: the public names of the core.
 *
 * @module
 */

export {
  cookiesRequest,
  cookiesResponse,
  wrapCookies,
  type AfterCookies,
  type CookiesOptions,
} from "./cookies/cookies.ts";
export * from "./anti-forgery/anti-forgery.ts";
export { CookieError, RequestError, SessionDataError, SessionStoreError, type StoreOperation } from "./errors.ts";
export { flashRequest, flashResponse, wrapFlash, type AfterFlash } from "./flash.ts";
export * from "./host-session/host-session.ts";
export type { ErrorListener } from "./http/report.ts";
export { jsonCodec } from "./data/json-codec.ts";
export {
  listSessions,
  revokeSessions,
  type ListedSession,
  type ListOptions,
  type RevokeOptions,
} from "./principals.ts";
export * from "./response.ts";
export { sessionRequest, sessionResponse, wrapSession, type AfterSession } from "./session/session.ts";
export { cookieStore, generateKey, type CookieKey, type CookieStoreOptions } from "./stores/cookie/cookie.ts";
export { memoryStore, type MemoryStore, type MemoryStoreOptions } from "./stores/memory/memory.ts";
export * from "./types.ts";
