/**
 * Tools for tests, ours and yours: the laws that every store and every adapter obeys, requests without a server, a
 * clock that is moved by hand, and a browser's jar of cookies. They work with any test runner.
 *
 * @module
 */

export type { AdapterLaw, RunningAdapter, ServeAdapter } from "./adapter-laws/law.ts";
export {
  type AdapterApplication,
  adapterApplication,
  type ScriptAnswer,
  type ScriptDraft,
  type ScriptRequest,
} from "./adapter-laws/application.ts";
export { adapterLaws } from "./adapter-laws/adapter-laws.ts";
export { type FakeClock, fakeClock } from "./fakes/clock.ts";
export { type CookieJar, cookieJar } from "./fakes/cookie-jar.ts";
export { type MockParts, mockRequest } from "./fakes/mock-request.ts";
export { createVisitor, type Visitor } from "./fakes/visitor.ts";
export type { StoreBreakdown, StoreHarness, StoreLaw } from "./store-laws/law.ts";
export { storeLaws } from "./store-laws/store-laws.ts";
