import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createCipheriv, hkdfSync } from "node:crypto";
import { describe, test } from "node:test";

import fc from "fast-check";

import { open, seal } from "../../../src/stores/cookie/seal.ts";
import { sealingKey } from "../../../src/crypto/sealing-key.ts";

const KEY_BYTES = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const KEY = sealingKey("test", KEY_BYTES);
const OTHER = sealingKey("test", Buffer.alloc(32, 7));
const PURPOSE = "ring-session";
const ISSUED = 1_700_000_000_000;
const EXPIRES = ISSUED + 1_800_000;
const TEXT = '{"user":"Ada"}';

/** Seals made by another implementation (Python's `cryptography`). A seal made once must open for ever. */
const VECTORS = [
  {
    name: "32 bytes",
    key: KEY_BYTES,
    purpose: PURPOSE,
    sealed: "AYMbmAhkZWZnaGlqa2xtbm8l_KwOKD_IIdhHY8YLgCn-MCt_KGhHqIVp9Sq9SNKK5bHUDdD662SaLT0",
    found: { text: TEXT, issued: ISSUED, expires: EXPIRES },
  },
  {
    name: "base64url of 32 bytes, no end",
    key: "niv8niGv_4T0IgCrXeCps-QEq5mpCYCi0fnOLgOaJ80",
    purpose: "__Host-session",
    sealed: "AVfPgzEAAQIDBAUGBwgJCgtc1nN9c5We5l_Ef1RbOKjaRiieN2vrBMaAJRXYm3o",
    found: { text: "{}", issued: 1_795_000_000_123, expires: Infinity },
  },
  {
    name: "a passphrase, the ends of time",
    key: "correct horse battery st\u00e4ple",
    purpose: PURPOSE,
    sealed:
      "AYuXE1j_______________8SysKD1cVamyqD8D2yVSVjgXbtiNeWjyj1hRr9zcJe_W4ohB6Dq9ew3vKxXN2XWzGCEMj0pGUdxyR4XjJYz9U",
    found: { text: '{"name":"日本 😀","n":[1,null]}', issued: 0, expires: 2 ** 48 - 1 },
  },
];

describe("known answers", () => {
  for (const { name, key, purpose, sealed, found } of VECTORS) {
    test(name, () => {
      assert.deepEqual(open([sealingKey("test", key)], purpose, sealed), { ...found, keyIndex: 0 });
    });
  }

  test("the format is the one on the page of the cookie store, octet by octet", () => {
    assert.equal(sealedByHand({ nonce: Buffer.from("defghijklmno") }), VECTORS[0]?.sealed);
    const opened = open([KEY], PURPOSE, sealedByHand({}));
    assert.deepEqual(opened, { text: TEXT, issued: ISSUED, expires: EXPIRES, keyIndex: 0 });
    const sealed = seal(KEY, PURPOSE, TEXT, ISSUED, EXPIRES);
    assert.equal(sealedByHand({ nonce: bytesOf(sealed).subarray(5, 17) }), sealed);
  });

  test("a passphrase is taken in Unicode's form C", () => {
    const decomposed = sealingKey("test", "correct horse battery sta\u0308ple");
    assert.equal(open([decomposed], PURPOSE, VECTORS[2]?.sealed ?? "")?.issued, 0);
  });
});

