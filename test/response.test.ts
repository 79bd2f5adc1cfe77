import assert from "node:assert/strict";
import test from "node:test";
import {
  badRequest,
  charset,
  contentType,
  created,
  getHeader,
  header,
  isResponse,
  json,
  notFound,
  redirect,
  response,
  setCookie,
  status,
  updateHeader,
} from "../src/response.ts";
import type { Response, SessionResponse } from "../src/types.ts";

test("builders make Ring's maps", () => {
  assert.deepEqual(response("hi"), { status: 200, headers: {}, body: "hi" });
  assert.deepEqual(notFound("gone"), { status: 404, headers: {}, body: "gone" });
  assert.deepEqual(badRequest("no"), { status: 400, headers: {}, body: "no" });
  assert.deepEqual(created("/a/1"), { status: 201, headers: { location: "/a/1" }, body: null });
  assert.deepEqual(created("/a/1", "made").body, "made");
  assert.deepEqual(redirect("/"), { status: 302, headers: { location: "/" }, body: "" });
  assert.deepEqual(json({ a: [1] }), {
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"a":[1]}',
  });
});

test("redirect knows Ring's names and their codes", () => {
  const names = ["moved-permanently", "found", "see-other", "temporary-redirect", "permanent-redirect"] as const;
  assert.deepEqual(
    names.map((name) => redirect("/", name).status),
    [301, 302, 303, 307, 308],
  );
  assert.equal(redirect("/", 303).status, 303);
});

test("redirect refuses another status and names the known ones", () => {
  for (const code of [200, "constructor", "elsewhere", undefined, null]) {
    if (code === undefined) continue;
    // @ts-expect-error not a status of a redirect
    assert.throws(() => redirect("/", code), {
      name: "TypeError",
      message: /redirect: code must be .*303 \("see-other"\)/,
    });
  }
});

test("a URL is sent unchanged, and refused with a control character", () => {
  assert.equal(redirect("/a?b=%20&c=ü").headers?.["location"], "/a?b=%20&c=ü");
  for (const url of ["/\r\nset-cookie: a=b", "/\n", "/\0", "/\x7f", "/\x1b[0m"]) {
    assert.throws(() => redirect(url), {
      name: "TypeError",
      message: /redirect: url has a control character at index 1;/,
    });
    assert.throws(() => created(url), { name: "TypeError", message: /created: url/ });
  }
});

test("changes make a new map, and keep its other properties and their types", () => {
  const given = { body: "hi", session: { user: "ada" }, headers: { "x-a": "1" } } as const;
  const made: Response & SessionResponse & { body: "hi" } = contentType(status(given, 201), "text/html");
  assert.deepEqual(made, { ...given, status: 201, headers: { "x-a": "1", "content-type": "text/html" } });
  assert.deepEqual(given.headers, { "x-a": "1" });
});

test("header writes lower case, and replaces the same name in any case", () => {
  const given = { headers: { "X-Tag": "old", "x-other": "1" } };
  assert.deepEqual(header(given, "X-TAG", "new").headers, { "x-other": "1", "x-tag": "new" });
  assert.deepEqual(header(response(""), "Content-Length", 12).headers, { "content-length": "12" });
  assert.deepEqual(header(response(""), "Vary", ["a", "b"]).headers, { vary: ["a", "b"] });
  assert.equal(Object.keys(header(response(""), "__proto__", "x").headers ?? {})[0], "__proto__");
});

test("header refuses a value that would start another header", () => {
  for (const value of ["a\nb", "a\rb", "a\0b", ["fine", "a\r\nb: c"]]) {
    const message = 'header: "x-a" has a line break or a NUL at index 1; take it out or encode it';
    assert.throws(() => header({}, "X-A", value), { name: "TypeError", message });
  }
});

test("getHeader finds a name in any case, and no inherited property", () => {
  assert.equal(getHeader({ headers: { "Content-Type": "a" } }, "content-type"), "a");
  assert.equal(getHeader({ headers: { "content-type": "a" } }, "CONTENT-TYPE"), "a");
  assert.equal(getHeader({}, "content-type"), undefined);
  assert.equal(getHeader({ headers: {} }, "constructor"), undefined);
});

test("updateHeader makes the new value from the old one", () => {
  const counted = updateHeader({ headers: { "X-N": "1" } }, "x-n", (value) => Number(value) + 1);
  assert.deepEqual(counted.headers, { "x-n": "2" });
  assert.deepEqual(updateHeader(response(""), "X-N", (value) => String(value)).headers, { "x-n": "undefined" });
});

test("charset replaces an earlier charset", () => {
  const typed = (type: string): unknown => charset(contentType(response(""), type), "utf-8").headers?.["content-type"];
  assert.equal(typed("text/html"), "text/html; charset=utf-8");
  assert.equal(typed("text/html; Charset=latin1; a=b"), "text/html; a=b; charset=utf-8");
  assert.equal(charset(response(""), "utf-8").headers?.["content-type"], "text/plain; charset=utf-8");
});

test("setCookie adds to the cookies of the response", () => {
  const one = setCookie({ body: "x", cookies: { a: "1" } }, "b", "2", { path: "/" });
  assert.deepEqual(one, { body: "x", cookies: { a: "1", b: { value: "2", path: "/" } } });
  assert.deepEqual(setCookie(response("x"), "b", "2").cookies, { b: { value: "2" } });
});

test("json refuses a value that JSON cannot write", () => {
  assert.throws(() => json(undefined), { name: "TypeError", message: /^json: .*got undefined$/ });
  assert.throws(() => json(() => 1), { name: "TypeError", message: /^json: .*got a function$/ });
});

test("isResponse is true for maps that can be sent", () => {
  for (const good of [{}, response("x"), { status: 599 }, { body: new Uint8Array() }, { headers: { a: ["b"] } }]) {
    assert.equal(isResponse(good), true, JSON.stringify(good));
  }
  const bodies = [{ body: 1 }, { body: {} }, { body: true }];
  const heads = [
    { status: 199 },
    { status: 600 },
    { status: 200.5 },
    { status: "200" },
    { headers: [] },
    { headers: "a" },
  ];
  for (const bad of [null, undefined, "text", 1, [], ...bodies, ...heads, new globalThis.Response("web")]) {
    assert.equal(isResponse(bad), false, JSON.stringify(bad));
  }
});
