import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import fc from "fast-check";

import { RequestError, type Request } from "../../../src/index.ts";
import {
  byteArrayStore,
  isUploadedFile,
  multipartParamsRequest,
  tempFileStore,
  wrapMultipartParams,
  type MultipartParamsOptions,
  type UploadedBytes,
  type UploadedFile,
} from "../../../src/middleware/params/multipart-params.ts";
import { brokenOff, chunksOf, plain, post } from "../requests.ts";

const directory = mkdtempSync(join(tmpdir(), "ringlet-test-"));
const onDisk = tempFileStore({ directory });
const inMemory = byteArrayStore();
after(() => rmSync(directory, { recursive: true }));

/** Returns the names of the files on disk. */
const left = (): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? entry.name : [],
  );

interface Part {
  readonly head: string;
  readonly body?: string | Uint8Array;
}

const field = (name: string, body: string): Part => ({ head: `form-data; name="${name}"`, body });
const file = (name: string, body: string | Uint8Array, filename = "a.txt"): Part => ({
  head: `form-data; name="${name}"; filename="${filename}"\r\nContent-Type: text/plain`,
  body,
});

function written(...parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ head, body = "" }) => [
    Buffer.from(`--XX\r\nContent-Disposition: ${head}\r\n\r\n`),
    Buffer.from(body),
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([...pieces, Buffer.from("--XX--\r\n")]);
}

const form = (...parts: readonly Part[]): Request => post("multipart/form-data; boundary=XX", written(...parts));

async function read<File extends object>(request: Request, options: MultipartParamsOptions<File>) {
  return multipartParamsRequest(request, options);
}

const texts = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(plain(value), (_key, each: unknown) =>
      each instanceof Uint8Array ? Buffer.from(each).toString() : each,
    ),
  );

const refused = (status: number) => (error: unknown) => error instanceof RequestError && error.status === status;

beforeEach(sweep);