describe("a seal", () => {
  test("opens unchanged, whatever the text, the times and the purpose", () => {
    const texts = fc.string({ unit: "binary", maxLength: 200 });
    const times = fc.tuple(
      fc.nat(2 ** 48 - 1),
      fc.oneof(fc.integer({ min: 1, max: 2 ** 48 - 2 }), fc.constant(Infinity)),
    );
    fc.assert(
      fc.property(fc.string(), texts, times, (purpose, text, [issued, expires]) => {
        assert.deepEqual(open([KEY], purpose, seal(KEY, purpose, text, issued, expires)), {
          text,
          issued,
          expires,
          keyIndex: 0,
        });
      }),
    );
  });

  test("keeps whole milliseconds: issued no later, expires no sooner", () => {
    const opened = open([KEY], PURPOSE, seal(KEY, PURPOSE, TEXT, 1000.9, 2000.1));
    assert.deepEqual([opened?.issued, opened?.expires], [1000, 2001]);
  });

  test("has no end if six octets cannot hold it", () => {
    for (const expires of [2 ** 48 - 1, 2 ** 48, Number.MAX_VALUE, Infinity]) {
      assert.equal(open([KEY], PURPOSE, seal(KEY, PURPOSE, TEXT, ISSUED, expires))?.expires, Infinity);
    }
  });

  test("tells which key opened it, and tries several keys of the same id", () => {
    const sealed = seal(KEY, PURPOSE, TEXT, ISSUED, EXPIRES);
    const namesake = { ...OTHER, id: KEY.id };
    for (const [keyIndex, keys] of [
      [KEY, OTHER],
      [OTHER, KEY],
      [OTHER, namesake, KEY],
    ].entries()) {
      assert.equal(open(keys, PURPOSE, sealed)?.keyIndex, keyIndex);
    }
  });

  test("never has the nonce of another, in 10,000 seals", () => {
    const nonces = Array.from({ length: 10_000 }, () => {
      return bytesOf(seal(KEY, PURPOSE, "", 0, Infinity)).toString("hex", 5, 17);
    });
    assert.equal(new Set(nonces).size, 10_000);
  });
});

describe("a seal that does not open", () => {
  const sealed = seal(KEY, PURPOSE, TEXT, ISSUED, EXPIRES);
  const refuses = (text: string, why: string): void => assert.equal(open([KEY, OTHER], PURPOSE, text), undefined, why);

  test("is not the unchanged one", () => {
    assert.equal(open([KEY, OTHER], PURPOSE, sealed)?.text, TEXT);
  });

  test("has any one bit of its octets changed", () => {
    const bytes = bytesOf(sealed);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(bit >>> 3) ^ (1 << (bit & 7)), bit >>> 3);
      refuses(changed.toString("base64url"), `bit ${bit}`);
    }
  });

  test("has any one bit of its characters changed: there is only one spelling", () => {
    for (let bit = 0; bit < sealed.length * 16; bit++) {
      const at = bit >>> 4;
      const character = String.fromCharCode(sealed.charCodeAt(at) ^ (1 << (bit & 15)));
      refuses(sealed.slice(0, at) + character + sealed.slice(at + 1), `bit ${bit & 15} of character ${at}`);
    }
  });

  test("is cut at either end, as text or as octets", () => {
    const bytes = bytesOf(sealed);
    for (let cut = 1; cut <= sealed.length; cut++) {
      refuses(sealed.slice(0, -cut), `${cut} characters at the end`);
      refuses(sealed.slice(cut), `${cut} characters at the start`);
      refuses(bytes.subarray(0, Math.max(0, bytes.length - cut)).toString("base64url"), `${cut} octets at the end`);
      refuses(bytes.subarray(cut).toString("base64url"), `${cut} octets at the start`);
    }
  });

  test("has more characters at either end or inside", () => {
    for (const more of ["A", "AAAA", "=", "==", " ", "\t", "\n", "\r\n", "\0", ".", "%3D", sealed]) {
      refuses(sealed + more, `${JSON.stringify(more)} at the end`);
      refuses(more + sealed, `${JSON.stringify(more)} at the start`);
      refuses(sealed.slice(0, 20) + more + sealed.slice(20), `${JSON.stringify(more)} inside`);
    }
  });

  test("is in another alphabet or has padding", () => {
    const bytes = bytesOf(VECTORS[0]?.sealed ?? "");
    assert.match(bytes.toString("base64"), /[+/].*=/);
    refuses(bytes.toString("base64"), "base64");
    refuses(bytes.toString("hex"), "hex");
    refuses(bytes.toString("latin1"), "octets");
  });

  test("is for another purpose, also one that could be mistaken for purpose and head", () => {
    for (const purpose of [
      "",
      "ring-sessio",
      "ring-session2",
      "RING-SESSION",
      "ring-session\0",
      `ring-session\0\u0001`,
    ]) {
      assert.equal(open([KEY], purpose, sealed), undefined, purpose);
    }
  });

  test("is of another key, even of one with the same id", () => {
    assert.equal(open([OTHER], PURPOSE, sealed), undefined);
    assert.equal(open([{ ...OTHER, id: KEY.id }], PURPOSE, sealed), undefined);
    assert.equal(open([], PURPOSE, sealed), undefined);
  });

  test("is authentic, but of another version", () => {
    assert.notEqual(open([KEY], PURPOSE, sealedByHand({ version: 1 })), undefined);
    for (const version of [0, 2, 255]) refuses(sealedByHand({ version }), `version ${version}`);
  });

  test("is authentic, but too short for its times", () => {
    assert.notEqual(open([KEY], PURPOSE, sealedByHand({ plain: Buffer.alloc(12) })), undefined);
    for (let length = 0; length < 12; length++) refuses(sealedByHand({ plain: Buffer.alloc(length) }), `${length}`);
  });

  test("is any other text", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.base64String(),
      fc.uint8Array().map((bytes) => `AYMbmAh${Buffer.from(bytes).toString("base64url")}`),
    );
    fc.assert(
      fc.property(texts, (text) => refuses(text, text)),
      { numRuns: 1000 },
    );
  });
});

