/** Several processes on one file, and locks that others hold. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, test, type TestContext } from "node:test";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { SessionStoreError } from "../../../src/errors.ts";
import { sqliteStore } from "../../../src/stores/sqlite/sqlite.ts";
import { wrapSession } from "../../../src/session/session.ts";
import { mockRequest } from "../../../src/testing/testing.ts";
import type { StoreContext } from "../../../src/types.ts";
import { increment, openDatabase, openStore } from "./child.ts";
import { anyDriver, fileDrivers, freshPath } from "./drivers.ts";

const at: StoreContext = { now: 1_700_000_000_000, ttl: 600, cookieName: "ring-session" };

interface Child {
  readonly process: ChildProcess;
  /** The lines that it has printed so far. */
  readonly lines: readonly string[];
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
}

/** Starts a job of child.ts in its own process. */
function child(t: TestContext, driver: string, path: string, job: string, ...args: string[]): Child {
  const file = fileURLToPath(new URL("child.js", import.meta.url));
  const process = spawn(globalThis.process.execPath, [file, driver, path, job, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => process.kill("SIGKILL"));
  const lines: string[] = [];
  const reader = createInterface({ input: process.stdout });
  const ready = new Promise<void>((resolve) => {
    reader.on("line", (line) => (line === "ready" ? resolve() : void lines.push(line)));
    reader.on("close", resolve);
  });
  const ended = new Promise<void>((resolve) => process.once("close", () => resolve()));
  return { process, lines, ready, ended };
}

for (const { name, skip } of fileDrivers) {
  describe(`by ${name}, a lock that another process holds`, { skip }, () => {
    test("delays writers while the event loop goes on, and does not delay readers", async (t) => {
      const path = freshPath();
      const store = openStore(name, path);
      const key = await store.writeSession(undefined, { n: 1 }, at);
      const { ready, ended } = child(t, name, path, "hold", "IMMEDIATE", "200");
      await ready;
      let [turns, longest, last] = [0, 0, performance.now()];
      const ticking = setInterval(() => {
        const now = performance.now();
        [turns, longest, last] = [turns + 1, Math.max(longest, now - last), now];
      }, 2);
      t.after(() => clearInterval(ticking));
      const start = performance.now();
      const writes = Array.from({ length: 50 }, async () => store.writeSession(undefined, { n: 2 }, at));
      const update = store.updateSession(key, increment, undefined, at);
      assert.deepEqual(store.readSession(key, at), { n: 1 });
      // More than half of its time is left: this read does not wait to restart the clock.
      assert.deepEqual(store.readSession(key, { ...at, now: at.now + 200_000 }), { n: 1 });
      const late = store.readSession(key, { ...at, now: at.now + 400_000 });
      assert.ok(late instanceof Promise);
      const keys = await Promise.all(writes);
      assert.equal(await update, key);
      const waited = performance.now() - start;
      assert.ok(waited > 100 && waited < 1500, `waited ${waited} ms`);
      assert.ok(turns >= 20, `the event loop turned ${turns} times`);
      assert.ok(longest < 100, `it stood still for ${longest} ms`);
      assert.deepEqual(await late, { n: 2 });
      for (const each of keys) assert.deepEqual(store.readSession(each, at), { n: 2 });
      await ended;
      store.close();
    });

    test("ends a call at its deadline, and nothing is written late", async (t) => {
      const path = freshPath();
      const store = openStore(name, path);
      const { process, ready, ended } = child(t, name, path, "hold", "EXCLUSIVE", "60000");
      await ready;
      const app = wrapSession(() => ({ session: { n: 1 } }), { store, storeDeadline: 60 });
      const start = performance.now();
      await assert.rejects(async () => app(mockRequest("GET", "/")), SessionStoreError);
      const took = performance.now() - start;
      assert.ok(took >= 50 && took < 1000, `took ${took} ms`);
      process.kill("SIGKILL");
      await ended;
      await wait(100);
      const { count } = openDatabase(name, path).prepare("SELECT count(*) AS count FROM ringlet_sessions").get() as {
        count: number;
      };
      assert.equal(count, 0);
      store.close();
    });

    test("delays an update, which then sees what happened to the session meanwhile", async () => {
      const path = freshPath();
      const [store, other] = [openStore(name, path), openDatabase(name, path)];
      const key = await store.writeSession(undefined, { n: 1 }, at);
      const seen = await store.readSession(key, at);
      other.exec("BEGIN IMMEDIATE");
      const facts: string[] = [];
      const update = store.updateSession(key, increment, seen, { ...at, report: (fact) => facts.push(fact) });
      await turn();
      other.exec("DELETE FROM ringlet_sessions");
      other.exec("COMMIT");
      assert.equal(await update, undefined);
      assert.deepEqual(facts, ["gone"]);
      other.close();
      store.close();
    });
  });

  describe(`by ${name}, processes on one file`, { skip }, () => {
    test("lose no update, even if they open it at the same moment", async (t) => {
      const path = freshPath();
      const openers = Array.from({ length: 3 }, () => child(t, name, path, "increment", "none", "0"));
      await Promise.all(openers.map(({ ended }) => ended));
      assert.deepEqual(
        openers.map(({ process }) => process.exitCode),
        [0, 0, 0],
      );
      const store = openStore(name, path);
      const key = await store.writeSession(undefined, { n: 0 }, at);
      const children = Array.from({ length: 2 }, () => child(t, name, path, "increment", key, "300"));
      for (let count = 0; count < 300; count++) {
        const seen = await store.readSession(key, at);
        await turn();
        await store.updateSession(key, increment, seen, at);
      }
      await Promise.all(children.map(({ ended }) => ended));
      assert.deepEqual(await store.readSession(key, at), { n: 900 });
      store.close();
    });

    test("do not restore a session that one of them has deleted", async (t) => {
      const path = freshPath();
      const store = openStore(name, path);
      const keys: string[] = [];
      for (let count = 0; count < 100; count++) keys.push(await store.writeSession(undefined, { n: 0 }, at));
      const children = [child(t, name, path, "touch", ...keys), child(t, name, path, "touch", ...keys)];
      await Promise.all(children.map(({ ready }) => ready));
      for (const key of keys) {
        await wait(1);
        await store.deleteSession(key, at);
      }
      await Promise.all(children.map(({ ended }) => ended));
      for (const key of keys) assert.equal(await store.readSession(key, at), undefined);
      for (const { lines } of children) assert.ok(Number(lines[0]) > 0, "it changed nothing before the deletions");
      store.close();
    });

    test("may be killed under load: acknowledged writes are kept, and the others go on", async (t) => {
      const path = freshPath();
      const { process, lines, ready, ended } = child(t, name, path, "write");
      await ready;
      while (lines.length < 100) await wait(5);
      process.kill("SIGKILL");
      await ended;
      const store = openStore(name, path);
      for (const key of lines.slice(0, -1)) {
        assert.ok(await store.readSession(key, at), "an acknowledged write is lost");
      }
      const key = await store.writeSession(undefined, { n: 1 }, at);
      assert.equal(await store.updateSession(key, increment, undefined, at), key);
      const check = openDatabase(name, path).prepare("PRAGMA integrity_check").get() as { integrity_check: string };
      assert.equal(check.integrity_check, "ok");
      store.close();
    });
  });
}

test("a call past its deadline rejects at once, and leaves no timer", async () => {
  const database = anyDriver.open(":memory:");
  const store = sqliteStore(database);
  database.exec("BEGIN");
  const reason = new Error("too late");
  const over = { ...at, signal: AbortSignal.abort(reason) };
  await assert.rejects(async () => store.writeSession(undefined, {}, over), reason);
  const controller = new AbortController();
  const pending = store.writeSession(undefined, {}, { ...at, signal: controller.signal });
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = timers();
  controller.abort(reason);
  await assert.rejects(async () => pending, reason);
  assert.equal(timers(), before - 1);
});
