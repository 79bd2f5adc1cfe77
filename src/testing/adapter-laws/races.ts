import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { type AdapterLaw, raceLaw } from "./law.ts";

/** Laws about requests that overlap, on stores that are atomic. */
export const adapterRaceLaws: readonly AdapterLaw[] = [
  raceLaw("a hundred requests at once that count by a function add up to a hundred", async (stage) => {
    const visitor = stage.newVisitor();
    await visitor.send({ set: { visits: 0 } });
    const plan = { increment: "visits", hold: "start" };
    const replies = Promise.all(Array.from({ length: 100 }, async () => visitor.send(plan)));
    ok(await stage.held("start", replies, 100), "the requests do not reach the handler");
    await stage.release("start");
    strictEqual((await replies).filter(({ status }) => status === 200).length, 100);
    deepStrictEqual(await visitor.session(), { visits: 100 });
  }),
  raceLaw("two requests at once keep what both have changed", async (stage) => {
    const visitor = stage.newVisitor();
    await visitor.send({ set: { user: "Ada" } });
    const slow = visitor.send({ set: { slow: true }, hold: "slow" });
    ok(await stage.held("slow", slow), "the request does not reach the handler");
    await visitor.send({ set: { quick: true } });
    await stage.release("slow");
    await slow;
    deepStrictEqual(await visitor.session(), { user: "Ada", slow: true, quick: true });
  }),
  raceLaw("a change that comes after the log-out is dropped, and sets no cookie", async (stage) => {
    const visitor = stage.newVisitor();
    await visitor.send({ set: { user: "Ada" } });
    const before = visitor.jar.header() ?? "";
    const slow = visitor.send({ set: { late: true }, hold: "slow" });
    ok(await stage.held("slow", slow), "the request does not reach the handler");
    await visitor.send({ assign: null });
    await stage.release("slow");
    deepStrictEqual((await slow).setCookies, []);
    deepStrictEqual((await visitor.send({}, { cookie: before })).seen, { session: {}, hasKey: false });
  }),
];
