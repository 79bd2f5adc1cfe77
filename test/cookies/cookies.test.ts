import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { cookiesRequest, cookiesResponse, wrapCookies, type CookiesOptions } from "../../src/cookies/cookies.ts";
import { CookieError } from "../../src/errors.ts";
import type { CookiesRequest, CookiesResponse, Request, Response } from "../../src/types.ts";

const GET: Request = { method: "GET", uri: "/", headers: {} };

describe("wrapCookies", () => {
  test("reads and writes cookies, synchronously if the handler is synchronous", () => {
    const greet = (request: Request & CookiesRequest): Response & CookiesResponse => ({
      body: request.cookies["name"]?.value ?? "nobody",
      cookies: { seen: "y e s" },
    });
    const answer = { body: "Ada", headers: { "set-cookie": ["seen=y+e+s"] } };
    assert.deepEqual(wrapCookies(greet)({ ...GET, headers: { cookie: "name=Ada" } }), answer);
  });

  test("waits for a promise, and passes no response on", async () => {
    assert.deepEqual(await wrapCookies(async () => ({ cookies: { a: "1" } }))(GET), {
      headers: { "set-cookie": ["a=1"] },
    });
    assert.equal(wrapCookies(() => null)(GET), null);
    assert.equal(await wrapCookies(async () => undefined)(GET), undefined);
    await assert.rejects(async () => wrapCookies(async () => ({ cookies: { "": "" } }))(GET), CookieError);
  });

  test("uses the options decoder and encoder", () => {
    const raw: CookiesOptions = {
      decoder: (text) => text,
      encoder: (cookie) => Object.entries(cookie).join().replace(",", "="),
    };
    const echo = wrapCookies(({ cookies }) => ({ cookies: { b: cookies["a"]?.value ?? "" } }), raw);
    assert.deepEqual(echo({ ...GET, headers: { cookie: "a=%D" } }), { headers: { "set-cookie": ["b=%D"] } });
  });

  test("refuses wrong options when it is built; cookiesRequest and cookiesResponse do so too", () => {
    const build: readonly (readonly [where: string, build: (options: CookiesOptions) => unknown])[] = [
      ["wrapCookies", (options) => wrapCookies(() => null, options)],
      ["cookiesRequest", (options) => cookiesRequest(GET, options)],
      ["cookiesResponse", (options) => cookiesResponse(null, options)],
    ];
    for (const [where, make] of build) {
      const refuses = (options: unknown, message: string): void =>
        assert.throws(() => make(options as CookiesOptions), { name: "TypeError", message: `${where}: ${message}` });
      refuses({ decode: String }, 'unknown option "decode"; did you mean "decoder"?');
      refuses({ decoder: "utf-8" }, "decoder must be a function, got text");
      refuses({ encoder: null }, "encoder must be a function, got null");
      refuses(null, "options must be an object, got null");
      assert.doesNotThrow(() => make({ decoder: undefined, encoder: undefined }));
    }
  });
});

test("property: any well-formed text that is written and sent back is read unchanged", () => {
  const property = fc.property(fc.string({ unit: "binary", maxLength: 300 }), (value) => {
    const { headers } = cookiesResponse({ cookies: { b: { value, path: "/", secure: true } } });
    const line = String(headers?.["set-cookie"]);
    const { cookies } = cookiesRequest({ headers: { cookie: `a=1; ${line.slice(0, line.indexOf(";"))}; c=3` } });
    assert.deepEqual(cookies, { a: { value: "1" }, b: { value }, c: { value: "3" } });
  });
  fc.assert(property, { numRuns: 500, examples: [[""], ['"'], ['""'], [" a "], ["%41+;="], ["\uFEFF"], ["null"]] });
});
