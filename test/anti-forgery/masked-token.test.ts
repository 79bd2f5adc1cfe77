import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import fc from "fast-check";

import { createSecret, isSecret, maskedToken, opens, unmask } from "../../src/anti-forgery/masked-token.ts";

const secrets = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("base64url"));

describe("a masked token", () => {
  test("contains its secret and the next one, and opens for both", () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const token = maskedToken(secret);
        const shown = unmask(token);
        assert.equal(shown?.secret, secret);
        assert.ok(isSecret(shown.next));
        assert.ok(opens(token, secret) && opens(token, shown.next));
      }),
    );
  });

  test("always has 128 characters that need no escaping, and is never the same", () => {
    const secret = createSecret();
    const tokens = Array.from({ length: 1000 }, () => maskedToken(secret));
    for (const token of tokens) assert.match(token, /^[\w-]{128}$/);
    assert.equal(new Set(tokens).size, 1000);
    // No part of the token stays the same either.
    for (const at of [0, 43, 86]) assert.equal(new Set(tokens.map((token) => token.slice(at, at + 42))).size, 1000);
  });

  test("shows no bit of the secret: for any secret, every bit is 0 as often as 1", () => {
    for (const secret of [Buffer.alloc(32), Buffer.alloc(32, 255)]) {
      const ones = Array.from({ length: 768 }, () => 0);
      for (let round = 0; round < 2000; round++) {
        const bytes = Buffer.from(maskedToken(secret.toString("base64url")), "base64url");
        ones.forEach((count, bit) => (ones[bit] = count + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1)));
      }
      // 157 is seven standard deviations of 2,000 throws of a coin.
      for (const count of ones) assert.ok(Math.abs(count - 1000) < 157, `${count} of 2000`);
    }
  });

  test("with any one bit changed does not open for its secret", () => {
    const secret = createSecret();
    const bytes = Buffer.from(maskedToken(secret), "base64url");
    for (let bit = 0; bit < 512; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(opens(changed.toString("base64url"), secret), false, `bit ${bit}`);
    }
  });

  test("opens for no other secret", () => {
    fc.assert(fc.property(secrets, secrets, (a, b) => opens(maskedToken(a), b) === (a === b)));
  });

  test("is no other text: garbage does not throw, and opens for nothing", () => {
    const secret = createSecret();
    const near = fc.string({ unit: fc.constantFrom(..."abcXYZ019-_+/= \u0000é"), minLength: 126, maxLength: 130 });
    fc.assert(
      fc.property(fc.oneof(fc.string(), near, fc.base64String()), (text) => {
        assert.equal(opens(text, secret), false);
      }),
    );
    const token = maskedToken(secret);
    for (const text of [`${token}=`, ` ${token}`, token.slice(1), token + token, token.replace(/.$/, "+"), secret]) {
      assert.equal(unmask(text), undefined, text);
    }
  });
});

test("a secret is 32 bytes in base64url, in its only spelling", () => {
  const secret = createSecret();
  assert.ok(isSecret(secret));
  for (const value of [undefined, 1, "", secret.slice(1), `${secret}A`, `${secret.slice(0, 42)}B`, "é".repeat(43)]) {
    assert.equal(isSecret(value), false);
  }
});
