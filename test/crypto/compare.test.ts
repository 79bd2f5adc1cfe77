import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";

import { bytesOf, equalInConstantTime } from "../../src/crypto/compare.ts";

test("texts are equal, or not, of whatever length", () => {
  assert.ok(equalInConstantTime("", ""));
  assert.ok(equalInConstantTime("secret é", "secret é"));
  for (const [a, b] of [
    ["secret", "secres"],
    ["secret", "Secret"],
    ["secret", "secre"],
    ["", "s"],
    // One character each, and two bytes against one.
    ["é", "e"],
  ] as const) {
    assert.ok(!equalInConstantTime(a, b), `${a} and ${b}`);
    assert.ok(!equalInConstantTime(b, a), `${b} and ${a}`);
  }
});

describe("the bytes of a text in base64url", () => {
  test("are those that it was made of, of every length", () => {
    for (let length = 0; length < 200; length++) {
      const bytes = randomBytes(length);
      const text = bytes.toString("base64url");
      assert.deepEqual(bytesOf(text), bytes);
      assert.deepEqual(bytesOf(text, length), bytes);
      assert.equal(bytesOf(text, length + 1), undefined);
      assert.equal(bytesOf(text, length - 1), undefined);
    }
  });

  test("are none where Buffer would read the same of another text", () => {
    const bytes = Buffer.from([0xfb, 0xef, 0xbe, 0xff]);
    const text = bytes.toString("base64url");
    assert.equal(text, "----_w");
    for (const other of [
      text.replaceAll("-", "+"),
      text.replaceAll("_", "/"),
      `${text}=`,
      `${text}==`,
      `${text} `,
      ` ${text}`,
      `${text.slice(0, 3)}\n${text.slice(3)}`,
      `${text}!`,
      // Spare bits behind the last byte.
      `${text.slice(0, -1)}x`,
      // U+0141 ends in the byte of "A".
      text.replace("-", "\u0141"),
    ]) {
      assert.equal(bytesOf(other), undefined, JSON.stringify(other));
      assert.equal(bytesOf(other, bytes.length), undefined, JSON.stringify(other));
    }
  });

  test("are told apart as by spelling them again, whatever the text", () => {
    const alphabet = [..."AZaz09-_+/=. \n!", "\u00e9", "\u0141", "\u{1f36a}"];
    const pick = (): string => alphabet[(randomBytes(1)[0] ?? 0) % alphabet.length] ?? "";
    let right = 0;
    for (let count = 0; count < 20_000; count++) {
      const text = Array.from({ length: (randomBytes(1)[0] ?? 0) % 9 }, pick).join("");
      const bytes = Buffer.from(text, "base64url");
      const expected = bytes.toString("base64url") === text ? bytes : undefined;
      if (expected !== undefined) right++;
      assert.deepEqual(bytesOf(text), expected, JSON.stringify(text));
    }
    assert.ok(right > 1000, `only ${right} texts were right`);
  });
});
