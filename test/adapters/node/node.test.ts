import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server, type OutgoingHttpHeaders } from "node:http2";
import { Agent as TlsAgent, request as httpsRequest } from "node:https";
import { type AddressInfo, connect } from "node:net";
import test, { type TestContext } from "node:test";
import { serve, toNodeListener } from "../../../src/adapters/node/node.ts";
import type { Handler, Request, Response, SessionRequest } from "../../../src/types.ts";
import { deferred, exchange, listening } from "../live.ts";

const storeError = Object.assign(new Error("session store: read timed out"), { code: "ERR_SESSION_STORE" });

test("a handler that returns nothing is a 404", async (t) => {
  for (const nothing of [null, undefined]) {
    const { port } = await listening(
      t,
      toNodeListener(() => nothing),
    );
    const response = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(response.status, 404);
    assert.equal(await response.text(), "Not Found");
  }
});

test("a handler that fails is a 500, a session store that fails a 503, and only onError sees the details", async (t) => {
  const cases: readonly (readonly [failure: () => unknown, status: number, body: string])[] = [
    [() => Promise.reject(new Error("secret")), 500, "Internal Server Error"],
    [() => Promise.reject(storeError), 503, "Service Unavailable"],
    [() => Promise.reject(new Error("other", { cause: storeError })), 500, "Internal Server Error"],
    [
      () => {
        throw new Error("secret");
      },
      500,
      "Internal Server Error",
    ],
  ];
  for (const [failure, status, body] of cases) {
    const heard: unknown[] = [];
    const handler = failure as Handler;
    const onError = (error: unknown, request: Request): unknown => heard.push(error, request.uri);
    const { port } = await listening(t, toNodeListener(handler, { onError }));
    const response = await fetch(`http://127.0.0.1:${port}/where`);
    assert.deepEqual([response.status, await response.text()], [status, body]);
    assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(heard.length, 2);
    assert.equal(heard[1], "/where");
  }
});

test("an invalid response map is a 500, and nothing of it is sent", async (t) => {
  const cookie = { "set-cookie": "session=abc" };
  const wrong: readonly (readonly [answer: unknown, message: RegExp])[] = [
    ["text", /a response must be an object .* got text/],
    [[], /got a list/],
    [{ status: 99 }, /response\.status must be a whole number from 200 to 599, got 99/],
    [{ status: "200", headers: cookie }, /got "200"/],
    [{ body: { a: 1 }, headers: cookie }, /response\.body must be .* got an object; json\(data\)/],
    [new globalThis.Response("hi"), /response\.headers must be an object .* got a Headers/],
    [{ headers: { ...cookie, "x-a": "a\r\nb: c" } }, /Invalid character/],
    [{ headers: { ...cookie, "x-a": "\u0100" } }, /Invalid character/],
    [{ headers: { ...cookie, "x a": "b" } }, /valid HTTP token/],
    [{ headers: { ...cookie, "x-a": null } }, /response\.headers\["x-a"\] must be text or a list of texts, got null/],
    [{ headers: { ...cookie, "content-length": 5 } }, /response\.headers\["content-length"\] must be .* got a number/],
  ];
  for (const [answer, message] of wrong) {
    const heard: unknown[] = [];
    const listener = toNodeListener((() => answer) as Handler, { onError: (error) => heard.push(error) });
    const { port } = await listening(t, listener);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(response.status, 500, String(message));
    assert.equal(response.headers.get("set-cookie"), null);
    assert.match(String(heard[0]), message);
  }
});