describe("a form is read", () => {
  test("with fields and files in order, merged into params", async () => {
    const request = { ...form(field("a", "1"), file("f", "one"), field("a", "2"), file("f", "two", "b.txt")) };
    const { multipartParams, params, body } = await read({ ...request, params: { a: "old", id: "7" } } as Request, {
      store: inMemory,
    });
    const one = { filename: "a.txt", contentType: "text/plain", size: 3, bytes: "one" };
    const expected = { a: ["1", "2"], f: [one, { ...one, filename: "b.txt", bytes: "two" }] };
    assert.deepEqual(texts(multipartParams), expected);
    assert.deepEqual(texts(params), { ...expected, id: "7" });
    assert.equal(body, null);
  });

  test("with fields and files of one name in order, however slow the store is", async () => {
    const store = {
      storeFile: async ({ stream }: { stream: AsyncIterable<Uint8Array> }) => ({ n: await sizeOf(stream) }),
    };
    const { multipartParams } = await read(form(file("x", "abc"), field("x", "t"), file("x", "")), { store });
    assert.deepEqual(plain(multipartParams), { x: [{ n: 3 }, "t", { n: 0 }] });
  });

  test("with files on disk under random names, in a private folder", async () => {
    const { params } = await read(form(file("photo", "abc", "../../etc/passwd")), { store: onDisk });
    const { photo } = params;
    assert.ok(isUploadedFile(photo));
    assert.deepEqual(
      { ...photo, tempFile: undefined },
      { filename: "passwd", contentType: "text/plain", size: 3, tempFile: undefined },
    );
    assert.equal(readFileSync(photo.tempFile, "utf8"), "abc");
    assert.equal(statSync(photo.tempFile).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(photo.tempFile)).mode & 0o777, 0o700);
    assert.equal(dirname(dirname(photo.tempFile)), directory);
    assert.match(basename(photo.tempFile), /^[\w-]{36}$/);
  });

  test("with files on disk by default", async () => {
    const { params } = await multipartParamsRequest(form(file("photo", "abc")));
    assert.ok(isUploadedFile(params["photo"]));
    assert.equal(readFileSync(params["photo"].tempFile, "utf8"), "abc");
  });

  test("with an empty file without a name if no file was chosen, as in Ring", async () => {
    const nothing = { head: 'form-data; name="f"; filename=""\r\nContent-Type: application/octet-stream' };
    const { multipartParams } = await read(form(nothing), { store: inMemory });
    const expected = { filename: "", contentType: "application/octet-stream", size: 0, bytes: "" };
    assert.deepEqual(texts(multipartParams), { f: expected });
  });

  test("in the charset of the part, of the option, or UTF-8", async () => {
    const latin = (name: string, type: string): Part => ({
      head: `form-data; name="${name}"${type}`,
      body: new Uint8Array([0xe9]),
    });
    const parts = [field("u", "é"), latin("p", "\r\nContent-Type: text/plain; charset=iso-8859-1")];
    assert.deepEqual(texts((await read(form(...parts), {})).multipartParams), { u: "é", p: "é" });
    for (const encoding of ["latin1", "l1", "ISO-8859-1"]) {
      const { multipartParams } = await read(form(latin("o", "")), { encoding });
      assert.deepEqual(texts(multipartParams), { o: "é" });
    }
  });

  test("with the most files allowed, without a warning of Node", async (context) => {
    const warn = context.mock.method(process, "emitWarning", () => undefined);
    const files = Array.from({ length: 20 }, (_, index) => file(`f${index}`, "abc"));
    const { multipartParams } = await read(form(...files), { store: inMemory });
    assert.equal(Object.keys(multipartParams).length, 20);
    assert.equal(warn.mock.callCount(), 0);
  });

  test("without parts, or parts without a name", async () => {
    assert.deepEqual(plain((await read(form(), {})).multipartParams), {});
    const unnamed = form(
      { head: "form-data", body: "x" },
      { head: 'form-data; filename="a"', body: "x" },
      field("a", "1"),
    );
    assert.deepEqual(plain((await read(unnamed, { store: onDisk })).multipartParams), { a: "1" });
    assert.deepEqual(left(), []);
  });

  test("with names of Object.prototype as data, but without __proto__", async () => {
    const { multipartParams, params } = await read(form(field("__proto__", "x"), field("constructor", "c")), {});
    assert.deepEqual(plain(multipartParams), { constructor: "c" });
    assert.equal(Object.getPrototypeOf(params), null);
  });

  test("only if it is a multipart form that was not read before", async () => {
    const other = post("application/json", Buffer.from("{}"));
    assert.equal((await read(other, {})).body, other.body);
    const once = await read(form(field("a", "1")), {});
    assert.deepEqual(await multipartParamsRequest({ ...once, body: other.body }), { ...once, body: other.body });
  });

  test("with calls of progress", async () => {
    const heard: unknown[] = [];
    const bytes = written(field("a", "1"), field("b", "2"));
    const request = post("multipart/form-data; boundary=XX", bytes);
    const announced = { ...request, headers: { ...request.headers, "content-length": String(bytes.length) } };
    await read(announced, { progress: (_request, ...told) => heard.push(told) });
    assert.deepEqual(heard.at(-1), [bytes.length, bytes.length, 2]);
  });
});

test("property: a form is read alike, whatever its content and its chunks", async () => {
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .array(fc.constantFrom("\r\n", "--XX", "-", "\r", "\n", "x"))
      .map((parts) => Buffer.from(parts.filter((each, at) => !(each === "--XX" && parts[at - 1] === "\r\n")).join(""))),
  );
  const part = fc.record({ name, bytes, isFile: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), async (parts, size) => {
      const safe = parts.filter((each) => !Buffer.from(each.bytes).toString("latin1").includes("--XX"));
      const body = written(
        ...safe.map((each) => (each.isFile ? file : latinField)(each.name, Buffer.from(each.bytes))),
      );
      const request = { ...form(), body: chunksOf(body, size) };
      const { multipartParams } = await read(request, { store: inMemory });
      const got = Object.entries(multipartParams).map(([key, value]) => [key, [value].flat().map(bytesOf)]);
      assert.deepEqual(Object.fromEntries(got), expectedOf(safe));
    }),
  );
});

