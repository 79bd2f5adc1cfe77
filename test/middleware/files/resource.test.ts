import assert from "node:assert/strict";
import { after, test } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { notFound, wrapSession } from "ringlet";
import { wrapResource } from "ringlet/middleware/resource";
import { get } from "../exchanges.ts";
import { makeSite } from "../site.ts";

const { root, remove } = makeSite();
const miss = () => notFound("no file");
after(remove);

test("the root is a path, a URL, or a folder of the working directory", async () => {
  for (const folder of [root, pathToFileURL(`${root}/`)]) {
    assert.equal((await wrapResource(miss, folder)(get("/digits.txt")))?.status, 200);
  }
  assert.equal((await wrapResource(miss, "docs")(get("/concepts.md")))?.status, 200);
});

test("a missing folder serves nothing", async () => {
  assert.equal((await wrapResource(miss)(get("/digits.txt")))?.status, 404);
  assert.equal((await wrapResource(miss, join(root, "none"))(get("/digits.txt")))?.status, 404);
});

test("a folder has no index by default; links do not lead outside", async () => {
  assert.equal((await wrapResource(miss, root)(get("/")))?.status, 404);
  assert.equal((await wrapResource(miss, root, { indexFiles: true })(get("/")))?.status, 200);
  assert.equal((await wrapResource(miss, root)(get("/up/secret.txt")))?.status, 404);
});

test("further properties of the handler's response keep their types", async () => {
  const app = wrapSession(wrapResource(() => ({ body: "in", session: { user: "ada" } }), root));
  assert.match(String((await app(get("/login")))?.headers?.["set-cookie"]), /^ring-session=/);
});

test("mistakes throw when the middleware is built", () => {
  // @ts-expect-error no path
  assert.throws(() => wrapResource(miss, 1), /wrapResource: root must be the path/);
  // @ts-expect-error an unknown option
  assert.throws(() => wrapResource(miss, root, { loader: 1 }), /unknown option "loader"/);
});
