import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { after, test } from "node:test";

import { serve } from "../../src/adapters/node/node.ts";
import { wrapSession } from "../../src/session/session.ts";
import { memoryStore } from "../../src/stores/memory/memory.ts";
import type { Request, SessionRequest } from "../../src/types.ts";

interface App {
  readonly n?: number;
  readonly user?: string;
  readonly [key: string]: unknown;
}

const gates = new Map<string, () => void>();

const app = wrapSession(
  async ({ uri, session }: Request & SessionRequest<App>) => {
    switch (uri) {
      case "/login":
        return { session: { user: "Ada", n: 0 } };
      case "/increment":
        return { session: (current) => ({ ...current, n: (current.n ?? 0) + 1 }) };
      case "/logout":
        return { session: null };
      case "/slow":
        await new Promise<void>((resolve) => gates.set(uri, resolve));
        return { session: { ...session, slow: true } };
      case "/quick":
        return { session: { ...session, quick: true } };
      default:
        return { body: JSON.stringify(session) };
    }
  },
  { store: memoryStore() },
);

const server = await serve(app, { port: 0, host: "127.0.0.1" });
const agent = new Agent({ keepAlive: true, maxSockets: 200 });
after(async () => {
  agent.destroy();
  await server.close();
});

function get(path: string, cookie = ""): Promise<{ cookie: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port: server.port, host: "127.0.0.1", path, agent, headers: { cookie } },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        response.on("end", () => resolve({ cookie: response.headers["set-cookie"]?.[0]?.split(";")[0], body }));
      },
    );
    request.on("error", reject).end();
  });
}

async function atGate(uri: string): Promise<void> {
  while (!gates.has(uri)) await new Promise((resolve) => setImmediate(resolve));
}

function open(uri: string): void {
  gates.get(uri)?.();
  gates.delete(uri);
}

test("over HTTP, a thousand requests at once that increment a counter add up to a thousand", async () => {
  const { cookie } = await get("/login");
  await Promise.all(Array.from({ length: 1000 }, async () => get("/increment", cookie)));
  assert.equal((JSON.parse((await get("/", cookie)).body) as App).n, 1000);
});

test("over HTTP, two overlapping requests keep both changes", async () => {
  const { cookie } = await get("/login");
  const slow = get("/slow", cookie);
  await atGate("/slow");
  await get("/quick", cookie);
  open("/slow");
  await slow;
  assert.deepEqual(JSON.parse((await get("/", cookie)).body), { user: "Ada", n: 0, slow: true, quick: true });
});

test("over HTTP, a slow request that ends after a log-out does not restore the session", async () => {
  const { cookie } = await get("/login");
  const slow = get("/slow", cookie);
  await atGate("/slow");
  assert.match((await get("/logout", cookie)).cookie ?? "", /^ring-session=$/);
  open("/slow");
  assert.equal((await slow).cookie, undefined);
  assert.equal((await get("/", cookie)).body, "{}");
});
