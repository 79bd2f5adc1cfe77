import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { listening } from "../adapters/live.ts";

const main = fileURLToPath(new URL("../../examples/demo/main.js", import.meta.url));

test("starts, says where, and ends on Ctrl-C", async (t) => {
  for (const store of ["memory", "cookie"]) {
    const demo = start(t, ["--port", "0", "--store", store], { SESSION_KEY: "a passphrase of some length" });
    const line = await demo.firstLine;
    const [, url = ""] =
      /^Ringlet demo on (http:\/\/127\.0\.0\.1:\d+) \((memory|cookie) store\)\. Ctrl-C ends it\.$/.exec(line) ?? [];
    assert.match(await (await fetch(url)).text(), new RegExp(`${store} store`));
    demo.kill("SIGINT");
    assert.deepEqual(await demo.ended, { code: 0, out: `${line}\n`, err: "" });
  }
});

test("without SESSION_KEY the cookie store makes a key, and warns", async (t) => {
  const demo = start(t, ["--port", "0", "--store", "cookie"]);
  await demo.firstLine;
  demo.kill("SIGTERM");
  const { code, err } = await demo.ended;
  assert.equal(code, 0);
  assert.match(err, /^ringlet: cookieStore has no key.*\n$/);
});

test("says in a line what is wrong with the command line", async (t) => {
  const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
    [["--store", "disk"], /^--store must be one of memory\|cookie, got "disk"\n$/],
    [["--store", "toString"], /^--store must be one of/],
    [["--port", "70000"], /^--port must be a whole number from 0 to 65535, got "70000"\n$/],
    [["--port", ""], /^--port must be/],
    [["--prot", "1"], /^Unknown option '--prot'.*\n$/],
  ];
  for (const [args, message] of mistakes) {
    const { code, out, err } = await start(t, args).ended;
    assert.match(err, message);
    assert.deepEqual({ code, out }, { code: 2, out: "" });
  }
});

test("says in a line that SESSION_KEY is no key", async (t) => {
  const { code, err } = await start(t, ["--store", "cookie"], { SESSION_KEY: "short" }).ended;
  assert.match(err, /^cookieStore: key .*\n$/);
  assert.equal(code, 2);
});

test("says in a line that the port is taken", async (t) => {
  const { port } = await listening(t, () => undefined);
  const { code, out, err } = await start(t, ["--port", String(port)]).ended;
  assert.equal(err, `Cannot listen on 127.0.0.1, port ${port}: it is taken; choose another with --port\n`);
  assert.deepEqual({ code, out }, { code: 1, out: "" });
});

test("--help explains the options", async (t) => {
  const { code, out } = await start(t, ["--help"]).ended;
  assert.equal(code, 0);
  for (const word of ["--store memory|cookie", "--port", "--host", "--help", "SESSION_KEY"]) {
    assert.ok(out.includes(word), word);
  }
});

interface Running {
  readonly firstLine: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  readonly kill: (signal: "SIGINT" | "SIGTERM") => void;
}

function start(t: TestContext, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const { SESSION_KEY: _ours, ...others } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...others, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let out = "";
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes("\n")) resolve(out.slice(0, out.indexOf("\n")));
    });
    child.on("close", () => resolve(out));
  });
  const ended = new Promise<Awaited<Running["ended"]>>((resolve) =>
    child.on("close", (code) => resolve({ code, out, err })),
  );
  return { firstLine, ended, kill: (signal) => child.kill(signal) };
}
