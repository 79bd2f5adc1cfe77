import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";

import { toFetchHandler } from "../../../src/adapters/fetch/fetch.ts";
import { RequestError, type Request } from "../../../src/index.ts";
import {
  paramsRequest,
  wrapParams,
  type Params,
  type ParamsOptions,
  type ParamsRequest,
} from "../../../src/middleware/params/params.ts";
import { brokenOff, chunksOf, plain, post } from "../requests.ts";

const form = (body: string | Uint8Array, charset = ""): Request =>
  post(`application/x-www-form-urlencoded${charset}`, typeof body === "string" ? Buffer.from(body) : body);

async function read(request: Request, options?: ParamsOptions): Promise<Request & ParamsRequest> {
  return paramsRequest(request, options);
}

const query = (queryString: string): Request => ({ method: "GET", uri: "/", headers: {}, queryString });

describe("params", () => {
  test("are read from a query", async () => {
    const { queryParams, formParams, params } = await read(query("a=1&b=x+y%21&a=2&a=3&c&=d&&e="));
    const expected = { a: ["1", "2", "3"], b: "x y!", c: "", "": "d", e: "" };
    assert.deepEqual(plain(queryParams), expected);
    assert.deepEqual(plain(params), expected);
    assert.deepEqual(plain(formParams), {});
  });

  test("are read from a form, its type in any case, and the body is null then", async () => {
    const request = post("Application/X-WWW-Form-URLEncoded; Charset=UTF-8", Buffer.from("n=%C3%A9&m=é"));
    const { formParams, queryParams, body } = await read(request);
    assert.deepEqual(plain(formParams), { n: "é", m: "é" });
    assert.deepEqual(plain(queryParams), {});
    assert.equal(body, null);
  });

  test("of the query beat those of the form, as in Ring, and both beat earlier params", async () => {
    const given = { ...form("a=form&b=form"), queryString: "a=query", params: { a: "old", b: "old", id: "7" } };
    const { params } = await paramsRequest(given);
    assert.deepEqual(plain(params), { a: "query", b: "form", id: "7" });
  });

  test("that were read before are left alone", async () => {
    const once = await read({ ...form("a=1"), queryString: "b=2" });
    assert.deepEqual(await read(once), once);
  });

  test("are not read from a body of another type", async () => {
    const request = post("application/json", Buffer.from("{}"));
    assert.equal((await read(request)).body, request.body);
    assert.equal((await read({ ...request, headers: {} })).body, request.body);
  });

  test("are read in the charset of the Content-Type, or of the option", async () => {
    const expected = { n: "é", m: "Ą" };
    const latin = Buffer.from([...Buffer.from("n="), 0xe9, ...Buffer.from("&m=%A1")]);
    assert.deepEqual(plain((await read(form(latin, '; charset="iso-8859-2"'))).formParams), expected);
    assert.deepEqual(plain((await read(form(latin), { encoding: "iso-8859-2" })).formParams), expected);
    assert.deepEqual(plain((await read(query("n=%E9"), { encoding: "latin1" })).queryParams), { n: "é" });
  });

  test("keep a percent sign without a code, and have U+FFFD for invalid UTF-8", async () => {
    const { queryParams } = await read(query("a=100%&b=%zz%4&c=caf%E9!&d=%EF%BB%BFx"));
    assert.deepEqual(plain(queryParams), { a: "100%", b: "%zz%4", c: "caf\u{fffd}!", d: "\u{feff}x" });
  });

  test("are added to a copy of the request", async () => {
    const request = Object.freeze({ ...form("a=1"), params: Object.freeze({ b: "2" }) });
    await paramsRequest(request);
    assert.deepEqual(request.params, { b: "2" });
  });

  test("leave __proto__ out, and take other names of Object.prototype as data", async () => {
    const { params } = await read(query("__proto__=x&__proto__=y&constructor=c&toString=t"));
    assert.equal(Object.getPrototypeOf(params), null);
    assert.deepEqual(plain(params), { constructor: "c", toString: "t" });
    const given = { ...query("a=1"), params: JSON.parse('{"__proto__":{"x":"1"},"b":"2"}') as Params };
    assert.deepEqual(plain((await paramsRequest(given)).params), { a: "1", b: "2" });
  });
});

