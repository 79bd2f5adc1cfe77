import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import type { Request } from "../../../src/index.ts";
import { keywordParamsRequest, wrapKeywordParams } from "../../../src/middleware/params/keyword-params.ts";
import { nestedParamsRequest } from "../../../src/middleware/params/nested-params.ts";
import { wrapParams, type ParamsRequest } from "../../../src/middleware/params/params.ts";
import { plain } from "../requests.ts";

/** Renames parameters that went through wrapNestedParams, which makes records without a prototype. */
const renamed = (params: object): unknown => plain(keywordParamsRequest(nestedParamsRequest({ params })).params);

test("names that Clojure would make keywords become camelCase", () => {
  const names = { "first-name": "firstName", "line-2": "line2", a: "a", "x-y-z": "xYZ", "is-admin?": "isAdmin?" };
  for (const [name, expected] of Object.entries(names)) assert.deepEqual(renamed({ [name]: "1" }), { [expected]: "1" });
});

test("hyphens that join no words stay", () => {
  for (const name of ["-a", "a-", "-", "a-?"]) assert.deepEqual(renamed({ [name]: "1" }), { [name]: "1" });
  assert.deepEqual(renamed({ "a--b": "1", "-b-c": "2" }), { "a--b": "1", "-bC": "2" });
});

test("other names stay unchanged", () => {
  for (const name of ["first name-x", "1-a", "a.b-c", "é-a", "a/b-c", ""]) {
    assert.deepEqual(renamed({ [name]: "1" }), { [name]: "1" });
  }
});

test("names in records and lists are renamed too, but not in files", () => {
  const file = { "content-type": "text/plain" };
  assert.deepEqual(renamed({ "home-page[zip-code]": "1", "old-ones[][zip-code]": "2", "the-file": file }), {
    homePage: { zipCode: "1" },
    oldOnes: [{ zipCode: "2" }],
    theFile: file,
  });
});

test("a name that was sent beats one that was renamed to it, in either order", () => {
  assert.deepEqual(renamed({ "first-name": "x", firstName: "y" }), { firstName: "y" });
  assert.deepEqual(renamed({ firstName: "y", "first-name": "x" }), { firstName: "y" });
});

test("property: no single hyphen before a letter or a digit is left, and a second run changes nothing", () => {
  const name = fc.array(fc.constantFrom("a", "B", "-", "_", "1", "__proto__")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), (params) => {
      const once = keywordParamsRequest(nestedParamsRequest({ params }));
      assert.equal(Object.getPrototypeOf(once.params), null);
      const names = Object.keys(once.params);
      assert.deepEqual(
        names.filter((key) => /^[^\d-].*[^-]-[A-Za-z0-9]/.test(key)),
        [],
      );
      assert.deepEqual(keywordParamsRequest(once), once);
    }),
  );
});

test("in a stack; queryParams keep their names", () => {
  const app = wrapParams(
    wrapKeywordParams(({ params, queryParams }: Request & ParamsRequest) => ({
      body: JSON.stringify({ params, queryParams }),
    })),
  );
  const request = { method: "GET", uri: "/", headers: {}, queryString: "first-name=Ada" };
  assert.deepEqual(app(request), { body: '{"params":{"firstName":"Ada"},"queryParams":{"first-name":"Ada"}}' });
});

test("a request without params is unchanged; a mistake throws when the middleware is built", () => {
  const request: { params?: object } = {};
  assert.equal(keywordParamsRequest(request), request);
  assert.throws(() => wrapKeywordParams(1 as never), /handler must be a function/);
});
