import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { memoryStore, type SessionStore } from "ringlet";
import { observedStore } from "../../examples/demo/panel/observed-store.ts";
import { createVisitors } from "../../examples/demo/panel/visitors.ts";
import type { Exchange } from "../../examples/demo/panel/exchange.ts";
import { client, demo, stores } from "./live.ts";

describe("the panel", () => {
  test("shows the exchange that led here by a redirect, and then this one", async (t) => {
    const browser = client(await demo(t));
    await browser.get("/counter");
    await browser.post("/login", { name: "ada" });
    assert.deepEqual(titles((await browser.get("/")).body), ["POST /login 303", "GET / 200"]);
    assert.deepEqual(titles((await browser.get("/")).body), ["GET / 200"]);
  });

  test("shows what each request did, even if several run at once", async (t) => {
    const browser = client(await demo(t));
    await browser.get("/counter");
    const pages = await Promise.all(Array.from({ length: 20 }, () => browser.get("/counter")));
    for (const { body } of pages) {
      assert.deepEqual(titles(body), ["GET /counter 200"]);
      assert.equal(body.match(/updateSession\(/g)?.length, 1);
    }
  });

  test("is available as JSON, for this visitor alone", async (t) => {
    const url = await demo(t);
    const curl = client(url, "*/*");
    assert.deepEqual(JSON.parse((await curl.get("/panel.json")).body), { store: "memory", exchanges: [] });
    await curl.post("/table/object");
    await curl.post("/table/null");
    const { exchanges } = JSON.parse((await curl.get("/panel.json")).body) as { exchanges: readonly Exchange[] };
    assert.deepEqual(
      exchanges.map(({ method, target }) => `${method} ${target}`),
      ["POST /table/object", "POST /table/null"],
    );
    const steps = exchanges[1]?.steps.map((step) =>
      "call" in step ? step.call : "type" in step ? step.type : step.step,
    );
    assert.deepEqual(steps, ["readSession", "read", "request", "response", "deleteSession", "deleted"]);
    assert.deepEqual(JSON.parse((await client(url).get("/panel.json")).body), { store: "memory", exchanges: [] });
  });

  test("keeps the last eight exchanges", async (t) => {
    const browser = client(await demo(t));
    for (let count = 0; count < 12; count++) await browser.get(`/cookies?name=${count}`);
    const { exchanges } = JSON.parse((await browser.get("/panel.json")).body) as { exchanges: readonly Exchange[] };
    assert.deepEqual(
      exchanges.map(({ target }) => target),
      [4, 5, 6, 7, 8, 9, 10, 11].map((each) => `/cookies?name=${each}`),
    );
  });

  test("gives curl no cookie of its own", async (t) => {
    const curl = client(await demo(t), "*/*");
    assert.deepEqual((await curl.post("/table/null")).setCookies, []);
  });

  for (const { name, make } of stores) {
    test(`never shows a whole key, on the ${name} store`, async (t) => {
      const url = await demo(t, make(), name);
      for (const visitor of [client(url), client(url, "*/*")]) {
        const keys = new Set<string>();
        const seen: string[] = [];
        for (const path of ["/login/ada", "/counter", "/cookies", "/table", "/panel.json"]) {
          seen.push((await visitor.get(path)).body);
          keys.add(visitor.sessionKey() ?? "");
        }
        for (const key of keys) {
          assert.ok(key.length > 20);
          assert.ok(seen.every((body) => !body.includes(key.slice(0, 12))));
          assert.ok(seen.some((body) => body.includes(createHash("sha256").update(key).digest("hex").slice(0, 12))));
        }
      }
    });
  }

  test("shortens values that may be secrets of another application", async (t) => {
    const url = await demo(t);
    const cookie = "connect.sid=0123456789012345678901234567890; theme=dark";
    const body = await (await fetch(`${url}/cookies`, { headers: { cookie } })).text();
    assert.match(body, /connect\.sid=01234567…/);
    assert.match(body, /theme=dark/);
    assert.doesNotMatch(body, /012345678/);
  });
});

test("the visitor who was away for longest is dropped first", () => {
  const visitors = createVisitors();
  const [first, second] = [visitors.create(), visitors.create()];
  assert.equal(visitors.find("made-up"), undefined);
  for (let count = 2; count < 500; count++) visitors.create();
  assert.equal(visitors.find(first.id), first);
  visitors.create();
  assert.equal(visitors.find(second.id), undefined);
  assert.equal(visitors.find(first.id), first);
});

test("an observed store has the functions of the inner one, and no others", () => {
  const plain: SessionStore = {
    readSession: () => undefined,
    writeSession: () => "key",
    deleteSession: () => undefined,
  };
  assert.deepEqual(Object.keys(observedStore(plain, () => undefined)), Object.keys(plain));
  const names = ["readSession", "writeSession", "deleteSession", "updateSession", "renewSession"];
  assert.deepEqual(Object.keys(observedStore(memoryStore(), () => undefined)), names);
});

/** Returns the headings of the panel: `POST /login 303`. */
function titles(body: string): string[] {
  return [...body.matchAll(/<h3>(.*)<\/h3>/g)].map(([, title = ""]) => title.replaceAll(/<[^>]*>/g, ""));
}