describe("a key", () => {
  test("is the same as 32 bytes and as their base64url text", () => {
    const sealed = seal(sealingKey("test", KEY_BYTES.toString("base64url")), PURPOSE, TEXT, ISSUED, EXPIRES);
    assert.equal(open([sealingKey("test", new Uint8Array(KEY_BYTES))], PURPOSE, sealed)?.text, TEXT);
  });

  test("is the base64url text of 32 bytes as generateKey writes it: anything else is a passphrase", () => {
    const sealed = seal(KEY, PURPOSE, TEXT, ISSUED, EXPIRES);
    const padded = sealingKey("test", `${KEY_BYTES.toString("base64url")}=`);
    assert.equal(open([padded], PURPOSE, sealed), undefined);
  });

  test("does not share the memory of its id with its secret", () => {
    const secret = KEY.secret.export();
    assert.ok(!Buffer.from(KEY.id.buffer).includes(secret));
  });

  test("does not change with the bytes it was made of", () => {
    const bytes = Buffer.from(KEY_BYTES);
    const key = sealingKey("test", bytes);
    bytes.fill(0);
    assert.equal(open([key], PURPOSE, seal(KEY, PURPOSE, TEXT, ISSUED, EXPIRES))?.text, TEXT);
  });
});

function bytesOf(sealed: string): Buffer {
  return Buffer.from(sealed, "base64url");
}

interface Parts {
  readonly version?: number;
  readonly nonce?: Buffer;
  readonly plain?: Buffer;
}

/** Makes a seal of KEY for PURPOSE from the documented format and node:crypto alone. */
function sealedByHand({ version = 1, nonce = Buffer.alloc(12, 9), plain = plainByHand() }: Parts): string {
  const derived = Buffer.from(hkdfSync("sha256", KEY_BYTES, Buffer.alloc(0), "ringlet/seal/1", 36));
  const head = Buffer.concat([Buffer.of(version), derived.subarray(32)]);
  const cipher = createCipheriv("aes-256-gcm", derived.subarray(0, 32), nonce);
  cipher.setAAD(Buffer.concat([Buffer.from(`ringlet/seal/1\0${PURPOSE}\0`), head]));
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([head, nonce, encrypted, cipher.getAuthTag()]).toString("base64url");
}

function plainByHand(): Buffer {
  const times = [ISSUED, EXPIRES].map((time) => time.toString(16).padStart(12, "0"));
  return Buffer.concat([Buffer.from(times.join(""), "hex"), Buffer.from(TEXT)]);
}
