import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { createClient } from "redis";

import { wrapSession } from "../../src/session/session.ts";
import { createVisitor } from "../../src/testing/testing.ts";
import type { SessionData, SessionStore } from "../../src/types.ts";
import { codeBlocks } from "../repository/markdown.ts";
import { startRedis, type RedisServer, withoutRedis } from "../support/servers/redis.ts";
import { writePrograms } from "./guide.ts";

/** The Redis key of a session of carmine's store, which is also the value of its cookie. */
const id = "carmine:session:7d2a6d3e-0a8c-4a0e-9a53-000000000001";
const EDN = '{:user "Ada", :roles #{:admin}, :since #inst "2020-01-02T03:04:05.678-00:00"}';
const ada: SessionData = {
  user: "Ada",
  roles: { $set: [{ $keyword: "admin" }] },
  since: { $inst: "2020-01-02T03:04:05.678Z" },
};

/** Values that are not EDN: nippy with carmine's mark and without, carmine's nil, and other text. */
const others: readonly (Buffer | string)[] = [
  Buffer.from("\0>NPY\0\x03\x70\x01\x6a\x04user\x69\x03Ada", "latin1"),
  Buffer.from("NPY\x08\x04\xf0\xff\x00", "latin1"),
  Buffer.from("\0_", "latin1"),
  "text of another application",
  "",
];

type Client = ReturnType<typeof createClient>;

describe("the page's TypeScript, on a real Redis", { skip: withoutRedis }, () => {
  let redis: RedisServer;
  let client: Client;
  let carmine: SessionStore;
  let store: SessionStore;

  before(async () => {
    redis = await startRedis();
    process.env["REDIS_URL"] = redis.url;
    const blocks = codeBlocks(readFileSync("docs/guides/from-carmine.md", "utf8").split("\n"));
    const [first] = blocks.filter(({ language }) => language === "ts").map(({ code }) => code.join("\n"));
    const load = writePrograms("from-carmine", { "page.ts": `${first}\n` });
    ({ client, carmine, store } = (await load("page.ts")) as {
      client: Client;
      carmine: SessionStore;
      store: SessionStore;
    });
    await client.connect();
  });
  after(async () => {
    client.destroy();
    await redis.end();
  });

  function browser(used: SessionStore): ReturnType<typeof createVisitor> {
    const app = wrapSession(
      ({ method, session }) =>
        method === "POST" ? { session: { ...session, visited: true } } : { body: JSON.stringify(session) },
      { store: used },
    );
    const visitor = createVisitor(app);
    visitor.jar.take({ headers: { "set-cookie": `ring-session=${encodeURIComponent(id)}; Path=/` } });
    return visitor;
  }

  test("reads a session of Clojure, and writes it as Clojure can read it", async () => {
    await client.set(id, EDN);
    const visitor = browser(carmine);
    assert.deepEqual(JSON.parse(String((await visitor.send("GET", "/")).body)), ada);
    await visitor.send("POST", "/");
    assert.equal(await client.get(id), `${EDN.slice(0, -1)}, :visited true}`);
    assert.equal(await client.ttl(id), 1800);
  });

  test("nippy, and any other value, is no session and no error", async () => {
    for (const value of others) {
      await client.set(id, value);
      for (const used of [carmine, store]) {
        const response = await browser(used).send("GET", "/");
        assert.equal(String(response.body), "{}", JSON.stringify(String(value)));
      }
    }
  });

  test("a key without the prefix is never read or deleted", async () => {
    await client.set("ringlet:secret", '{:user "Eve"}');
    const context = { now: 0, ttl: 60, cookieName: "ring-session" };
    assert.equal(await carmine.readSession("ringlet:secret", context), undefined);
    await carmine.deleteSession("ringlet:secret", context);
    assert.equal(await client.ttl("ringlet:secret"), -1);
  });

  test("moves into redisStore unchanged, under the same key", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: new Date("2027-01-01") });
    await client.set(id, EDN);
    const visitor = browser(store);
    assert.deepEqual(JSON.parse(String((await visitor.send("GET", "/")).body)), ada);
    assert.equal(await client.exists(id), 0);
    await visitor.send("POST", "/");
    assert.deepEqual(JSON.parse(String((await visitor.send("GET", "/")).body)), { ...ada, visited: true });
  });
});