test("property: any body is read or refused, and a refused one leaves no file", { timeout: 60_000 }, async () => {
  const whole = written(field("a", "1"), file("f", "abc"), { head: "x" }, file("g", "abc".repeat(30)), field("b", ""));
  const noise = fc.constantFrom(
    "--XX",
    "--XX--",
    "\r\n",
    "\r\n\r\n",
    "\r\n--XX\r\n",
    "--",
    ":",
    "\0",
    'name="a"',
    "filename=",
  );
  const cut = fc.nat({ max: whole.length });
  await fc.assert(
    fc.asyncProperty(cut, cut, fc.array(noise), fc.integer({ min: 1, max: 99 }), async (from, to, parts, size) => {
      const body = Buffer.concat([whole.subarray(0, from), Buffer.from(parts.join("")), whole.subarray(to)]);
      const request = { ...form(), body: chunksOf(body, size) };
      await read(request, { store: onDisk }).catch((error: unknown) => {
        assert.ok(refused(400)(error));
        assert.deepEqual(left(), []);
      });
      sweep();
    }),
    { numRuns: 500 },
  );
});

describe("a refused form leaves no file", () => {
  const cases: readonly (readonly [string, number, Request, MultipartParamsOptions])[] = [
    ["a file over its limit", 413, form(file("f", "abcd")), { maxFileSize: 3 }],
    ["the second file over its limit", 413, form(file("f", "abc"), file("g", "abcd")), { maxFileSize: 3 }],
    ["too many files", 413, form(file("f", "a"), file("f", "a"), file("f", "a")), { maxFileCount: 2 }],
    ["too many fields", 413, form(file("f", "a"), field("a", ""), field("b", "")), { maxFields: 1 }],
    [
      "too many parts that are neither",
      413,
      form(file("f", "a"), ...Array.from({ length: 3 }, () => ({ head: "attachment" }))),
      { maxFileCount: 1, maxFields: 2 },
    ],
    ["a field over its limit", 413, form(file("f", "a"), field("a", "1234")), { maxFieldSize: 3 }],
    [
      "the whole body over its limit",
      413,
      form(file("f", "a".repeat(200)), file("f", "a".repeat(200))),
      { maxBytes: 400 },
    ],
    ["no boundary", 400, post("multipart/form-data", written(file("f", "a"))), {}],
    ["an empty body", 400, post("multipart/form-data; boundary=XX", Buffer.alloc(0)), {}],
    ["no form at all", 400, post("multipart/form-data; boundary=XX", Buffer.from("hello")), {}],
    ["a body that ends in a file", 400, cutShort(-20, file("f", "a".repeat(100))), {}],
    ["a body that ends in a head", 400, cutShort(-30, file("f", "abc"), file("g", "")), {}],
    [
      "a client that leaves",
      400,
      { ...form(), body: brokenOff(written(file("f", "abc"), file("g", "abc")).subarray(0, -15)) },
      {},
    ],
  ];
  for (const [name, status, request, options] of cases) {
    test(name, async () => {
      await assert.rejects(read(request, { store: onDisk, ...options }), refused(status));
      assert.deepEqual(left(), []);
    });
  }

  test("a long body in one chunk, within a moment", async () => {
    // In one piece, this body would take the parser minutes.
    const body = Buffer.alloc(33_554_432, "\r\n");
    const request = { ...form(), body: chunksOf(body, body.length) };
    await assert.rejects(read(request, { store: onDisk }), refused(400));
  });

  test("a form exactly at the limits is read", async () => {
    const limits = { maxFileSize: 3, maxFileCount: 1, maxFields: 1, maxFieldSize: 2, maxBytes: 10_000 };
    const { multipartParams } = await read(form(file("f", "abc"), field("a", "12")), { store: inMemory, ...limits });
    assert.deepEqual(Object.keys(multipartParams), ["f", "a"]);
  });

  test("an error of the store rejects, and files stored before are removed", async () => {
    const full = new Error("disk full");
    let calls = 0;
    const store = {
      storeFile: async (incoming: Parameters<typeof onDisk.storeFile>[0]) => {
        if (++calls === 2) throw full;
        return onDisk.storeFile(incoming);
      },
      discardFile: (stored: UploadedFile) => onDisk.discardFile?.(stored),
    };
    await assert.rejects(read(form(file("f", "abc"), file("g", "abc"), file("h", "abc")), { store }), full);
    assert.deepEqual(left(), []);
  });

  test("a store that does not read a file does not block the form", async () => {
    const store = { storeFile: ({ filename }: { filename: string }) => ({ filename }) };
    const { multipartParams } = await read(form(file("f", "a".repeat(300_000)), field("a", "1")), { store });
    assert.deepEqual(plain(multipartParams), { f: { filename: "a.txt" }, a: "1" });
  });

  test("wrapMultipartParams answers without calling the handler", async () => {
    const app = wrapMultipartParams(() => assert.fail("not reached"), { store: onDisk, maxFileSize: 1 });
    assert.equal((await app(form(file("f", "ab"))))?.status, 413);
    assert.deepEqual(left(), []);
  });
});

