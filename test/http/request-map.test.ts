import assert from "node:assert/strict";
import { test } from "node:test";

import { wrapAntiForgery } from "../../src/anti-forgery/anti-forgery.ts";
import { wrapCookies } from "../../src/cookies/cookies.ts";
import { extended } from "../../src/http/request-map.ts";
import { VISIT } from "../../src/session/visit.ts";
import { wrapFormats } from "../../src/middleware/params/formats.ts";
import { wrapKeywordParams } from "../../src/middleware/params/keyword-params.ts";
import { wrapMultipartParams } from "../../src/middleware/params/multipart-params.ts";
import { wrapNestedParams } from "../../src/middleware/params/nested-params.ts";
import { wrapParams } from "../../src/middleware/params/params.ts";
import { wrapSession } from "../../src/session/session.ts";
import { mockRequest } from "../../src/testing/testing.ts";

test("a request with more on it is a copy, with what symbols it had", () => {
  const request = { uri: "/", [VISIT]: 1 };
  assert.deepEqual(extended(request, { uri: "/x", more: true }), { uri: "/x", more: true, [VISIT]: 1 });
  assert.deepEqual(request, { uri: "/", [VISIT]: 1 });
});

test("middleware inside wrapAntiForgery reads no token, and so makes no session", async () => {
  let shown = "";
  const page = (reads: boolean) =>
    wrapSession(
      wrapAntiForgery(
        wrapCookies(
          wrapFormats(
            wrapParams(
              wrapMultipartParams(
                wrapNestedParams(
                  wrapKeywordParams((request) => {
                    if (reads) shown = (request as { readonly antiForgeryToken?: string }).antiForgeryToken ?? "";
                    return { body: "ok" };
                  }),
                ),
              ),
            ),
          ),
        ),
      ),
    );
  const request = mockRequest("GET", "/?a[b]=1", { headers: { host: "localhost", cookie: "a=b" } });
  assert.equal((await page(false)(request))?.headers?.["set-cookie"], undefined);
  assert.notEqual((await page(true)(request))?.headers?.["set-cookie"], undefined);
  assert.notEqual(shown, "");
});
