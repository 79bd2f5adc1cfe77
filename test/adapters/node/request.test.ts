import assert from "node:assert/strict";
import { createServer as createHttp2Server, connect as connectHttp2, type OutgoingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import test, { type TestContext } from "node:test";
import { type NodeListenerOptions, toNodeListener } from "../../../src/adapters/node/node.ts";
import type { Request, Response } from "../../../src/types.ts";
import { deferred, exchange, listening } from "../live.ts";

/** Sends text to a server. Returns the request map that its handler gets, and the text of the body. */
async function received(
  t: TestContext,
  text: string,
  options?: NodeListenerOptions,
): Promise<Request & { text: string }> {
  const got: (Request & { text: string })[] = [];
  const handler = async (request: Request): Promise<Response> => {
    got.push({ ...request, text: await textOf(request) });
    return { headers: { connection: "close" } };
  };
  const { port } = await listening(t, toNodeListener(handler, options));
  const answer = await exchange(port, text);
  const [request] = got;
  assert.ok(request !== undefined, answer);
  return request;
}

async function textOf(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request.body ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

test("a request becomes a map", async (t) => {
  const head =
    "POST /cart/a%20b?n=1&n=2 HTTP/1.1\r\nHost: Shop.test:8080\r\nX-Thing: A\r\nx-thing: b\r\nContent-Length: 4\r\n\r\n";
  const { body, text, ...request } = await received(t, `${head}body`);
  assert.equal(text, "body");
  assert.equal(typeof body?.[Symbol.asyncIterator], "function");
  assert.deepEqual(request, {
    method: "POST",
    uri: "/cart/a%20b",
    queryString: "n=1&n=2",
    headers: { host: "Shop.test:8080", "x-thing": "A, b", "content-length": "4" },
    scheme: "http",
    serverName: "shop.test",
    serverPort: 8080,
    remoteAddr: "127.0.0.1",
    protocol: "HTTP/1.1",
  });
});

test("a request without Content-Length or Transfer-Encoding has no body", async (t) => {
  const none = await received(t, "POST / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal(none.body, null);
  const some = await received(t, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
  assert.equal(some.text, "ab");
});

test("several Cookie headers are joined by a semicolon; set-cookie is a list", async (t) => {
  const cookies = "Cookie: a=1; b=2\r\nCookie: c=3\r\nset-cookie: x\r\nset-cookie: y\r\n";
  const { headers } = await received(t, `GET / HTTP/1.1\r\nHost: a\r\n${cookies}\r\n`);
  assert.equal(headers["cookie"], "a=1; b=2; c=3");
  assert.deepEqual(headers["set-cookie"], ["x", "y"]);
});

test("every form of request target is understood", async (t) => {
  const cases = [
    ["GET /?", "/", "", "h.test", 80],
    ["GET //evil.test/a", "//evil.test/a", undefined, "h.test", 80],
    ["OPTIONS *", "*", undefined, "h.test", 80],
    ["GET http://other.test:81/p?q", "/p", "q", "other.test", 81],
    ["GET https://user@other.test", "/", undefined, "other.test", 80],
  ] as const;
  for (const [line, uri, queryString, serverName, serverPort] of cases) {
    const request = await received(t, `${line} HTTP/1.1\r\nHost: h.test\r\n\r\n`);
    const { scheme } = request;
    const parts = {
      uri: request.uri,
      queryString: request.queryString,
      serverName: request.serverName,
      serverPort: request.serverPort,
    };
    assert.deepEqual(parts, { uri, queryString, serverName, serverPort }, line);
    assert.equal(scheme, "http", "what the client claims is not the scheme");
  }
});

test("a malformed or missing host is undefined", async (t) => {
  for (const [host, name, port] of [
    ["Host: [::1]:3000\r\n", "[::1]", 3000],
    ["Host: a b\r\n", undefined, undefined],
    ["Host: \r\n", undefined, undefined],
    ["Host: a:99999\r\n", undefined, undefined],
    ["", undefined, undefined],
  ] as const) {
    const { serverName, serverPort, protocol } = await received(t, `GET / HTTP/1.0\r\n${host}\r\n`);
    assert.deepEqual([serverName, serverPort, protocol], [name, port, "HTTP/1.0"], host);
  }
});

test("headers named like properties of objects are headers like others", async (t) => {
  const { headers } = await received(t, "GET / HTTP/1.1\r\nHost: a\r\n__proto__: x\r\nhasownproperty: y\r\n\r\n");
  assert.equal(headers["host"], "a");
  assert.equal(headers["hasownproperty"], "y");
  assert.equal(Object.getPrototypeOf({})["x"], undefined);
});

test("forwarded headers count only if the proxy is trusted", async (t) => {
  const fields = "X-Forwarded-For: 6.6.6.6, 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test\r\n";
  const text = `GET / HTTP/1.1\r\nHost: inner:8080\r\n${fields}\r\n`;
  const parts = ({ scheme, serverName, serverPort, remoteAddr }: Request): unknown => [
    scheme,
    serverName,
    serverPort,
    remoteAddr,
  ];
  assert.deepEqual(parts(await received(t, text)), ["http", "inner", 8080, "127.0.0.1"]);
  assert.deepEqual(parts(await received(t, text, { trustProxy: ["10.0.0.0/8"] })), [
    "http",
    "inner",
    8080,
    "127.0.0.1",
  ]);
  for (const trustProxy of [true, ["127.0.0.1"], (address: string) => address === "127.0.0.1"]) {
    assert.deepEqual(parts(await received(t, text, { trustProxy })), ["https", "shop.test", 443, "192.0.2.7"]);
  }
  const silent = await received(t, "GET / HTTP/1.1\r\nHost: inner:8080\r\n\r\n", { trustProxy: true });
  assert.deepEqual(parts(silent), ["http", "inner", 8080, "127.0.0.1"]);
});

test("the body arrives in chunks as they are sent", async (t) => {
  const seen: string[] = [];
  const { port } = await listening(
    t,
    toNodeListener(async (request) => {
      for await (const chunk of request.body ?? []) {
        seen.push(Buffer.from(chunk).toString());
        if (seen.length === 1) socket.write("6\r\nsecond\r\n0\r\n\r\n");
      }
      return { headers: { connection: "close" }, body: seen.join() };
    }),
  );
  const socket = connect(port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  assert.match(answer, /\r\n\r\nfirst,second$/);
});

test("a handler that stops reading half way can still answer, and the connection is kept", async (t) => {
  const { port } = await listening(
    t,
    toNodeListener(async (request) => {
      let size = 0;
      for await (const chunk of request.body ?? []) {
        size += chunk.byteLength;
        if (size > 1000) return { status: 413, body: "too long" };
      }
      return { headers: { connection: "close" }, body: `${size}` };
    }),
  );
  const long = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(1_000_000)}`;
  const answer = await exchange(port, `${long}POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab`);
  assert.match(answer, /^HTTP\/1\.1 413 [^]*too longHTTP\/1\.1 200 OK[^]*\r\n\r\n2$/);
});

test("behind a framework that has read the body and shortened the path, the body is empty and the path the short one", async (t) => {
  const listener = toNodeListener(async (request) => ({
    body: `${request.uri} ${request.queryString} <${await textOf(request)}>`,
  }));
  const { port } = await listening(t, (incoming, outgoing) => {
    incoming.resume().once("end", () => {
      incoming.url = "/rest?a=b";
      listener(incoming, outgoing);
    });
  });
  const response = await fetch(`http://127.0.0.1:${port}/mounted/rest?a=b`, { method: "POST", body: "gone" });
  assert.equal(await response.text(), "/rest a=b <>");
});

test("a body that nobody reads does not block the next request", async (t) => {
  const { port } = await listening(
    t,
    toNodeListener(({ uri }) => ({ body: uri, headers: uri === "/b" ? { connection: "close" } : {} })),
  );
  const first = `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n${"x".repeat(300_000)}`;
  const answer = await exchange(port, `${first}GET /b HTTP/1.1\r\nHost: a\r\n\r\n`);
  assert.match(answer, /\/aHTTP\/1\.1 200 OK[^]*\/b$/);
});

test("a client that leaves half way through its body fails the handler's read, and onError is not called", async (t) => {
  const failed = deferred<unknown>();
  const heard: unknown[] = [];
  const handler = async (request: Request): Promise<null> => {
    try {
      await textOf(request);
    } catch (error) {
      failed.resolve(error);
      throw error;
    }
    return null;
  };
  const { port } = await listening(t, toNodeListener(handler, { onError: (error) => heard.push(error) }));
  const socket = connect(port, "127.0.0.1", () => {
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", () => socket.resetAndDestroy());
  });
  const error = await failed.promise;
  assert.equal((error as NodeJS.ErrnoException).code, "ECONNRESET");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(heard, []);
});

test("an HTTP/2 request becomes the same map", async (t) => {
  const got = deferred<Request & { text: string }>();
  const server = createHttp2Server(
    toNodeListener(async (request) => {
      got.resolve({ ...request, text: await textOf(request) });
      return null;
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  t.after(() => {
    session.destroy();
    server.close();
  });
  const head: OutgoingHttpHeaders = {
    ":method": "POST",
    ":path": "/a?b",
    ":scheme": "https",
    ":authority": "Shop.test",
    cookie: ["a=1", "b=2"],
  };
  session.request(head).end("body").resume();
  const { body: _, ...request } = await got.promise;
  assert.deepEqual(request, {
    method: "POST",
    uri: "/a",
    queryString: "b",
    headers: { host: "Shop.test", cookie: "a=1; b=2" },
    scheme: "http",
    serverName: "shop.test",
    serverPort: 80,
    remoteAddr: "127.0.0.1",
    protocol: "HTTP/2.0",
    text: "body",
  });
});
