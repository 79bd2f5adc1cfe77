import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { startRedis, withoutRedis, type RedisServer } from "../support/servers/redis.ts";
import { forgeries, browse, checkVisit, shownTo } from "./browser.ts";
import { changed, readGuide, replacedOnce, writePrograms } from "./guide.ts";
import { listen } from "./listen.ts";

const guide = readGuide("from-express-session");
const [change = "", takingOver = ""] = guide.changes;

/** Returns the program of the application before, with its sessions in Redis. */
function onRedis(program: string): string {
  const redis = `import { RedisStore } from "connect-redis";
import { createClient } from "redis";
const client = await createClient({ url: process.env.REDIS_URL }).connect();
export const close = () => client.close();
`;
  return (
    redis + replacedOnce(program, "    resave: false,\n", "    resave: false, store: new RedisStore({ client }),\n")
  );
}

const load = writePrograms("from-express-session", {
  "before.js": guide.before,
  "after.ts": changed(guide.before, change),
  "before-on-redis.js": onRedis(guide.before),
  "after-on-redis.ts": `${changed(guide.after, takingOver)}export const close = () => client.close();\n`,
});

before(() => {
  process.env["SESSION_SECRET"] = "keep it to yourself";
});

test("the page's diff turns the page's first application into the second", () => {
  assert.equal(changed(guide.before, change), guide.after);
});

test("the application before shows the same to a browser", async (t) => {
  await checkVisit(await listen(t, (await load("before.js"))["app"]), "dead");
});

test("the application after shows the same to a browser", async (t) => {
  await checkVisit(await listen(t, (await load("after.ts"))["app"]), "dead");
});

describe("users who are logged in", { skip: withoutRedis }, () => {
  let applications: readonly Readonly<Record<string, unknown>>[] = [];

  let redis: RedisServer | undefined;

  before(async () => {
    redis = await startRedis();
    process.env["REDIS_URL"] = redis.url;
    applications = [await load("before-on-redis.js"), await load("after-on-redis.ts")];
  });
  after(async () => {
    for (const { close } of applications) await (close as () => Promise<void>)();
    await redis?.end();
  });

  test("see the same on both applications, on Redis", async (t) => {
    for (const { app } of applications) await checkVisit(await listen(t, app), "dead");
  });

  test("stay logged in under the same cookie, and their log-out is final in both", async (t) => {
    const [old = "", fresh = ""] = await Promise.all(applications.map(({ app }) => listen(t, app)));
    const { jar, post } = browse(old);
    await post("/cart");
    await post("/login");
    const cookie = jar.header();

    const { get, post: postHere } = browse(fresh, jar);
    const { user, cart, notice } = await get();
    assert.deepEqual({ user, cart, notice }, { user: "ada", cart: ["tea"], notice: undefined });
    assert.equal((await get()).user, "ada");
    assert.equal(jar.header(), cookie, "nothing was sent back");
    assert.equal((await shownTo(old, cookie)).user, undefined, "it is gone where it was");

    await postHere("/logout");
    for (const url of [old, fresh]) assert.equal((await shownTo(url, cookie)).user, undefined);
  });

  test("get a new key of this library at their next log-in", async (t) => {
    const [old = "", fresh = ""] = await Promise.all(applications.map(({ app }) => listen(t, app)));
    const { jar, post } = browse(old);
    await post("/login");
    const cookie = jar.header();
    await browse(fresh, jar).post("/login");
    assert.match(jar.header() ?? "", /^connect\.sid=[\w-]{32}$/);
    assert.equal((await shownTo(fresh, cookie)).user, undefined);
  });

  test("cannot be imitated with a forged cookie", async (t) => {
    const [old = "", fresh = ""] = await Promise.all(applications.map(({ app }) => listen(t, app)));
    const { jar, post } = browse(old);
    await post("/login");
    const cookie = jar.header() ?? "";
    for (const forged of forgeries(cookie)) assert.equal((await shownTo(fresh, forged)).user, undefined, forged);
    assert.equal((await shownTo(fresh, cookie)).user, "ada");
  });
});
