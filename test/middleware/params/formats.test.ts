import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";

import { contentType, RequestError, type Request } from "../../../src/index.ts";
import {
  formatsRequest,
  wrapFormats,
  type FormatsOptions,
  type FormatsRequest,
} from "../../../src/middleware/params/formats.ts";
import { brokenOff, chunksOf, plain, post } from "../requests.ts";

const jsonRequest = (body: string, type = "application/json"): Request => post(type, Buffer.from(body));

async function read(request: Request, options?: FormatsOptions): Promise<Request & FormatsRequest> {
  return formatsRequest(request, options);
}

const refused = (status: number) => (error: unknown) => error instanceof RequestError && error.status === status;

describe("data of a request", () => {
  test("an object is bodyParams, and is merged into params", async () => {
    const given = { ...jsonRequest('{"a":1,"b":[null,true,"é"]}'), params: { a: "old", id: "7" } };
    const { bodyParams, params, body } = await formatsRequest(given);
    assert.deepEqual(bodyParams, { a: 1, b: [null, true, "é"] });
    assert.deepEqual(plain(params), { a: 1, b: [null, true, "é"], id: "7" });
    assert.equal(body, null);
  });

  test("other data are bodyParams alone", async () => {
    for (const data of [[1], "a", 0, false, null]) {
      const { bodyParams, params } = await read(jsonRequest(JSON.stringify(data)));
      assert.deepEqual([bodyParams, plain(params)], [data, {}]);
    }
  });

  test("types with the suffix +json are read", async () => {
    assert.deepEqual((await read(jsonRequest("1", "application/merge-patch+json; charset=utf-8"))).bodyParams, 1);
  });

  test("other types, empty bodies and no body have undefined bodyParams", async () => {
    for (const type of ["text/plain", "application/jsonp", "text/x+json", ""]) {
      const request = jsonRequest("{}", type);
      const { bodyParams, body } = await read(request);
      assert.equal(bodyParams, undefined);
      assert.equal(body, request.body);
    }
    assert.equal((await read(jsonRequest(""))).bodyParams, undefined);
    assert.equal((await read({ ...jsonRequest(""), body: null })).bodyParams, undefined);
  });

  test("a request that was read before is left alone", async () => {
    const once = await read(jsonRequest('{"a":1}'));
    assert.deepEqual(await read(once), once);
  });

  test("the charset of the Content-Type is used", async () => {
    const request = post("application/json; charset=latin1", Buffer.from('"é"', "latin1"));
    assert.equal((await read(request)).bodyParams, "é");
  });

  test("__proto__ is left out at every level, however it is written", async () => {
    const text = '{"__proto__":{"x":1},"a":[{"__pr\\u006fto__":{"x":1},"b":1}]}';
    const { bodyParams, params } = await read(jsonRequest(text));
    assert.equal(JSON.stringify(bodyParams), '{"a":[{"b":1}]}');
    assert.equal((Object.assign({}, params) as { x?: unknown }).x, undefined);
    assert.equal(Object.getPrototypeOf(params), null);
  });

  test("property: any JSON in any chunks is read", async () => {
    const json = fc.jsonValue({ maxDepth: 5 });
    await fc.assert(
      fc.asyncProperty(json, fc.integer({ min: 1, max: 20 }), async (data, size) => {
        const text = JSON.stringify(data);
        fc.pre(!text.includes("__proto__"));
        const request = { ...jsonRequest(""), body: chunksOf(Buffer.from(text), size) };
        assert.deepEqual((await read(request)).bodyParams, JSON.parse(text));
      }),
    );
  });
});

