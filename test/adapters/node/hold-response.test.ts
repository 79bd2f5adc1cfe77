import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";
import { get, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

import { beforeHead } from "../../../src/adapters/node/hold-response.ts";
import type { Awaitable } from "../../../src/types.ts";
import { listening } from "../live.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Requests a page of a server that does some work before each head, and then runs the handler. */
async function answered(
  t: TestContext,
  handler: (response: ServerResponse) => unknown,
  work: (response: ServerResponse) => Awaitable<void> = async (response) => {
    await wait(5);
    response.setHeader("x-work", "done");
  },
): Promise<Answer> {
  const { port } = await listening(t, (_request, response) => {
    beforeHead(
      response,
      () => work(response),
      (error) => response.writeHead(503).end(String(error)),
    );
    handler(response);
  });
  const response = await new Promise<IncomingMessage>((resolve) => get({ port, host: "127.0.0.1" }, resolve));
  const body = await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body: String(body) };
}

describe("nothing is sent before the work is done, in every way to write a response", () => {
  const ways: Record<string, (response: ServerResponse) => unknown> = {
    end: (response) => response.end("hello"),
    "writeHead and end": (response) => response.writeHead(201, { "x-own": "1" }).end("hello"),
    "write and end": (response) => {
      assert.equal(response.write("hel"), false);
      response.end("lo");
    },
    "flushHeaders and end": (response) => {
      response.flushHeaders();
      response.end("hello");
    },
    "a stream": (response) => Readable.from(["hel", "lo"]).pipe(response),
    "a write that waits for drain": (response) => {
      response.write("hel");
      response.once("drain", () => response.end("lo"));
    },
    "a later write": async (response) => {
      response.write("hel");
      await wait(30);
      response.end("lo");
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    test(name, async (t) => {
      const { status, headers, body } = await answered(t, way);
      assert.deepEqual([headers["x-work"], body], ["done", "hello"]);
      assert.equal(status, name.startsWith("writeHead") ? 201 : 200);
      if (status === 201) assert.equal(headers["x-own"], "1");
    });
    // These ways need backpressure, and there is none without a wait.
    if (name.startsWith("write ") || name.includes("drain")) continue;
    test(`${name}, if the work is done at once`, async (t) => {
      const work = (response: ServerResponse): void => void response.setHeader("x-work", "done");
      const { headers, body } = await answered(t, way, work);
      assert.deepEqual([headers["x-work"], body], ["done", "hello"]);
    });
  }

  test("headersSent is true once the response is ended", async (t) => {
    const seen: boolean[] = [];
    const { body } = await answered(t, (response) => {
      seen.push(response.headersSent);
      response.end("hello");
      seen.push(response.headersSent);
    });
    assert.deepEqual([seen, body], [[false, true], "hello"]);
  });

  test("the work sees the headers given to writeHead, and adds to them", async (t) => {
    const told: readonly unknown[][] = [
      [200, { "x-own": "1", "set-cookie": ["a=1", "b=2"] }],
      [200, "Fine", { "x-own": "1", "set-cookie": ["a=1", "b=2"] }],
      [200, undefined, { "x-own": "1", "set-cookie": ["a=1", "b=2"] }],
      [200, ["x-own", "1", "Set-Cookie", "a=1", "Set-Cookie", "b=2"]],
      [
        200,
        [
          ["x-own", "1"],
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
        ],
      ],
    ];
    for (const args of told) {
      for (const pause of [0, 2]) {
        const { headers } = await answered(
          t,
          (response) => {
            response.setHeader("set-cookie", "old=1");
            (Reflect.apply(response.writeHead, response, structuredClone(args)) as ServerResponse).end();
          },
          (response) => {
            assert.equal(response.getHeader("x-own"), "1");
            const add = (): void => void response.appendHeader("set-cookie", "c=3");
            return pause === 0 ? add() : wait(pause).then(add);
          },
        );
        assert.deepEqual([headers["x-own"], headers["set-cookie"]], ["1", ["a=1", "b=2", "c=3"]]);
      }
    }
  });

  test("a header that Node refuses is refused at once", async (t) => {
    const { status, body } = await answered(t, (response) => {
      assert.throws(() => response.writeHead(200, { "x-own": "a\nb" }), { code: "ERR_INVALID_CHAR" });
      response.end("hello");
    });
    assert.deepEqual([status, body], [200, "hello"]);
  });

  test("the work is given the status", async (t) => {
    const heard: number[] = [];
    const { port } = await listening(t, (_request, response) => {
      beforeHead(
        response,
        async (status) => void heard.push(status),
        () => undefined,
      );
      response.writeHead(404).end();
    });
    await new Promise<IncomingMessage>((resolve) => get({ port, host: "127.0.0.1" }, resolve));
    assert.deepEqual(heard, [404]);
  });
});

describe("when the work fails", () => {
  const failures: Record<string, () => Awaitable<void>> = {
    later: async () => {
      await wait(5);
      throw new Error("the store is down");
    },
    "at once": () => {
      throw new Error("the store is down");
    },
  };
  for (const [name, work] of Object.entries(failures)) {
    test(`${name}, the response is dropped, and another answer is sent`, async (t) => {
      for (const way of [
        (response: ServerResponse) => response.end("hello"),
        (response: ServerResponse) => Readable.from(["hel", "lo"]).pipe(response),
      ]) {
        const { status, body } = await answered(t, way, work);
        assert.deepEqual([status, body], [503, "Error: the store is down"]);
      }
    });
  }

  test("writes after the other answer are dropped", async (t) => {
    for (const work of Object.values(failures)) {
      const written: unknown[] = [];
      const { status, body } = await answered(
        t,
        (response) => {
          response.write("a");
          setTimeout(() => {
            written.push(response.write("b"), response.end("c"), response.writeHead(200), response.flushHeaders());
            assert.deepEqual(written, [true, response, response, undefined]);
          }, 8);
        },
        work,
      );
      await wait(12);
      assert.deepEqual([status, body, written.length], [503, "Error: the store is down", 4]);
    }
  });

  test("a stream does not flow into the other answer, even if that is late", async (t) => {
    for (const work of Object.values(failures)) {
      const { port } = await listening(t, (_request, response) => {
        const answer = (): unknown => response.writeHead(503).end("an error");
        beforeHead(response, work, () => setTimeout(answer, 10));
        Readable.from(["hel", "lo"]).pipe(response);
      });
      const response = await fetch(`http://127.0.0.1:${port}`);
      assert.deepEqual([response.status, await response.text()], [503, "an error"]);
    }
  });

  test("a held response that Node refuses to send is reported as a failure", async (t) => {
    const { status, body } = await answered(t, (response) => void Reflect.apply(response.end, response, [1]));
    assert.equal(status, 503);
    assert.match(body, /chunk/);
  });
});
