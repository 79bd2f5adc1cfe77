import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { endOfHeader, firstRedisValue, headerOf, redisValue, sessionText } from "../../../src/stores/redis/value.ts";

const milliseconds = fc.integer({ min: 1, max: 8.64e15 });
const owner = fc.record(
  {
    principal: fc.string({ unit: "binary" }),
    created: milliseconds,
    written: milliseconds,
    idle: fc.option(fc.double({ min: 0.001, max: 1e9, noNaN: true }), { nil: undefined }),
    listedUntil: fc.option(milliseconds, { nil: undefined }),
  },
  { noNullPrototype: true },
);
const header = fc.record(
  { renewed: fc.option(milliseconds, { nil: undefined }), owner: fc.option(owner, { nil: undefined }) },
  { noNullPrototype: true },
);
const nothing = { renewed: undefined, owner: undefined };

test("text and header are read back from a value", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), header, (text, noted) => {
      for (const value of [redisValue(text, noted), firstRedisValue(text, noted)]) {
        assert.equal(sessionText(value), text);
        assert.deepEqual({ ...nothing, ...headerOf(value) }, noted);
      }
    }),
  );
});

test("two values are never equal, except first values without a header", () => {
  assert.notEqual(redisValue("{}", {}), redisValue("{}", {}));
  assert.equal(firstRedisValue("{}", {}), "\n{}");
});

test("a header line ends with its own principal, and with no other", () => {
  const similar = fc.constantFrom("ada", '","ada', '"ada', ',"ada"]', "\\", '\\"', "", "a", "\ud800");
  const principal = fc.oneof(similar, fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(principal, principal, (one, other) => {
      const owner = { principal: one, created: 1, written: 1, idle: 1, listedUntil: 1 };
      const [line = ""] = redisValue("{}", { owner }).split("\n");
      assert.equal(line.endsWith(endOfHeader(other)), one === other);
    }),
  );
});

test("a foreign header line is ignored, without an error", () => {
  for (const line of ["", "{}", "null", '["a"', "not json, and longer than that", '["x",1,2,3,4,5,6]']) {
    assert.equal(headerOf(`${line}\n{}`).owner, undefined);
  }
  assert.equal(sessionText("no line at all"), "no line at all");
});
