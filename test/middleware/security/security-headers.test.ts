import assert from "node:assert/strict";
import { test } from "node:test";
import {
  wrapContentSecurityPolicy,
  wrapCrossOriginOpenerPolicy,
  wrapCrossOriginResourcePolicy,
  wrapPermissionsPolicy,
  wrapReferrerPolicy,
} from "ringlet/middleware/security-headers";
import { get, headersOf } from "../exchanges.ts";

const page = () => ({ body: "page" });

test("each middleware sets its header", async () => {
  const csp = {
    "default-src": ["'self'", "https://cdn.example"],
    "upgrade-insecure-requests": [],
    "img-src": undefined,
  };
  const table = [
    [
      wrapContentSecurityPolicy(page, csp),
      { "content-security-policy": "default-src 'self' https://cdn.example; upgrade-insecure-requests" },
    ],
    [
      wrapContentSecurityPolicy(page, { "frame-ancestors": ["'none'"] }, { reportOnly: true }),
      { "content-security-policy-report-only": "frame-ancestors 'none'" },
    ],
    [wrapReferrerPolicy(page), { "referrer-policy": "strict-origin-when-cross-origin" }],
    [wrapReferrerPolicy(page, ["no-referrer", "same-origin"]), { "referrer-policy": "no-referrer, same-origin" }],
    [wrapCrossOriginOpenerPolicy(page), { "cross-origin-opener-policy": "same-origin" }],
    [wrapCrossOriginResourcePolicy(page, "same-site"), { "cross-origin-resource-policy": "same-site" }],
    [
      wrapPermissionsPolicy(page, { camera: [], geolocation: ["self", "https://maps.example"] }),
      { "permissions-policy": 'camera=(), geolocation=(self "https://maps.example")' },
    ],
  ] as const;
  for (const [app, headers] of table) assert.deepEqual(headersOf(await app(get())), headers);
});

test("a policy of the handler is kept; no response is passed on", async () => {
  const own = { "Content-Security-Policy": "default-src 'none'" };
  const app = wrapContentSecurityPolicy(() => ({ headers: own }), { "default-src": ["'self'"] });
  assert.deepEqual(headersOf(await app(get())), own);
  assert.equal(await wrapReferrerPolicy(() => null)(get()), null);
});

test("mistakes throw when the middleware is built", () => {
  const csp = (policy: object) => () => wrapContentSecurityPolicy(page, policy);
  assert.throws(csp({ "defualt-src": ["'self'"] }), /did you mean "default-src"/);
  assert.throws(csp({ "default-src": ["self"] }), /write "'self'"/);
  assert.throws(csp({ "default-src": ["a; script-src *"] }), /a source must be text/);
  assert.throws(csp({ "default-src": ["a\r\nb"] }), /a source must be text/);
  assert.throws(csp({ "default-src": "'self'" }), /must be a list such as/);
  assert.throws(csp({}), /no directive/);
  // @ts-expect-error no policy of that name
  assert.throws(() => wrapReferrerPolicy(page, "never"), /must be one of no-referrer, /);
  assert.throws(() => wrapReferrerPolicy(page, []), /is empty/);
  // @ts-expect-error no policy of that name
  assert.throws(() => wrapCrossOriginOpenerPolicy(page, "any"), /must be one of same-origin, /);
  assert.throws(() => wrapPermissionsPolicy(page, {}), /must be an object of features/);
  assert.throws(() => wrapPermissionsPolicy(page, { camera: ['a"b'] }), /a site must be text/);
  assert.throws(() => wrapPermissionsPolicy(page, { "a=b": [] }), /a feature must be text/);
});
