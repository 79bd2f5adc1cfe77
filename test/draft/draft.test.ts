import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  discardDraft,
  draftOf,
  resetDraft,
  saveDraft,
  sessionDrafts,
  type SessionDraft,
} from "../../src/draft/draft.ts";
import { changesBetween } from "../../src/data/changes.ts";
import { CookieError, SessionDataError } from "../../src/errors.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { cookieJar } from "../../src/testing/testing.ts";
import type {
  AtomicSessionStore,
  Headers,
  Response,
  SessionData,
  SessionOptions,
  SessionResponse,
} from "../../src/types.ts";
import { traced } from "../support/traced.ts";

interface App {
  user?: string;
  cart?: { items: string[] };
  n?: number;
  when?: unknown;
}

type Draft = SessionDraft<App, string>;

/** Makes a browser whose requests open drafts, on a store that notes its calls. */
function application(options: SessionOptions<App> = {}) {
  const trace = traced(memoryStore());
  const { open } = sessionDrafts<App>({ ...options, store: trace.store });
  const jar = cookieJar();
  const begin = async () => {
    const cookie = jar.header();
    const opened = await open({ method: "GET", uri: "/", headers: cookie === undefined ? {} : { cookie } });
    return {
      draft: draftOf<App, string>(opened),
      save: async () => saveDraft(opened),
      discard: () => discardDraft(opened),
      reset: () => resetDraft(opened),
    };
  };
  const send = async (handle: (draft: Draft) => unknown): Promise<Headers | undefined> => {
    const { draft, save } = await begin();
    await handle(draft);
    const headers = await save();
    jar.take({ headers: headers ?? {} });
    return headers;
  };
  const read = async (): Promise<App> => {
    let seen: App = {};
    await send((draft) => (seen = structuredClone(draft.session)));
    return seen;
  };
  return { send, read, begin, calls: trace.calls, jar };
}

/** A draft of a session that a store has given. */
async function openedOn(session: object, stored: (next: SessionData) => unknown = () => undefined) {
  const store: AtomicSessionStore = {
    readSession: () => session as SessionData,
    writeSession: () => "k",
    deleteSession: () => undefined,
    updateSession(_, update) {
      stored(update(session as SessionData) ?? {});
      return "k";
    },
  };
  const { open } = sessionDrafts<App>({ store });
  const opened = await open({ method: "GET", uri: "/", headers: { cookie: "ring-session=k" } });
  return { draft: draftOf<App, string>(opened), save: async () => saveDraft(opened), opened };
}

/** A session that counts how often somebody looks into its cart. */
function countedSession() {
  let looks = 0;
  const cart = {
    get items() {
      looks++;
      return ["a"];
    },
  };
  return { session: { user: "Ada", cart }, looks: () => looks };
}

