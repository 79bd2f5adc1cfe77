import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { generateKey } from "../../src/index.ts";
import { browse, checkVisit, shownTo } from "./browser.ts";
import { changed, readGuide, writePrograms } from "./guide.ts";
import { listen } from "./listen.ts";

const guide = readGuide("from-iron-session");
const [change = "", onServer = "", takingOver = ""] = guide.changes;

const load = writePrograms("from-iron-session", {
  "before.js": guide.before,
  "after.ts": changed(guide.before, change),
  "after-on-server.ts": changed(guide.after, onServer),
  "taking-over.ts": changed(guide.after, takingOver),
});

before(() => {
  process.env["SESSION_PASSWORD"] = "keep it to yourself, all 32 characters";
  process.env["RINGLET_KEY"] = generateKey();
});

test("the page's diff turns the page's first application into the second", () => {
  assert.equal(changed(guide.before, change), guide.after);
});

test("the application before shows the same to a browser", async (t) => {
  await checkVisit(await listen(t, (await load("before.js"))["server"]), "alive");
});

test("the application after shows the same to a browser", async (t) => {
  await checkVisit(await listen(t, (await load("after.ts"))["server"]), "alive");
});

test("with sessions on the server a log-out is final", async (t) => {
  await checkVisit(await listen(t, (await load("after-on-server.ts"))["server"]), "dead");
});

describe("users who are logged in", () => {
  test("log in again", async (t) => {
    const { jar, post } = browse(await listen(t, (await load("before.js"))["server"]));
    assert.equal((await post("/login")).user, "ada");
    assert.deepEqual(await browse(await listen(t, (await load("after.ts"))["server"]), jar).get(), { visits: 1 });
  });

  test("stay logged in if their old cookie is read, once", async (t) => {
    const before = browse(await listen(t, (await load("before.js"))["server"]));
    await before.post("/cart");
    const { visits } = await before.post("/login");

    const url = await listen(t, (await load("taking-over.ts"))["server"]);
    const { jar, get, post } = browse(url, before.jar);
    const { user, cart, visits: visitsNow } = await get();
    assert.deepEqual({ user, cart, visitsNow }, { user: "ada", cart: ["tea"], visitsNow: visits + 1 });
    assert.match(jar.header() ?? "", /^ring-session=[^;]+$/, "the old cookie is gone");
    assert.equal((await get()).visits, visits + 2);
    assert.deepEqual(await post("/logout"), { visits: 1 }, "and does not log in again");
    await checkVisit(url, "alive");
  });

  test("cannot be imitated with a forged cookie", async (t) => {
    const { jar, post } = browse(await listen(t, (await load("before.js"))["server"]));
    await post("/login");
    const url = await listen(t, (await load("taking-over.ts"))["server"]);
    const cookie = jar.header() ?? "";
    assert.equal((await shownTo(url, cookie)).user, "ada");
    for (const forged of [cookie.slice(0, -4), cookie.replace("Fe26.2*1*", "Fe26.2*2*"), "shop=x"]) {
      assert.equal((await shownTo(url, forged)).user, undefined);
    }
  });
});
