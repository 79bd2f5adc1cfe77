import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { generateKey } from "../../src/index.ts";
import { browse, checkVisit, shownTo } from "./browser.ts";
import { changed, readGuide, writePrograms } from "./guide.ts";
import { listen } from "./listen.ts";

const guide = readGuide("from-cookie-session");
const [change = "", onServer = "", takingOver = ""] = guide.changes;

const load = writePrograms("from-cookie-session", {
  "before.js": guide.before,
  "after.ts": changed(guide.before, change),
  "after-on-server.ts": changed(guide.after, onServer),
  "taking-over.ts": changed(guide.after, takingOver),
});

before(() => {
  process.env["SESSION_KEY"] = "keep it to yourself";
  process.env["RINGLET_KEY"] = generateKey();
});

test("the page's diff turns the page's first application into the second", () => {
  assert.equal(changed(guide.before, change), guide.after);
});

test("the application before shows the same to a browser", async (t) => {
  await checkVisit(await listen(t, (await load("before.js"))["app"]), "alive");
});

test("the application after shows the same to a browser", async (t) => {
  await checkVisit(await listen(t, (await load("after.ts"))["app"]), "alive");
});

test("with sessions on the server a log-out is final", async (t) => {
  await checkVisit(await listen(t, (await load("after-on-server.ts"))["app"]), "dead");
});

describe("users who are logged in", () => {
  test("log in again", async (t) => {
    const { jar, post } = browse(await listen(t, (await load("before.js"))["app"]));
    assert.equal((await post("/login")).user, "ada");
    assert.deepEqual(await browse(await listen(t, (await load("after.ts"))["app"]), jar).get(), { visits: 1 });
  });

  test("stay logged in if their old cookie is read, once", async (t) => {
    const before = browse(await listen(t, (await load("before.js"))["app"]));
    await before.post("/cart");
    const { visits } = await before.post("/login");

    const url = await listen(t, (await load("taking-over.ts"))["app"]);
    const { jar, get, post } = browse(url, before.jar);
    const { user, cart, visits: visitsNow } = await get();
    assert.deepEqual({ user, cart, visitsNow }, { user: "ada", cart: ["tea"], visitsNow: visits + 1 });
    assert.match(jar.header() ?? "", /^ring-session=[^;]+$/, "the old cookies are gone");
    assert.equal((await get()).visits, visits + 2);
    assert.deepEqual(await post("/logout"), { visits: 1 }, "and do not log in again");
    await checkVisit(url, "alive");
  });

  test("cannot be imitated with a forged cookie", async (t) => {
    const { jar, post } = browse(await listen(t, (await load("before.js"))["app"]));
    await post("/login");
    const [value, signature] = [jar.get("session"), jar.get("session.sig")];
    const url = await listen(t, (await load("taking-over.ts"))["app"]);
    const shown = async (cookie: string) => (await shownTo(url, cookie)).user;
    assert.equal(await shown(`session=${value}; session.sig=${signature}`), "ada");
    assert.equal(await shown(`session=${value}`), undefined);
    assert.equal(await shown(`session=${value}; session.sig=`), undefined);
    assert.equal(await shown(`session=${value}; session.sig=${signature?.slice(1)}A`), undefined);
    assert.equal(await shown(`session=${value?.slice(0, -4)}; session.sig=${signature}`), undefined);
    assert.equal(await shown(`session.sig=${signature}`), undefined);
  });
});
