import assert from "node:assert/strict";
import { test } from "node:test";

import { freeze } from "../../src/data/freeze.ts";

test("freezes deeply, and returns the same value", () => {
  const session = { cart: { items: [{ id: 1 }, [{}]] } };
  assert.equal(freeze(session), session);
  for (const part of [session, session.cart, session.cart.items, ...session.cart.items, session.cart.items.flat()[1]]) {
    assert.ok(Object.isFrozen(part));
  }
  assert.throws(() => Object.assign(session.cart, { total: 1 }), TypeError);
});

test("freezes the members of a frozen object", () => {
  const session = Object.freeze({ cart: Object.freeze([{ id: 1 }]) });
  freeze(session);
  assert.ok(Object.isFrozen(session.cart[0]));
});

test("ends even if a session contains itself", () => {
  const session: Record<string, unknown> = { inner: { list: [] as unknown[] } };
  (session["inner"] as { list: unknown[] }).list.push(session);
  assert.ok(Object.isFrozen(freeze(freeze(session))["inner"]));
});

test("does not freeze a value that is neither a list nor a plain object", () => {
  const session = { when: new Date(0), names: new Map() };
  freeze(session);
  assert.equal(Object.isFrozen(session.when), false);
  assert.equal(Object.isFrozen(session.names), false);
  for (const plain of [null, undefined, 1, "a"]) assert.equal(freeze(plain), plain);
});
