import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import test, { type TestContext } from "node:test";
import { toNodeListener } from "../../../src/adapters/node/node.ts";
import type { Response, ResponseBody } from "../../../src/types.ts";
import { deferred, exchange, listening } from "../live.ts";

/** Returns the text that is sent for a response map, without Date. */
async function wire(t: TestContext, response: Response, method = "GET", version = "1.1"): Promise<string> {
  const { port } = await listening(
    t,
    toNodeListener(() => response, { onError: () => undefined }),
  );
  const text = await exchange(port, `${method} / HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`);
  return text
    .split("\r\n")
    .filter((line) => !line.startsWith("Date: ") && line !== "Connection: close")
    .join("\r\n");
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

function stream(...texts: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(Buffer.from(text));
      controller.close();
    },
  });
}

const textType = "content-type: text/plain; charset=utf-8";

test("an empty map is an empty 200", async (t) => {
  assert.equal(await wire(t, {}), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  assert.equal(await wire(t, { status: 404, body: null }), "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
  assert.equal(await wire(t, { body: "" }), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
});

test("text is sent as UTF-8 with its length, and as text/plain by default", async (t) => {
  const sent = await wire(t, { body: "grüß" });
  assert.equal(
    sent,
    `HTTP/1.1 200 OK\r\n${textType}\r\ncontent-length: 6\r\n\r\n${Buffer.from("grüß").toString("latin1")}`,
  );
  const page = await wire(t, { headers: { "content-type": "text/html" }, body: "<b>" });
  assert.equal(page, "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 3\r\n\r\n<b>");
});

test("bytes are sent unchanged", async (t) => {
  const sent = await wire(t, { body: Uint8Array.from([0, 255, 10]) });
  assert.equal(sent, "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n\0\xff\n");
});

test("a header with several values is several lines; one without a value is not sent", async (t) => {
  const headers = { "set-cookie": ["a=1", "b=2"], "x-none": undefined, "x-empty": [], vary: ["a", "b"] };
  const sent = await wire(t, { headers });
  assert.equal(
    sent,
    "HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nvary: a\r\nvary: b\r\ncontent-length: 0\r\n\r\n",
  );
});

test("streams of every kind are sent in chunks", async (t) => {
  const bodies: readonly (() => ResponseBody)[] = [
    () => stream("ab", "", "c"),
    () => chunks("ab", "", "c"),
    () => Readable.from([Buffer.from("ab"), Buffer.from("c")]),
  ];
  for (const body of bodies) {
    // Node 26 joins chunks that come at the same time.
    const inChunks =
      /^HTTP\/1\.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n(2\r\nab\r\n1\r\nc|3\r\nabc)\r\n0\r\n\r\n$/;
    assert.match(await wire(t, { body: body() }), inChunks);
    const sized = await wire(t, { headers: { "content-length": "3" }, body: body() });
    assert.equal(sized, "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc");
    assert.equal(await wire(t, { body: body() }, "GET", "1.0"), "HTTP/1.1 200 OK\r\n\r\nabc");
  }
});

test("HEAD gets the headers of GET and no body", async (t) => {
  assert.equal(await wire(t, { body: "hello" }, "HEAD"), `HTTP/1.1 200 OK\r\n${textType}\r\ncontent-length: 5\r\n\r\n`);
  assert.equal(await wire(t, { body: chunks("hello") }, "HEAD"), "HTTP/1.1 200 OK\r\n\r\n");
  const headers = { "content-length": "12" };
  assert.equal(await wire(t, { headers }, "HEAD"), "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n");
  assert.equal(await wire(t, { headers, body: stream("a") }, "HEAD"), "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n");
});

test("204, 205 and 304 have no body", async (t) => {
  for (const body of [null, "hello", chunks("hello"), stream("hello")]) {
    assert.match(await wire(t, { status: 204, body }), /^HTTP\/1\.1 204 No Content\r\n(content-type: .*\r\n)?\r\n$/);
    assert.match(
      await wire(t, { status: 205, body }),
      /^HTTP\/1\.1 205 .*\r\n(content-type: .*\r\n)?content-length: 0\r\n\r\n$/,
    );
    assert.match(
      await wire(t, { status: 304, body }),
      /^HTTP\/1\.1 304 .*\r\n(content-type: .*\r\n)?(content-length: 5\r\n)?\r\n$/,
    );
  }
  const headers = { "content-length": "5" };
  assert.equal(await wire(t, { status: 204, headers }), "HTTP/1.1 204 No Content\r\n\r\n");
  for (const body of [null, "hello", stream("a")]) {
    const sent = await wire(t, { status: 304, headers, body });
    assert.match(sent, /^HTTP\/1\.1 304 Not Modified\r\ncontent-length: 5\r\n(content-type: .*\r\n)?\r\n$/);
  }
});

test("a stream that will not be sent is closed", async (t) => {
  for (const [method, response] of [
    ["HEAD", {}],
    ["GET", { status: 204 }],
    ["GET", { headers: { "x-a": "\n" } }],
  ] as const) {
    const cancelled = deferred();
    await wire(t, { ...response, body: new ReadableStream({ cancel: () => cancelled.resolve() }) }, method);
    await cancelled.promise;
    const file = new Readable({ read: () => undefined });
    await wire(t, { ...response, body: file }, method);
    assert.equal(file.destroyed, true);
  }
});

test("a wrong content-length and a transfer-encoding are not sent: framing is the server's", async (t) => {
  const headers = { "content-length": "99", "transfer-encoding": "chunked" };
  assert.equal(await wire(t, { headers, body: "ab" }), `HTTP/1.1 200 OK\r\ncontent-length: 2\r\n${textType}\r\n\r\nab`);
  assert.equal(await wire(t, { headers }), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
});

test("a stream that is shorter or longer than promised does not look complete", async (t) => {
  for (const [length, ...texts] of [
    ["9", "abc"],
    ["2", "a", "bc"],
    ["2", "abc"],
  ] as const) {
    const heard = deferred<unknown>();
    const headers = { "content-length": length };
    const { port } = await listening(
      t,
      toNodeListener(() => ({ headers, body: chunks(...texts) }), { onError: heard.resolve }),
    );
    await assert.rejects(
      fetch(`http://127.0.0.1:${port}/`).then((response) => response.text()),
      `${length} ${texts.join()}`,
    );
    assert.equal(((await heard.promise) as NodeJS.ErrnoException).code, "ERR_HTTP_CONTENT_LENGTH_MISMATCH");
  }
});

test("a stream that fails half way does not look complete, even over HTTP/1.0", async (t) => {
  for (const [version, ending] of [
    ["1.1", "2\r\nab\r\n"],
    ["1.0", "ab<ECONNRESET>"],
  ] as const) {
    const arrived = deferred();
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("ab");
      await arrived.promise;
      throw new Error("disk");
    }
    const { port } = await listening(
      t,
      toNodeListener(() => ({ body: failing() }), { onError: () => undefined }),
    );
    const answer = await exchange(port, `GET / HTTP/${version}\r\nHost: a\r\n\r\n`, (text) => {
      if (text.includes("ab")) arrived.resolve();
    });
    assert.equal(answer.endsWith(`\r\n\r\n${ending}`), true, answer);
  }
});

test("a chunk that is not bytes does not look like the end, and ends its stream", async (t) => {
  const over = deferred();
  async function* wrong(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from("ab");
      // @ts-expect-error a number is not bytes
      yield 7;
    } finally {
      over.resolve();
    }
  }
  assert.doesNotMatch(await wire(t, { body: wrong() }), /0\r\n\r\n$/);
  await over.promise;
});

test("the head does not wait for the first chunk of a stream", async (t) => {
  const proceed = deferred();
  async function* slow(): AsyncGenerator<Uint8Array> {
    await proceed.promise;
    yield Buffer.from("late");
  }
  const { port } = await listening(
    t,
    toNodeListener(() => ({ body: slow() })),
  );
  const response = await fetch(`http://127.0.0.1:${port}/`);
  proceed.resolve();
  assert.equal(await response.text(), "late");
});

test("a slow client slows the stream down", async (t) => {
  let produced = 0;
  const chunk = new Uint8Array(65_536);
  const ended = deferred();
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (; produced < 2000; produced++) yield chunk;
    } finally {
      ended.resolve();
    }
  }
  const { port } = await listening(
    t,
    toNodeListener(() => ({ body: endless() })),
  );
  const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  await new Promise((resolve) => socket.once("readable", resolve));
  let before = -1;
  while (before !== produced) {
    before = produced;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(produced < 500, `${produced} chunks of 64 KiB for a client that reads none`);
  socket.resume();
  await ended.promise;
  assert.equal(produced, 2000);
  socket.destroy();
});

test("a client that leaves ends the stream at once, even one that is waiting", async (t) => {
  const over = deferred<string>();
  async function* ticking(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        yield Buffer.from("tick");
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    } finally {
      over.resolve("generator");
    }
  }
  const bodies: readonly [string, (done: (name: string) => void) => ResponseBody][] = [
    ["generator", () => ticking()],
    [
      "web stream",
      (done) => new ReadableStream({ start: (it) => it.enqueue(Buffer.from("a")), cancel: () => done("web stream") }),
    ],
    [
      "node stream",
      (done) =>
        new Readable({ read: () => undefined, destroy: (_error, callback) => (done("node stream"), callback(null)) }),
    ],
  ];
  for (const [name, body] of bodies) {
    const heard: unknown[] = [];
    const left = name === "generator" ? over : deferred<string>();
    const { port } = await listening(
      t,
      toNodeListener(() => ({ body: body(left.resolve) }), { onError: (error) => heard.push(error) }),
    );
    const client = httpRequest({ port, host: "127.0.0.1" }, (answer) => answer.destroy());
    client.on("error", () => undefined).end();
    assert.equal(await left.promise, name);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(heard, [], "a client that leaves is no error");
  }
});

