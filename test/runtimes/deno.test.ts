import { test } from "node:test";

import { lawsIn, report } from "./run.ts";

const program = process.env["DENO_BIN"] ?? "";

if (program === "") test("Deno", { skip: "DENO_BIN is not set: npm test -- --all-nodes sets it" });
else report(await lawsIn(program, ["run", "--allow-all", "--no-lock"]));
