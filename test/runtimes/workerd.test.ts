import { test } from "node:test";

import { lawsInWorkerd, report } from "./run.ts";

const program = process.env["WORKERD_BIN"] ?? "";

if (program === "") test("workerd", { skip: "WORKERD_BIN is not set: npm test -- --all-nodes sets it" });
else report(await lawsInWorkerd(program));
