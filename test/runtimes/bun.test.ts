import { test } from "node:test";

import { lawsIn, report } from "./run.ts";

const program = process.env["BUN_BIN"] ?? "";

if (program === "") test("Bun", { skip: "BUN_BIN is not set: npm test -- --all-nodes sets it" });
else report(await lawsIn(program, []));
