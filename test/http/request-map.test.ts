import assert from "node:assert/strict";
import { test } from "node:test";

import { wrapAntiForgery } from "../../src/anti-forgery/anti-forgery.ts";
import { signedDoubleSubmit } from "../../src/anti-forgery/signed-double-submit.ts";
import { wrapCookies } from "../../src/cookies/cookies.ts";
import { wrapFlash } from "../../src/flash.ts";
import { type HostSession, wrapHostSession } from "../../src/host-session/host-session.ts";
import { extended, LAZY } from "../../src/http/request-map.ts";
import { VISIT } from "../../src/session/visit.ts";
import { wrapFormats } from "../../src/middleware/params/formats.ts";
import { wrapKeywordParams } from "../../src/middleware/params/keyword-params.ts";
import { wrapMultipartParams } from "../../src/middleware/params/multipart-params.ts";
import { wrapNestedParams } from "../../src/middleware/params/nested-params.ts";
import { wrapParams } from "../../src/middleware/params/params.ts";
import { wrapForwardedRemoteAddr, wrapForwardedScheme } from "../../src/middleware/security/forwarded.ts";
import { wrapSession } from "../../src/session/session.ts";
import { generateKey } from "../../src/stores/cookie/cookie.ts";
import { createVisitor, mockRequest } from "../../src/testing/testing.ts";
import type { FlashRequest, Handler, Request } from "../../src/types.ts";

test("extended makes a copy with further properties, and keeps the symbols", () => {
  const request = { uri: "/", [VISIT]: 1 };
  assert.deepEqual(extended(request, { uri: "/x", more: true }), { uri: "/x", more: true, [VISIT]: 1 });
  assert.deepEqual(request, { uri: "/", [VISIT]: 1 });
});

test("extended takes a frozen request, and one with accessors", () => {
  const lazy = { [LAZY]: true, session: { n: 1 }, uri: "/" };
  const frozen = Object.freeze({ ...lazy });
  const accessor = Object.defineProperty({ ...lazy }, "session", { enumerable: true, get: () => ({ n: 1 }) });
  for (const request of [frozen, accessor]) {
    const once = extended(request, { session: { n: 2 } });
    assert.deepEqual(extended(once, { session: { n: 3 } }), { ...lazy, session: { n: 3 } });
  }
});

test("a request that the application has frozen inside wrapAntiForgery still gets its flash", async () => {
  const page = wrapFlash((request: Request & FlashRequest<string>) => ({ body: request.flash ?? "", flash: "Saved." }));
  const app = wrapAntiForgery((request) => page(Object.freeze({ ...request })));
  const visitor = createVisitor(wrapSession(app));
  await visitor.send("GET", "/");
  assert.equal((await visitor.send("GET", "/")).body, "Saved.");
});

test("middleware inside wrapAntiForgery reads no token, and so makes no session", async () => {
  let shown = "";
  const page = (reads: boolean) =>
    wrapSession(
      wrapAntiForgery(
        wrapCookies(
          wrapFormats(
            wrapParams(
              wrapMultipartParams(
                wrapNestedParams(
                  wrapKeywordParams((request) => {
                    if (reads) shown = (request as { readonly antiForgeryToken?: string }).antiForgeryToken ?? "";
                    return { body: "ok" };
                  }),
                ),
              ),
            ),
          ),
        ),
      ),
    );
  const request = mockRequest("GET", "/?a[b]=1", { headers: { host: "localhost", cookie: "a=b" } });
  assert.equal((await page(false)(request))?.headers?.["set-cookie"], undefined);
  assert.notEqual((await page(true)(request))?.headers?.["set-cookie"], undefined);
  assert.notEqual(shown, "");
});

test("middleware for sessions, flashes and proxies reads no token either", async () => {
  const strategy = signedDoubleSubmit({ key: generateKey() });
  const trust = ["loopback"];
  const inside: Readonly<Record<string, (handler: Handler) => Handler>> = {
    wrapSession: (handler) => wrapSession(handler),
    "wrapSession, twice": (handler) => wrapSession(wrapSession(handler, { cookieName: "inner" })),
    wrapFlash: (handler) => wrapFlash(handler) as Handler,
    "wrapFlash in wrapSession": (handler) => wrapSession(wrapFlash(handler)),
    wrapHostSession: (handler) => wrapHostSession(handler, emptyHost),
    wrapForwardedScheme: (handler) => wrapForwardedScheme(handler, { trust }),
    wrapForwardedRemoteAddr: (handler) => wrapForwardedRemoteAddr(handler, { trust }),
  };
  const headers = { host: "localhost", "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1" };
  for (const [name, wrap] of Object.entries(inside)) {
    for (const reads of [false, true]) {
      const page = (request: Request & { readonly antiForgeryToken?: string }) => {
        if (reads) assert.match(request.antiForgeryToken ?? "", /^[\w.-]+$/, name);
        return { body: "ok" };
      };
      const app = wrapAntiForgery(wrap(page), { strategy });
      const response = await (app as Handler)(mockRequest("GET", "/", { headers }));
      assert.equal(response?.headers?.["set-cookie"] !== undefined, reads, `${name}, ${reads ? "read" : "not read"}`);
    }
  }
});

const emptyHost: HostSession = {
  key: () => "",
  read: () => ({}),
  write: () => undefined,
  regenerate: () => undefined,
  destroy: () => undefined,
};