test("answers to pipelined requests keep their order", async (t) => {
  const { port } = await listening(
    t,
    toNodeListener(async ({ uri }) => {
      if (uri === "/1") await new Promise((resolve) => setTimeout(resolve, 10));
      const body = uri === "/2" ? chunks("2", "2") : uri.slice(1);
      return { body, headers: uri === "/3" ? { connection: "close" } : {} };
    }),
  );
  const text = ["/1", "/2", "/3"].map((uri) => `GET ${uri} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
  assert.match(await exchange(port, text), /\r\n\r\n1HTTP[^]*1\r\n2\r\n1\r\n2\r\n0\r\n\r\nHTTP[^]*\r\n\r\n3$/);
});

test("a pipelined stream ends when its client leaves before its turn", async (t) => {
  const over = deferred();
  const started = deferred();
  const release = deferred();
  async function* long(): AsyncGenerator<Uint8Array> {
    try {
      started.resolve();
      for (;;) yield new Uint8Array(65_536);
    } finally {
      over.resolve();
    }
  }
  const { port } = await listening(
    t,
    toNodeListener(async ({ uri }) => {
      if (uri === "/1") await release.promise;
      return { body: uri === "/1" ? "1" : long() };
    }),
  );
  const socket = connect(port, "127.0.0.1", () => {
    socket.write("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  });
  socket.on("error", () => undefined);
  await started.promise;
  socket.resetAndDestroy();
  await over.promise;
  release.resolve();
});

test("in a framework, cookies and headers set before are kept, and an answer begun before is left alone", async (t) => {
  const cancelled = deferred();
  const answer = toNodeListener(() => ({
    headers: { "set-cookie": ["b=2", "c=3"] },
    body: "ours",
  }));
  const heard: unknown[] = [];
  const late = toNodeListener(
    () => ({ headers: { "x-a": "b" }, body: new ReadableStream({ cancel: () => cancelled.resolve() }) }),
    { onError: (error) => heard.push(error) },
  );
  const { port } = await listening(t, (incoming, outgoing) => {
    outgoing.setHeader("set-cookie", "a=1");
    outgoing.setHeader("x-powered-by", "test");
    if (incoming.url === "/late") outgoing.write("al");
    if (incoming.url === "/late") void cancelled.promise.then(() => outgoing.end("ready"));
    (incoming.url === "/late" ? late : answer)(incoming, outgoing);
  });
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2", "c=3"]);
  assert.equal(response.headers.get("x-powered-by"), "test");
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/late`)).text(), "already");
  await cancelled.promise;
  assert.deepEqual(heard, []);
});
