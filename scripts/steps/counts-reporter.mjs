/** A reporter for node:test. It writes how many tests passed, failed and were skipped, as one line of JSON. */
export default async function* counts(events) {
  const result = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if ((type !== "test:pass" && type !== "test:fail") || data.details?.type === "suite") continue;
    if (data.skip !== undefined || data.todo !== undefined) result.skipped += 1;
    else if (type === "test:pass") result.passed += 1;
    else result.failed += 1;
  }
  yield JSON.stringify(result);
}
