import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPages, type Page } from "../../../src/stores/memory/pages.ts";

const KIB = 1024;

describe("pages", () => {
  it("start small and grow with what they hold", () => {
    const pages = createPages();
    assert.equal(pages.take(100).bytes.length, 16 * KIB);
    const sizes = Array.from({ length: 200_000 }, () => pages.take(100).bytes.length);
    assert.equal(Math.max(...sizes.slice(0, 1000)), 16 * KIB);
    assert.equal(sizes.at(-1), 1024 * KIB);
  });

  it("give a large text a page of its own", () => {
    const pages = createPages();
    const current = pages.take(100);
    const own = pages.take(3_000_000);
    assert.deepEqual([own.bytes.length, own.used], [3_000_000, 3_000_000]);
    assert.equal(pages.take(100), current);
  });

  it("reuse an id once its page is dropped", () => {
    const pages = createPages();
    const first = pages.take(5000);
    pages.give(first, 5000);
    assert.throws(() => pages.get(first.id), { message: "no page 0: there are 0" });
    const second = pages.take(6000);
    assert.equal(second.id, first.id);
    assert.equal(pages.get(first.id), second);
  });

  it("write from the start of the current page when it is empty", () => {
    const pages = createPages();
    for (let turn = 0; turn < 1000; turn += 1) {
      const page = pages.take(100);
      assert.equal(page.used, 100);
      pages.give(page, 100);
    }
  });

  it("name the emptiest once a third of all bytes is unused, never the current one", () => {
    const pages = createPages();
    pages.give(pages.take(3_000_000), 3_000_000);
    const taken: Page[] = [];
    while (new Set(taken).size < 7) taken.push(pages.take(1000));
    const [first, second, ...others] = new Set(taken.slice(0, -1));
    assert.ok(first !== undefined && second !== undefined);
    pages.give(first, 4000);
    assert.equal(pages.emptiest(), undefined);
    pages.give(second, 9000);
    for (const page of others) pages.give(page, 8000);
    assert.equal(pages.emptiest(), second);
  });

  it("stop writing to a page that is too large for the remaining texts", () => {
    const pages = createPages();
    const taken = Array.from({ length: 20_000 }, () => pages.take(100));
    const current = taken.at(-1);
    for (const page of taken) pages.give(page, 100);
    assert.ok(current !== undefined && current.bytes.length > 32 * KIB);
    assert.throws(() => pages.get(current.id), RangeError);
    assert.equal(pages.take(100).bytes.length, 16 * KIB);
  });
});
