import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { adapterLaw, type AdapterLaw, type Stage } from "./law.ts";
import type { Plan, Trouble } from "./plan.ts";
import type { LawVisitor } from "./visitor.ts";

/** Cases of a failed save: how the store fails, and what the response would have been. */
const UNSAVED: readonly (readonly [Trouble["how"], Plan])[] = [
  ["throw", {}],
  ["reject", { recreate: true }],
  ["reject", { redirect: "/" }],
  ["reject", { stream: "rest" }],
  ["reject", { status: 204 }],
];

/** Laws about handlers, stores and clients that fail. */
export const adapterFaultLaws: readonly AdapterLaw[] = [
  adapterLaw("a handler that fails after a change saves nothing, and is no success", async (stage) => {
    for (const visitor of [stage.newVisitor(), await visitorOf(stage)]) {
      const before = await visitor.session();
      await expectFailure(visitor, { set: { user: "Eve" }, flash: "no", recreate: true, fail: true });
      deepStrictEqual(await visitor.session(), before);
    }
    const visitor = await visitorOf(stage);
    await expectFailure(visitor, { assign: null, fail: true });
    deepStrictEqual(await visitor.session(), { user: "Ada" });
  }),
  adapterLaw("where the session cannot be saved, the response is no success and sets no cookie", async (stage) => {
    await stage.release("rest");
    const known = await visitorOf(stage);
    for (const [how, answer] of UNSAVED) {
      await stage.trouble({ on: "save", how });
      await expectFailure(known, { set: { user: "Bob" }, ...answer });
      await expectFailure(stage.newVisitor(), { set: { user: "Bob" }, ...answer });
      await stage.trouble(undefined);
      deepStrictEqual(await known.session(), { user: "Ada" });
    }
  }),
  adapterLaw("where the session cannot be read, the response is no success and sets no cookie", async (stage) => {
    const visitor = await visitorOf(stage);
    for (const how of ["reject", "throw"] as const) {
      await stage.trouble({ on: "read", how });
      for (const plan of [{}, { set: { user: "Bob" } }, { assign: null }]) await expectFailure(visitor, plan);
      await stage.trouble(undefined);
      deepStrictEqual(await visitor.session(), { user: "Ada" });
    }
  }),
  adapterLaw("a client that leaves early does no harm", async (stage) => {
    const visitor = await visitorOf(stage);
    const client = new AbortController();
    const left = visitor.send({ set: { late: true }, hold: "late" }, { signal: client.signal }).catch(() => "left");
    ok(await stage.held("late", left), "the request does not reach the handler");
    client.abort();
    strictEqual(await left, "left");
    // By two round trips the server has noticed.
    for (let trip = 0; trip < 2; trip++) await stage.calls();
    await stage.release("late");
    // What the request left behind may still be saved, or not.
    strictEqual((await visitor.send({ set: { visits: 1 } })).status, 200);
    strictEqual((await visitor.session())["user"], "Ada");
  }),
];

async function visitorOf(stage: Stage): Promise<LawVisitor> {
  const visitor = stage.newVisitor();
  await visitor.send({ set: { user: "Ada" } });
  return visitor;
}

async function expectFailure(visitor: LawVisitor, plan: Plan): Promise<void> {
  const { status, cookie } = await visitor.send(plan);
  ok(status >= 500, `the answer is ${status}`);
  strictEqual(cookie, undefined);
}
