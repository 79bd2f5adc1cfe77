import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";

import { toFetchHandler } from "../../../src/adapters/fetch/fetch.ts";
import { toNodeListener } from "../../../src/adapters/node/node.ts";
import type { Request } from "../../../src/index.ts";
import { wrapKeywordParams } from "../../../src/middleware/params/keyword-params.ts";
import {
  isUploadedFile,
  multipartParamsRequest,
  tempFileStore,
  wrapMultipartParams,
  type MultipartParamsOptions,
} from "../../../src/middleware/params/multipart-params.ts";
import { wrapNestedParams } from "../../../src/middleware/params/nested-params.ts";
import { wrapParams, type Params } from "../../../src/middleware/params/params.ts";
import { deferred, listening } from "../../adapters/live.ts";

const directory = mkdtempSync(join(tmpdir(), "ringlet-test-"));
after(() => rmSync(directory, { recursive: true }));
const store = tempFileStore({ directory });
const limits = { store, maxFileSize: 64 * 1024 * 1024 };

const left = (): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? entry.name : [],
  );

/** Makes the stack of the site defaults. It answers its parameters, with a digest of each file, as JSON. */
const app = (options: MultipartParamsOptions = limits) =>
  wrapParams(
    wrapMultipartParams(
      wrapNestedParams(wrapKeywordParams(async ({ params }) => ({ body: JSON.stringify(await told(params)) }))),
      options,
    ),
  );

async function told(params: Params): Promise<object> {
  const entries = Object.entries(params).map(async ([name, value]) => {
    if (!isUploadedFile(value)) return [name, value] as const;
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(value.tempFile)) hash.update(chunk as Buffer);
    return [name, { filename: value.filename, size: value.size, digest: hash.digest("hex") }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const bytes = Buffer.alloc(20 * 1024 * 1024, "0123456789abcdef!");
const digest = createHash("sha256").update(bytes).digest("hex");

function exampleForm(): FormData {
  const form = new FormData();
  form.append("user[first-name]", "Ada");
  form.append("tags[]", "a");
  form.append("tags[]", "b");
  form.append("the-file", new File([bytes], "große Datei.bin"));
  return form;
}

const expected = {
  id: "7",
  user: { firstName: "Ada" },
  tags: ["a", "b"],
  theFile: { filename: "große Datei.bin", size: bytes.length, digest },
};

test("a browser's form with 20 MB, by toNodeListener", async (t) => {
  const { port } = await listening(t, toNodeListener(app()));
  const response = await fetch(`http://127.0.0.1:${port}/?id=7`, { method: "POST", body: exampleForm() });
  assert.deepEqual(await response.json(), expected);
});

test("a browser's form with 20 MB, by toFetchHandler", async () => {
  const request = new globalThis.Request("http://localhost/?id=7", { method: "POST", body: exampleForm() });
  const response = await toFetchHandler(app())(request);
  assert.deepEqual(await response.json(), expected);
});

test("an urlencoded form, by both", async (t) => {
  const { port } = await listening(t, toNodeListener(app()));
  const post = { method: "POST", body: new URLSearchParams("user[first-name]=Ada&tags[]=a&tags[]=b") };
  const answers = [
    await fetch(`http://127.0.0.1:${port}/?id=7`, post),
    await toFetchHandler(app())(new globalThis.Request("http://localhost/?id=7", post)),
  ];
  const { theFile: _, ...fields } = expected;
  for (const answer of answers) assert.deepEqual(await answer.json(), fields);
});

test("over a limit the client gets 413, and the server goes on", async (t) => {
  const before = left().length;
  const { port } = await listening(t, toNodeListener(app({ ...limits, maxFileSize: 1024 * 1024 })));
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: exampleForm() });
  assert.equal(response.status, 413);
  assert.equal(await response.text(), "A file may have 1048576 bytes at most.");
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200);
  assert.equal(left().length, before);
});

const head =
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: 100000\r\n\r\n";
const filePart = '--XX\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n';

test("a client that leaves in the middle of a file leaves no file, and onError is not called", async (t) => {
  const before = left().length;
  const fileIsThere = deferred();
  const refusal = deferred<unknown>();
  const heard: unknown[] = [];
  const listener = toNodeListener(
    async (request) => {
      const progress = (): void => {
        if (left().length > before) fileIsThere.resolve();
      };
      await Promise.resolve(multipartParamsRequest(request, { ...limits, progress })).catch(refusal.resolve);
      return null;
    },
    { onError: (error) => heard.push(error) },
  );
  const { port } = await listening(t, listener);
  const socket = connect(port, "127.0.0.1", () => socket.write(head + filePart));
  await fileHasBegun(socket, fileIsThere.promise);
  socket.destroy();
  const error = (await refusal.promise) as { status?: number };
  assert.equal(error.status, 400);
  assert.equal(left().length, before);
  assert.deepEqual(heard, []);
});

/** Sends chunks, for each of which progress is called, until the file has begun. */
async function fileHasBegun(socket: Socket, begun: Promise<void>): Promise<void> {
  await once(socket, "connect");
  const sending = setInterval(() => socket.write("x"), 1);
  await begun;
  clearInterval(sending);
}

test("a slow client may send octet by octet", async (t) => {
  const tail = `${"x".repeat(30)}\r\n--XX--\r\n`;
  const text = `${filePart}${tail}`;
  const { port, next } = await withProgress(t);
  const sending = httpRequest({
    port,
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=XX" },
  });
  const answered = new Promise<string>((resolve) =>
    sending.on("response", (response) => response.setEncoding("utf8").on("data", resolve)),
  );
  sending.flushHeaders();
  for (const octet of text) {
    const taken = next();
    sending.write(octet);
    await taken;
  }
  sending.end();
  const { f } = JSON.parse(await answered) as { f: { size: number } };
  assert.equal(f.size, 30);
});

/** Starts a server, and makes a function that waits until it has read the next chunk. */
async function withProgress(t: TestContext): Promise<{ port: number; next: () => Promise<void> }> {
  let taken = deferred();
  const { port } = await listening(t, toNodeListener(app({ ...limits, progress: () => taken.resolve() })));
  return {
    port,
    next: async () => {
      taken = deferred();
      await taken.promise;
    },
  };
}

test("no more is read from a client than the store reads", async () => {
  let sent = 0;
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(filePart);
    for (; sent < bytes.length; sent += 65_536) yield bytes.subarray(sent, sent + 65_536);
    yield Buffer.from("\r\n--XX--\r\n");
  }
  const goOn = deferred();
  const reading = Promise.resolve(
    multipartParamsRequest(
      {
        method: "POST",
        uri: "/",
        headers: { "content-type": "multipart/form-data; boundary=XX" },
        body: body(),
      } satisfies Request,
      {
        maxFileSize: bytes.length,
        store: {
          storeFile: async ({ stream }) => {
            await goOn.promise;
            let size = 0;
            for await (const chunk of stream) size += chunk.byteLength;
            return { size };
          },
        },
      },
    ),
  );
  for (let turn = 0; turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(sent < 1024 * 1024, `${sent} bytes were taken`);
  goOn.resolve();
  assert.deepEqual({ ...(await reading).multipartParams }, { f: { size: bytes.length } });
});
