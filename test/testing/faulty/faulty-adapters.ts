import type { ServeAdapter } from "../../../src/testing/testing.ts";
import {
  applying,
  forgetful,
  keepingAttrs,
  lastingFlash,
  looking,
  losingFlash,
  merging,
  resending,
  shallow,
  without,
} from "./faulty-faces.ts";
import {
  adopting,
  afterHead,
  afterReading,
  afterStream,
  enumerable,
  givingSessions,
  ignoringFailure,
  ignoringRead,
  knowingConnections,
  loggingOut,
  overwriting,
  refusingQuotes,
  reviving,
  savingAnyway,
  unless,
  withLines,
} from "./faulty-steps.ts";
import { merge, soundAdapter } from "./sound-adapter.ts";

/** A fault of an adapter, the laws that it breaks, and the adapter. */
export type AdapterFault = readonly [fault: string, laws: readonly string[], serve: ServeAdapter];

const none = "without a cookie there is no session, no Set-Cookie and no call of the store";
const set = "what is set is there in the next request, with a key";
const deep = "a change in place is seen, deep down too";
const assigned = "an object that is assigned is the session from then on";
const equal = "an equal session sends nothing and writes nothing";
const logOut = "null logs out: the cookie is expired, and opens nothing any more";
const recreate = "sessionRecreate gives the session a new key, and the old one opens nothing";
const flash = "a flash is there once, for the request that looks";
const copy = "a copy of the request makes no session and uses up no flash";
const lastFlash = "a flash outlives the log-out that it comes with, under a new key";
const attrs = "sessionCookieAttrs are those of one response";
const malformed = "a malformed cookie is no session, and no error";
const madeUp = "a key that the visitor made up is never adopted";
const caches = "a response that sets the cookie is kept from caches";
const own = "the Set-Cookie, Vary and Cache-Control of the application survive";
const redirect = "a redirect that is followed at once finds the session";
const stream = "a stream has the cookie in its head, and the session is saved before it ends";
const beforeHead = "no head leaves before the session is saved";
const head = "a response to HEAD has the cookie, and no body";
const empty = "a response of 204 or 304 has the cookie";
const connection = "requests of several visitors on one connection are kept apart";
const handler = "a handler that fails after a change saves nothing, and is no success";
const unsaved = "where the session cannot be saved, the response is no success and sets no cookie";
const unread = "where the session cannot be read, the response is no success and sets no cookie";
const early = "a client that leaves early does no harm";
const hundred = "a hundred requests at once that count by a function add up to a hundred";
const both = "two requests at once keep what both have changed";
const late = "a change that comes after the log-out is dropped, and sets no cookie";

/** Adapters with one fault each. The laws are in the order of `adapterLaws`. */
export const adapterFaults: readonly AdapterFault[] = [
  ["gives everybody a session", [none, copy], soundAdapter({ handle: givingSessions })],
  ["reads the store without a cookie", [none, unread], soundAdapter({ open: afterReading })],
  [
    "sets a cookie that scripts can read",
    [set],
    soundAdapter({ merge: withLines((line) => line.replace("; HttpOnly", "")) }),
  ],
  [
    "does not expire the cookie",
    [logOut],
    soundAdapter({ merge: withLines((line) => (line.includes("Max-Age=0") ? "" : line)) }),
  ],
  ["sees changes of the first level only", [deep, assigned], soundAdapter({ face: shallow })],
  ["merges an assigned session into the old one", [assigned], soundAdapter({ face: merging })],
  ["sends the cookie with every response", [set, equal], soundAdapter({ face: resending })],
  ["forgets a log-out", [logOut, lastFlash, late], soundAdapter({ face: forgetful })],
  ["does not know sessionRecreate", [recreate, attrs], soundAdapter({ face: without("sessionRecreate") })],
  ["does not know sessionCookieAttrs", [attrs], soundAdapter({ face: without("sessionCookieAttrs") })],
  ["keeps sessionCookieAttrs", [attrs], soundAdapter({ face: keepingAttrs() })],
  ["shows a flash for ever", [flash], soundAdapter({ face: lastingFlash })],
  ["uses up a flash that nobody read", [flash, copy], soundAdapter({ face: looking })],
  ["shows a flash to whoever copies the request", [copy], soundAdapter({ request: enumerable })],
  ["loses the flash of a log-out", [lastFlash], soundAdapter({ face: losingFlash })],
  ["refuses a quote in a cookie", [malformed], soundAdapter({ open: refusingQuotes })],
  ["adopts a key", [logOut, recreate, lastFlash, madeUp, late], soundAdapter({ open: adopting })],
  [
    "lets caches keep the cookie",
    [caches, own],
    soundAdapter({ merge: (own, added) => merge(own, { "set-cookie": added["set-cookie"] }) }),
  ],
  [
    "sets headers over those of the application",
    [own],
    soundAdapter({ merge: (own, added) => ({ ...own, ...added }) }),
  ],
  [
    "redirects without the session",
    [redirect, beforeHead, unsaved],
    soundAdapter({ save: unless(({ redirect }) => redirect !== undefined) }),
  ],
  ["sends the head of a stream at once", [stream, beforeHead, unsaved], soundAdapter({ save: afterStream })],
  ["saves when the response is out", [beforeHead, unsaved], soundAdapter({ save: afterHead })],
  [
    "answers HEAD without the session",
    [head],
    soundAdapter({ save: unless((_answer, { incoming }) => incoming.method === "HEAD") }),
  ],
  [
    "saves nothing with an empty body",
    [beforeHead, empty, unsaved],
    soundAdapter({ save: unless(({ status }) => status === 204 || status === 304) }),
  ],
  ["knows visitors by their connection", [connection, unread], soundAdapter({ open: knowingConnections() })],
  ["saves the changes of a failed handler", [handler], soundAdapter({ handle: savingAnyway })],
  ["answers even if it could not save", [unsaved], soundAdapter({ save: ignoringFailure })],
  ["shows an empty session if the store cannot be read", [unread], soundAdapter({ open: ignoringRead })],
  ["logs a client out that leaves early", [early], soundAdapter({ handle: loggingOut })],
  ["applies functions to the session that was read", [hundred], soundAdapter({ face: applying })],
  ["writes the whole session", [equal, hundred, both], soundAdapter({ handle: overwriting })],
  ["restores a deleted session", [late], soundAdapter({ save: reviving })],
];
