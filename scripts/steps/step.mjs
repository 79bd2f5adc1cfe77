/** Runs steps, each with a name, a time and counts. The first step that fails ends the run. */

const total = { passed: 0, failed: 0, skipped: 0 };

/** Whether this is CI. Nobody watches there, so anything that is missing is an error. */
export const isCi = ["1", "true"].includes(process.env.CI);

export class StepFailed extends Error {}

/**
 * Runs `action`, which returns its exit code, the counts of its tests, and the output to show if it failed.
 * A `check` without counts counts as one test. A `live` action writes to the terminal itself.
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

/** Reports that something is missing, and counts it as skipped. In CI it ends the run. */
export function missing(name, reason, skipped = 0) {
  console.log(`!!! ${name}: ${reason}`);
  if (isCi) fail(`Stopped: ${name} is missing, and in CI nothing may be.`);
  add({ passed: 0, failed: 0, skipped });
}

/** Ends the run, and counts one failure. */
export function fail(message) {
  add({ passed: 0, failed: 1, skipped: 0 });
  throw new StepFailed(message);
}

/** Returns the last line of a run: the counts of all steps. */
export function closingLine() {
  return `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`;
}

function add(counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}
