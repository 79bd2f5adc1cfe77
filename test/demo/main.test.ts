import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { listening } from "../adapters/live.ts";
import { startPostgres, withoutPostgres } from "../support/servers/postgres.ts";
import { freePort, temporaryFolder } from "../support/servers/process.ts";
import { startRedis, withoutRedis } from "../support/servers/redis.ts";
import { client } from "./live.ts";

const main = fileURLToPath(new URL("../../examples/demo/main.js", import.meta.url));

const withoutSqlite = !isBuiltin("node:sqlite") && `Node ${process.version} has no SQLite`;

test("starts, prints its URL, and ends on Ctrl-C", async (t) => {
  for (const store of ["memory", "cookie"]) {
    const demo = start(t, ["--port", "0", "--store", store], { SESSION_KEY: "a passphrase of some length" });
    const { url, line, place } = await demo.started;
    assert.equal(place, `${store} store`);
    assert.match(await (await fetch(url)).text(), new RegExp(`${store} store`));
    demo.kill("SIGINT");
    assert.deepEqual(await demo.ended, { code: 0, out: `${line}\n`, err: "" });
  }
});

test("without --store, sessions are in a file if Node has SQLite, and otherwise in memory", async (t) => {
  const folder = temporaryFolder("demo");
  const demo = start(t, ["--port", "0"], {}, folder);
  const { place } = await demo.started;
  assert.equal(place, withoutSqlite ? "memory store" : "sqlite store in .cache/demo.sqlite");
  assert.equal(existsSync(join(folder, ".cache/demo.sqlite")), !withoutSqlite);
  demo.kill("SIGTERM");
  assert.equal((await demo.ended).code, 0);
});

test("a session in SQLite survives a crash of the demo", { skip: withoutSqlite }, async (t) => {
  await survives(t, `sqlite:${join(temporaryFolder("demo"), "a/b.sqlite")}`, /^sqlite store in .*\/a\/b\.sqlite$/);
});

test("a session in Redis survives a crash of the demo", { skip: withoutRedis }, async (t) => {
  const server = await startRedis();
  t.after(() => server.end());
  await survives(t, server.url, /^redis store on 127\.0\.0\.1:\d+$/);
});

test("a session in PostgreSQL survives a crash of the demo", { skip: withoutPostgres }, async (t) => {
  const server = await startPostgres();
  t.after(() => server.end());
  await survives(t, server.url, /^postgres store on 127\.0\.0\.1:\d+$/);
});

/** Logs in, kills the demo, and checks that the next demo still has the session, and ends on SIGTERM. */
async function survives(t: TestContext, store: string, place: RegExp): Promise<void> {
  const args = ["--port", "0", "--store", store];
  const first = start(t, args);
  const { url, place: said } = await first.started;
  assert.match(said, place);
  const browser = client(url);
  await browser.post("/login", { name: "ada" });
  await browser.get("/counter");
  first.kill("SIGKILL");
  await first.ended;
  const second = start(t, args);
  const again = client((await second.started).url);
  again.useKey(browser.sessionKey() ?? "");
  assert.match((await again.get("/counter")).body, /<strong>2<\/strong> visits in[^]*user: &#39;ada&#39;/);
  second.kill("SIGTERM");
  const { code, err } = await second.ended;
  assert.deepEqual({ code, err: withoutWarnings(err) }, { code: 0, err: "" });
}

test("prints one line if a server cannot be reached, without the password", async (t) => {
  const port = await freePort();
  for (const kind of ["redis", "postgres"]) {
    const { code, out, err } = await start(t, ["--store", `${kind}://ada:hunter2@127.0.0.1:${port}/0`]).ended;
    assert.match(
      err,
      new RegExp(`^Cannot use the ${kind} store on 127\\.0\\.0\\.1:${port}: [^\n]*ECONNREFUSED[^\n]*\n$`),
    );
    assert.doesNotMatch(err, /hunter2/);
    assert.deepEqual({ code, out }, { code: 1, out: "" });
  }
});

test("prints one line if a server does not answer", async (t) => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const before = performance.now();
  const demos = ["redis", "postgres"].map((kind) => start(t, ["--store", `${kind}://127.0.0.1:${port}`]).ended);
  for (const { code, err } of await Promise.all(demos)) {
    assert.match(err, /^Cannot use the (redis|postgres) store on [^\n]*\n$/);
    assert.equal(code, 1);
  }
  assert.ok(performance.now() - before < 6000);
});

