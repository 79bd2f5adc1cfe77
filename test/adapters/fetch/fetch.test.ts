import assert from "node:assert/strict";
import { Readable } from "node:stream";
import test from "node:test";
import { toFetchHandler } from "../../../src/adapters/fetch/fetch.ts";
import type { Handler, Request, Response, ResponseBody, SessionRequest } from "../../../src/types.ts";
import { deferred } from "../live.ts";

const WebRequest = globalThis.Request;
const home = new WebRequest("http://shop.test/");

/** Returns the request map that a handler gets. */
async function received(incoming: globalThis.Request): Promise<Request> {
  let got: Request | undefined;
  await toFetchHandler((request) => {
    got = request;
    return null;
  })(incoming);
  assert.ok(got !== undefined);
  return got;
}

function sent(response: Response, method = "GET"): Promise<globalThis.Response> {
  return toFetchHandler(() => response, { onError: () => undefined })(new WebRequest(home, { method }));
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test("a request becomes a map", async () => {
  const headers = [
    ["X-Thing", "A"],
    ["x-thing", "b"],
    ["__proto__", "c"],
  ] as [string, string][];
  const { body, ...request } = await received(
    new WebRequest("https://Shop.test:8443/cart/a%20b?n=1#top", { method: "PUT", body: "hi", headers }),
  );
  const { headers: fields, ...rest } = request;
  assert.deepEqual(rest, {
    method: "PUT",
    uri: "/cart/a%20b",
    queryString: "n=1",
    scheme: "https",
    serverName: "shop.test",
    serverPort: 8443,
    remoteAddr: undefined,
    protocol: undefined,
  });
  assert.deepEqual(
    Object.entries(fields).filter(([name]) => name !== "content-type"),
    [
      ["__proto__", "c"],
      ["x-thing", "A, b"],
    ],
  );
  const read: Uint8Array[] = [];
  for await (const chunk of body ?? []) read.push(chunk);
  assert.equal(Buffer.concat(read).toString(), "hi");
});

test("without a port in the URL it is the scheme's; GET and HEAD have no body", async () => {
  for (const [url, port] of [
    ["http://a/", 80],
    ["https://a/", 443],
    ["http://[::1]:3000/", 3000],
  ] as const) {
    const request = await received(new WebRequest(url));
    assert.equal(request.serverPort, port);
    assert.equal(request.body, null);
    assert.equal(request.queryString, undefined);
  }
});

test("Cookie headers stay as the runtime joined them", async () => {
  const incoming = new WebRequest(home, {
    headers: [
      ["cookie", "a=1, x"],
      ["cookie", "b=2"],
    ],
  });
  assert.equal((await received(incoming)).headers["cookie"], incoming.headers.get("cookie"));
});

test("a request may be of another class than the global Request, and its URL may be invalid", async () => {
  const urls = [
    ["/a?b", undefined, "/a"],
    ["http://a b<c/a?b", undefined, "/a"],
    ["http://h:99999/a?b", undefined, "/a"],
  ] as const;
  for (const [url, name, uri] of urls) {
    // For a malformed Host, Bun passes the first URL, and Deno the second.
    const request = await received({ method: "get", url, headers: new Headers(), body: null } as globalThis.Request);
    const { method, queryString, serverName } = request;
    assert.deepEqual([method, request.uri, queryString, serverName], ["GET", uri, "b", name]);
  }
});

test("the option remoteAddr reads the client's address from further arguments", async () => {
  const handler = ({ remoteAddr }: Request): Response => ({ body: remoteAddr ?? "unknown" });
  const deno = toFetchHandler(handler, {
    remoteAddr: (_request, info: { remoteAddr: { hostname: string } }) => info.remoteAddr.hostname,
  });
  const answer: globalThis.Response = await deno(home, { remoteAddr: { hostname: "192.0.2.1" } });
  assert.equal(await answer.text(), "192.0.2.1");
  const silent = toFetchHandler(handler);
  assert.equal(await (await silent(home)).text(), "unknown");
  assert.equal(await (await silent(home, { env: 1 }, "anything")).text(), "unknown");
});

test("a response of each kind of body", async () => {
  const stream = new ReadableStream<Uint8Array>({ start: (it) => (it.enqueue(Buffer.from("grüß")), it.close()) });
  const bodies: readonly ResponseBody[] = [
    "grüß",
    Buffer.from("grüß"),
    stream,
    chunks("gr", "", "üß"),
    Readable.from([Buffer.from("grüß")]),
  ];
  for (const body of bodies) {
    const response = await sent({ status: 201, body, headers: { "content-type": "text/html", "x-none": undefined } });
    assert.deepEqual(
      [response.status, await response.text(), [...response.headers]],
      [201, "grüß", [["content-type", "text/html"]]],
    );
  }
  for (const body of [null, undefined, ""]) {
    const response = await sent({ body });
    assert.deepEqual([response.status, response.body, [...response.headers]], [200, null, []]);
  }
});

test("text is text/plain by default; bytes have no default type", async () => {
  assert.equal((await sent({ body: "a" })).headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal((await sent({ body: new Uint8Array(1) })).headers.get("content-type"), null);
});

test("cookies are separate fields, other lists are joined", async () => {
  const { headers } = await sent({ headers: { "set-cookie": ["a=1; Path=/", "b=2"], vary: ["a", "b"] } });
  assert.deepEqual(headers.getSetCookie(), ["a=1; Path=/", "b=2"]);
  assert.equal(headers.get("vary"), "a, b");
});

test("HEAD gets the headers of GET and no body; 204, 205 and 304 have no body", async () => {
  const head = await sent({ body: "grüß" }, "HEAD");
  assert.deepEqual([head.body, head.headers.get("content-length")], [null, "6"]);
  const bytes = await sent({ body: new Uint8Array(3) }, "HEAD");
  assert.equal(bytes.headers.get("content-length"), "3");
  const given = await sent({ headers: { "content-length": "12" } }, "HEAD");
  assert.equal(given.headers.get("content-length"), "12");
  for (const status of [204, 205, 304]) {
    for (const body of ["a", chunks("a"), null]) {
      const response = await sent({ status, body });
      assert.deepEqual([response.status, response.body], [status, null]);
    }
  }
  assert.equal((await sent({ status: 204, headers: { "content-length": "1" } })).headers.get("content-length"), null);
});

test("a wrong content-length and a transfer-encoding are not sent: framing is the server's", async () => {
  const { headers } = await sent({ headers: { "content-length": "99", "transfer-encoding": "chunked" }, body: "ab" });
  assert.deepEqual([...headers.keys()], ["content-type"]);
});

test("a stream that will not be sent is closed", async () => {
  const headers = { "x-a": "\n\u0100" };
  for (const [method, response] of [
    ["HEAD", {}],
    ["GET", { status: 304 }],
    ["GET", { headers }],
  ] as const) {
    const cancelled = deferred();
    await sent({ ...response, body: new ReadableStream({ cancel: () => cancelled.resolve() }) }, method);
    await cancelled.promise;
    const file = new Readable({ read: () => undefined });
    await sent({ ...response, body: file }, method);
    assert.equal(file.destroyed, true);
  }
});

test("chunks are read one at a time, and end when the client leaves", async () => {
  let produced = 0;
  const over = deferred();
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Uint8Array.of(produced++);
    } finally {
      over.resolve();
    }
  }
  const { body } = await sent({ body: endless() });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(produced, 0);
  const reader = body?.getReader();
  assert.deepEqual(await reader?.read(), { done: false, value: Uint8Array.of(0) });
  assert.deepEqual(await reader?.read(), { done: false, value: Uint8Array.of(1) });
  await reader?.cancel();
  await over.promise;
  assert.equal(produced, 2);
});

