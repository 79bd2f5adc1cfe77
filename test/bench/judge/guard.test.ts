import assert from "node:assert/strict";
import { it } from "node:test";

import { breachesOf, confirmed, withRoom } from "../../../bench/judge/guard.ts";

const limits = { "memory, read": { bytes: 1000, ratio: 2 } };

it("says nothing about what stays within its limits, the limits included", () => {
  assert.deepEqual(breachesOf({ "memory, read": { bytes: 1000, ratio: 1.2 } }, limits), []);
});

it("names what is over, each by itself", () => {
  assert.deepEqual(breachesOf({ "memory, read": { bytes: 1001, ratio: 2.5 } }, limits), [
    { name: "memory, read", what: "bytes", measured: 1001, limit: 1000 },
    { name: "memory, read", what: "ratio", measured: 2.5, limit: 2 },
  ]);
});

it("takes what has no limit for a breach", () => {
  const [breach] = breachesOf({ "cookie, read": { bytes: 1 } }, limits);
  assert.deepEqual(breach, { name: "cookie, read", what: "bytes", measured: 1, limit: undefined });
});

it("leaves room above what was measured", () => {
  assert.deepEqual(withRoom({ a: { bytes: 1000, ratio: 2 } }), { a: { bytes: 1250, ratio: 3.6 } });
  assert.deepEqual(withRoom({ a: { bytes: -20 } }), { a: { bytes: 100 } });
});

it("believes only what was over its limit twice", () => {
  const once = { name: "memory, read", what: "ratio", measured: 3, limit: 2 } as const;
  const other = { ...once, what: "bytes" } as const;
  assert.deepEqual(confirmed([once, other], [{ ...once, measured: 2.5 }]), [{ ...once, measured: 2.5 }]);
  assert.deepEqual(confirmed([once], [other]), []);
});
