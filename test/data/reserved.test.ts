import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { checkSession, createdOf, omit, withCreated, withoutCreated } from "../../src/data/reserved.ts";
import type { SessionData } from "../../src/types.ts";

const withProto: SessionData = Object.fromEntries([["__proto__", { admin: true }]]);

test("the time a session began is stored in it, and hidden from handlers", () => {
  const session = Object.freeze({ user: "ada" });
  const stored = withCreated(session, 5);
  assert.deepEqual(stored, { user: "ada", _created: 5 });
  assert.equal(createdOf(stored), 5);
  assert.deepEqual(withoutCreated(stored), session);
  assert.equal(createdOf(withCreated(stored, 6)), 6);
});

test("a session may be stored without it", () => {
  const session = { user: "ada" };
  assert.equal(withoutCreated(session), session);
  for (const stored of [
    session,
    { _created: "5" },
    { _created: null },
    Object.create({ _created: 5 }) as SessionData,
  ]) {
    assert.equal(createdOf(stored), undefined);
  }
});

test("a key __proto__ stays data", () => {
  for (const session of [withoutCreated(withCreated(withProto, 5)), omit({ ...withProto, a: 1 }, "a")]) {
    assert.equal(Object.getPrototypeOf(session), Object.prototype);
    assert.deepEqual(Object.entries(session), [["__proto__", { admin: true }]]);
  }
});

describe("checkSession", () => {
  test("passes plain objects", () => {
    for (const session of [
      {},
      { a: undefined },
      withProto,
      Object.create(null),
      { created: 1, _flash: 1 },
    ] as unknown[]) {
      checkSession(session, "response.session");
    }
  });

  const refused: readonly (readonly [session: unknown, message: string])[] = [
    [undefined, "response.session must be a plain object, got undefined; answer null to delete it"],
    [null, "response.session must be a plain object, got null"],
    ["ada", "response.session must be a plain object, got text"],
    [1, "response.session must be a plain object, got a number"],
    [[], "response.session must be a plain object, got a list"],
    [new Map(), "response.session must be a plain object, got a Map"],
    [{ _created: 1 }, "response.session._created is reserved: it holds the time the session began; use another name"],
    [{ [Symbol("a")]: 1 }, "response.session has a symbol for a key, which no store keeps; use text"],
  ];
  for (const [session, message] of refused) {
    test(message, () => {
      assert.throws(() => checkSession(session, "response.session"), { name: "SessionDataError", message });
    });
  }
});
