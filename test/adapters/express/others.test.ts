import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { createGzip } from "node:zlib";

import { type Next, type NodeRequest, type NodeResponse, session } from "../../../src/adapters/express.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import type { SessionStore } from "../../../src/types.ts";
import { type Act, type App, LATER, site } from "./hosts.ts";

type Middleware = (request: NodeRequest, response: NodeResponse, next: Next) => void;

/** Middleware like on-headers: it replaces `writeHead` to call a function just before the head. */
const onHead =
  (word: (response: ServerResponse) => void): Middleware =>
  (_request, response, next) => {
    const outgoing = response as ServerResponse;
    const writeHead = outgoing.writeHead as (...args: unknown[]) => ServerResponse;
    let said = false;
    Object.defineProperty(outgoing, "writeHead", {
      configurable: true,
      writable: true,
      value: (...args: unknown[]) => {
        if (!said) word(outgoing);
        said = true;
        return writeHead.apply(outgoing, args);
      },
    });
    next();
  };

const stamped = onHead((response) => response.setHeader("x-stamp", "1"));

/** Middleware like compression: it replaces `write` and `end`, which then feed a stream. */
const compressing: Middleware = (request, response, next) => {
  const outgoing = response as ServerResponse;
  const write = outgoing.write.bind(outgoing) as (chunk: unknown) => boolean;
  const end = outgoing.end.bind(outgoing) as () => void;
  const gzip = createGzip();
  let began = false;
  const begin = (): void => {
    if (!began && !outgoing.headersSent) outgoing.writeHead(outgoing.statusCode);
    began = true;
  };
  onHead(() => outgoing.removeHeader("content-length"))(request, response, () => undefined);
  outgoing.setHeader("content-encoding", "gzip");
  gzip.on("data", (chunk) => {
    if (!write(chunk)) gzip.pause();
  });
  outgoing.on("drain", () => gzip.resume());
  gzip.on("end", () => end());
  Object.assign(outgoing, {
    write: (chunk: unknown) => (begin(), gzip.write(chunk)),
    end: (chunk?: unknown) => (begin(), gzip.end(chunk), outgoing),
  });
  next();
};

const stores: Readonly<Record<string, () => SessionStore>> = {
  memory: memoryStore,
  "a slow store": () => {
    const { readSession, writeSession, ...rest } = memoryStore();
    return {
      ...rest,
      readSession: async (...args) => (await wait(2), readSession(...args)),
      writeSession: async (...args) => (await wait(2), writeSession(...args)),
    };
  },
};

const ways: Readonly<Record<string, Act>> = {
  end: (_, response) => response.end("hello"),
  writeHead: (_, response) => response.writeHead(200, { "x-own": "1" }).end("hello"),
  "write and end": (_, response) => (response.write("hel"), response.end("lo"), LATER),
};

for (const [name, middleware] of Object.entries({ "on-headers": stamped, compression: compressing })) {
  for (const [storeName, makeStore] of Object.entries(stores)) {
    describe(`with ${name}, ${storeName}`, () => {
      for (const place of ["before", "after"] as const) {
        test(`mounted ${place} session()`, async (t) => {
          const sessions = session<App, string>({ store: makeStore() });
          const { visitor } = await site(t, "Express 5", sessions, { [place]: [middleware] });
          for (const [way, act] of Object.entries(ways)) {
            const send = visitor();
            const { body, headers } = await send((draft, ...rest) => {
              draft.session.n = 1;
              act(draft, ...rest);
              return LATER;
            });
            assert.equal(body, "hello", way);
            assert.equal(
              headers[name === "compression" ? "content-encoding" : "x-stamp"],
              name === "compression" ? "gzip" : "1",
            );
            assert.equal((await send(({ session }) => String(session.n))).body, "1");
          }
        });
      }

      test("mounted before session(), if the session cannot be saved", async (t) => {
        const store = { ...makeStore(), writeSession: () => wait(2).then(() => Promise.reject(new Error("no"))) };
        const sessions = session<App, string>({ store });
        const { visitor } = await site(t, "Express 5", sessions, { before: [middleware] });
        const { status, body } = await visitor()(({ session }, response) => {
          session.n = 1;
          response.end("hello");
          return LATER;
        });
        assert.deepEqual([status, body], [503, "an error"]);
      });
    });
  }
}
