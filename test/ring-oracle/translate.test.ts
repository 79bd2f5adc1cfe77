import assert from "node:assert/strict";
import { test } from "node:test";

import { createSecret, opens } from "../../src/anti-forgery/masked-token.ts";
import { numberKeys } from "./keys.ts";
import {
  camelCase,
  translate,
  translateAnswer,
  translateNamed,
  translateOptions,
  translateRequest,
} from "./translate.ts";

test("names become camelCase", () => {
  assert.equal(camelCase("session-cookie-attrs"), "sessionCookieAttrs");
  assert.equal(camelCase("http-only"), "httpOnly");
  assert.equal(camelCase("set-cookies?"), "setCookies");
});

test("data become ordinary JavaScript", () => {
  assert.equal(translate({ $kw: "lax" }), "lax");
  assert.equal(translate({ $bigint: "99999999999999999999" }), 1e20);
  assert.equal(translate({ $duration: "PT1H30M" }), 5400);
  assert.deepEqual(translate({ $zdt: "2015-12-31T01:02:03Z" }), new Date(Date.UTC(2015, 11, 31, 1, 2, 3)));
  assert.deepEqual(translate({ $inst: "2020-01-02T03:04:05.678-00:00" }), new Date(Date.UTC(2020, 0, 2, 3, 4, 5, 678)));
  assert.deepEqual(translate({ $set: [1, { $kw: "a" }] }), new Set([1, "a"]));
  assert.deepEqual(translate({ $list: [1, null, true] }), [1, null, true]);
  assert.deepEqual(
    translate({
      $map: [
        ["a", 1],
        [{ $kw: "b" }, 2],
      ],
    }),
    { a: 1, b: 2 },
  );
  assert.deepEqual(
    translate({
      $map: [
        ["a", 1],
        [3, 2],
      ],
    }),
    new Map<unknown, number>([
      ["a", 1],
      [3, 2],
    ]),
  );
  assert.deepEqual(translate({ "app-context": "/x" }), { "app-context": "/x" });
  assert.throws(() => translate({ $ratio: "1/2" }), /unknown tag \$ratio/);
});

test("attributes get this library's names, and keep nil as null", () => {
  assert.deepEqual(translateNamed({ "same-site": { $kw: "strict" }, "max-age": null }), {
    sameSite: "strict",
    maxAge: null,
  });
  assert.equal(translateNamed("text"), "text");
});

test("an option that is nil is left out", () => {
  assert.deepEqual(translateOptions({ root: null, "cookie-attrs": { "http-only": true } }), {
    cookieAttrs: { httpOnly: true },
  });
});

test("a request gets the given properties only", () => {
  assert.deepEqual(translateRequest({}), { method: "GET", uri: "/", headers: {} });
  assert.deepEqual(
    translateRequest({
      cookie: "a=b",
      uri: "/x",
      cookies: { c: "d" },
      session: { n: 1 },
      "session-key": "k",
      flash: "f",
    }),
    {
      method: "GET",
      uri: "/x",
      headers: { cookie: "a=b" },
      cookies: { c: { value: "d" } },
      session: { n: 1 },
      sessionKey: "k",
      flash: "f",
    },
  );
  assert.deepEqual(translateRequest({ method: "post", headers: { "X-CSRF-Token": "t" }, form: { a: "b" } }), {
    method: "POST",
    uri: "/",
    headers: { "x-csrf-token": "t" },
    formParams: { a: "b" },
  });
  assert.throws(() => translateRequest({ colour: "red" }), /unknown key of a request: colour/);
});

test("properties that a response lacks stay absent, and nil becomes null", () => {
  const plain = { status: 200, headers: {}, body: "ok" };
  assert.deepEqual(translateAnswer({})({}), plain);
  assert.deepEqual(translateAnswer({ session: null, "session-cookie-attrs": null, flash: null })({}), {
    ...plain,
    session: null,
    sessionCookieAttrs: null,
    flash: null,
  });
  assert.equal(translateAnswer(null)({}), null);
});

test("a response can change the session of the request", () => {
  const answer = translateAnswer({ "session-op": [["assoc", "user", "bob"]], recreate: true });
  assert.deepEqual(answer({ n: 1 }), {
    status: 200,
    headers: {},
    body: "ok",
    session: { n: 1, user: "bob" },
    sessionRecreate: true,
  });
  const session = { n: 1 };
  assert.equal(translateAnswer({ "session-op": [["keep"]] })(session)?.["session"], session);
});

test("a response gets this library's names of headers and cookies, and may throw", () => {
  const answer = translateAnswer({
    headers: { "Set-Cookie": ["a=b"] },
    cookies: { ":c": { value: "d", "http-only": true } },
  });
  assert.deepEqual(answer({})?.["headers"], { "set-cookie": ["a=b"] });
  assert.deepEqual(answer({})?.["cookies"], { c: { value: "d", httpOnly: true } });
  assert.throws(() => translateAnswer({ throw: "boom" })({}), /^Error: boom$/);
  assert.throws(() => translateAnswer({ colour: "red" }), /unknown key of a response: colour/);
});

test("keys are numbered as they appear, inserted and masked", () => {
  const keys = numberKeys();
  for (const key of ["abc", "def", "abc"]) keys.note(key);
  assert.deepEqual(keys.insert({ cookie: "s={{key:2}}", n: 1 }), { cookie: "s=def", n: 1 });
  assert.deepEqual(keys.mask([{ key: "abc" }, "s=def; Path=/"]), [{ key: "<key:1>" }, "s=<key:2>; Path=/"]);
  assert.notEqual(keys.insert("{{key:3}}"), "{{key:3}}");
});

test("tokens are numbered by their secrets, and differ each time", () => {
  const keys = numberKeys();
  const secret = createSecret();
  keys.noteSecret(secret);
  keys.noteSecret(undefined);
  const [first, second] = keys.insert(["{{token:1}}", "{{token:1}}"]);
  assert.notEqual(first, second);
  assert.ok(opens(first ?? "", secret));
  assert.equal(keys.mask(`a ${secret}`), "a <token:1>");
});
