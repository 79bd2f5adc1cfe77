import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { traceOf, type SourceFunction } from "../../bench/route/trace.ts";
import { figuresOf, visitsOf, without } from "../../bench/route/visits.ts";

const file = "a.ts";
const outer: SourceFunction = { file, name: "outer", start: 0, end: 100, calls: 1 };
const inner: SourceFunction = { file, name: "", start: 40, end: 60, calls: 2 };
const other: SourceFunction = { file: "b.ts", name: "other", start: 5, end: 50, calls: 1 };

describe("a trace", () => {
  const [begin, arrow, end] = [10, 40, 90].map((offset) => ({ file, offset }));
  const [loop, body] = [45, 50].map((offset) => ({ file, offset }));
  const elsewhere = { file: "b.ts", offset: 20 };
  assert.ok(begin && arrow && end && loop && body);
  const hits = [begin, arrow, loop, loop, body, elsewhere, "[mark]", loop, body, end];
  const trace = traceOf(hits, [outer, inner, other, { ...other, name: "idle", start: 60, end: 70, calls: 0 }]);
  const stepped = trace.steps.map((step) =>
    typeof step === "string" ? step : `${step.name}${step.called ? ", called" : ""}`,
  );

  it("knows a call from a return, however a function begins", () => {
    assert.deepEqual(stepped.slice(0, 5), ["outer, called", "outer", "(in outer)", "(in outer)", "(in outer), called"]);
    assert.deepEqual(stepped.slice(5), ["other, called", "[mark]", "(in outer)", "(in outer), called", "outer"]);
  });

  it("has a visit for each stay in a file", () => {
    assert.deepEqual(visitsOf(trace), [
      { file, calls: new Map(Object.entries({ outer: 1, "(in outer)": 1 })) },
      { file: "b.ts", calls: new Map(Object.entries({ other: 1, "[mark]": 1 })) },
      { file, calls: new Map([["(in outer)", 1]]) },
    ]);
  });

  it("has figures, of all files or without some", () => {
    assert.deepEqual(figuresOf(trace), { files: 2, functions: 3, calls: 4, visits: 3, withReturns: 3 });
    const rest = without(["b.ts"], trace);
    assert.deepEqual(figuresOf(rest), { files: 1, functions: 2, calls: 3, visits: 1, withReturns: 1 });
  });

  it("counts a return that calls nothing by itself", () => {
    const there = traceOf([begin, elsewhere, end], [outer, other]);
    assert.deepEqual(figuresOf(there), { files: 2, functions: 2, calls: 2, visits: 2, withReturns: 3 });
  });
});

describe("npm run route", () => {
  const program = fileURLToPath(new URL("../../bench/route/main.js", import.meta.url));
  const print = async (): Promise<string> => (await promisify(execFile)(process.execPath, [program])).stdout;

  it("prints the same each time: from the cookie to the handler, and by settle to the store", async () => {
    const [first, second] = await Promise.all([print(), print()]);
    assert.equal(first, second);
    const [redis = "", express = ""] = first.split("ringlet/express on memoryStore");
    const way = /readSession.*\[handler\].*session\/settle\.ts +settle/s;
    assert.match(redis, way);
    assert.match(
      redis,
      /\[Redis\].*\[handler\].* settle\b.*store-operations\.ts +.*update.*optimistic\.ts.*\[Redis\].*withSessionCookie/s,
    );
    assert.match(express, way);
    assert.match(express, /adapters\/express\.ts +middleware.*\[handler\].* settle\b.*memory\.ts +updateSession/s);
  });
});
