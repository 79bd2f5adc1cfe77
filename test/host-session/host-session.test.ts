import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { SessionStoreError } from "../../src/errors.ts";
import {
  expressHost,
  fastifyHost,
  type HostSession,
  koaHost,
  wrapHostSession,
} from "../../src/host-session/host-session.ts";
import { response } from "../../src/response.ts";
import { mockRequest } from "../../src/testing/testing.ts";
import type { Handler, Request, SessionRequest, SessionResponse } from "../../src/types.ts";

describe("wrapHostSession", () => {
  function held(data: Readonly<Record<string, unknown>>) {
    const calls: unknown[] = [];
    const host: HostSession = {
      key: () => "k1",
      read: () => data,
      write: (session) => void calls.push(["write", session]),
      regenerate: (session) => void calls.push(["regenerate", session]),
      destroy: () => void calls.push(["destroy"]),
    };
    const answer = async (said: SessionResponse, flash?: string) => {
      const handler = () => ({ ...response("hello"), ...said, ...(flash === undefined ? {} : { flash }) });
      const result = await (wrapHostSession(handler as Handler, host) as Handler)(mockRequest("GET", "/"));
      assert.deepEqual(
        Object.keys(result ?? {}).toSorted(),
        flash === undefined ? RING : ["body", "flash", ...RING.slice(1)],
      );
      return calls.splice(0);
    };
    return { host, answer };
  }
  const RING = ["body", "headers", "status"];

  test("changes the host's session as a response says", async () => {
    const { answer } = held({ user: "Ada", n: 1 });
    assert.deepEqual(await answer({}), []);
    assert.deepEqual(await answer({ session: undefined }), []);
    assert.deepEqual(await answer({ session: { n: 1, user: "Ada", gone: undefined } }), []);
    assert.deepEqual(await answer({ session: { n: 2 } }), [["write", { n: 2 }]]);
    assert.deepEqual(await answer({ session: () => null }), [["destroy"]]);
    assert.deepEqual(await answer({ session: null }), [["destroy"]]);
    assert.deepEqual(await answer({ session: null, sessionRecreate: true }), [["destroy"]]);
    assert.deepEqual(await answer({ sessionRecreate: true }), [["regenerate", { user: "Ada", n: 1 }]]);
    assert.deepEqual(await answer({ session: { user: "Ada" }, sessionRecreate: true }), [
      ["regenerate", { user: "Ada" }],
    ]);
    assert.deepEqual(await held({}).answer({ session: null }), [["destroy"]]);
    assert.deepEqual(await held({}).answer({ sessionRecreate: true }), []);
  });

  test("keeps changes that the host made since the handler read", async () => {
    const data: Record<string, unknown> = { n: 1 };
    const written: unknown[] = [];
    const host = { ...held(data).host, read: () => data, write: (session: object) => void written.push(session) };
    const app = wrapHostSession(() => {
      data["other"] = true;
      return { session: { n: 2 } };
    }, host);
    await app(mockRequest("GET", "/"));
    assert.deepEqual(written, [{ n: 2, other: true }]);
  });

  test("leaves a flash on the response for wrapFlash", async () => {
    assert.deepEqual(await held({}).answer({}, "Saved."), []);
  });

  test("gives the handler a frozen copy, and the host one that is not frozen", async () => {
    const cart = { items: ["a"] };
    const written: { cart?: { items: string[] } }[] = [];
    const host = { ...held({ cart }).host, write: (session: object) => void written.push(session) };
    const app = wrapHostSession(({ session }: Request & SessionRequest<{ cart: typeof cart }>) => {
      assert.throws(() => session.cart.items.push("b"), TypeError);
      return { session: (current) => ({ ...current, n: 1 }) };
    }, host);
    await app(mockRequest("GET", "/"));
    written[0]?.cart?.items.push("b");
    assert.deepEqual(cart.items, ["a"]);
  });

  test("refuses an invalid response before the host is touched", async () => {
    const { answer } = held({ n: 1 });
    const wrong: Record<string, unknown>[] = [
      { session: "text" },
      { session: () => undefined },
      { session: {}, sessionRecreate: "yes" },
      { session: {}, sessionCookieAttrs: { maxAge: 1 } },
    ];
    for (const each of wrong) await assert.rejects(answer(each), TypeError);
    assert.deepEqual(await answer({}), []);
    assert.throws(() => wrapHostSession(undefined as never, held({}).host), /wrapHostSession/);
  });

  test("reports a missing session of the host, and wraps an error of its store", async () => {
    const run = (host: HostSession) => wrapHostSession(() => ({ session: { n: 1 } }), host)(mockRequest("GET", "/"));
    await assert.rejects(async () => run(expressHost({})), /expressHost: request.session is not there/);
    await assert.rejects(async () => run(fastifyHost({ session: null })), /fastifyHost: request.session is not there/);
    await assert.rejects(async () => run(koaHost({ app: {} })), /koaHost: ctx.session is not there/);
    const failing = { id: "1", regenerate: () => undefined, destroy: () => undefined };
    const save = (done: (error?: unknown) => void) => done(new Error("no connection"));
    await assert.rejects(async () => run(expressHost({ session: { ...failing, save } })), SessionStoreError);
  });
});
