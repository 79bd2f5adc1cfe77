import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";

import { Keyv } from "keyv";
import { createStorage } from "unstorage";
import fileDriver from "unstorage/drivers/fs-lite";

import { handleOf } from "../../../src/crypto/session-key.ts";
import {
  keyValueStore,
  type KeyValueStoreOptions,
  type KeyvLike,
  type StorageLike,
} from "../../../src/stores/key-value/key-value.ts";
import { storeLaws } from "../../../src/testing/testing.ts";
import type { StoreContext, StoreFact } from "../../../src/types.ts";
import { temporaryFolder } from "../../support/servers/process.ts";

const START = 1_700_000_000_000;
const TTL = 600;

const stores: Readonly<Record<string, () => KeyvLike | StorageLike>> = {
  Keyv: () => new Keyv({ throwOnErrors: true }),
  "unstorage in memory": () => createStorage(),
  "unstorage on files": () => createStorage({ driver: fileDriver({ base: temporaryFolder("unstorage") }) }),
  "a Map": () => new Map<string, string>(),
};

for (const [name, makeStore] of Object.entries(stores)) {
  describe(`the laws on ${name}`, () => {
    for (const law of storeLaws) {
      test(law.name, async (t) => {
        mock.timers.enable({ apis: ["Date"], now: START });
        const harness = { advance: (seconds: number): void => mock.timers.tick(seconds * 1000) };
        try {
          if ((await law.check(() => keyValueStore(makeStore()), harness)) === "does not apply") t.skip();
        } finally {
          mock.timers.reset();
        }
      });
    }
  });
}

function at(seconds: number, more: Partial<StoreContext> = {}): StoreContext {
  return { now: START + seconds * 1000, ttl: TTL, cookieName: "ring-session", ...more };
}

type Calls = unknown[][];

/** Makes a store on a Map that notes its calls and is asynchronous. `more` replaces some of its functions. */
function noted(more: Partial<KeyvLike> = {}): {
  readonly calls: Calls;
  readonly map: Map<string, string>;
  readonly kv: KeyvLike;
} {
  const calls: Calls = [];
  const map = new Map<string, string>();
  const kv: KeyvLike = {
    async get(key) {
      calls.push(["get", key]);
      return Promise.resolve(map.get(key));
    },
    async set(key, value, ttl) {
      calls.push(["set", key, value, ttl]);
      await Promise.resolve();
      map.set(key, value);
    },
    async delete(key) {
      calls.push(["delete", key]);
      await Promise.resolve();
      map.delete(key);
    },
    ...more,
  };
  return { calls, map, kv };
}

describe("a stored value", () => {
  test("is the end and the session as text, under a prefix and the SHA-256 of the key", async () => {
    const { calls, kv } = noted();
    await keyValueStore(kv).writeSession("k", { a: 1 }, at(0));
    const codec = { encode: () => "encoded", decode: () => ({ decoded: true }) };
    const own = keyValueStore(kv, { prefix: "p/", codec });
    await own.writeSession("k", {}, at(0, { ttl: undefined }));
    assert.deepEqual(await own.readSession("k", at(0, { ttl: undefined })), { decoded: true });
    assert.deepEqual(calls, [
      ["set", `session:${handleOf("k")}`, `${START + TTL * 1000} {"a":1}`, TTL * 1000],
      ["set", `p/${handleOf("k")}`, "- encoded", undefined],
      ["get", `p/${handleOf("k")}`],
    ]);
  });

  test("is given to unstorage with a time to live in whole seconds", async () => {
    const items: unknown[][] = [];
    const storage: StorageLike = {
      getItem: () => null,
      setItem: (...args) => items.push(args.slice(2)),
      removeItem: () => undefined,
    };
    await keyValueStore(storage).writeSession("k", {}, at(0, { ttl: 1.5 }));
    await keyValueStore(storage).writeSession("k", {}, at(0, { ttl: undefined }));
    assert.deepEqual(items, [[{ ttl: 2 }], [{}]]);
    const { calls, kv } = noted();
    await keyValueStore(kv).writeSession("k", {}, at(0, { ttl: 0.0015 }));
    assert.equal(calls[0]?.[3], 2);
  });

  test("that another program has put under the name of a session fails the read", async () => {
    for (const value of ["", "text", " {}", "x {}", "{}", 1, { end: 1 }, true]) {
      const store = keyValueStore(noted({ get: () => value }).kv);
      await assert.rejects(async () => store.readSession("k", at(0)), /under the name of a session/);
    }
  });
});