test("a stream that fails before its first chunk is a 500, one that fails later is reported", async (t) => {
  async function* failing(first: string): AsyncGenerator<Uint8Array> {
    if (first !== "") yield Buffer.from(first);
    throw storeError;
  }
  const heard: unknown[] = [];
  const handler = ({ uri }: Request): Response => ({ body: failing(uri.slice(1)) });
  const { port } = await listening(t, toNodeListener(handler, { onError: (error) => heard.push(error) }));
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 503);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/a`).then((response) => response.text()));
  assert.deepEqual(heard, [storeError, storeError]);
});

test("a trust function that throws fails one request, not the server", async (t) => {
  const heard: unknown[] = [];
  const trustProxy = (): boolean => {
    throw new Error("no list");
  };
  const { port } = await listening(
    t,
    toNodeListener(() => ({}), { trustProxy, onError: (error, { uri }) => heard.push(String(error), uri) }),
  );
  assert.equal((await fetch(`http://127.0.0.1:${port}/a`)).status, 500);
  assert.deepEqual(heard, ["Error: no list", "/a"]);
});

test("a hundred requests at once get their own answers, on reused connections", async (t) => {
  let connections = 0;
  const { port, server } = await listening(
    t,
    toNodeListener(async ({ queryString }) => {
      await new Promise((resolve) => setImmediate(resolve));
      return { body: `${queryString}` };
    }),
  );
  server.on("connection", () => connections++);
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  t.after(() => agent.destroy());
  const numbers = Array.from({ length: 100 }, (_, index) => String(index));
  const answers = await Promise.all(numbers.map((number) => get(agent, port, `/?${number}`)));
  assert.deepEqual(answers, numbers);
  assert.equal(connections, 10);
});

test("a client that leaves before the answer is no error", async (t) => {
  const arrived = deferred();
  const release = deferred();
  const cancelled = deferred();
  const heard: unknown[] = [];
  const listener = toNodeListener(
    async () => {
      arrived.resolve();
      await release.promise;
      return { body: new ReadableStream({ cancel: () => cancelled.resolve() }), headers: { "x-a": "b" } };
    },
    { onError: (error) => heard.push(error) },
  );
  const { port, server } = await listening(t, listener);
  const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  const closed = new Promise((resolve) => server.on("connection", (other) => other.on("close", resolve)));
  await arrived.promise;
  socket.destroy();
  await closed;
  release.resolve();
  await cancelled.promise;
  assert.deepEqual(heard, []);
});

test("HTTP/2: answers, streams, failures, and clients that leave", async (t) => {
  const left = deferred();
  async function* body(uri: string): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from("ab");
      if (uri === "/fails") throw new Error("disk");
      if (uri === "/endless") for (;;) yield new Uint8Array(65_536);
      yield Buffer.from("c");
    } finally {
      if (uri === "/endless") left.resolve();
    }
  }
  const heard: unknown[] = [];
  const handler = ({ uri }: Request): Response | null => {
    if (uri === "/text") return { headers: { "set-cookie": ["a=1", "b=2"] }, body: "grüß" };
    if (uri === "/upgrade") return { headers: { upgrade: "h3", "set-cookie": "a=1" }, body: "no" };
    return uri === "/none" ? null : { body: body(uri) };
  };
  const get = await http2Client(t, toNodeListener(handler, { onError: (error) => heard.push(String(error)) }));
  const text = await get({ ":path": "/text" });
  assert.deepEqual([text.status, text.cookies, text.length, text.body], [200, ["a=1", "b=2"], "6", "grüß"]);
  const head = await get({ ":path": "/text", ":method": "HEAD" });
  assert.deepEqual([head.status, head.length, head.body], [200, "6", ""]);
  assert.equal((await get({ ":path": "/stream" })).body, "abc");
  assert.equal((await get({ ":path": "/none" })).status, 404);
  assert.deepEqual(heard, []);
  assert.equal((await get({ ":path": "/fails" })).error, "ERR_HTTP2_STREAM_ERROR");
  const refused = await get({ ":path": "/upgrade" });
  assert.deepEqual([refused.status, refused.cookies], [500, undefined]);
  assert.deepEqual([heard[0], heard.length], ["Error: disk", 2]);
  await get({ ":path": "/endless" }, "leave");
  await left.promise;
  assert.equal(heard.length, 2);
});

test("serve: returns port, url, server and close, and answers requests", async () => {
  const { port, url, server, close } = await serve(({ scheme }) => ({ body: scheme ?? "" }), { host: "127.0.0.1" });
  assert.equal(url, `http://127.0.0.1:${port}`);
  assert.equal((server.address() as AddressInfo).port, port);
  assert.equal(await (await fetch(url)).text(), "http");
  await close();
  await assert.rejects(fetch(url));
});

