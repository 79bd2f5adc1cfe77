/** Steps: named, timed, counted. The first that fails ends the run. */

const total = { passed: 0, failed: 0, skipped: 0 };

/** Nobody watches, so what is missing is an error. */
export const isCi = ["1", "true"].includes(process.env.CI);

export class StepFailed extends Error {}

/**
 * Runs `action`, which answers its exit code, the tests it counted, and the output to show if it failed.
 * A `check` that counted no tests counts as one. A `live` action writes to the terminal itself.
 */
export async function step(name, action, { check = false, live = false } = {}) {
  process.stdout.write(`${name} … ${live ? "\n" : ""}`);
  const start = performance.now();
  const { code, output = "", counts } = await action();
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const failed = code !== 0;

  add(counts ?? { passed: check && !failed ? 1 : 0, failed: failed ? 1 : 0, skipped: 0 });
  const tests = counts && `${counts.passed + counts.failed + counts.skipped} tests`;
  const summary = [failed && "failed", tests, seconds].filter(Boolean).join(", ");
  console.log(live ? `${name} … ${summary}` : summary);
  if (!failed) return;
  if (output !== "") console.log(output.trimEnd());
  throw new StepFailed(`Stopped: ${name} failed.`);
}

/** Says loudly what cannot be had, and counts it as skipped. In CI it ends the run. */
export function missing(name, reason, skipped = 0) {
  console.log(`!!! ${name}: ${reason}`);
  if (isCi) fail(`Stopped: ${name} is missing, and in CI nothing may be.`);
  add({ passed: 0, failed: 0, skipped });
}

/** Ends the run, as one failure. */
export function fail(message) {
  add({ passed: 0, failed: 1, skipped: 0 });
  throw new StepFailed(message);
}

/** The counts of everything. */
export function closingLine() {
  return `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`;
}

function add(counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}
