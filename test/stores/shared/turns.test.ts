import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { turnsByKey } from "../../../src/stores/shared/turns.ts";
import type { StoreContext } from "../../../src/types.ts";
import { deferred } from "../../adapters/live.ts";

function context(signal?: AbortSignal): StoreContext {
  return { now: 0, ttl: 60, cookieName: "ring-session", ...(signal === undefined ? {} : { signal }) };
}

describe("the calls for one key", () => {
  test("run one after the other, each given the result of the one before", async () => {
    const turns = turnsByKey<number>();
    const gate = deferred();
    const seen: (number | undefined)[] = [];
    const call = (answer: number, wait?: Promise<void>) =>
      turns.take("K", context(), async (before) => {
        seen.push(before);
        await wait;
        return answer;
      });
    const calls = [call(1, gate.promise), call(2), call(3)];
    await Promise.resolve();
    assert.deepEqual(seen, [undefined]);
    gate.resolve();
    assert.deepEqual(await Promise.all(calls), [1, 2, 3]);
    assert.deepEqual(seen, [undefined, 1, 2]);
  });

  test("are given undefined when all have ended, and after one that failed", async () => {
    const turns = turnsByKey<number>();
    await turns.take("K", context(), async () => 1);
    const failing = turns.take("K", context(), async (before) => {
      assert.equal(before, undefined);
      throw new RangeError("this one fails");
    });
    const next = turns.take("K", context(), async (before) => {
      assert.equal(before, undefined);
      return 2;
    });
    await assert.rejects(failing, RangeError);
    assert.equal(await next, 2);
  });

  test("do not wait for the calls of another key", async () => {
    const turns = turnsByKey<number>();
    const gate = deferred();
    const slow = turns.take("K", context(), async () => (await gate.promise, 1));
    assert.equal(await turns.take("L", context(), async () => 2), 2);
    gate.resolve();
    assert.equal(await slow, 1);
  });
});

describe("a call that hangs", () => {
  test("lets the next one start when its own deadline has passed", async () => {
    const turns = turnsByKey<number>();
    const first = new AbortController();
    const hung = turns.take("K", context(first.signal), () => new Promise<never>(() => undefined));
    const next = turns.take("K", context(new AbortController().signal), async () => 2);
    first.abort();
    assert.equal(await next, 2);
    void hung;
  });

  test("makes the next one fail without running, if the next one's deadline passes first", async () => {
    const turns = turnsByKey<number>();
    const gate = deferred();
    const slow = turns.take("K", context(), async () => (await gate.promise, 1));
    const late = new AbortController();
    let ran = false;
    const waiting = turns.take("K", context(late.signal), async () => {
      ran = true;
      return 2;
    });
    late.abort(new Error("too late"));
    await assert.rejects(waiting, /too late/);
    gate.resolve();
    await slow;
    assert.equal(ran, false);
  });
});
