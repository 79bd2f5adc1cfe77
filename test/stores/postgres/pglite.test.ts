import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { PGlite } from "@electric-sql/pglite";

import { postgresStore } from "../../../src/stores/postgres/postgres.ts";
import { storeLaws } from "../../../src/testing/testing.ts";
import { at, newTable } from "../../support/servers/postgres-pools.ts";

describe("a store on PGlite", () => {
  let database: PGlite;
  before(async () => {
    database = await PGlite.create();
  });
  after(() => database.close());

  for (const { name, check } of storeLaws) {
    test(name, async (t) => {
      const table = newTable();
      const makeStore = () => postgresStore(database, { table });
      if ((await check(makeStore, { another: makeStore })) === "does not apply") t.skip();
    });
  }

  test("removes the values that PGlite adds to its errors", async () => {
    const store = postgresStore(database, { table: "broken" });
    await database.exec("CREATE TABLE broken (id text)");
    await assert.rejects(
      async () => store.writeSession(undefined, { secret: "hunter2" }, at(0)),
      (error) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^postgresStore: column "data" .* does not exist$/);
        assert.deepEqual(Object.entries(error), [["code", "42703"]]);
        assert.equal(error.cause, undefined);
        return true;
      },
    );
  });
});
