import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { cookieStore } from "../../src/stores/cookie/cookie.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import { adapterLaws, type ServeAdapter } from "../../src/testing/testing.ts";
import { adapterFaults } from "./faulty/faulty-adapters.ts";
import { soundAdapter } from "./faulty/sound-adapter.ts";
import { soundPlainStore } from "./faulty/sound-store.ts";

describe("the laws of adapters", () => {
  test("have different names", () => {
    assert.equal(new Set(adapterLaws.map(({ name }) => name)).size, adapterLaws.length);
  });

  for (const { name, check } of adapterLaws) {
    test(`hold for a sound adapter: ${name}`, async () => {
      assert.equal(await check(soundAdapter(), () => memoryStore()), "holds");
    });
  }

  test("do not all apply to a store without updateSession", async () => {
    const makers = [() => cookieStore({ key: "k".repeat(43) }), () => soundPlainStore()];
    for (const makeStore of makers) {
      const answers = await Promise.all(adapterLaws.map(async ({ check }) => check(soundAdapter(), makeStore)));
      assert.equal(answers.filter((answer) => answer === "does not apply").length, 3);
    }
  });

  for (const [fault, laws, serve] of adapterFaults) {
    test(`catch an adapter that ${fault}`, async () => {
      assert.deepEqual(await broken(serve), laws);
    });
  }

  test("are each broken by one of these adapters", () => {
    const caught = new Set(adapterFaults.flatMap(([, laws]) => laws));
    const uncaught = adapterLaws.filter(({ name }) => !caught.has(name));
    assert.deepEqual(uncaught, []);
  });
});

async function broken(serve: ServeAdapter): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name, check } of adapterLaws) {
    await check(serve, () => memoryStore()).catch(() => names.push(name));
  }
  return names;
}
