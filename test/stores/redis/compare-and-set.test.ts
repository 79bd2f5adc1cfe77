import assert from "node:assert/strict";
import { test } from "node:test";

import type { SendCommand } from "../../../src/stores/redis/client.ts";
import { createCompareAndSet } from "../../../src/stores/redis/compare-and-set.ts";
import type { StoreContext } from "../../../src/types.ts";

const context: StoreContext = { now: 0, ttl: 600, cookieName: "ring-session" };

/** Makes a `send` that returns replies from a list, and notes the names of the commands. */
function answering(...replies: readonly unknown[]): { readonly send: SendCommand; readonly names: string[] } {
  const names: string[] = [];
  const send: SendCommand = async (_key, [name = ""]) => {
    const reply = replies[names.length];
    names.push(name);
    if (reply instanceof Error) throw reply;
    return reply;
  };
  return { send, names };
}

test("IFEQ is tried once on a server without it", async () => {
  const { send, names } = answering(new Error("ERR syntax error"), "", "", "");
  const compareAndSet = createCompareAndSet(send);
  for (let count = 0; count < 3; count++) {
    assert.deepEqual(await compareAndSet("key", "a", "b", [], context), { done: true, row: "b" });
  }
  assert.deepEqual(names, ["SET", "EVALSHA", "EVALSHA", "EVALSHA"]);
});

test("any other error rejects, and IFEQ is tried again", async () => {
  const { send, names } = answering(new Error("OOM command not allowed"), "a");
  const compareAndSet = createCompareAndSet(send);
  await assert.rejects(async () => compareAndSet("key", "a", "b", [], context), /OOM/);
  assert.deepEqual(await compareAndSet("key", "a", "b", [], context), { done: true, row: "b" });
  assert.deepEqual(names, ["SET", "SET"]);
});

test("the reply is the stored value: the expected one, the written one, another one, or none", async () => {
  const replies: readonly [unknown[], object][] = [
    [["a"], { done: true, row: "b" }],
    [["b"], { done: true, row: "b" }],
    [["c"], { done: false, row: "c" }],
    [[null, "c"], { done: false, row: "c" }],
    [[null, null], { done: false, row: undefined }],
  ];
  for (const [given, expected] of replies) {
    const { send } = answering(...given);
    assert.deepEqual(await createCompareAndSet(send)("key", "a", "b", ["PX", "1"], context), expected);
  }
});

test("a deletion always runs as a script", async () => {
  const { send, names } = answering("", "c", null);
  const compareAndSet = createCompareAndSet(send);
  assert.deepEqual(await compareAndSet("key", "a", null, [], context), { done: true, row: undefined });
  assert.deepEqual(await compareAndSet("key", "a", null, [], context), { done: false, row: "c" });
  assert.deepEqual(await compareAndSet("key", "a", null, [], context), { done: false, row: undefined });
  assert.deepEqual(names, ["EVALSHA", "EVALSHA", "EVALSHA"]);
});