describe("a draft's session", () => {
  test("that is not used, or only read, changes nothing", async () => {
    const { send, calls } = application();
    assert.deepEqual(await send(() => undefined), {});
    await send((draft) => assert.deepEqual(draft.session, {}));
    assert.deepEqual(calls(), []);
    await send((draft) => (draft.session.user = "Ada"));
    assert.deepEqual(calls(), ["write new → K1"]);
    assert.deepEqual(await send((draft) => draft.session.user), {});
    assert.deepEqual(calls(), ["read K1"]);
  });

  test("can be changed in place, at any depth", async () => {
    const { send, read } = application();
    const headers = await send((draft) => (draft.session.cart = { items: ["a"] }));
    assert.equal(headers?.["cache-control"], "no-store");
    await send((draft) => draft.session.cart?.items.push("b"));
    await send((draft) => (draft.session.user = "Ada"));
    assert.deepEqual(await read(), { cart: { items: ["a", "b"] }, user: "Ada" });
    await send((draft) => delete draft.session.cart);
    assert.deepEqual(await read(), { user: "Ada" });
  });

  test("can be assigned whole, and changed afterwards", async () => {
    const { send, read } = application();
    await send((draft) => (draft.session = { user: "Ada", n: 1 }));
    await send((draft) => {
      draft.session = { user: "Bob" };
      draft.session.cart = { items: [] };
    });
    assert.deepEqual(await read(), { user: "Bob", cart: { items: [] } });
  });

  test("is deleted by assigning null, with its cookie", async () => {
    const { send, read, jar } = application();
    await send((draft) => (draft.session.user = "Ada"));
    await send((draft) => (draft.session = null));
    assert.equal(jar.header(), undefined);
    assert.deepEqual(await read(), {});
  });

  test("after null in the same request is a new one, under a new key", async () => {
    const { send, read, calls } = application();
    await send((draft) => (draft.session = { user: "Ada", n: 7 }));
    calls();
    await send((draft) => {
      draft.session = null;
      draft.session.user = "Bob";
    });
    assert.deepEqual(calls(), ["read K1", "write new → K2", "update K1"]);
    assert.deepEqual(await read(), { user: "Bob" });
  });

  test("gets a new key with sessionRecreate", async () => {
    const { send, read, jar } = application();
    await send((draft) => (draft.session.n = 1));
    const before = jar.get("ring-session");
    await send((draft) => {
      draft.session.user = "Ada";
      draft.sessionRecreate = true;
    });
    assert.notEqual(jar.get("ring-session"), before);
    assert.deepEqual(await read(), { n: 1, user: "Ada" });
  });

  test("assigned a function applies it to the newest session, and keeps changes in place", async () => {
    const { send, read, begin } = application();
    await send((draft) => (draft.session.n = 1));
    const slow = await begin();
    await send((draft) => (draft.session.n = 5));
    slow.draft.session.user = "Ada";
    slow.draft.session = (current) => ({ ...current, n: (current.n ?? 0) + 1 });
    await slow.save();
    assert.deepEqual(await read(), { n: 6, user: "Ada" });
  });

  test("of two requests at once keeps the changes of both", async () => {
    const { send, read, begin } = application();
    await send((draft) => (draft.session.n = 1));
    const slow = await begin();
    slow.draft.session.user = "Ada";
    await send((draft) => (draft.session.cart = { items: ["a"] }));
    await slow.save();
    assert.deepEqual(await read(), { n: 1, user: "Ada", cart: { items: ["a"] } });
  });

  test("that was changed is compared with what was read, once", async () => {
    const change: readonly ((draft: Draft) => unknown)[] = [
      (draft) => (draft.session.user = "Bob"),
      (draft) => (draft.session = { user: "Bob", cart: { items: ["a"] } }),
      (draft) => ((draft.session.user = "Bob"), (draft.flash = "Saved.")),
      (draft) => (draft.session.user, (draft.flash = "Saved.")),
      (draft) => ((draft.session.user = "Bob"), (draft.sessionCookieAttrs = { maxAge: 60 })),
    ];
    for (const each of change) {
      const seen = countedSession();
      const draft = await openedOn(seen.session);
      each(draft.draft);
      const looksOf = async (run: () => unknown): Promise<number> => {
        const before = seen.looks();
        await run();
        return seen.looks() - before;
      };
      const once = await looksOf(() => changesBetween(seen.session, { cart: { items: ["a"] } }));
      assert.equal(await looksOf(draft.save), once, String(each));
    }
  });

  test("that was replaced on its way out is stored as it was replaced", async () => {
    const stored: SessionData[] = [];
    const { draft, save, opened } = await openedOn({ user: "Ada" }, (next) => stored.push(next));
    opened.write = (response) => ({ ...response, session: { ...(response.session as object), n: 7 } as never });
    draft.session.user = "Bob";
    await save();
    assert.deepEqual(stored, [{ user: "Bob", n: 7 }]);
  });

  test("may not have a reserved name", async () => {
    for (const name of ["_flash", "ringlet/anti-forgery-token"]) {
      const changes: readonly ((draft: Draft) => unknown)[] = [
        (draft) => Object.assign(draft.session, { [name]: "mine" }),
        (draft) => ((draft.session = null), Object.assign(draft.session, { [name]: "mine" })),
        (draft) => (draft.session = { [name]: "mine" }),
        (draft) => (draft.session = (current) => ({ ...current, [name]: "mine" })),
      ];
      for (const change of changes) {
        const { draft, save } = await openedOn({ user: "Ada" });
        change(draft);
        await assert.rejects(save, { name: "SessionDataError", message: /is reserved/ }, `${name} ${String(change)}`);
      }
    }
  });

  test("hides the secret of tokens from a function, and keeps it", async () => {
    const stored: SessionData[] = [];
    const secret = { "ringlet/anti-forgery-token": "s".repeat(43) };
    const { draft, save } = await openedOn({ user: "Ada", ...secret }, (next) => stored.push(next));
    let seen: unknown;
    draft.session = (current) => ((seen = current), { ...current, n: 1 });
    await save();
    assert.deepEqual([seen, stored], [{ user: "Ada" }, [{ user: "Ada", n: 1, ...secret }]]);
  });

  test("is no list and no text, whatever else is to be stored", async () => {
    for (const wrong of [["a"], "a"]) {
      for (const write of [undefined, (response: Response & SessionResponse<never>) => response]) {
        const { draft, save, opened } = await openedOn({ user: "Ada", _flash: "left" });
        opened.write = write;
        draft.session = wrong as never;
        draft.flash = "Saved.";
        await assert.rejects(save, /must be a plain object/);
      }
    }
  });

  test("by a function after null is another one, made of an empty one", async () => {
    const { send, read, jar } = application();
    await send((draft) => (draft.session.user = "Ada"));
    const before = jar.get("ring-session");
    await send((draft) => {
      draft.session = null;
      draft.session = (current) => ({ ...current, n: 1 });
    });
    assert.notEqual(jar.get("ring-session"), before);
    assert.deepEqual(await read(), { n: 1 });
  });

  test("is frozen for a strategy: a change in place would be lost, because the changes are known already", async () => {
    const { draft, save, opened } = await openedOn({ user: "Ada" });
    opened.write = (response) => (Object.assign(response.session as object, { n: 7 }), response);
    draft.session.user = "Bob";
    await assert.rejects(async () => save(), TypeError);
  });

  test("with a flash that is there already is not written", async () => {
    const stored: SessionData[] = [];
    const { draft, save } = await openedOn({ user: "Ada", _flash: "left" }, (next) => stored.push(next));
    assert.equal(draft.session.user, "Ada");
    draft.flash = "left";
    await save();
    assert.deepEqual(stored, []);
  });

  test("that was discarded, or saved before, is not saved again", async () => {
    const { begin, calls } = application();
    const failed = await begin();
    failed.draft.session.user = "Ada";
    failed.discard();
    assert.equal(await failed.save(), undefined);
    const done = await begin();
    done.draft.session.user = "Ada";
    await done.save();
    done.draft.session.user = "Bob";
    assert.equal(await done.save(), undefined);
    assert.deepEqual(calls(), ["write new → K1"]);
  });

  test("that was reset is as it was read, and later changes are saved", async () => {
    const { send, read, begin } = application();
    await send((draft) => ((draft.session.n = 1), (draft.flash = "left")));
    const failed = await begin();
    failed.draft.session = { user: "Ada" };
    failed.draft.sessionRecreate = true;
    failed.draft.sessionCookieAttrs = { maxAge: 60 };
    assert.equal(failed.draft.flash, "left");
    failed.draft.flash = "new";
    failed.reset();
    assert.deepEqual([failed.draft.session, failed.draft.sessionRecreate], [{ n: 1 }, false]);
    failed.draft.session.n = 2;
    const headers = await failed.save();
    assert.equal(headers?.["set-cookie"], undefined);
    assert.deepEqual(await read(), { n: 2 });
    await send((draft) => assert.equal(draft.flash, "left"));
  });

  test("has its options checked at once", () => {
    assert.throws(() => sessionDrafts({ cookieName: "a b" }), CookieError);
  });

  test("refuses a value that no store could return", async () => {
    const { send } = application();
    await assert.rejects(
      send((draft) => (draft.session.when = new Date())),
      SessionDataError,
    );
  });

  test("passes attributes of the cookie on", async () => {
    const { send } = application();
    const headers = await send((draft) => {
      draft.session.user = "Ada";
      draft.sessionCookieAttrs = { maxAge: 60 };
    });
    assert.match(String(headers?.["set-cookie"]), /Max-Age=60/);
  });
});

