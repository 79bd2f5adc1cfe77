import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import fc from "fast-check";

import { digestOf } from "../../../src/crypto/session-key.ts";
import { createTable, type Table } from "../../../src/stores/memory/table.ts";
import { heldBytes } from "./held-bytes.ts";

interface Filed {
  principal: string | undefined;
  readonly expires: number;
}

interface Subject {
  readonly table: Table;
}

/** Sessions by number, in the order of use. */
type Model = Map<number, Filed>;

type Step = fc.Command<Model, Subject> & { readonly step: (model: Model, table: Table) => void };

/** Principals. Some are alike in UTF-8, or up to the last character. */
const NAMES = ["", "ada", "ada ", "\ud800", "\ud801", "\ufffd", "__proto__", "😀"];

describe("the principals of a table", () => {
  const numbers = fc.nat(39);
  const principals = fc.option(fc.constantFrom(...NAMES), { nil: undefined });
  const commands = [
    fc.tuple(numbers, principals, fc.nat(100)).map((args) => put(...args)),
    fc.tuple(numbers, principals, fc.nat(100)).map((args) => put(...args)),
    fc.tuple(numbers, principals).map((args) => file(...args)),
    numbers.map(remove),
    fc.constant(evict()),
    fc.tuple(fc.nat(100), fc.nat(40)).map((args) => sweep(...args)),
  ];

  test("are those of a model after any steps", () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 150, size: "max" }), (list) => {
        fc.modelRun(() => ({ model: new Map<number, Filed>(), real: { table: createTable() } }), list);
      }),
      { numRuns: 100 },
    );
  });

  test("are those of a model while it grows to thousands and shrinks again", () => {
    const table = createTable();
    const model: Model = new Map();
    const check = (): void =>
      assertSame(model, table, ["the same", ...Array.from({ length: 900 }, (_, number) => nameOf(number))]);
    for (const [turn, number] of fc.sample(fc.nat(3999), { numRuns: 30_000, seed: 1 }).entries()) {
      const principal = turn % 3 === 0 ? "the same" : turn % 7 === 0 ? undefined : nameOf(number % 900);
      const next = turn > 20_000 || turn % 5 === 4 ? remove(number) : put(number, principal, turn);
      next.step(model, table);
      if (turn % 5000 === 4999) check();
    }
    check();
    for (let number = 0; number < 4000; number++) remove(number).step(model, table);
    assert.equal(table.size, 0);
    check();
  });

  test("cost nothing if there are none, and at most 64 bytes for each, which are freed", async () => {
    const count = 20_000;
    const fill = async (table: Table, principal: (number: number) => string | undefined): Promise<number> =>
      heldBytes(() => {
        for (let number = 0; number < count; number++) {
          table.file(table.insert(digestOf(String(number)), "", 0), principal(number));
        }
      });
    const [none, one, each] = [createTable(), createTable(), createTable()];
    const without = await fill(none, () => undefined);
    const withOne = await fill(one, () => "the same");
    const withEach = await fill(each, String);
    assert.ok(withOne > without && withOne - without <= 48 * count, `${withOne - without} bytes`);
    assert.ok(withEach > withOne && withEach - without <= 64 * count, `${withEach - without} bytes`);
    const rest = withEach + (await heldBytes(() => each.sweep(Infinity, count)));
    assert.ok(rest <= 120 * 1024, `${rest} bytes`);
    assert.deepEqual([none.size, one.size, each.size], [count, count, 0]);
  });
});

function nameOf(number: number): string {
  return `principal ${number}`;
}

function assertSame(model: Model, table: Table, names: readonly string[]): void {
  const expected = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const [number, { principal }] of model) {
    if (principal !== undefined) expected.get(principal)?.push(digestOf(String(number)).toString("hex"));
  }
  for (const [name, digests] of expected) {
    const listed = table.slotsOf(name).map((slot) => table.handle(slot).toString("hex"));
    assert.deepEqual(listed.toSorted(), digests.toSorted(), name);
  }
}

/** Makes a command that compares all lists after its step. */
function stepOf(name: string, step: (model: Model, table: Table) => void): Step {
  return {
    step,
    check: () => true,
    run(model, { table }) {
      step(model, table);
      assertSame(model, table, NAMES);
      assert.equal(table.size, model.size);
    },
    toString: () => name,
  };
}

function put(number: number, principal: string | undefined, expires: number): Step {
  return stepOf(`put ${number} of ${principal} until ${expires}`, (model, table) => {
    if (model.has(number)) return file(number, principal).step(model, table);
    table.file(table.insert(digestOf(String(number)), "", expires), principal);
    model.set(number, { principal, expires });
  });
}

function file(number: number, principal: string | undefined): Step {
  return stepOf(`file ${number} under ${principal}`, (model, table) => {
    const row = model.get(number);
    if (row === undefined) return;
    table.file(table.find(digestOf(String(number))), principal);
    row.principal = principal;
  });
}

function remove(number: number): Step {
  return stepOf(`remove ${number}`, (model, table) => {
    if (model.delete(number)) table.remove(table.find(digestOf(String(number))));
  });
}

function evict(): Step {
  return stepOf("evict", (model, table) => {
    const [oldest] = model.keys();
    if (oldest === undefined) return;
    table.remove(table.oldest());
    model.delete(oldest);
  });
}

function sweep(now: number, count: number): Step {
  return stepOf(`sweep ${count} at ${now}`, (model, table) => {
    const gone: Buffer[] = [];
    table.sweep(now, count, (slot) => gone.push(table.handle(slot)));
    for (const number of model.keys()) {
      if (gone.some((digest) => digest.equals(digestOf(String(number))))) model.delete(number);
    }
  });
}
