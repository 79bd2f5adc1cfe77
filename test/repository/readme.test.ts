import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { after, test } from "node:test";

import { mapStore } from "../../examples/own-store.ts";
import { storeLaws } from "../../src/testing/testing.ts";

const readme = readFileSync("README.md", "utf8");

/** Returns the first block of a language. */
function block(language: string): string {
  return readme.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
}

test("README's first session is examples/first-session.ts, and prints what README says", async () => {
  assert.equal(block("ts"), readFileSync("examples/first-session.ts", "utf8"));
  const url = await started();
  const first = await fetch(url.href);
  const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
  const second = await fetch(url.href, { headers: { cookie } });
  const fromNode = ["connection", "date", "keep-alive"];
  const headers = [...first.headers]
    .filter(([name]) => !fromNode.includes(name))
    .map(([name, value]) => `${name}: ${value}`);
  const printed = ["HTTP/1.1 200 OK", ...headers, await first.text(), await second.text()].map((line) =>
    line.trimEnd(),
  );
  assert.deepEqual(printed.map(unkeyed).toSorted(), saidByReadme().map(unkeyed).toSorted());
});

test("the store of docs/concepts.md is examples/own-store.ts, and keeps the laws", async () => {
  assert.ok(readFileSync("docs/concepts.md", "utf8").includes(readFileSync("examples/own-store.ts", "utf8")));
  for (const { check } of storeLaws) await check(mapStore);
});

/** Starts the example of the README, but on a free port. */
async function started(): Promise<URL> {
  const compiled = readFileSync(".build/examples/first-session.js", "utf8");
  mkdirSync(".build/readme", { recursive: true });
  writeFileSync(".build/readme/first-session.js", compiled.replace("port: 3000", "port: 0"));
  const child = spawn(process.execPath, [".build/readme/first-session.js"], { stdio: ["ignore", "pipe", "inherit"] });
  after(() => child.kill());
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return new URL(line.toString());
}

function saidByReadme(): string[] {
  return block("console")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("$"));
}

function unkeyed(line: string): string {
  return line.replace(/ring-session=[\w-]{32};/, "ring-session=…;");
}
