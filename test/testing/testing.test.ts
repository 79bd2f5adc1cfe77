import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { indexedMapStore } from "../../examples/own-indexed-store.ts";
import { mapStore } from "../../examples/own-store.ts";
import { wrapSession } from "../../src/session/session.ts";
import {
  cookieJar,
  createVisitor,
  fakeClock,
  mockRequest,
  storeLaws,
  type StoreLaw,
} from "../../src/testing/testing.ts";
import type { Request, Response } from "../../src/types.ts";
import type { Subject } from "./faulty/fault.ts";
import { soundSubject, soundSubjectWithClock } from "./faulty/faulty-backends.ts";
import { faults } from "./faulty/faulty-stores.ts";
import { soundAtomicStore, soundPlainStore, soundStore } from "./faulty/sound-store.ts";

describe("the laws of stores", () => {
  test("have different names", () => {
    assert.equal(new Set(storeLaws.map(({ name }) => name)).size, storeLaws.length);
  });

  test("all hold for a sound store", async () => {
    for (const { name, check } of storeLaws) {
      const { store, harness } = soundSubject();
      assert.equal(await check(() => store, harness), "holds", name);
    }
  });

  test("hold for a store with its own clock if the harness can advance it", async () => {
    assert.deepEqual(await broken(soundSubjectWithClock), []);
    const { length } = await broken(() => ({ store: soundSubjectWithClock().store }));
    assert.equal(length, 9);
  });

  test("apply only to the functions of a store and its harness", async () => {
    const counts = [
      await skipped(soundSubject),
      await skipped(() => ({ store: soundStore() })),
      await skipped(() => ({ store: soundAtomicStore() })),
      await skipped(() => ({ store: soundPlainStore() })),
    ];
    assert.deepEqual(counts, [0, 9, 21, 31]);
  });

  test("hold for the stores of docs/guides/write-a-store.md, which are the examples", async () => {
    const page = readFileSync("docs/guides/write-a-store.md", "utf8");
    for (const file of ["own-store.ts", "own-indexed-store.ts"]) {
      assert.ok(page.includes(readFileSync(`examples/${file}`, "utf8")), file);
    }
    const opened = indexedMapStore();
    const subjects: (() => Subject)[] = [
      () => ({ store: mapStore() }),
      () => ({ store: opened, harness: { another: () => ({ ...opened }) } }),
    ];
    for (const makeSubject of subjects) assert.deepEqual(await broken(makeSubject), []);
    assert.deepEqual(await Promise.all(subjects.map(skipped)), [21, 5]);
  });

  for (const [fault, laws, makeSubject] of faults()) {
    test(`catch a store that ${fault}`, async () => {
      assert.deepEqual(await broken(makeSubject), laws);
    });
  }

  test("are each broken by one of these stores", () => {
    const caught = new Set(faults().flatMap(([, laws]) => laws));
    const uncaught = storeLaws.filter(({ name }) => !caught.has(name));
    assert.deepEqual(uncaught, []);
  });
});

describe("fakeClock", () => {
  test("stands still until it is moved, forwards or backwards", () => {
    const clock = fakeClock();
    assert.equal(clock.now(), 1_700_000_000_000);
    clock.advance(1.5);
    assert.equal(clock.now(), 1_700_000_001_500);
    clock.advance(-2);
    assert.equal(clock.now(), 1_699_999_999_500);
    assert.equal(fakeClock(7).now(), 7);
  });
});

