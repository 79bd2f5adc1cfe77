import { SessionStoreError } from "../../errors.ts";
import type { SessionData } from "../../types.ts";
import { applyChanges, changesBetween, type Changes } from "../../data/changes.ts";
import type { ConnectSession } from "./cookie.ts";
import { equal } from "../../data/equal.ts";
import { freeze } from "../../data/freeze.ts";
import { isPlainObject } from "../../shared/values.ts";
import type { SessionConfig } from "../../session/options/config.ts";
import { deleteStored, read, update, write } from "../../session/store-operations.ts";
import { omit } from "../../data/reserved.ts";

/** Saves what has changed in the sessions of express-session. */
export interface Saves {
  /** Returns a copy of what was read, for express-session to change as it likes. */
  readonly loaded: (stored: SessionData) => ConnectSession;
  /** Notes that one session object has become another. */
  readonly becomes: (session: ConnectSession, revived: ConnectSession) => void;
  readonly save: (sid: string, session: ConnectSession) => Promise<void>;
  readonly slide: (sid: string, session: ConnectSession) => Promise<void>;
}

/** What the store had of a session object when it was read or last saved. */
interface Baseline {
  readonly shown: SessionData;
  /** The very object that the store returned, until the session is saved. A store begins an update with it. */
  readonly stored: SessionData | undefined;
}

/** Makes an empty record of session objects. Nothing is kept of an object that is gone. */
export function createSaves(config: SessionConfig): Saves {
  // As promises, so that a save waits for the one before it of the same object.
  const known = new WeakMap<object, Promise<Baseline | undefined>>();

  const next = async (
    session: ConnectSession,
    run: (before: Baseline | undefined) => Promise<Baseline | undefined>,
  ): Promise<void> => {
    const before = known.get(session) ?? Promise.resolve(undefined);
    const after = before.then(run);
    const settled = after.catch(() => before);
    known.set(session, settled);
    await after;
  };

  return {
    loaded(stored) {
      const session = structuredClone(stored) as SessionData & ConnectSession;
      // Frozen, a store begins an update with it and need not decode it again.
      known.set(session, Promise.resolve({ shown: freeze(stored), stored }));
      return session;
    },
    becomes(session, revived) {
      const before = known.get(session);
      if (before === undefined) return;
      // express-session leaves out what is called as a function of its own: that is not to be deleted by the next save.
      const names = new Set(Object.keys(revived));
      const shownIn = (shown: SessionData): SessionData =>
        Object.fromEntries(Object.entries(shown).filter(([name]) => names.has(name)));
      known.set(
        revived,
        before.then((known) => known && { ...known, shown: shownIn(known.shown) }),
      );
    },
    async save(sid, session) {
      const data = asJson(session);
      await next(session, async (before) =>
        before === undefined ? saveNew(config, sid, data) : saveChanges(config, sid, before, data),
      );
    },
    async slide(sid, session) {
      const { cookie } = asJson({ cookie: session.cookie });
      await next(session, async (before) => {
        if (before !== undefined) return saveChanges(config, sid, before, { ...before.shown, cookie });
        await slide(config, sid, cookie);
        return undefined;
      });
    },
  };
}

async function saveNew(config: SessionConfig, sid: string, data: SessionData): Promise<Baseline | undefined> {
  const lasting = lastingAs(config, data["cookie"]);
  if (lasting === undefined) {
    await deleteStored(config, sid, data);
    return undefined;
  }
  const key = await write(lasting, sid, data);
  if (key !== sid) throw new SessionStoreError("write", "filed a session of express-session under another key");
  config.events.emit("created", sid);
  return { shown: data, stored: undefined };
}

async function saveChanges(config: SessionConfig, sid: string, before: Baseline, data: SessionData): Promise<Baseline> {
  const { cookie } = data;
  const changes = changesOf(before.shown, data);
  const lasting = lastingAs(config, cookie);
  if (lasting === undefined) {
    await deleteStored(config, sid, data);
    return before;
  }
  if (changes.size === 0) {
    await slide(config, sid, cookie);
    return before;
  }
  const visit = { key: sid, session: before.shown, stored: before.stored, created: undefined, cookieSent: true };
  const stored = await update(lasting, sid, visit, (current) => withCookieOf(cookie, applyChanges(current, changes)));
  config.events.emit(stored === undefined ? "write-dropped" : "updated", sid);
  return { shown: data, stored: undefined };
}

/** Restarts the idle clock by a read, which can neither undo a change nor bring anything back. */
async function slide(config: SessionConfig, sid: string, cookie: unknown): Promise<void> {
  const lasting = lastingAs(config, cookie);
  await (lasting === undefined ? deleteStored(config, sid) : read(lasting, sid, () => undefined));
}

/** Returns the changes. express-session puts a new `expires` into the cookie each time: that alone is no change. */
function changesOf(before: SessionData, after: SessionData): Changes {
  return isSameCookie(before["cookie"], after["cookie"])
    ? changesBetween(omit(before, "cookie"), omit(after, "cookie"))
    : changesBetween(before, after);
}

function isSameCookie(before: unknown, after: unknown): boolean {
  if (!isPlainObject(before) || !isPlainObject(after)) return equal(before, after);
  const { expires: _, originalMaxAge: one, ...rest } = before;
  const { expires: __, originalMaxAge: other, ...otherRest } = after;
  // It reckons with two looks at the clock, and so may be a little off each time.
  const sameAge =
    typeof one === "number" && typeof other === "number" ? Math.abs(one - other) < 1000 : equal(one, other);
  return sameAge && equal(rest, otherRest);
}

/** Returns a session with the new `expires` in its cookie: an application shows it as the time that is left. */
function withCookieOf(cookie: unknown, session: SessionData): SessionData {
  const newest = session["cookie"];
  if (!isPlainObject(newest) || !isPlainObject(cookie)) return { ...session, cookie };
  return { ...session, cookie: { ...newest, expires: cookie["expires"] } };
}

/** Returns the options with the idle time of this session; undefined if its cookie has expired. */
function lastingAs(config: SessionConfig, cookie: unknown): SessionConfig | undefined {
  const { originalMaxAge, expires } = isPlainObject(cookie) ? cookie : {};
  const left = typeof originalMaxAge === "number" ? originalMaxAge : timeUntil(config, expires);
  if (left === undefined) return config;
  return left > 0 ? { ...config, idle: left / 1000 } : undefined;
}

function timeUntil({ now }: SessionConfig, expires: unknown): number | undefined {
  const time = typeof expires === "string" ? Date.parse(expires) : Number.NaN;
  return Number.isNaN(time) ? undefined : time - now();
}

function asJson(session: object): SessionData {
  return JSON.parse(JSON.stringify(session)) as SessionData;
}