describe("property", () => {
  test("a form written by URLSearchParams is read back", async () => {
    const text = fc.string({ unit: "binary" });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text)), fc.integer({ min: 1, max: 9 }), async (pairs, size) => {
        const written = new URLSearchParams(pairs);
        const body = { ...form(""), body: chunksOf(Buffer.from(written.toString()), size) };
        const { formParams } = await read(body);
        assert.deepEqual(plain(formParams), grouped(new URLSearchParams(written.toString())));
      }),
    );
  });

  // Without a plain "é", because Node's URLSearchParams breaks a code beside it.
  test("any query is read as URLSearchParams reads it", async () => {
    const part = fc.constantFrom("%", "a", "=", "&", "+", "%41", "%C3%A9", "[", "0");
    await fc.assert(
      fc.asyncProperty(fc.array(part), async (parts) => {
        const { queryParams } = await read(query(parts.join("")));
        assert.deepEqual(plain(queryParams), grouped(new URLSearchParams(parts.join(""))));
      }),
    );
  });
});

describe("a request is refused", () => {
  const refused = (status: number) => (error: unknown) => error instanceof RequestError && error.status === status;

  test("with a form over its limit, announced or not: 413", async () => {
    assert.deepEqual(plain((await read(form("a=12"), { maxBytes: 4 })).formParams), { a: "12" });
    await assert.rejects(read(form("a=123"), { maxBytes: 4 }), refused(413));
    const unread = { ...form("a=123"), body: brokenOff() };
    await assert.rejects(
      read({ ...unread, headers: { ...unread.headers, "content-length": "5" } }, { maxBytes: 4 }),
      refused(413),
    );
    await assert.rejects(read(form("x".repeat(1_048_577))), refused(413));
  });

  test("with too many fields: 413", async () => {
    await read(query("a&b"), { maxFields: 2 });
    assert.throws(() => paramsRequest(query("a&b&c"), { maxFields: 2 }), refused(413));
    await assert.rejects(read(form("a&".repeat(1001))), refused(413));
  });

  test("but with a higher limit, a name repeated 300,000 times is read fast", async () => {
    // If the list were copied for each value, this would take minutes.
    const many = "a&".repeat(300_000);
    const { formParams } = await read(form(many), { maxFields: 300_000 });
    assert.equal(formParams["a"]?.length, 300_000);
  });

  test("with an unknown charset: 415", async () => {
    await assert.rejects(read(form("a=1", "; charset=klingon")), refused(415));
  });

  test("with a body that breaks off: 400, with its cause", async () => {
    const broken = { ...form(""), body: brokenOff() };
    await assert.rejects(read(broken), (error: RequestError) => refused(400)(error) && error.cause instanceof Error);
  });

  test("by wrapParams without calling the handler", async () => {
    const app = wrapParams(() => assert.fail("not reached"), { maxBytes: 1, maxFields: 1 });
    assert.equal((await app(form("a=1")))?.status, 413);
    assert.equal((await app(query("a&b")))?.status, 413);
  });

  test("but an error of the handler is passed on", async () => {
    const app = wrapParams(() => {
      throw new RequestError(413, "mine");
    });
    assert.throws(() => app(query("a=1")), refused(413));
    await assert.rejects(async () => app(form("a=1")), refused(413));
  });
});

test("adapters answer a RequestError that nobody else answers", async () => {
  const fetchHandler = toFetchHandler(
    async (request) => {
      await paramsRequest(request, { maxBytes: 1 });
      return null;
    },
    { onError: () => undefined },
  );
  const post = { method: "POST", body: new URLSearchParams("a=1") };
  const response = await fetchHandler(new globalThis.Request("http://localhost/", post));
  assert.deepEqual([response.status, await response.text()], [413, "The body may have 1 bytes at most."]);
});

test("without a body the handler is called at once", () => {
  assert.deepEqual(wrapParams((request) => ({ body: String(request.queryParams["a"]) }))(query("a=1")), { body: "1" });
  assert.equal(wrapParams(() => null)(query("")), null);
});

test("mistakes throw when the middleware is built", () => {
  const handler = () => null;
  assert.throws(
    () => wrapParams(handler, { maxByte: 1 } as object),
    /unknown option "maxByte"; did you mean "maxBytes"/,
  );
  assert.throws(() => wrapParams(handler, { maxBytes: -1 }), /wrapParams: maxBytes must be a whole number/);
  assert.throws(() => wrapParams(handler, { maxFields: 1.5 }), /maxFields/);
  assert.throws(() => wrapParams(handler, { encoding: "klingon" }), /encoding must be a charset such as "utf-8"/);
  assert.throws(() => wrapParams(undefined as never), /handler must be a function/);
});

function grouped(pairs: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(pairs.keys())].filter((name) => name !== "__proto__");
  return Object.fromEntries(
    names.map((name) => {
      const [first = "", ...rest] = pairs.getAll(name);
      return [name, rest.length === 0 ? first : [first, ...rest]];
    }),
  );
}