describe("mockRequest", () => {
  test("makes the map that a server would make", () => {
    assert.deepEqual(mockRequest("get", "/cart"), {
      method: "GET",
      uri: "/cart",
      headers: { host: "localhost" },
      scheme: "http",
      serverName: "localhost",
      serverPort: 80,
      remoteAddr: "127.0.0.1",
      protocol: "HTTP/1.1",
    });
  });

  test("separates the query, and leaves it unchanged", () => {
    const cases: readonly (readonly [target: string, uri: string, queryString: string | undefined])[] = [
      ["/cart?full=1", "/cart", "full=1"],
      ["/cart?", "/cart", ""],
      ["/cart?a=b?c", "/cart", "a=b?c"],
      ["?a=%20", "/", "a=%20"],
      ["", "/", undefined],
    ];
    for (const [target, uri, queryString] of cases) {
      const request = mockRequest("GET", target);
      assert.deepEqual([request.uri, request.queryString], [uri, queryString], target);
    }
  });

  test("uses the given parts", () => {
    const request = mockRequest("POST", "/", { scheme: "https", headers: { host: "example.com" } });
    assert.deepEqual([request.scheme, request.serverPort, request.headers], ["https", 443, { host: "example.com" }]);
    assert.equal(mockRequest("POST", "/", { serverPort: 8080 }).serverPort, 8080);
  });
});

describe("cookieJar", () => {
  function jarOf(...lines: readonly string[]) {
    const clock = fakeClock();
    const jar = cookieJar(clock.now);
    const take = (...more: readonly string[]): void => jar.take({ headers: { "set-cookie": more } });
    take(...lines);
    return { clock, jar, take };
  }

  test("sends nothing while it is empty", () => {
    const jar = cookieJar();
    const silent = [null, undefined, {}, { headers: {} }, { headers: { "set-cookie": [] } }];
    for (const response of silent) jar.take(response);
    assert.equal(jar.header(), undefined);
    assert.equal(jar.get("a"), undefined);
  });

  test("sends cookies unchanged, in the order in which they came", () => {
    const { jar } = jarOf("b=%7B+%22; Path=/", 'a="x=y"; HttpOnly; SameSite=Lax', "c=");
    assert.equal(jar.header("/anywhere"), 'b=%7B+%22; a="x=y"; c=');
    assert.deepEqual([jar.get("a"), jar.get("c"), jar.get("A")], ['"x=y"', "", undefined]);
    jar.take({ headers: { "set-cookie": "d=4" } });
    assert.equal(jar.get("d"), "4");
  });

  test("keeps the place of a changed cookie, and identifies cookies by name, path and domain", () => {
    const { jar, take } = jarOf("a=1", "b=1", "a=2; Path=/cart", "a=3; Domain=example.com");
    take("a=9");
    assert.equal(jar.header("/"), "a=9; b=1; a=3");
    assert.equal(jar.header("/cart"), "a=2; a=9; b=1; a=3");
  });

  test("sends a cookie below its path, the longest first (RFC 6265bis, sections 5.1.4 and 5.8.3)", () => {
    const { jar } = jarOf("root=1; Path=/", "cart=1; Path=/cart", "items=1; Path=/cart/items/", "odd=1; Path=cart");
    const sent: Record<string, string> = {
      "/": "root=1; odd=1",
      "/cart": "cart=1; root=1; odd=1",
      "/cartridge": "root=1; odd=1",
      "/cart/": "cart=1; root=1; odd=1",
      "/cart/items": "cart=1; root=1; odd=1",
      "/cart/items/7": "items=1; cart=1; root=1; odd=1",
    };
    for (const [uri, header] of Object.entries(sent)) assert.equal(jar.header(uri), header, uri);
  });

  test("sends a Secure cookie over https only", () => {
    const { jar } = jarOf("a=1; Secure", "b=1");
    assert.equal(jar.header("/"), "b=1");
    assert.equal(jar.header("/", "https"), "a=1; b=1");
  });

  test("drops a cookie at its end; Max-Age beats Expires", () => {
    const expires = (seconds: number): string =>
      `Expires=${new Date(1_700_000_000_000 + seconds * 1000).toUTCString()}`;
    const { clock, jar, take } = jarOf(
      "a=1; Max-Age=60",
      `b=1; ${expires(120)}`,
      `c=1; Max-Age=180; ${expires(1)}`,
      "d=1",
    );
    const left = ["a=1; b=1; c=1; d=1", "b=1; c=1; d=1", "c=1; d=1", "d=1"];
    for (const header of left) {
      assert.equal(jar.header(), header);
      clock.advance(60);
    }
    take("d=; Max-Age=0");
    assert.equal(jar.header(), undefined);
    assert.equal(jar.get("d"), undefined);
  });

  test("deletes a cookie of the same name, path and domain only", () => {
    const { jar, take } = jarOf("a=1; Path=/cart");
    take("a=; Max-Age=0");
    assert.equal(jar.header("/cart"), "a=1");
    take(`a=; Path=/cart; Expires=${new Date(0).toUTCString()}`);
    assert.equal(jar.header("/cart"), undefined);
  });

  test("ignores a cookie over 4096 octets, and keeps the old one", () => {
    const { jar, take } = jarOf(`a=${"x".repeat(4095)}`);
    assert.equal(jar.get("a")?.length, 4095);
    take(`a=${"y".repeat(4096)}`);
    assert.equal(jar.get("a")?.[0], "x");
  });

  test("is empty again once it is cleared", () => {
    const { jar } = jarOf("a=1");
    jar.clear();
    assert.equal(jar.header(), undefined);
  });
});

