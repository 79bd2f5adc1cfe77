import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { reportError } from "../../src/http/report.ts";

const request = { method: "GET", uri: "/a%20b/\x9b[31m\u00e9\u4e2d", headers: {}, queryString: "token=secret" };

/** Returns the text that goes to stderr while `run` runs, and one turn after. */
async function stderrOf(t: TestContext, run: () => void): Promise<string> {
  const write = t.mock.method(process.stderr, "write", () => true);
  run();
  await new Promise((resolve) => setImmediate(resolve));
  write.mock.restore();
  return write.mock.calls.map((call) => String(call.arguments[0])).join("");
}

test("by default method, path and stacks go to stderr, without control characters", async (t) => {
  const cause = Object.assign(new Error("connection refused"), { command: { args: ["the session"] } });
  const error = new Error("session store: read failed", { cause });
  const text = await stderrOf(t, () => reportError(error, request));
  assert.equal(
    text.startsWith("GET /a%20b/%C2%9B%5B31m%C3%A9-: Error: session store: read failed\n    at "),
    true,
    text,
  );
  assert.match(text, /\n\[cause\]: Error: connection refused\n    at /);
  assert.doesNotMatch(text, /the session|secret|\x9b/);
});

test("a thrown value may be something else than an Error", async (t) => {
  for (const [thrown, shown] of [
    ["boom", '"boom"'],
    [undefined, "undefined"],
    [{ stack: 1 }, "an object"],
  ] as const) {
    const text = await stderrOf(t, () => reportError(thrown, request));
    assert.equal(text.endsWith(`: thrown: ${shown}\n`), true, text);
  }
});

test("a circular chain of causes ends", async (t) => {
  const error = new Error("circle");
  error.cause = error;
  const text = await stderrOf(t, () => reportError(error, request));
  assert.equal(text.split("[cause]").length, 6);
});

test("a listener gets the error instead", async (t) => {
  const heard: unknown[] = [];
  const error = new Error("heard");
  const text = await stderrOf(t, () => reportError(error, request, (...given) => heard.push(...given)));
  assert.deepEqual(heard, [error, request]);
  assert.equal(text, "");
});

test("a listener that fails leaves both errors on stderr", async (t) => {
  const fails = [
    () => {
      throw new Error("second");
    },
    async () => Promise.reject(new Error("second")),
  ];
  for (const listener of fails) {
    const text = await stderrOf(t, () => reportError(new Error("first"), request, listener));
    assert.match(text, /Error: first\n[^]*Error: second\n/);
  }
});
