import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { printEdn, readEdn } from "../../../src/edn/edn.ts";
import { ringKey, sealRing } from "../../../src/stores/ring-cookie/seal.ts";
import { ringCookieStore } from "../../../src/stores/ring-cookie/ring-cookie.ts";
import { comparable, ednOf } from "../../ring-oracle/edn.ts";
import type { Clojure } from "../../ring-oracle/scenarios.ts";

/** A test vector. `test/ring-oracle/data/README.md` describes its properties. */
interface Vector {
  readonly name: string;
  readonly "key-hex": string;
  readonly edn?: string;
  readonly plaintext?: string;
  readonly "iv-hex"?: string;
  readonly sealed: string;
  readonly read: { readonly value?: Clojure; readonly nil?: true; readonly thrown?: string };
  readonly request: { readonly session?: Clojure };
}

const vectors = JSON.parse(readFileSync("test/ring-oracle/data/cookie-store-vectors.json", "utf8")) as Vector[];
const context = { now: 0, ttl: undefined, cookieName: "ring-session" };

/** Vectors in which Ring finds a session and this library none, with the reason. */
const noSessionHere: Readonly<Record<string, string>> = {
  "vector-session": "a session is a map",
  "text-number-forms": "a session is a map",
  "signed-bad-utf8": "octets that are no UTF-8 are not read as something else",
};

describe("a cookie that Ring sealed is read alike", () => {
  for (const { name, read, sealed, "key-hex": key, request } of vectors) {
    test(`${name}: ${sealed.slice(0, 12)}`, async () => {
      const session = await ringCookieStore({ key: Buffer.from(key, "hex") }).readSession(sealed, context);
      if (!("value" in read) || name in noSessionHere) return assert.equal(session, undefined);
      assert.deepEqual(comparable(session), comparable(ednOf(request.session ?? null)));
    });
  }
});

describe("a session is sealed alike", () => {
  for (const { name, sealed, edn, plaintext, "iv-hex": iv, "key-hex": key } of vectors) {
    const text = edn ?? plaintext;
    if (iv === undefined || text === undefined) continue;
    test(`${name} has the same octets here`, () => {
      assert.equal(sealRing(ringKey("key", Buffer.from(key, "hex")), text, Buffer.from(iv, "hex")), sealed);
    });
  }
});

test("EDN is printed as Ring prints it", () => {
  for (const { name, edn } of vectors) {
    if (edn === undefined) continue;
    const value = readEdn(edn);
    assert.equal(printEdn(value), edn, name);
  }
});

test("every exception in this file is needed, and no vector is left out", () => {
  assert.equal(vectors.length, 58);
  for (const name of Object.keys(noSessionHere)) {
    assert.ok(
      vectors.some((vector) => vector.name === name && "value" in vector.read),
      name,
    );
  }
});
