import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { test } from "node:test";

import { createKey, digestOf, fingerprint } from "../../src/crypto/session-key.ts";
import { randomBytes } from "../../src/crypto/random.ts";

test("a key is 192 random bits in base64url", () => {
  const keys = Array.from({ length: 20_000 }, createKey);
  assert.equal(new Set(keys).size, keys.length);
  for (let at = 0; at < 32; at++) {
    const seen = new Set(keys.map((key) => key.charAt(at)));
    assert.equal(
      [...seen].toSorted(byCode).join(""),
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
    );
  }
  assert.ok(keys.every((key) => key.length === 32));
});

test("random bytes are all different, for any length", () => {
  const counts = [0, 1, 12, 24, 32, 1000, 4095, 4096, 4097, 10_000];
  for (const count of counts) assert.equal(randomBytes(count).length, count);
  const blocks = counts.flatMap(
    (count) =>
      randomBytes(count * 16)
        .toString("hex")
        .match(/.{32}/g) ?? [],
  );
  assert.ok(blocks.length > 20_000);
  assert.equal(new Set(blocks).size, blocks.length);
});

test("random bytes share no memory with later ones", () => {
  const first = randomBytes(16);
  const copy = Buffer.from(first);
  randomBytes(16).fill(0);
  randomBytes(16).fill(0);
  assert.deepEqual(first, copy);
  assert.notDeepEqual(randomBytes(16), Buffer.alloc(16));
});

test("a digest is the SHA-256 of a key, and a fingerprint its first 12 characters in hex", () => {
  assert.equal(digestOf("abc").toString("hex"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(fingerprint("abc"), "ba7816bf8f01");
  assert.deepEqual(digestOf("é\0"), hash("sha256", "é\0", "buffer"));
});

function byCode(a: string, b: string): number {
  return a.charCodeAt(0) - b.charCodeAt(0);
}