test("serve: the url can be opened in a browser", async () => {
  for (const [host, name] of [
    [undefined, "localhost"],
    ["0.0.0.0", "localhost"],
    ["127.0.0.1", "127.0.0.1"],
  ] as const) {
    const { port, url, close } = await serve(({ remoteAddr }) => ({ body: remoteAddr ?? "" }), { host });
    assert.equal(url, `http://${name}:${port}`);
    const seen = await (await fetch(`http://127.0.0.1:${port}`)).text();
    assert.equal(seen, "127.0.0.1", "also where the socket serves IPv6 too");
    await close();
  }
});

test("serve with tls: the scheme is https", async (t) => {
  // With a shared key, TLS needs no certificate, and the repository no private key.
  const key = Buffer.alloc(32, 7);
  const psk = { ciphers: "PSK", maxVersion: "TLSv1.2" } as const;
  const { port, url, close } = await serve(({ scheme, serverPort }) => ({ body: `${scheme} ${serverPort}` }), {
    tls: { ...psk, pskCallback: () => key },
  });
  t.after(close);
  const agent = new TlsAgent({
    ...psk,
    pskCallback: () => ({ psk: key, identity: "test" }),
    checkServerIdentity: () => undefined,
  });
  assert.equal(url, `https://localhost:${port}`);
  const answer = deferred<string>();
  httpsRequest({ port, agent, headers: { host: "shop.test" } }, (response) => {
    response.setEncoding("utf8").on("data", answer.resolve);
  }).end();
  assert.equal(await answer.promise, "https 443");
});

test("serve: a malformed request gets a 4xx and never reaches the handler", async (t) => {
  let called = 0;
  const { port, close } = await serve(() => (called++, {}), { host: "127.0.0.1" });
  t.after(close);
  const malformed = [
    "nonsense\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}\r\n\r\n`,
  ];
  for (const text of malformed) {
    assert.match(
      await exchange(port, text),
      /^HTTP\/1\.1 4(00 Bad Request|31 Request Header Fields Too Large)\r\n/,
      text.slice(0, 60),
    );
  }
  assert.equal(called, 0);
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200);
});

test("close: refuses new connections, finishes running requests, and closes unused connections", async (t) => {
  const arrived = deferred();
  const release = deferred();
  const { port, close } = await serve(
    async () => {
      arrived.resolve();
      await release.promise;
      return { body: "finished" };
    },
    { host: "127.0.0.1" },
  );
  const unused = connect(port, "127.0.0.1");
  await new Promise((resolve) => unused.once("connect", resolve));
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const underWay = new Promise<[unknown, string]>((resolve, reject) => {
    httpRequest({ port, host: "127.0.0.1", agent }, (response) => {
      response.setEncoding("utf8").on("data", (text: string) => resolve([response.headers.connection, text]));
    })
      .on("error", reject)
      .end();
  });
  await arrived.promise;
  let isClosed = false;
  const closed = close().then(() => (isClosed = true));
  assert.equal(close(), close(), "a second call waits for the first");
  await new Promise((resolve) => unused.once("close", resolve).resume());
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  assert.equal(isClosed, false);
  release.resolve();
  assert.deepEqual(await underWay, ["close", "finished"]);
  await closed;
});

test("close: does not wait for a connection that is idle, or becomes idle", async (t) => {
  const release = deferred();
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("a");
    await release.promise;
  }
  const { port, close } = await serve(({ uri }) => ({ body: uri === "/stream" ? body() : "ok" }), {
    host: "127.0.0.1",
  });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const streaming = get(agent, port, "/stream");
  assert.equal(await get(agent, port, "/"), "ok");
  const started = performance.now();
  const closed = close();
  release.resolve();
  assert.equal(await streaming, "a");
  await closed;
  assert.ok(performance.now() - started < 4000, "well before the keep-alive timeout of 5 s");
});

