import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CREATED_AT, createSlots, type Slots } from "../../../src/stores/memory/slots.ts";
import { heldBytes } from "./held-bytes.ts";

/** Bytes of a segment: 256 slots of 64 bytes, and for each 8 bytes for its end and 4 for its head. */
const SEGMENT = 256 * 76;

describe("slots", () => {
  it("come in segments, and the last empty one stays for the next", async () => {
    const slots = createSlots();
    assert.equal(await heldBytes(() => push(slots, 1)), SEGMENT);
    assert.equal(await heldBytes(() => push(slots, 255)), 0);
    assert.equal(await heldBytes(() => push(slots, 1)), SEGMENT);
    assert.equal(await heldBytes(() => pop(slots, 1)), 0);
    assert.equal(await heldBytes(() => pop(slots, 255)), 0);
    assert.equal(await heldBytes(() => pop(slots, 1)), -SEGMENT);
    assert.equal(slots.length, 0);
  });

  it("keep their fields apart across segments", () => {
    const slots = createSlots();
    push(slots, 600);
    for (let slot = 0; slot < 600; slot += 1) {
      slots.set(slot, CREATED_AT, slot);
      slots.setExpires(slot, slot + 0.5);
      slots.setHead(slot, -slot);
    }
    slots.copy(599, 3);
    assert.deepEqual([slots.get(3, CREATED_AT), slots.expires(3), slots.head(3)], [599, 599.5, -3]);
    for (let slot = 4; slot < 600; slot += 1) {
      assert.deepEqual([slots.get(slot, CREATED_AT), slots.expires(slot), slots.head(slot)], [slot, slot + 0.5, -slot]);
    }
  });

  it("refuse a number beyond their memory", () => {
    const slots = createSlots();
    push(slots, 1);
    assert.throws(() => slots.get(-1, CREATED_AT), { name: "RangeError", message: "no slot -1: there are 1" });
    assert.throws(() => slots.set(256, CREATED_AT, 0), RangeError);
  });
});

function push(slots: Slots, count: number): void {
  for (let more = 0; more < count; more += 1) {
    slots.reserve();
    slots.push();
  }
}

function pop(slots: Slots, count: number): void {
  for (let fewer = 0; fewer < count; fewer += 1) slots.pop();
}