test("a client that leaves while a chunk is awaited is no error", async () => {
  const heard: unknown[] = [];
  const file = new Readable({ read: () => undefined });
  const response = await toFetchHandler(() => ({ body: file }), { onError: (error) => heard.push(error) })(home);
  const reader = response.body?.getReader();
  const pending = reader?.read();
  await reader?.cancel();
  assert.equal((await pending)?.done, true);
  assert.equal(file.destroyed, true);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(heard, []);
});

test("a handler that returns nothing is a 404", async () => {
  const response = await toFetchHandler(() => undefined)(home);
  assert.deepEqual([response.status, await response.text()], [404, "Not Found"]);
});

test("a handler that fails is a 500, a session store that fails a 503, and only onError sees the details", async () => {
  const storeError = Object.assign(new Error("secret"), { code: "ERR_SESSION_STORE" });
  const other = new Error("secret");
  for (const [error, status, text] of [
    [other, 500, "Internal Server Error"],
    [storeError, 503, "Service Unavailable"],
  ] as const) {
    const heard: unknown[] = [];
    const onError = (reason: unknown, { uri }: Request): unknown => heard.push(reason, uri);
    const fails = [
      () => Promise.reject(error),
      (): never => {
        throw error;
      },
    ];
    for (const fail of fails) {
      const response = await toFetchHandler(fail, { onError })(new WebRequest("http://a/where"));
      assert.deepEqual([response.status, await response.text()], [status, text]);
    }
    assert.deepEqual(heard, [error, "/where", error, "/where"]);
  }
});

