import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test, type TestContext } from "node:test";

import type { Handler, Response } from "../../src/index.ts";
import { createVisitor } from "../../src/testing/testing.ts";
import { codeBlocks } from "../repository/markdown.ts";
import { startRedis, withoutRedis } from "../support/servers/redis.ts";
import { writePrograms } from "./guide.ts";

const page = readFileSync("docs/guides/luminus.md", "utf8");

/** Checks of the page's blocks of TypeScript, by their heading. */
const checks: Readonly<Record<string, (app: Handler, program: Readonly<Record<string, unknown>>) => Promise<void>>> = {
  async "The middleware of an application"(app) {
    const visitor = createVisitor(app);
    assert.equal(await textOf(await visitor.send("GET", "/")), "stranger: nothing new\n");
    const asset = await visitor.send("GET", "/assets/bulma/css/bulma.min.css");
    assert.match(String(asset.headers?.["content-type"]), /^text\/css/);
    assert.match(await textOf(asset), /bulma/);
  },
  "Another store": (app) => keepsUser(app, "example-app-sessions", undefined),
  "A maximum age": (app) => keepsUser(app, "ring-session", 10),
  "A key": (app) => keepsUser(app, "example-app-sessions", undefined),
  async Redis(app, { redis }) {
    await keepsUser(app, "ring-session", undefined);
    (redis as { destroy(): void }).destroy();
  },
  async "Accessing the session"(app) {
    const visitor = createVisitor(app);
    assert.equal((await visitor.send("GET", "/login/ada")).body, "User set to: ada");
    assert.ok(visitor.jar.get("ring-session"));
    assert.equal((await visitor.send("GET", "/remove")).body, "User removed");
    assert.equal((await visitor.send("GET", "/logout")).body, "Session cleared");
    assert.equal(visitor.jar.header("/", "http"), undefined);
  },
  async Flash(app) {
    const visitor = createVisitor(app);
    assert.equal((await visitor.send("POST", "/")).status, 303);
    const bodies = [await visitor.send("GET", "/"), await visitor.send("GET", "/")].map(({ body }) => body);
    assert.deepEqual(bodies, ["Saved", "Nothing new"]);
  },
  async Cookies(app) {
    const response = await app({ method: "GET", uri: "/", headers: { cookie: "username=Bob" } });
    assert.equal(response?.body, "response with a cookie; before: Bob");
    const [line = ""] = response?.headers?.["set-cookie"] ?? [];
    assert.deepEqual(line.split("; "), [
      "username=Alice",
      "Max-Age=3600",
      "Domain=example.com",
      "Path=/shop",
      "Expires=Tue, 01 Jan 2030 00:00:00 GMT",
      "HttpOnly",
      "Secure",
    ]);
  },
};

const sections = page.split(/^## /m).flatMap((section) => {
  const lines = section.split("\n");
  const blocks = codeBlocks(lines).filter(({ language }) => language === "ts");
  return blocks.map(({ code }) => ({ heading: lines[0] ?? "", code }));
});
const load = writePrograms(
  "luminus",
  Object.fromEntries(sections.map(({ code }, index) => [`block-${index}.ts`, `${code.join("\n")}\n`])),
);

test("each block of TypeScript has a check, and each check a block", () => {
  assert.deepEqual(
    sections.map(({ heading }) => heading),
    Object.keys(checks),
  );
});

for (const [index, { heading }] of sections.entries()) {
  const skip = heading === "Redis" && withoutRedis;
  test(heading, { skip }, async (t) => {
    if (heading === "Redis") await provideRedis(t);
    const program = await load(`block-${index}.ts`);
    await checks[heading]?.(program["app"] as Handler, program);
  });
}

async function provideRedis(t: TestContext): Promise<void> {
  const server = await startRedis();
  t.after(() => server.end());
  process.env["REDIS_URL"] = server.url;
}

async function keepsUser(app: Handler, cookieName: string, maxAge: number | undefined): Promise<void> {
  const visitor = createVisitor(app);
  const { headers } = await visitor.send("GET", "/");
  const [line = ""] = headers?.["set-cookie"] ?? [];
  assert.equal(line.includes("Max-Age=10"), maxAge === 10);
  assert.ok(visitor.jar.get(cookieName));
  // The session equals the one that was read, so no cookie is sent.
  assert.equal((await visitor.send("GET", "/")).headers?.["set-cookie"], undefined);
}

async function textOf({ body }: Response): Promise<string> {
  if (typeof body === "string") return body;
  const chunks: Uint8Array[] = [];
  if (body && !(body instanceof Uint8Array)) for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