describe("createVisitor", () => {
  test("is a browser that keeps its cookies", async () => {
    const clock = fakeClock();
    const options = { now: clock.now, cookieAttrs: { maxAge: 60 } };
    const app = wrapSession(
      ({ session }) => ({ body: JSON.stringify(session), session: { n: Number(session["n"] ?? 0) + 1 } }),
      options,
    );
    const [ada, bob] = [createVisitor(app, clock.now), createVisitor(app, clock.now)];
    assert.equal((await ada.send("GET", "/")).body, "{}");
    assert.equal((await ada.send("GET", "/")).body, '{"n":1}');
    assert.equal((await bob.send("GET", "/")).body, "{}");
    assert.notEqual(ada.jar.get("ring-session"), bob.jar.get("ring-session"));
    clock.advance(60);
    assert.equal((await ada.send("GET", "/")).body, "{}");
  });

  test("sends the given parts, with its cookies unless others are given", async () => {
    const seen: Request[] = [];
    const visitor = createVisitor((request) => {
      seen.push(request);
      return { headers: { "set-cookie": ["a=1; Path=/in; Secure"] } };
    });
    await visitor.send("post", "/in?x=1", { remoteAddr: "192.0.2.7" });
    await visitor.send("GET", "/in", { scheme: "https", headers: { host: "example.com" } });
    await visitor.send("GET", "/out", { scheme: "https" });
    await visitor.send("GET", "/in", { scheme: "https", headers: { cookie: "a=mine" } });
    assert.deepEqual(
      seen.map(({ method, uri, headers }) => [method, uri, headers]),
      [
        ["POST", "/in", { host: "localhost" }],
        ["GET", "/in", { host: "example.com", cookie: "a=1" }],
        ["GET", "/out", { host: "localhost" }],
        ["GET", "/in", { cookie: "a=mine" }],
      ],
    );
    assert.deepEqual([seen[0]?.queryString, seen[0]?.remoteAddr], ["x=1", "192.0.2.7"]);
  });

  test("rejects if the application returns nothing", async () => {
    const visitor = createVisitor(async (): Promise<Response | undefined> => undefined);
    const message = "the application answered nothing to GET /nowhere";
    await assert.rejects(visitor.send("GET", "/nowhere"), { name: "TypeError", message });
  });
});

/** Returns the laws that a store breaks. Each is checked on a new store, because some laws break the store. */
async function broken(makeSubject: () => Subject): Promise<string[]> {
  const names = await Promise.all(
    storeLaws.map(async (law) =>
      checked(law, makeSubject).then(
        () => undefined,
        () => law.name,
      ),
    ),
  );
  return names.filter((name) => name !== undefined);
}

/** Returns how many laws do not apply to a store. */
async function skipped(makeSubject: () => Subject): Promise<number> {
  const answers = await Promise.all(storeLaws.map(async (law) => checked(law, makeSubject)));
  return answers.filter((answer) => answer === "does not apply").length;
}

async function checked({ check }: StoreLaw, makeSubject: () => Subject): Promise<"holds" | "does not apply"> {
  const { store, harness } = makeSubject();
  return check(() => store, harness);
}
