import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import type { FastifyInstance } from "fastify";

import { startRedis, withoutRedis, type RedisServer } from "../support/servers/redis.ts";
import { forgeries, browse, checkVisit, shownTo, type Browser } from "./browser.ts";
import { changed, readGuide, replacedOnce, writePrograms } from "./guide.ts";

const guide = readGuide("from-fastify-session");
const [change = "", takingOver = ""] = guide.changes;

const closing = 'app.addHook("onClose", () => client.close());\n';

/** Returns the program of the application before, with its sessions in Redis. */
function onRedis(program: string): string {
  const redis = `import { RedisStore } from "connect-redis";
import { createClient } from "redis";
const client = await createClient({ url: process.env.REDIS_URL }).connect();
`;
  const register = "app.register(session, {";
  return redis + replacedOnce(program, register, `${register} store: new RedisStore({ client }),`) + closing;
}

const load = writePrograms("from-fastify-session", {
  "before.js": guide.before,
  "after.ts": changed(guide.before, change),
  "before-on-redis.js": onRedis(guide.before),
  "before-with-prefix.js": replacedOnce(
    onRedis(guide.before),
    "app.register(session, {",
    'app.register(session, { cookiePrefix: "s:",',
  ),
  "after-on-redis.ts": changed(guide.after, takingOver) + closing,
  "after-with-prefix.ts": changed(guide.after, takingOver).replace("`s:${", "`${") + closing,
});

const applications: FastifyInstance[] = [];

/** Opens an application on a free port until all tests have ended, because Fastify can listen only once. */
async function open(program: string): Promise<string> {
  const app = (await load(program))["app"] as FastifyInstance;
  applications.push(app);
  return app.listen({ host: "127.0.0.1", port: 0 });
}

before(() => {
  process.env["SESSION_SECRET"] = "keep it to yourself, all 32 characters";
});

after(async () => {
  for (const app of applications) await app.close();
});

test("the page's diff turns the page's first application into the second", () => {
  assert.equal(changed(guide.before, change), guide.after);
});

test("the application before shows the same to a browser", async () => {
  await checkVisit(await open("before.js"), "dead");
});

test("the application after shows the same to a browser", async () => {
  await checkVisit(await open("after.ts"), "dead");
});

describe("users who are logged in", { skip: withoutRedis }, () => {
  let redis: RedisServer | undefined;
  let old = "";
  let fresh = "";
  let oldWithPrefix = "";
  let freshWithPrefix = "";

  before(async () => {
    redis = await startRedis();
    process.env["REDIS_URL"] = redis.url;
    old = await open("before-on-redis.js");
    fresh = await open("after-on-redis.ts");
    oldWithPrefix = await open("before-with-prefix.js");
    freshWithPrefix = await open("after-with-prefix.ts");
  });
  after(async () => {
    for (const app of applications.splice(0)) await app.close();
    await redis?.end();
  });

  test("see the same on both applications, on Redis", async () => {
    for (const url of [old, fresh]) await checkVisit(url, "dead");
  });

  /** Logs a browser in, under a signature with a plus sign or without one. */
  async function loggedIn(url: string, plus: boolean): Promise<Browser> {
    for (;;) {
      const browser = browse(url);
      await browser.post("/cart");
      await browser.post("/login");
      if (browser.jar.header()?.includes("+") === plus) return browser;
    }
  }

  const ofSignatures = [
    { plus: true, kind: "a plus sign in the signature" },
    { plus: false, kind: "no plus sign" },
  ];
  for (const { plus, kind } of ofSignatures) {
    test(`stay logged in under the same cookie, and their log-out is final in both: ${kind}`, async () => {
      const { jar } = await loggedIn(old, plus);
      const cookie = jar.header();

      const { get, post: postHere } = browse(fresh, jar);
      const { user, cart } = await get();
      assert.deepEqual({ user, cart }, { user: "ada", cart: ["tea"] });
      assert.equal((await get()).user, "ada");
      assert.equal(jar.header(), cookie, "nothing was sent back");
      assert.equal((await shownTo(old, cookie)).user, undefined, "it is gone where it was");

      await postHere("/logout");
      for (const url of [old, fresh]) assert.equal((await shownTo(url, cookie)).user, undefined);
    });

    test(`stay logged in with the prefix of express-session too: ${kind}`, async () => {
      const { jar } = await loggedIn(oldWithPrefix, plus);
      assert.equal((await browse(freshWithPrefix, jar).get()).user, "ada");
    });
  }

  test("get a new key of this library at their next log-in", async () => {
    const { jar, post } = browse(old);
    await post("/login");
    const cookie = jar.header();
    await browse(fresh, jar).post("/login");
    assert.match(jar.header() ?? "", /^sessionId=[\w-]{32}$/);
    assert.equal((await shownTo(fresh, cookie)).user, undefined);
  });

  test("cannot be imitated with a forged cookie", async () => {
    const { jar, post } = browse(old);
    await post("/login");
    const cookie = jar.header() ?? "";
    for (const forged of forgeries(cookie)) assert.equal((await shownTo(fresh, forged)).user, undefined, forged);
    assert.equal((await shownTo(fresh, cookie)).user, "ada");
  });
});
