import assert from "node:assert/strict";
import { test } from "node:test";

import { copyOf } from "../../src/data/copy.ts";

test("a copy is equal, and shares nothing with the original", () => {
  const values = {
    list: [1, { a: [true, null] }],
    map: new Map([["a", 1]]),
    set: new Set([1]),
    date: new Date(0),
    __proto__: null,
  };
  const copy = copyOf(values) as typeof values;
  assert.deepEqual({ ...copy }, { ...values });
  copy.list.push(2);
  copy.map.set("b", 2);
  copy.set.add(2);
  copy.date.setTime(1);
  assert.deepEqual([values.list.length, values.map.size, values.set.size, values.date.getTime()], [2, 1, 1, 0]);
});

test("an instance that cannot be copied stays the same object", () => {
  const url = new URL("https://example.com");
  assert.equal((copyOf({ url }) as { url: URL }).url, url);
});