describe("a request is refused", () => {
  test("with invalid JSON or UTF-8, too deep a nesting, or a body that breaks off: 400", async () => {
    const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    for (const text of ["{", "undefined", "{'a':1}", deep(102), deep(400_000), `${deep(2)}x`]) {
      await assert.rejects(read(jsonRequest(text)), refused(400));
    }
    await read(jsonRequest(deep(100)));
    await assert.rejects(read(post("application/json", new Uint8Array([0x22, 0xe9, 0x22]))), refused(400));
    await assert.rejects(read({ ...jsonRequest(""), body: brokenOff() }), refused(400));
  });

  test("with a body over the limit: 413; with an unknown charset: 415", async () => {
    assert.equal((await read(jsonRequest("1234"), { maxBytes: 4 })).bodyParams, 1234);
    await assert.rejects(read(jsonRequest("12345"), { maxBytes: 4 }), refused(413));
    await assert.rejects(read(jsonRequest(`"${"x".repeat(1_048_576)}"`)), refused(413));
    await assert.rejects(read(jsonRequest("1", "application/json; charset=klingon")), refused(415));
  });

  test("by wrapFormats without calling the handler", async () => {
    const app = wrapFormats(() => assert.fail("not reached"));
    assert.equal((await app(jsonRequest("{")))?.status, 400);
  });
});

describe("data of a response are written", () => {
  const asking = (accept?: string): Request => ({
    method: "GET",
    uri: "/",
    headers: accept === undefined ? {} : { accept },
  });
  const options = { html: (data: unknown) => `<p>${JSON.stringify(data)}</p>`, text: async () => "text" };

  const json = { headers: { "content-type": "application/json", vary: "Accept" }, body: '{"a":1}' };
  const html = { headers: { "content-type": "text/html; charset=utf-8", vary: "Accept" }, body: '<p>{"a":1}</p>' };
  const text = { headers: { "content-type": "text/plain; charset=utf-8", vary: "Accept" }, body: "text" };
  const cases: readonly (readonly [string | undefined, object])[] = [
    [undefined, json],
    ["", json],
    ["*/*", json],
    ["application/json", json],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", html],
    ["text/html;q=0.4, application/json;q=0.5", json],
    ["text/*;q=0.5, text/plain", text],
    ["application/json;q=0, */*", html],
    ["image/png", json],
    ["nonsense;;q=,", json],
  ];
  for (const [accept, expected] of cases) {
    test(`for Accept: ${accept ?? "(none)"}`, async () => {
      assert.deepEqual(await wrapFormats(() => ({ body: { a: 1 } }), options)(asking(accept)), expected);
    });
  }

  test("as HTML or text only if there is a renderer, which is given the request", async () => {
    assert.deepEqual(await wrapFormats(() => ({ body: { a: 1 } }))(asking("text/html")), json);
    const app = wrapFormats(() => ({ body: [1] }), { html: (_data, { uri }) => uri });
    assert.equal((await app(asking("text/html")))?.body, "/");
  });

  test("of every kind, and the rest of the response is kept", async () => {
    for (const data of [[1], 0, false, {}] as const) {
      const answer = await wrapFormats(() => ({
        status: 201,
        headers: { "x-a": "1", vary: "Cookie" },
        body: data,
        flash: "f",
      }))(asking());
      const headers = { "x-a": "1", "content-type": "application/json", vary: "Cookie, Accept" };
      assert.deepEqual(answer, { status: 201, headers, body: JSON.stringify(data), flash: "f" });
    }
  });

  test("with the content type of the handler, if it has one", () => {
    const problem = contentType({ status: 404 }, "application/problem+json");
    const app = wrapFormats(() => ({ ...problem, body: { title: "No" } }));
    assert.deepEqual(app(asking("text/html")), { ...problem, body: '{"title":"No"}' });
  });

  test("but other bodies are passed on", () => {
    const iterable = { [Symbol.asyncIterator]: () => chunksOf(new Uint8Array(), 1) };
    for (const body of ["text", new Uint8Array(1), new ReadableStream<Uint8Array>(), iterable, null, undefined]) {
      const answer = { body };
      assert.equal(wrapFormats(() => answer)(asking()), answer);
    }
    assert.equal(wrapFormats(() => null)(asking()), null);
  });
});

test("mistakes throw when the middleware is built", () => {
  const handler = () => ({ body: {} });
  assert.throws(() => wrapFormats(handler, { HTML: 1 } as object), /did you mean "html"/);
  assert.throws(() => wrapFormats(handler, { html: "<p>" as never }), /html must be a function from data to text/);
  assert.throws(() => wrapFormats(handler, { maxBytes: -1 }), /maxBytes must be a whole number/);
  assert.throws(() => wrapFormats({} as never), /handler must be a function/);
});
