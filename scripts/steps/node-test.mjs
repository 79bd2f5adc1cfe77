/** Finds the test files and runs them with node:test. */
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { root, run } from "./process.mjs";
import { fail } from "./step.mjs";

/** Returns the test files at or below the given paths, by default all. */
export function findTests(paths = ["test"]) {
  const files = paths.flatMap(list).filter((file) => file.endsWith(".test.ts"));
  if (files.length === 0) fail(`No test file in ${paths.join(", ")}.`);
  return files;
}

function list(path) {
  const start = relative(root, resolve(root, path));
  const info = statSync(join(root, start), { throwIfNoEntry: false });
  if (info === undefined) fail(`There is no ${path}.`);
  const files = info.isDirectory() ? readdirSync(join(root, start), { recursive: true }) : [""];
  return files.map((file) => join(start, file).split(sep).join("/"));
}

/** Runs compiled test files on a Node. Returns the exit code and the counts. */
export async function runTests(node, files, { env, coverage = false, quiet = false }) {
  const countsFile = join(root, ".build", "counts.json");
  rmSync(countsFile, { force: true });
  const flags = [
    "--test",
    "--test-timeout=300000",
    "--enable-source-maps",
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=./scripts/steps/counts-reporter.mjs",
    `--test-reporter-destination=${countsFile}`,
    ...(coverage ? ["--experimental-test-coverage"] : []),
  ];
  const result = await run(node, [...flags, ...files.map(compiled)], { env, quiet });
  return { ...result, ...judge(result.code, readCounts(countsFile)) };
}

function compiled(file) {
  return `.build/${file.replace(/\.ts$/, ".js")}`;
}

/** Returns the code and the counts of a run. A crash of the runner, or no test at all, is one failure. */
function judge(code, counts) {
  const ran = counts.passed + counts.failed + counts.skipped > 0;
  if (code === 0 && ran) return { code, counts };
  return { code: code || 1, counts: { ...counts, failed: Math.max(counts.failed, 1) } };
}

/** Reads the counts. After a crash of the runner the file is missing, or not whole: then they are 0. */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
