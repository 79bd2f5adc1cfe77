import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { adapterLaw, type AdapterLaw } from "./law.ts";
import { exchange } from "./connection.ts";
import { seenIn, targetOf } from "./visitor.ts";

const OWN_HEADERS = {
  "set-cookie": ["theme=dark; Path=/", "lang=en; Path=/"],
  vary: "Accept-Language",
  "cache-control": "private, max-age=60",
};

const EARLY = "the head has left before the session was saved";

/** Laws about the head of a response: what is in it, and when it is sent. */
export const adapterHeadLaws: readonly AdapterLaw[] = [
  adapterLaw("a response that sets the cookie is kept from caches", async ({ newVisitor }) => {
    const { headers } = await newVisitor().send({ set: { user: "Ada" } });
    deepStrictEqual([headers.get("cache-control"), varyFields(headers)], ["no-store", ["cookie"]]);
  }),
  adapterLaw("the Set-Cookie, Vary and Cache-Control of the application survive", async ({ newVisitor }) => {
    const visitor = newVisitor();
    const { headers, setCookies, cookie } = await visitor.send({ set: { user: "Ada" }, headers: OWN_HEADERS });
    ok(cookie, "the session's cookie is not there");
    strictEqual(setCookies.length, 3);
    deepStrictEqual([visitor.jar.get("theme"), visitor.jar.get("lang")], ["dark", "en"]);
    strictEqual(headers.get("cache-control"), "private, max-age=60");
    deepStrictEqual(varyFields(headers), ["accept-language", "cookie"]);
  }),
  adapterLaw("a redirect that is followed at once finds the session", async ({ url, newVisitor }) => {
    const visitor = newVisitor();
    for (const [status, user] of [
      [303, "Ada"],
      [302, "Bob"],
    ] as const) {
      const reply = await visitor.send({ set: { user }, redirect: "/", status });
      const location = new URL(reply.headers.get("location") ?? "nowhere", url);
      deepStrictEqual([reply.status, location.href], [status, new URL("/", url).href]);
      deepStrictEqual(await visitor.session(), { user });
    }
  }),
  adapterLaw("a stream has the cookie in its head, and the session is saved before it ends", async (stage) => {
    const visitor = stage.newVisitor();
    const { cookie, rest } = await visitor.open({ set: { user: "Ada" }, stream: "rest" });
    ok(cookie, "there is no cookie");
    deepStrictEqual(await visitor.session(), { user: "Ada" });
    await stage.release("rest");
    ok((await rest()).endsWith("\nthe end\n"), "the stream is not whole");
  }),
  adapterLaw("no head leaves before the session is saved", async (stage) => {
    const visitor = stage.newVisitor();
    await visitor.send({ set: { visits: 0 } });
    for (const [visits, answer] of [{}, { redirect: "/" }, { stream: "rest" }, { status: 204 }].entries()) {
      await stage.release("rest");
      await stage.trouble({ on: "save", how: "hold" });
      let hasLeft = false;
      const head = visitor.open({ set: { visits: visits + 1 }, ...answer }).finally(() => (hasLeft = true));
      ok(await stage.held("store", head), EARLY);
      // By two round trips a head that does not wait would be here.
      for (let trip = 0; trip < 2; trip++) await stage.calls();
      ok(!hasLeft, EARLY);
      await stage.release("store");
      await (await head).rest();
      await stage.reset();
      deepStrictEqual(await visitor.session(), { visits: visits + 1 });
    }
  }),
  adapterLaw("a response to HEAD has the cookie, and no body", async ({ newVisitor }) => {
    const visitor = newVisitor();
    const { status, body, cookie } = await visitor.send({ set: { user: "Ada" } }, { method: "HEAD" });
    deepStrictEqual([status, body, cookie !== undefined], [200, "", true]);
    deepStrictEqual(await visitor.session(), { user: "Ada" });
  }),
  adapterLaw("a response of 204 or 304 has the cookie", async ({ newVisitor }) => {
    for (const status of [204, 304]) {
      const visitor = newVisitor();
      const reply = await visitor.send({ set: { user: "Ada" }, status });
      deepStrictEqual([reply.status, reply.body, reply.cookie !== undefined], [status, "", true]);
      deepStrictEqual(await visitor.session(), { user: "Ada" });
    }
  }),
  adapterLaw("requests of several visitors on one connection are kept apart", async ({ url, newVisitor }) => {
    const [ada, bob, stranger] = [newVisitor(), newVisitor(), newVisitor()];
    await ada.send({ set: { user: "Ada" } });
    await bob.send({ set: { user: "Bob" } });
    const visitors = [ada, stranger, bob, ada, stranger];
    const answers = await exchange(
      targetOf(url, {}),
      visitors.map(({ jar }) => jar.header()),
    );
    const users = answers.map((body) => seenIn(body)?.session["user"]);
    deepStrictEqual(users, ["Ada", undefined, "Bob", "Ada", undefined]);
  }),
];

function varyFields(headers: globalThis.Headers): readonly string[] {
  const fields = (headers.get("vary") ?? "").toLowerCase().split(/[ \t]*,[ \t]*/);
  return fields.filter((field) => field !== "").toSorted();
}
