import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { client, demo, stores, type Client } from "./live.ts";

type Had = "K" | "unknown" | "none";
type Cookie = "none" | "the same key" | "another key" | "expired";

/** A row of the table “What a response does”, with the calls of each store. */
interface Row {
  readonly answer: string;
  readonly had: Had;
  readonly memory: readonly string[];
  readonly cookie: Cookie;
  /** The expectations for a sealed cookie, whose key changes with the session. Default: as for memory. */
  readonly sealed?: { readonly calls: readonly string[]; readonly cookie: Cookie };
}

const read = "readSession";
const write = "writeSession";
const update = "updateSession";
const remove = "deleteSession";
const renew = "renewSession";
const replaced = { calls: [read, write], cookie: "another key" } as const;
const asked = { calls: [read, renew], cookie: "none" } as const;
const recreated = { calls: [read, write, remove], cookie: "another key" } as const;

const rows: readonly Row[] = [
  { answer: "silence", had: "K", memory: [read], cookie: "none", sealed: asked },
  { answer: "silence", had: "unknown", memory: [read], cookie: "none" },
  { answer: "silence", had: "none", memory: [], cookie: "none" },
  {
    answer: "attributes",
    had: "K",
    memory: [read],
    cookie: "the same key",
    sealed: { calls: [read, renew], cookie: "the same key" },
  },
  { answer: "recreate", had: "K", memory: [read, update, write], cookie: "another key", sealed: recreated },
  { answer: "recreate", had: "none", memory: [], cookie: "none" },
  { answer: "object", had: "none", memory: [write], cookie: "another key" },
  { answer: "object", had: "unknown", memory: [read, write], cookie: "another key" },
  { answer: "function", had: "none", memory: [write], cookie: "another key" },
  { answer: "function", had: "unknown", memory: [read, write], cookie: "another key" },
  { answer: "equal", had: "K", memory: [read], cookie: "none", sealed: asked },
  { answer: "object", had: "K", memory: [read, update], cookie: "none", sealed: replaced },
  { answer: "function", had: "K", memory: [read, update], cookie: "none", sealed: replaced },
  {
    answer: "object-recreate",
    had: "K",
    memory: [read, write, update],
    cookie: "another key",
    sealed: recreated,
  },
  {
    answer: "function-recreate",
    had: "K",
    memory: [read, update, write],
    cookie: "another key",
    sealed: recreated,
  },
  { answer: "null", had: "K", memory: [read, remove], cookie: "expired" },
  { answer: "null", had: "unknown", memory: [read], cookie: "expired" },
  { answer: "null", had: "none", memory: [], cookie: "none" },
];

for (const { name, make } of stores) {
  describe(`each row of the table, on the ${name} store`, () => {
    for (const row of rows) {
      test(`${row.answer}, ${row.had}`, async (t) => {
        const curl = client(await demo(t, make(), name), "*/*");
        await prepare(curl, row.had);
        const before = curl.sessionKey();
        const { status, headers, setCookies, body } = await curl.post(`/table/${row.answer}`);
        assert.equal(status, 200);
        assert.equal(headers.get("content-type"), "text/plain; charset=utf-8");

        const expected = (name === "cookie" && row.sealed) || { calls: row.memory, cookie: row.cookie };
        assert.deepEqual(storeCalls(body), expected.calls.toSorted(), body);
        assert.equal(cookieOf(setCookies, before), expected.cookie, body);
        if (setCookies.length > 0) assert.match(headers.get("vary") ?? "", /Cookie/);
      });
    }

    test("a browser is redirected to the table, which marks the row", async (t) => {
      const browser = client(await demo(t, make(), name));
      await browser.post("/table/object");
      const { status, headers } = await browser.post("/table/null");
      assert.equal(status, 303);
      const page = await browser.get(headers.get("location") ?? "");
      assert.match(page.body, /class="done"[^]*?session: null[^]*?>K</);
      assert.match(page.body, /POST<\/span> \/table\/null[^]*deleteSession\([^]*GET<\/span> \/table/);
    });

    test("a row can be tried if the browser has the cookie that it needs", async (t) => {
      const browser = client(await demo(t, make(), name));
      assert.match((await browser.get("/table")).body, /brings <b>no cookie/);
      await browser.post("/made-up");
      const unknown = (await browser.get("/table")).body;
      assert.match(unknown, /brings <b>a cookie that the store does not know/);
      assert.match(unknown, /disabled aria-label="Try session: null with K"/);
      assert.doesNotMatch(unknown, /disabled aria-label="Try session: null with an unknown cookie"/);
      await browser.post("/table/object");
      assert.match((await browser.get("/table")).body, /brings <b>K/);
    });
  });
}

async function prepare(visitor: Client, had: Had): Promise<void> {
  if (had === "unknown") visitor.useKey("made-up");
  if (had === "K") await visitor.post("/table/object");
}

/** Returns the functions of the store that were called, each once: some stores need more calls than others. */
function storeCalls(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.startsWith("  store  "));
  return [...new Set(lines.map((line) => line.trim().split(/\s+/)[1]?.split("(")[0] ?? ""))].toSorted();
}

function cookieOf([line, ...others]: readonly string[], before: string | undefined): Cookie {
  assert.deepEqual(others, []);
  if (line === undefined) return "none";
  const value = line.slice("ring-session=".length, line.indexOf(";"));
  if (value === "") {
    assert.match(line, /; Max-Age=0;.*Expires=Thu, 01 Jan 1970|Expires=Thu, 01 Jan 1970.*; Max-Age=0/);
    return "expired";
  }
  return value === before ? "the same key" : "another key";
}
