import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, readlinkSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, get as httpGet } from "node:http";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setImmediate as tick } from "node:timers/promises";
import fc from "fast-check";
import { notFound, type Response } from "ringlet";
import { toFetchHandler } from "ringlet/fetch";
import { wrapFile } from "ringlet/middleware/file";
import { toNodeListener } from "ringlet/node";
import { type Listening, listen } from "../../support/listen.ts";
import { get, headersOf, watchedStream } from "../exchanges.ts";
import { makeSite, rawGet, secret } from "../site.ts";

const { root, remove } = makeSite();
const miss = (): Response => notFound("no file");
const app = wrapFile(miss, root);
const etag = `W/"a-${statSync(join(root, "digits.txt")).mtime.getTime().toString(16)}"`;
const modified = statSync(join(root, "digits.txt")).mtime.toUTCString();
let server: Listening;

before(async () => {
  server = await listen(createServer(toNodeListener(app)));
});
after(() => {
  server.close();
  remove();
});

describe("a path is served", () => {
  const table: readonly [path: string, status: number, type: string | null, body: string][] = [
    ["/digits.txt", 200, "text/plain; charset=utf-8", "0123456789"],
    ["/in.txt", 200, "text/plain; charset=utf-8", "0123456789"],
    ["/", 200, "text/html; charset=utf-8", "<h1>home</h1>"],
    ["/docs", 200, "text/html; charset=utf-8", "docs"],
    ["/docs/", 200, "text/html; charset=utf-8", "docs"],
    ["/docs/index.htm?v=1", 200, "text/html; charset=utf-8", "docs"],
    ["/a%20b+c&%C3%BC.txt", 200, "text/plain; charset=utf-8", "odd name"],
    ["/empty.txt", 200, "text/plain; charset=utf-8", ""],
    ["/data.zzz", 200, "application/octet-stream", "data"],
    ["/digits.txt/", 404, null, "no file"],
    ["/digits.txt/x", 404, null, "no file"],
    ["/docs/empty", 404, null, "no file"],
    ["/none.txt", 404, null, "no file"],
    [`/${"n".repeat(5000)}`, 404, null, "no file"],
  ];
  for (const [path, status, type, body] of table) {
    test(`${path.slice(0, 40)}: ${status}`, async () => {
      const answer = await fetch(server.url + path);
      assert.equal(await answer.text(), body);
      assert.equal(answer.status, status);
      if (type !== null) assert.equal(answer.headers.get("content-type"), type);
    });
  }
});