describe("sliding", () => {
  test("writes once a tenth of the idle time has passed, and not before", async () => {
    const { calls, kv } = noted();
    const store = keyValueStore(kv);
    await store.writeSession("k", { a: 1 }, at(0));
    calls.length = 0;
    await store.readSession("k", at(59.999));
    await store.readSession("k", at(300, { ttl: undefined }));
    assert.deepEqual(
      calls.splice(0).map(([name]) => name),
      ["get", "get"],
    );
    assert.deepEqual(await store.readSession("k", at(60)), { a: 1 });
    assert.deepEqual(
      calls.map(([name]) => name),
      ["get", "get", "set"],
    );
    assert.deepEqual(calls[2]?.slice(2), [`${START + 660_000} {"a":1}`, TTL * 1000]);
  });

  test("undoes no change and no deletion of this process, in any order", async () => {
    for (const turns of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
      for (const end of ["write", "delete"] as const) {
        const { map, kv } = noted();
        const store = keyValueStore(kv);
        await store.writeSession("k", { a: 1 }, at(0));
        const read = store.readSession("k", at(300));
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        await (end === "write" ? store.writeSession("k", { a: 2 }, at(300)) : store.deleteSession("k", at(300)));
        await read;
        assert.deepEqual(await store.readSession("k", at(300)), end === "write" ? { a: 2 } : undefined);
        assert.equal(map.size, end === "write" ? 1 : 0);
      }
    }
  });

  test("does not write if the deadline passes while it reads again", async () => {
    const { calls, kv } = noted();
    const store = keyValueStore(kv);
    await store.writeSession("k", { a: 1 }, at(0));
    await assert.rejects(async () => store.readSession("k", at(300, { signal: AbortSignal.abort() })));
    assert.equal(calls.filter(([name]) => name === "set").length, 1);
  });

  test("an expired session is removed and reported, unless it was written again meanwhile", async () => {
    const { map, kv } = noted();
    const facts: StoreFact[] = [];
    const report = (fact: StoreFact): unknown => facts.push(fact);
    const store = keyValueStore(kv);
    await store.writeSession("k", { a: 1 }, at(0));
    assert.deepEqual(await store.readSession("k", at(600, { ttl: undefined })), { a: 1 });
    const writing = store.writeSession("k", { a: 2 }, at(601));
    assert.deepEqual(await store.readSession("k", at(600.001, { ttl: undefined, report })), { a: 2 });
    await writing;
    assert.deepEqual(facts, []);
    assert.equal([...map.values()][0], `${START + 1_201_000} {"a":2}`);
    assert.equal(await store.readSession("k", at(1202, { report })), undefined);
    assert.deepEqual(facts, ["expired"]);
    assert.equal(map.size, 0);
  });
});

describe("faults", () => {
  test("are passed on unchanged", async () => {
    const failure = new Error("connection lost");
    const fail = (): never => {
      throw failure;
    };
    const store = keyValueStore({ get: fail, set: fail, delete: fail });
    await assert.rejects(async () => store.readSession("k", at(0)), failure);
    await assert.rejects(async () => store.writeSession("k", {}, at(0)), failure);
    await assert.rejects(async () => store.deleteSession("k", at(0)), failure);
  });

  test("that a store reports by false are errors too", async () => {
    const store = keyValueStore(noted({ set: () => false }).kv);
    await assert.rejects(async () => store.writeSession("k", {}, at(0)), /did not take a session/);
  });
});

test("wrong arguments throw when the store is built", () => {
  const wrong: readonly [unknown, unknown, RegExp][] = [
    [undefined, {}, /needs get, set and delete, .*, got undefined/],
    [{ get: () => undefined }, {}, /needs get, set and delete, .*, got an object/],
    [new Keyv(), {}, /a Keyv must have throwOnErrors: true/],
    [new Map(), { prefix: 1 }, /prefix must be text, got 1/],
    [new Map(), { codec: {} }, /codec must be \{ encode, decode \}/],
    [new Map(), { prefx: "" }, /unknown option "prefx"; did you mean "prefix"\?/],
  ];
  for (const [kv, options, message] of wrong) {
    assert.throws(() => keyValueStore(kv as KeyvLike, options as KeyValueStoreOptions), message);
  }
});