test("an invalid response map is a 500", async () => {
  const cookie = { "set-cookie": "session=abc" };
  const wrong: readonly unknown[] = [
    "text",
    { status: 101 },
    { body: 1, headers: cookie },
    { headers: { ...cookie, "x-a": "a\r\nb: c" } },
    { headers: { ...cookie, "x a": "b" } },
    { headers: { ...cookie, "x-a": 5 } },
  ];
  for (const answer of wrong) {
    const heard: unknown[] = [];
    const response = await toFetchHandler((() => answer) as Handler, { onError: (error) => heard.push(error) })(home);
    assert.deepEqual([response.status, response.headers.get("set-cookie"), heard.length], [500, null, 1]);
  }
});

test("an iterated body that fails half way fails the stream, and is reported", async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("a");
    throw new Error("disk");
  }
  const heard: unknown[] = [];
  const response = await toFetchHandler(() => ({ body: failing() }), { onError: (error) => heard.push(String(error)) })(
    home,
  );
  await assert.rejects(response.text(), /disk/);
  assert.deepEqual(heard, ["Error: disk"]);
});

test("an address function that throws is a 500", async () => {
  const heard: unknown[] = [];
  const remoteAddr = (): never => {
    throw new Error("no info");
  };
  const onError = (error: unknown, { uri }: Request): unknown => heard.push(String(error), uri);
  const response = await toFetchHandler(() => null, { remoteAddr, onError })(home);
  assert.deepEqual([response.status, heard], [500, ["Error: no info", "/"]]);
});

test("mistakes throw when the handler is built", () => {
  const handler = (): Response => ({});
  // @ts-expect-error a mistake
  assert.throws(() => toFetchHandler("no function"), {
    message: /^toFetchHandler: handler must be a function .*, got text$/,
  });
  // @ts-expect-error a mistake
  assert.throws(() => toFetchHandler(handler, { onEror: 1 }), {
    message: /^toFetchHandler: unknown option "onEror"; did you mean "onError"\?$/,
  });
  // @ts-expect-error a mistake
  assert.throws(() => toFetchHandler(handler, { remoteAddr: "::1" }), {
    message: /^toFetchHandler: remoteAddr must be a function, got text$/,
  });
});

test("a handler that needs a session is refused by the compiler, which names the missing properties", () => {
  const handler = (request: Request & SessionRequest): Response => ({ body: String(request.session["user"]) });
  // @ts-expect-error Type 'Request' is missing the following properties from type 'SessionRequest': session, sessionKey
  toFetchHandler(handler);
});
