import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";

import { adapterLaw, type AdapterLaw } from "./law.ts";
import { COOKIE } from "./visitor.ts";

const ADA = { user: "Ada", cart: { list: ["tea"] } };

/** What a handler sees if there is no session. */
const nothing = { session: {}, hasKey: false };

/** Malformed Cookie headers that a client can send. */
const MALFORMED_COOKIES = [
  `${COOKIE}=`,
  COOKIE,
  `${COOKIE}=%00`,
  `${COOKIE}="`,
  `${COOKIE}=__proto__`,
  `${COOKIE}=caf\u00e9`,
  `${COOKIE}=${"x".repeat(3000)}`,
  `${COOKIE}=1; ${COOKIE}=2; ${COOKIE}=3; ${COOKIE}=4; ${COOKIE}=5`,
  `a=1, ${COOKIE}=2`,
  "=;;; ;=;",
];

/** Laws about the properties that a handler reads and assigns. */
export const adapterSessionLaws: readonly AdapterLaw[] = [
  adapterLaw("without a cookie there is no session, no Set-Cookie and no call of the store", async (stage) => {
    const { status, seen, setCookies } = await stage.newVisitor().send({ showFlash: true });
    deepStrictEqual({ status, seen, setCookies }, { status: 200, seen: nothing, setCookies: [] });
    deepStrictEqual(await stage.calls(), []);
  }),
  adapterLaw("what is set is there in the next request, with a key", async ({ newVisitor }) => {
    const visitor = newVisitor();
    const { status, cookie } = await visitor.send({ set: ADA });
    deepStrictEqual([status, cookie !== undefined], [200, true]);
    ok(cookie?.httpOnly, "the cookie is not HttpOnly");
    const { seen, setCookies } = await visitor.send({});
    deepStrictEqual({ seen, setCookies }, { seen: { session: ADA, hasKey: true }, setCookies: [] });
    deepStrictEqual(await newVisitor().session(), {});
  }),
  adapterLaw("a change in place is seen, deep down too", async ({ newVisitor }) => {
    const visitor = newVisitor();
    await visitor.send({ set: ADA });
    await visitor.send({ push: "milk" });
    deepStrictEqual(await visitor.session(), { user: "Ada", cart: { list: ["tea", "milk"] } });
  }),
  adapterLaw("an object that is assigned is the session from then on", async ({ newVisitor }) => {
    const visitor = newVisitor();
    await visitor.send({ assign: ADA });
    await visitor.send({ assign: { user: "Bob" }, set: { visits: 1 } });
    deepStrictEqual(await visitor.session(), { user: "Bob", visits: 1 });
  }),
  adapterLaw("an equal session sends nothing and writes nothing", async (stage) => {
    const visitor = stage.newVisitor();
    await visitor.send({ set: ADA });
    await stage.calls();
    for (const plan of [{}, { assign: ADA }, { set: ADA }]) strictEqual((await visitor.send(plan)).cookie, undefined);
    const written = (await stage.calls()).filter((call) => call === "writeSession" || call === "updateSession");
    deepStrictEqual(written, []);
  }),
  adapterLaw("null logs out: the cookie is expired, and opens nothing any more", async (stage) => {
    const visitor = stage.newVisitor();
    await visitor.send({ set: ADA });
    const before = visitor.jar.header() ?? "";
    const { cookie } = await visitor.send({ assign: null });
    deepStrictEqual([cookie?.value, cookie?.maxAge, visitor.jar.header()], ["", 0, undefined]);
    deepStrictEqual(await visitor.session(), {});
    if (!(await stage.kind()).inItsKey) deepStrictEqual((await visitor.send({}, { cookie: before })).seen, nothing);
  }),
  adapterLaw("sessionRecreate gives the session a new key, and the old one opens nothing", async (stage) => {
    const visitor = stage.newVisitor();
    await visitor.send({ set: ADA });
    const before = visitor.jar.header() ?? "";
    await visitor.send({ set: { user: "Bob" }, recreate: true });
    notStrictEqual(visitor.jar.header(), before);
    deepStrictEqual(await visitor.session(), { ...ADA, user: "Bob" });
    if (!(await stage.kind()).inItsKey) deepStrictEqual((await visitor.send({}, { cookie: before })).seen, nothing);
  }),
  adapterLaw("a flash is there once, for the request that looks", async ({ newVisitor }) => {
    const visitor = newVisitor();
    await visitor.send({ set: ADA, flash: { text: "saved" } });
    await visitor.send({});
    const seen = async () => (await visitor.send({ showFlash: true })).seen;
    deepStrictEqual(await seen(), { session: ADA, hasKey: true, flash: { text: "saved" } });
    deepStrictEqual(await seen(), { session: ADA, hasKey: true });
  }),
  adapterLaw("a copy of the request makes no session and uses up no flash", async (stage) => {
    deepStrictEqual((await stage.newVisitor().send({ copy: true })).setCookies, []);
    const visitor = stage.newVisitor();
    await visitor.send({ set: ADA, flash: "saved" });
    await visitor.send({ copy: true });
    deepStrictEqual((await visitor.send({ showFlash: true })).seen, { session: ADA, hasKey: true, flash: "saved" });
  }),
  adapterLaw("a flash outlives the log-out that it comes with, under a new key", async (stage) => {
    const visitor = stage.newVisitor();
    await visitor.send({ set: ADA });
    const before = visitor.jar.header() ?? "";
    await visitor.send({ assign: null, flash: "bye" });
    notStrictEqual(visitor.jar.header(), before);
    deepStrictEqual((await visitor.send({ showFlash: true })).seen, { session: {}, hasKey: true, flash: "bye" });
    if (!(await stage.kind()).inItsKey) deepStrictEqual((await visitor.send({}, { cookie: before })).seen, nothing);
  }),
  adapterLaw("sessionCookieAttrs are those of one response", async ({ newVisitor }) => {
    const visitor = newVisitor();
    const { cookie } = await visitor.send({ set: ADA, attrs: { maxAge: 600, sameSite: "strict" } });
    deepStrictEqual([cookie?.maxAge, cookie?.sameSite, cookie?.path], [600, "strict", "/"]);
    const { cookie: other } = await visitor.send({ set: { user: "Bob" }, recreate: true });
    deepStrictEqual([other?.maxAge, other?.sameSite, other?.path], [undefined, "lax", "/"]);
  }),
  adapterLaw("a malformed cookie is no session, and no error", async ({ newVisitor }) => {
    for (const cookie of MALFORMED_COOKIES) {
      const { status, seen } = await newVisitor().send({}, { cookie });
      deepStrictEqual({ status, seen }, { status: 200, seen: nothing }, cookie.slice(0, 40));
    }
  }),
  adapterLaw("a key that the visitor made up is never adopted", async ({ newVisitor }) => {
    const visitor = newVisitor();
    const madeUp = "x".repeat(32);
    const { cookie } = await visitor.send({ set: ADA }, { cookie: `${COOKIE}=${madeUp}` });
    ok(cookie?.value !== undefined && cookie.value !== madeUp, "the cookie has the key of the visitor");
    deepStrictEqual((await newVisitor().send({}, { cookie: `${COOKIE}=${madeUp}` })).seen, nothing);
    deepStrictEqual(await visitor.session(), ADA);
  }),
];