describe("temp files", () => {
  test("are removed after expiresIn", async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const { params } = await read(form(file("f", "abc")), { store: tempFileStore({ directory, expiresIn: 60 }) });
    assert.ok(isUploadedFile(params["f"]));
    const path = params["f"].tempFile;
    context.mock.timers.tick(59_999);
    assert.ok(existsSync(path));
    context.mock.timers.tick(1);
    for (let turn = 0; turn < 1000 && existsSync(path); turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!existsSync(path));
  });

  test("get a new folder if the system has removed it, or if it could not be made before", async () => {
    const place = join(directory, "later");
    const request = (): Request => form(file("f", "abc"), file("g", "abc"));
    const store = tempFileStore({ directory: place });
    await assert.rejects(read(request(), { store }), { code: "ENOENT" });
    mkdirSync(place);
    for (let day = 0; day < 2; day++) {
      const { params } = await read(request(), { store });
      assert.ok(isUploadedFile(params["f"]) && isUploadedFile(params["g"]));
      assert.equal(dirname(params["f"].tempFile), dirname(params["g"].tempFile));
      rmSync(dirname(params["f"].tempFile), { recursive: true });
    }
    rmSync(place, { recursive: true });
  });

  test("wrong options throw", () => {
    assert.throws(() => tempFileStore({ expireIn: 1 } as object), /did you mean "expiresIn"/);
    assert.throws(() => tempFileStore({ expiresIn: 0 }), /expiresIn must be a number of seconds above 0/);
    assert.throws(() => tempFileStore({ expiresIn: 3_000_000 }), /2147483 at most/);
    assert.throws(() => tempFileStore({ directory: 1 as never }), /directory must be a path/);
  });
});

test("isUploadedFile is false for data of a client that look like a file", () => {
  const forged = { filename: "x", contentType: "x", size: 3, tempFile: "/etc/passwd" };
  assert.ok(!isUploadedFile(forged));
  assert.ok(!isUploadedFile(undefined));
  assert.ok(!isUploadedFile("text"));
});

test("mistakes throw when the middleware is built", () => {
  const handler = () => null;
  const wrong = (options: object) => () => wrapMultipartParams(handler, options);
  assert.throws(wrong({ maxFilesize: 1 }), /did you mean "maxFileSize"/);
  assert.throws(wrong({ maxFileCount: -1 }), /maxFileCount must be a whole number/);
  assert.throws(wrong({ store: () => null }), /store must be an object with storeFile/);
  assert.throws(wrong({ progress: 1 }), /progress must be a function/);
  assert.throws(wrong({ encoding: "klingon" }), /encoding must be a charset/);
  assert.throws(wrong({ encoding: "windows-1251" }), /encoding must be "utf-8", "latin1" or "utf-16le", got "windows/);
});

function sweep(): void {
  for (const folder of readdirSync(directory)) {
    for (const name of readdirSync(join(directory, folder))) rmSync(join(directory, folder, name));
  }
}

function cutShort(end: number, ...parts: readonly Part[]): Request {
  return post("multipart/form-data; boundary=XX", written(...parts).subarray(0, end));
}

async function sizeOf(stream: AsyncIterable<Uint8Array>): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  let size = 0;
  for await (const chunk of stream) size += chunk.byteLength;
  return size;
}

function latinField(name: string, body: Uint8Array): Part {
  return { head: `form-data; name="${name}"\r\nContent-Type: text/plain; charset=latin1`, body };
}

function bytesOf(value: string | UploadedBytes): string {
  return typeof value === "string" ? value : Buffer.from(value.bytes).toString("latin1");
}

function expectedOf(parts: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const { name, bytes } of parts) (all[name] ??= []).push(Buffer.from(bytes).toString("latin1"));
  return all;
}
