/**
 * HTTP sessions, after Clojure's Ring: the core's public names.
 *
 * @module
 */

export { cookiesRequest, cookiesResponse, wrapCookies, type AfterCookies, type CookiesOptions } from "./cookies.ts";
export * from "./anti-forgery.ts";
export { CookieError, RequestError, SessionDataError, SessionStoreError, type StoreOperation } from "./errors.ts";
export { flashRequest, flashResponse, wrapFlash, type AfterFlash } from "./flash.ts";
export * from "./host-session.ts";
export type { ErrorListener } from "./internal/report.ts";
export { jsonCodec } from "./internal/data.ts";
export {
  listSessions,
  revokeSessions,
  type ListedSession,
  type ListOptions,
  type RevokeOptions,
} from "./principals.ts";
export * from "./response.ts";
export { sessionRequest, sessionResponse, wrapSession, type AfterSession } from "./session.ts";
export { cookieStore, generateKey, type CookieKey, type CookieStoreOptions } from "./stores/cookie.ts";
export { memoryStore, type MemoryStore, type MemoryStoreOptions } from "./stores/memory.ts";
export * from "./types.ts";