describe("a path is not served", () => {
  const targets = [
    "/../secret.txt",
    "/docs/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/docs%2f..%2f..%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "//secret.txt",
    "//etc/passwd",
    "/docs//index.htm",
    "/%2fetc%2fpasswd",
    "/digits.txt%00.html",
    "/%00",
    "/.env",
    "/%2eenv",
    "/.hidden/a.txt",
    "/out.txt",
    "/up/secret.txt",
    "/beside/a.txt",
    "/../public-not/a.txt",
    "/loop.txt",
    "/%",
    "/%zz",
    "/%ff",
    "/%c0%ae%c0%ae/secret.txt",
    "/%25%32%65%25%32%65/secret.txt",
    "http://x/../secret.txt",
  ];
  for (const target of targets) {
    test(target, async () => {
      const answer = await rawGet(server.port, target);
      assert.match(answer, /^HTTP\/1\.1 404 /);
      assert.ok(!answer.includes(secret) && !answer.includes("root:"));
    });
  }

  test("to a pipe, which would block", async () => {
    execFileSync("mkfifo", [join(root, "pipe.txt")]);
    assert.equal((await fetch(`${server.url}/pipe.txt`)).status, 404);
  });

  test("to a file that this user may not read", () => {
    writeFileSync(join(root, "locked.txt"), secret, { mode: 0 });
    chmodSync(dirname(root), 0o755);
    const script = `
      const { wrapFile } = await import(${JSON.stringify(import.meta.resolve("ringlet/middleware/file"))});
      // Root may read everything.
      if (process.getuid() === 0) process.setuid(65534);
      const app = wrapFile(() => ({ status: 404 }), ${JSON.stringify(root)});
      for (const uri of ["/locked.txt", "/digits.txt"]) console.log((await app({ method: "GET", uri, headers: {} })).status);
    `;
    const statuses = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    assert.equal(statuses, "404\n200\n");
  });

  test("property: no path leads outside the root, and none throws", async () => {
    const part = fc.constantFrom(
      "..",
      ".",
      "%2e",
      "%2f",
      "/",
      "\\",
      "%5c",
      "%00",
      "%",
      "secret.txt",
      "up",
      "beside",
      "a.txt",
      "public",
      ".env",
    );
    const path = fc
      .array(fc.oneof(part, fc.string({ maxLength: 4 })), { maxLength: 8 })
      .map((parts) => `/${parts.join("")}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(path, fc.string()), async (uri) => {
        const answer = await app(get(uri));
        assert.ok(!(await textOf(answer)).includes(secret), uri);
      }),
      { numRuns: 500 },
    );
  });
});

describe("ranges", () => {
  const many = `bytes=${Array.from({ length: 1500 }, (_, index) => `${index * 2}-${index * 2}`).join(",")}`;
  const table: readonly [headers: Record<string, string>, status: number, body: string, range?: string][] = [
    [{ range: "bytes=0-3" }, 206, "0123", "bytes 0-3/10"],
    [{ range: "bytes=7-" }, 206, "789", "bytes 7-9/10"],
    [{ range: "bytes=-2" }, 206, "89", "bytes 8-9/10"],
    [{ range: "bytes=5-99" }, 206, "56789", "bytes 5-9/10"],
    [{ range: "bytes=-99" }, 200, "0123456789"],
    [{ range: "bytes=10-" }, 416, "", "bytes */10"],
    [{ range: "bytes=-0" }, 416, "", "bytes */10"],
    [{ range: "bytes=0-1,4-5" }, 200, "0123456789"],
    [{ range: "lines=0-1" }, 200, "0123456789"],
    [{ range: many }, 200, "0123456789"],
    [{ range: "bytes=0-3", "if-range": modified }, 206, "0123", "bytes 0-3/10"],
    [{ range: "bytes=0-3", "if-range": "Sat, 01 Jan 2000 00:00:00 GMT" }, 200, "0123456789"],
    // A weak tag is not enough for a part of a file.
    [{ range: "bytes=0-3", "if-range": etag }, 200, "0123456789"],
  ];
  for (const [headers, status, body, range] of table) {
    test(`${JSON.stringify(headers).slice(0, 70)}: ${status}`, async () => {
      const answer = await fetch(`${server.url}/digits.txt`, { headers });
      assert.equal(answer.status, status);
      assert.equal(await answer.text(), body);
      assert.equal(answer.headers.get("content-range"), range ?? null);
    });
  }

  test("HEAD ignores ranges", async () => {
    const answer = await fetch(`${server.url}/digits.txt`, { method: "HEAD", headers: { range: "bytes=0-3" } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-length"), "10");
    assert.equal(answer.headers.get("accept-ranges"), "bytes");
  });

  test("an empty file has no valid range", async () => {
    assert.equal((await fetch(`${server.url}/empty.txt`, { headers: { range: "bytes=0-" } })).status, 416);
  });
});

describe("conditions", () => {
  const table: readonly [headers: Record<string, string>, status: number][] = [
    [{ "if-none-match": etag }, 304],
    [{ "if-none-match": `"x", ${etag}` }, 304],
    [{ "if-none-match": '"x"' }, 200],
    [{ "if-modified-since": modified }, 304],
    [{ "if-modified-since": "rubbish" }, 200],
    [{ "if-modified-since": "99999" }, 200],
    [{ "if-unmodified-since": "1" }, 200],
    [{ "if-none-match": '"x"', "if-modified-since": modified }, 200],
    [{ "if-match": '"x"' }, 412],
    [{ "if-unmodified-since": "Sat, 01 Jan 2000 00:00:00 GMT" }, 412],
  ];
  for (const [headers, status] of table) {
    test(`${JSON.stringify(headers)}: ${status}`, async () => {
      const answer = await fetch(`${server.url}/digits.txt`, { headers });
      assert.equal(answer.status, status);
      if (status === 304) assert.equal(answer.headers.get("etag"), etag);
      assert.equal(await answer.text(), status === 200 ? "0123456789" : "");
    });
  }

  test("a file that has changed is sent", async () => {
    const path = join(root, "changing.txt");
    writeFileSync(path, "one");
    const tag = String(headersOf(await app(get("/changing.txt")))["etag"]);
    utimesSync(path, 1, 1);
    assert.equal((await app(get("/changing.txt", { headers: { "if-none-match": tag } })))?.status, 200);
  });
});

describe("options", () => {
  test("mount, maxAge, immutable, mimeTypes, indexFiles", async () => {
    const mimeTypes = { zzz: "application/x-zzz" };
    const other = wrapFile(miss, root, { mount: "/static", maxAge: 60, immutable: true, mimeTypes, indexFiles: false });
    const headers = headersOf(await other(get("/static/data.zzz")));
    assert.equal(headers["content-type"], "application/x-zzz");
    assert.equal(headers["cache-control"], "public, max-age=60, immutable");
    for (const uri of ["/data.zzz", "/staticdata.zzz", "/static", "/static/", "/static/docs"]) {
      assert.equal((await other(get(uri)))?.status, 404, uri);
    }
    assert.equal(headersOf(await app(get("/data.zzz")))["cache-control"], undefined);
  });

  test("allowSymlinks follows links, but serves no hidden file", async () => {
    const other = wrapFile(miss, root, { allowSymlinks: true });
    assert.equal(await textOf(await other(get("/out.txt"))), secret);
    assert.equal((await other(get("/up/../secret.txt")))?.status, 404);
    assert.equal((await other(get("/.env")))?.status, 404);
  });

  test("preferHandler asks the handler first, and closes the 404 that it does not send", async () => {
    const { body, isClosed } = watchedStream();
    const handler = ({ uri }: { uri: string }): Response | null => {
      if (uri === "/digits.txt") return { body: "mine" };
      return uri === "/data.zzz" ? { status: 404, body } : null;
    };
    const other = wrapFile(handler, root, { preferHandler: true });
    assert.equal(await textOf(await other(get("/digits.txt"))), "mine");
    assert.equal(await textOf(await other(get("/data.zzz"))), "data");
    assert.ok(isClosed());
    assert.equal(await textOf(await other(get("/docs"))), "docs");
    assert.equal(await other(get("/none")), null);
    assert.equal(await wrapFile(() => null, root)(get("/none")), null);
  });

  test("other methods go to the handler", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      assert.equal((await app(get("/digits.txt", { method })))?.status, 404);
    }
  });

  test("mistakes throw when the middleware is built", () => {
    assert.throws(() => wrapFile(miss, join(root, "none")), /root must be a folder that is there, got .*none/);
    assert.throws(() => wrapFile(miss, join(root, "digits.txt")), /must be a folder/);
    assert.throws(() => wrapFile(miss, new URL("https://x.example/")), /path of a folder or a file: URL/);
    assert.throws(() => wrapFile(miss, root, { mount: "static" }), /mount must be a path such as/);
    assert.throws(() => wrapFile(miss, root, { maxAge: -1 }), /maxAge must be a whole number/);
    assert.throws(() => wrapFile(miss, root, { immutable: true }), /immutable wants a maxAge/);
    // @ts-expect-error an unknown option
    assert.throws(() => wrapFile(miss, root, { allowSymlink: true }), /did you mean "allowSymlinks"/);
    // @ts-expect-error text
    assert.throws(() => wrapFile(miss, root, { indexFiles: "yes" }), /indexFiles must be true or false/);
  });
});

describe("files are closed", () => {
  test("after 100 requests at once, HEAD, 304, and clients that leave", async () => {
    const all = await Promise.all(
      Array.from({ length: 100 }, async () => (await (await fetch(`${server.url}/big.bin`)).arrayBuffer()).byteLength),
    );
    assert.deepEqual(new Set(all), new Set([8 * 1024 * 1024]));
    await fetch(`${server.url}/big.bin`, { method: "HEAD" });
    await fetch(`${server.url}/digits.txt`, { headers: { "if-none-match": etag } });
    await Promise.all(Array.from({ length: 20 }, leaveEarly));
    await noneOpen();
  });

  test("or never opened, if nobody reads the response", async () => {
    await app(get("/big.bin"));
    await noneOpen();
  });

  test("with toFetchHandler too", async () => {
    const handle = toFetchHandler(app);
    assert.equal(await (await handle(new Request("http://x/digits.txt"))).text(), "0123456789");
    const part = await handle(new Request("http://x/digits.txt", { headers: { range: "bytes=1-2" } }));
    assert.equal(part.status, 206);
    assert.equal(await part.text(), "12");
    await (await handle(new Request("http://x/big.bin"))).body?.cancel();
    await noneOpen();
  });
});

function leaveEarly(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpGet(`${server.url}/big.bin`, { agent: false }, (answer) => {
      answer.once("data", () => {
        request.destroy();
        resolve();
      });
      answer.on("error", () => undefined);
    });
    request.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? undefined : reject(error)));
  });
}

/** Waits until this process has no file of the site open. */
async function noneOpen(): Promise<void> {
  if (process.platform !== "linux") return;
  const end = performance.now() + 5000;
  while (openFiles().length > 0 && performance.now() < end) await tick();
  assert.deepEqual(openFiles(), []);
}

function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(root) ? [path] : [];
    } catch {
      return [];
    }
  });
}

async function textOf(response: Response | null | undefined): Promise<string> {
  const body = response?.body ?? "";
  if (typeof body === "string") return body;
  assert.ok(!ArrayBuffer.isView(body) && Symbol.asyncIterator in body);
  let text = "";
  for await (const chunk of body) text += Buffer.from(chunk).toString("latin1");
  return text;
}