test("close: a request that is not done within closeTimeout is cut off", async () => {
  const arrived = deferred();
  const { url, close } = await serve(
    () => {
      arrived.resolve();
      return new Promise<null>(() => undefined);
    },
    { host: "127.0.0.1", closeTimeout: 10 },
  );
  const hanging = assert.rejects(fetch(url));
  await arrived.promise;
  await close();
  await hanging;
});

test("serve: a port that is taken is an error", async (t) => {
  const { port, close } = await serve(() => ({}), { host: "127.0.0.1" });
  t.after(close);
  await assert.rejects(
    serve(() => ({}), { host: "127.0.0.1", port }),
    { code: "EADDRINUSE" },
  );
});

test("mistakes throw when the server is built", async () => {
  const handler = (): Response => ({});
  const wrong: readonly (readonly [unknown, unknown, RegExp])[] = [
    ["no function", {}, /^serve: handler must be a function from request to response, got text$/],
    [handler, { prot: 1 }, /^serve: unknown option "prot"; did you mean "port"\?$/],
    [handler, { port: "80" }, /^serve: port must be a whole number from 0 to 65535, got "80"$/],
    [handler, { port: 65_536 }, /^serve: port must be .*, got 65536$/],
    [handler, { port: Number.NaN }, /^serve: port must be .*, got NaN$/],
    [handler, { host: 1 }, /^serve: host must be a name or an address, got a number$/],
    [handler, { tls: true }, /^serve: tls must be an object such as \{ key, cert \}, got a boolean$/],
    [handler, { closeTimeout: -1 }, /^serve: closeTimeout must be a number of milliseconds, got -1$/],
    [handler, { closeTimeout: Infinity }, /^serve: closeTimeout .* got Infinity$/],
    [handler, { onError: {} }, /^serve: onError must be a function, got an object$/],
    [handler, { trustProxy: 1 }, /^serve: trustProxy must be/],
  ];
  for (const [given, options, message] of wrong) {
    // @ts-expect-error mistakes
    await assert.rejects(serve(given, options), { name: "TypeError", message });
  }
  // @ts-expect-error a mistake
  assert.throws(() => toNodeListener(handler, { port: 1 }), {
    name: "TypeError",
    message: /^toNodeListener: unknown option "port"/,
  });
  // @ts-expect-error a mistake
  assert.throws(() => toNodeListener(), { name: "TypeError", message: /^toNodeListener: handler must be a function/ });
});

test("a handler that needs a session is refused by the compiler, which names the missing properties", () => {
  const handler = (request: Request & SessionRequest): Response => ({ body: String(request.session["user"]) });
  // @ts-expect-error Type 'Request' is missing the following properties from type 'SessionRequest': session, sessionKey
  toNodeListener(handler);
});

function get(agent: Agent, port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    httpRequest({ agent, port, path, host: "127.0.0.1" }, (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (chunk: string) => (text += chunk))
        .on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
}

interface Http2Answer {
  readonly status: unknown;
  readonly cookies: unknown;
  readonly length: unknown;
  readonly body: string;
  readonly error: string | undefined;
}

async function http2Client(
  t: TestContext,
  listener: ReturnType<typeof toNodeListener>,
): Promise<(headers: OutgoingHttpHeaders, leave?: "leave") => Promise<Http2Answer>> {
  const server = createHttp2Server(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => {
    session.destroy();
    server.close();
  });
  return (headers, leave) =>
    new Promise((resolve) => {
      const stream = session.request(headers);
      let head: Record<string, unknown> = {};
      let body = "";
      let error: string | undefined;
      stream.setEncoding("utf8");
      stream.on("response", (fields) => (head = fields));
      stream.on("data", (chunk: string) => {
        body += chunk;
        if (leave !== undefined) stream.close(8);
      });
      stream.on("error", (reason: NodeJS.ErrnoException) => (error = reason.code));
      stream.on("close", () => {
        resolve({ status: head[":status"], cookies: head["set-cookie"], length: head["content-length"], body, error });
      });
      stream.end();
    });
}
