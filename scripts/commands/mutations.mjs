/**
 * The rules of the table "What a response does", each broken in the code that keeps it. `find` stands once in the
 * compiled file; with `replace` in its place at least one test must fail.
 */
const session = "src/session/session.js";
const settle = "src/session/settle.js";
const recreate = "src/session/recreate.js";
const next = "src/session/next.js";
const visit = "src/session/request-visit.js";
const read = "src/session/read.js";
const lifetime = "src/session/options/lifetime.js";
const operations = "src/session/store-operations.js";
const cookie = "src/session/options/cookie.js";
const outcome = "src/session/options/outcome.js";
const flash = "src/flash.js";
const limit = "src/session/limit.js";
const principals = "src/principals.js";
const optimistic = "src/stores/shared/optimistic.js";
const migration = "src/stores/shared/migration.js";

export const mutations = [
  [session, "null deletes", "session === null ? remove(config, visit) :", "false ? remove(config, visit) :"],
  [settle, "no key and no session: nothing", "change.wanted === undefined ? undefined : create(", "create("],
  [settle, "recreate makes a new key", "if (change.recreated)", "if (false)"],
  [
    settle,
    "an equal object is not written",
    "change.wanted === undefined || changes?.size === 0",
    "change.wanted === undefined",
  ],
  [settle, "undefined changes nothing", "change.wanted === undefined || changes?.size === 0", "changes?.size === 0"],
  [settle, "an unchanged session of an absolute limit gets its beginning", "visit.created === undefined)", "false)"],
  [settle, "sessionCookieAttrs send the cookie again", "(change.resend ? key : undefined)", "undefined"],
  [settle, "a stale cookie is renewed", "return renewed ??", "return"],
  [
    settle,
    "a new session gets a cookie",
    "enforceLimit(config, key, session, undefined), () => key)",
    "enforceLimit(config, key, session, undefined), () => undefined)",
  ],
  [settle, "an unknown cookie is expired by null", "visit.cookieSent ? null : undefined", "undefined"],
  [settle, "no cookie, nothing to expire", "visit.cookieSent ? null : undefined", "null"],
  [
    settle,
    "null expires the cookie",
    'left === "")\n            return null;',
    'left === "")\n            return undefined;',
  ],
  [
    settle,
    "a store may answer another key for a deleted one",
    "return left === key ? undefined : left;",
    "return null;",
  ],
  [settle, "a change past the absolute limit is dropped", "if (isOver(config, visit.created))", "if (false)"],
  [
    settle,
    "an update that finds nothing is dropped",
    "if (stored === undefined)\n            return dropped(config, key);",
    "if (stored === undefined)\n            return key;",
  ],
  [settle, "a function that answers null deletes", "if (last === null)", "if (false)"],
  [
    settle,
    "another key from the store is sent",
    "(stored === visit.key ? goesOn(config, visit, stored, change) : stored)",
    "goesOn(config, visit, stored, change)",
  ],
  [
    session,
    "attributes are checked before the store is touched",
    "const ownCookie = responseCookie(config.cookie, sessionCookieAttrs);",
    "const ownCookie = undefined;",
  ],
  [session, "what a session may be is checked first", 'checkSession(session, "response.session");', ""],
  [
    session,
    "no response, nothing written",
    "if (response === null || response === undefined)\n        return response;",
    "response ??= {session: {}};",
  ],
  [
    visit,
    "a map made by hand is compared by what it shows",
    "read.session === session ? read : { ...read, session: shown }",
    "read",
  ],
  [
    recreate,
    "a recreated session leaves no old key (three functions)",
    "if (!isAtomic(config))\n        await drop(config, key, newest);",
    "",
  ],
  [
    recreate,
    "it is written before the old one is deleted",
    "const fresh = await write(config, undefined, session);",
    "if (isAtomic(config)) await take(config, key, visit, () => undefined); const fresh = await write(config, undefined, session);",
  ],
  [
    recreate,
    "a function that throws when it runs again leaves no new session",
    "if (!(error instanceof SessionStoreError))\n            await drop(config, fresh);",
    "",
  ],
  [recreate, "a renewal of what is gone writes nothing", "!(await isThere(config, key, visit))", "false"],
  [
    recreate,
    "a log-in carries over what changed meanwhile",
    "equal(current, seen) ? session : next(current)",
    "session",
  ],
  [
    recreate,
    "a log-in restarts the absolute clock, a renewal does not",
    "renewal ? began(config, current ?? seen) : beginning(config)",
    "began(config, current ?? seen)",
  ],
  [
    recreate,
    "a renewal goes on with the absolute clock",
    "renewal ? began(config, current ?? seen) : beginning(config)",
    "beginning(config)",
  ],
  [recreate, "a function that answers null at a log-in leaves nothing", "if (last === null)", "if (false)"],
  [
    next,
    "only what changed is applied to the newest session",
    "applyChanges(base, changes ?? changesBetween(visit.session, wanted))",
    "wanted",
  ],
  [next, "a function sees the newest session", "const answer = wanted(current);", "const answer = wanted({});"],
  [next, "the time a session began is kept", "createdOf(current) ?? beginning(config)", "beginning(config)"],
  [read, "no cookie, no store call", "if (values.length === 0)", "if (false)"],
  [
    read,
    "a malformed value costs no store call",
    "values.filter(isKey)",
    "values.filter((value) => value !== undefined)",
  ],
  [read, "of several sessions none is taken", "sessions.length === 1 && sessions[0]", "sessions[0]"],
  [read, "a session past its absolute limit is none", "if (isOver(config, created))", "if (false)"],
  [read, "what is over is deleted", "return forget(config, key);", "return NO_SESSION;"],
  [lifetime, "on the very millisecond it is still good", "config.now() > created", "config.now() >= created"],
  [lifetime, "the shorter of the two limits holds", "Math.min(config.idle, left)", "config.idle"],
  [operations, "a read restarts the idle clock", "ttl: config.idle, report", "ttl: undefined, report"],
  [cookie, "Secure over https", 'given.secure ?? scheme === "https"', "given.secure ?? false"],
  [cookie, "out of caches", "uncacheable(withSetCookies(response, [line]))", "withSetCookies(response, [line])"],
  [
    outcome,
    "a dropped write sends no cookie",
    'config.events.emit("write-dropped", key);',
    'config.events.emit("write-dropped", key); return key;',
  ],
  [flash, "a shown flash is gone", "return shown === undefined ? {} :", "return true ? {} :"],
  [flash, "a flash with a null session goes under a new key", "sessionRecreate: true", "sessionRecreate: false"],
  [flash, "a renewal with a flash is no log-in", "[FLASH]: flash }, [FLASH_ONLY]: true }", "[FLASH]: flash } }"],
  [session, "what was not read cannot be changed", "checkRead(visit);", ""],
  [read, "an operator may serve with an empty session", "if (config.emptyOnFailure)", "if (false)"],
  [limit, "maxSessions holds", "latestFirst(live, own).slice(most)", "[]"],
  [limit, "what is past its limit is not counted", "!isOver(config, createdOf(session))", "true"],
  [
    limit,
    "a session that was the principal's already does not count again",
    "|| principal === principalOf(config, before)",
    "",
  ],
  [limit, "a store that cannot list fails no log-in", "if (!(error instanceof SessionStoreError))", "if (true)"],
  [limit, "the log-in at hand stays", "if (mine === undefined)", "if (true)"],
  [principals, "a handle that is missing revokes nothing", 'if (one && typeof handle !== "string")', "if (false)"],
  [principals, "a list shows nothing of ours", "const session = withoutOurs(stored);", "const session = stored;"],
  [optimistic, "an update runs on the newest session", "row = answer.row;", ""],
  [optimistic, "what is gone is reported", "if (runs > 0)", "if (false)"],
  [
    optimistic,
    "updates in one process follow each other",
    "before ?? (seen && rows.get(seen))",
    "seen && rows.get(seen)",
  ],
  [
    migration,
    "a log-out in the middle of a move is not undone",
    "if (await from.readSession(key, context))",
    "if (true)",
  ],
  [
    migration,
    "a move that fails leaves the session where it was",
    "await store.deleteSession(key, context);\n            throw error;",
    "throw error;",
  ],
  [migration, "from the date on the old store is not asked", "now < until.getTime()", "true"],
].map(([file, rule, find, replace]) => ({ file, rule, find, replace }));