describe("a draft's flash", () => {
  test("is kept until a request has read it", async () => {
    const { send, read } = application();
    await send((draft) => (draft.flash = "Saved."));
    assert.deepEqual(await read(), {});
    await send((draft) => (draft.session.n = 1));
    const seen: unknown[] = [];
    await send((draft) => seen.push(draft.flash, draft.flash));
    await send((draft) => seen.push(draft.flash));
    assert.deepEqual(seen, ["Saved.", "Saved.", undefined]);
    assert.deepEqual(await read(), { n: 1 });
  });

  test("survives an assignment of an object or a function, but not of null", async () => {
    const { send } = application();
    const seen: unknown[] = [];
    const look = () => send((draft) => seen.push(draft.flash));
    await send((draft) => (draft.flash = "1"));
    await send((draft) => (draft.session = { n: 1 }));
    await look();
    await send((draft) => (draft.flash = "2"));
    await send((draft) => (draft.session = (current) => ({ ...current, n: 2 })));
    await look();
    await send((draft) => (draft.flash = "3"));
    await send((draft) => (draft.session = null));
    await look();
    assert.deepEqual(seen, ["1", "2", undefined]);
  });

  test("is replaced by another, read or not, and cancelled by null", async () => {
    const { send } = application();
    const seen: unknown[] = [];
    await send((draft) => (draft.flash = "1"));
    await send((draft) => {
      seen.push(draft.flash);
      draft.flash = "2";
      draft.session.n = 1;
    });
    await send((draft) => (draft.flash = "3"));
    await send((draft) => {
      draft.flash = "4";
      draft.flash = null;
    });
    await send((draft) => seen.push(draft.flash));
    assert.deepEqual(seen, ["1", "3"]);
  });

  test("is left by code that looks through the draft, or copies it", async () => {
    const { send } = application();
    await send((draft) => (draft.flash = "saved"));
    await send((draft) => {
      for (const word in draft) void Reflect.get(draft, word);
      void { ...draft };
    });
    await send((draft) => assert.equal(draft.flash, "saved"));
  });

  test("survives a log-out when it is assigned with it", async () => {
    const { send } = application();
    await send((draft) => (draft.session.user = "Ada"));
    await send((draft) => {
      draft.session = null;
      draft.flash = "Bye.";
    });
    await send((draft) => assert.deepEqual([draft.session, draft.flash], [{}, "Bye."]));
  });
});

test("a mistake in the options throws when the middleware is built, under its name", () => {
  assert.throws(
    () => sessionDrafts({ sotre: memoryStore() } as object),
    /^TypeError: session: unknown option "sotre"; did you mean "store"\?$/,
  );
});
