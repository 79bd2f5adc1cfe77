import assert from "node:assert/strict";
import { it } from "node:test";

import { breachesOf, confirmed, withRoom } from "../../../bench/judge/guard.ts";

const limits = { "memory, read": { bytes: 1000, ratio: 2 } };

it("reports no breach for costs up to their limits", () => {
  assert.deepEqual(breachesOf({ "memory, read": { bytes: 1000, ratio: 1.2 } }, limits), []);
});

it("reports each cost above its limit", () => {
  assert.deepEqual(breachesOf({ "memory, read": { bytes: 1001, ratio: 2.5 } }, limits), [
    { name: "memory, read", what: "bytes", measured: 1001, limit: 1000 },
    { name: "memory, read", what: "ratio", measured: 2.5, limit: 2 },
  ]);
});

it("reports a kind without limits as a breach", () => {
  const [breach] = breachesOf({ "cookie, read": { bytes: 1 } }, limits);
  assert.deepEqual(breach, { name: "cookie, read", what: "bytes", measured: 1, limit: undefined });
});

it("sets limits above the measured costs", () => {
  assert.deepEqual(withRoom({ a: { bytes: 1000, ratio: 2 } }), { a: { bytes: 1250, ratio: 3.6 } });
  assert.deepEqual(withRoom({ a: { bytes: -20 } }), { a: { bytes: 100 } });
});

it("confirms only a breach that was measured twice", () => {
  const once = { name: "memory, read", what: "ratio", measured: 3, limit: 2 } as const;
  const other = { ...once, what: "bytes" } as const;
  assert.deepEqual(confirmed([once, other], [{ ...once, measured: 2.5 }]), [{ ...once, measured: 2.5 }]);
  assert.deepEqual(confirmed([once], [other]), []);
});
