import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createPages, type Pages } from "../../../src/stores/memory/pages.ts";
import { createSlots } from "../../../src/stores/memory/slots.ts";
import { createTexts, type Texts } from "../../../src/stores/memory/texts.ts";

const KIB = 1024;
const HEADER = 12;

describe("texts", () => {
  it("gives every string back as it was", () => {
    const { texts } = textsFor(1);
    texts.write(0, "");
    const strings = [fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), ofUnits(0xff), ofUnits(0xffff)];
    fc.assert(
      fc.property(fc.oneof(...strings), (text) => {
        texts.replace(0, text);
        assert.equal(texts.read(0), text);
      }),
    );
  });

  it("takes a byte for each character up to ÿ, and two each if there is one beyond", () => {
    for (const [last, bytes] of [
      ["a", 10_000],
      ["ÿ", 10_000],
      ["Ā", 20_000],
    ] as const) {
      const { texts, pages } = textsFor(1);
      texts.write(0, last.padStart(10_000, "a"));
      assert.equal(pages.capacity, bytes + HEADER);
      assert.equal(texts.read(0), last.padStart(10_000, "a"));
    }
  });

  it("keeps its neighbours while one text grows and shrinks", () => {
    const { texts } = textsFor(3);
    for (const slot of [0, 1, 2]) texts.write(slot, `text ${slot}`);
    for (const length of [0, 5, 6, 7, 8, 100, 50, 49, 2_000_000, 1_000_000, 999_999, 1, 0]) {
      texts.replace(1, "é".repeat(length));
      assert.deepEqual([texts.read(0), texts.read(1), texts.read(2)], ["text 0", "é".repeat(length), "text 2"]);
    }
  });

  it("takes no memory for a text that keeps its length", () => {
    const fillsPage = 146;
    const { texts, pages } = textsFor(fillsPage);
    for (let slot = 0; slot < fillsPage; slot += 1) texts.write(slot, "a".repeat(100));
    texts.replace(0, "b".repeat(100));
    assert.equal(pages.capacity, 16 * KIB);
    assert.equal(texts.read(0), "b".repeat(100));
  });

  it("gives back the room of a text that has become much shorter", () => {
    const { texts, pages } = textsFor(1);
    texts.write(0, "a".repeat(500_000));
    texts.replace(0, "b");
    assert.equal(pages.capacity, 16 * KIB);
    assert.equal(texts.read(0), "b");
  });
});

describe("the pages of texts", () => {
  const COUNT = 20_000;

  it("are compacted as texts are removed, in any order", () => {
    const { texts, pages } = filled();
    let live = COUNT * (100 + HEADER);
    for (const step of [7, 3, 2, 100]) {
      for (let slot = 0; slot < COUNT; slot += 1) {
        if (!isFirst(slot, step)) continue;
        texts.remove(slot);
        live -= 100 + HEADER;
        assertBounded(pages, live);
      }
    }
    assert.equal(live, 0);
    assert.ok(pages.capacity <= 32 * KIB);

    /** Whether this step removes the slot: it is the first that divides it, or otherwise the last one. */
    function isFirst(slot: number, step: number): boolean {
      return step === ([7, 3, 2].find((divisor) => slot % divisor === 0) ?? 100);
    }
  });

  it("are compacted while texts of all lengths come and go", () => {
    const { texts, pages } = filled();
    const lengths = Array.from({ length: COUNT }, () => 100);
    let live = COUNT * (100 + HEADER);
    for (let turn = 0; turn < 5 * COUNT; turn += 1) {
      const slot = (turn * 7919) % COUNT;
      const length = (turn * 31) % 400;
      texts.replace(slot, textOf(slot, length));
      live += length - (lengths[slot] ?? 0);
      lengths[slot] = length;
      assertBounded(pages, live);
    }
    for (const [slot, length] of lengths.entries()) assert.equal(texts.read(slot), textOf(slot, length));
  });

  /** Allows half as much again as is live, some pages being compacted, and the rest of texts that shrank in place. */
  function assertBounded(pages: Pages, live: number): void {
    const page = Math.max(16 * KIB, live / 8);
    assert.ok(pages.capacity <= live * 1.5 + 5 * page, `${pages.capacity} bytes for ${live}`);
  }

  function filled(): { texts: Texts; pages: Pages } {
    const all = textsFor(COUNT);
    for (let slot = 0; slot < COUNT; slot += 1) all.texts.write(slot, textOf(slot, 100));
    return all;
  }

  function textOf(slot: number, length: number): string {
    return `${slot};`.repeat(length).slice(0, length);
  }
});

function textsFor(count: number): { texts: Texts; pages: Pages } {
  const slots = createSlots();
  for (let slot = 0; slot < count; slot += 1) {
    slots.reserve();
    slots.push();
  }
  const pages = createPages();
  return { texts: createTexts(slots, pages), pages };
}

function ofUnits(most: number): fc.Arbitrary<string> {
  return fc.array(fc.nat(most)).map((codes) => String.fromCharCode(...codes));
}