test("without SESSION_KEY the cookie store makes a key, and warns", async (t) => {
  const demo = start(t, ["--port", "0", "--store", "cookie"]);
  await demo.started;
  demo.kill("SIGTERM");
  const { code, err } = await demo.ended;
  assert.equal(code, 0);
  assert.match(err, /^ringlet: cookieStore has no key.*\n$/);
});

test("prints one line for a mistake in the command line", async (t) => {
  const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
    [["--store", "disk"], /^--store must be memory\|cookie\|sqlite\[:FILE\]\|redis:.*\|postgres:.*, got "disk"\n$/],
    [["--store", "toString"], /^--store must be/],
    [["--store", "memory:x"], /^--store must be/],
    [["--store", "sqlite:"], /^--store must be/],
    [["--store", "redis:"], /^--store must be/],
    [["--store", "postgress://ada:hunter2@db/x"], /^--store must be [^\n]*, got "postgress:\/\/…"\n$/],
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

test("prints one line if SESSION_KEY is not a key", async (t) => {
  const { code, err } = await start(t, ["--store", "cookie"], { SESSION_KEY: "short" }).ended;
  assert.match(err, /^cookieStore: key .*\n$/);
  assert.equal(code, 2);
});

test("prints one line if this Node has no SQLite", { skip: !withoutSqlite && "it has" }, async (t) => {
  const { code, err } = await start(t, ["--store", "sqlite"]).ended;
  assert.equal(err, `--store sqlite needs Node 22.13 or later; this is ${process.version}\n`);
  assert.equal(code, 2);
});

test("prints one line if the port is taken", async (t) => {
  const { port } = await listening(t, () => undefined);
  const { code, out, err } = await start(t, ["--store", "memory", "--port", String(port)]).ended;
  assert.equal(err, `Cannot listen on 127.0.0.1, port ${port}: it is taken; choose another with --port\n`);
  assert.deepEqual({ code, out }, { code: 1, out: "" });
});

test("--help explains the options", async (t) => {
  const { code, out } = await start(t, ["--help"]).ended;
  assert.equal(code, 0);
  for (const word of ["memory|cookie|sqlite", "redis://", "--store", "--port", "--host", "--help", "SESSION_KEY"]) {
    assert.ok(out.includes(word), word);
  }
});

interface Running {
  /** The first line of its output, and the parts of it. */
  readonly started: Promise<{ readonly line: string; readonly url: string; readonly place: string }>;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  readonly kill: (signal: "SIGINT" | "SIGTERM" | "SIGKILL") => void;
}

function start(
  t: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = process.cwd(),
): Running {
  const { SESSION_KEY: _ours, ...others } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
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
  const started = firstLine.then((line) => {
    const parts = /^Ringlet demo on (http:\/\/127\.0\.0\.1:\d+) \((.+)\)\. Ctrl-C ends it\.$/.exec(line);
    assert.ok(parts, `${line}\n${err}`);
    return { line, url: parts[1] ?? "", place: parts[2] ?? "" };
  });
  started.catch(() => undefined);
  return { started, ended, kill: (signal) => child.kill(signal) };
}

/** Removes Node's warning that its SQLite is experimental. */
function withoutWarnings(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/ExperimentalWarning: SQLite|--trace-warnings/.test(line))
    .join("\n");
}
