/** `npm run mutation`: breaks the rules of mutations.mjs one by one, and reports each break that no test notices. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { build, compile } from "./build.mjs";
import { mutations } from "./mutations.mjs";
import { node, root, run } from "../steps/process.mjs";
import { fail, step } from "../steps/step.mjs";

const built = join(root, ".build");
const folders = ["src", "test/support"];
const tests = [
  "session/session",
  "session/options",
  "session/races",
  "session/read-failure",
  "session/timeout",
  "flash",
  "principals",
  "stores/shared/optimistic",
  "stores/shared/migration",
].map((name) => `test/${name}.test.js`);

/** Runs all mutations, as many at a time as there are processors. One that survives ends the run as a failure. */
export async function mutation() {
  await build();
  await compile();
  return step("mutation", breakAll, { check: true, live: true });
}

async function breakAll() {
  const waiting = located();
  const stale = waiting.filter((each) => occurrences(each) !== 1);
  const told = stale.map(({ rule, file }) => `not once in ${file}: ${rule}`);
  if (told.length > 0) return { code: 1, output: told.join("\n") };
  const survivors = [];
  const work = async (worker) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const caught = await isCaught(next, join(built, "mutants", String(worker)));
      console.log(`${caught ? "caught  " : "SURVIVED"} ${next.file}: ${next.rule}`);
      if (!caught) survivors.push(next);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, (_, worker) => work(worker)));
  rmSync(join(built, "mutants"), { recursive: true, force: true });
  return { code: survivors.length === 0 ? 0 : 1 };
}

/** The mutations, each with the compiled file of its module. */
function located() {
  const paths = readdirSync(join(built, "src"), { recursive: true });
  const files = paths.map((path) => join("src", path).split(sep).join("/"));
  return mutations.map(({ module, ...mutation }) => {
    const found = files.filter((file) => `/${file}`.endsWith(`/${module}.js`));
    if (found.length !== 1) fail(`"${module}" in mutations.mjs names ${found.join(" and ") || "no module"}`);
    return { ...mutation, file: found[0] };
  });
}

async function isCaught({ file, find, replace }, folder) {
  rmSync(folder, { recursive: true, force: true });
  for (const part of [...folders, ...tests]) cpSync(join(built, part), join(folder, part), { recursive: true });
  const text = readFileSync(join(folder, file), "utf8");
  writeFileSync(
    join(folder, file),
    text.replace(find, () => replace),
  );
  const { code } = await run(node, ["--test", ...tests.map((test) => join(folder, test))], { quiet: true });
  return code !== 0;
}

/** Counts the code to break in its file. It must be there once, or the list is out of date. */
function occurrences({ file, find }) {
  return readFileSync(join(built, file), "utf8").split(find).length - 1;
}
