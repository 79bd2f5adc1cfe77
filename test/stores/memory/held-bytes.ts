import { memoryUsage } from "node:process";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Collections in a row that must free nothing. By then V8's own threads, which free and compile, are done. */
const QUIET_COLLECTIONS = 4;

/** Returns how many more bytes of array buffers are held after `work` than before, without garbage. */
export async function heldBytes(work: () => void): Promise<number> {
  const before = await collectedBytes();
  work();
  return (await collectedBytes()) - before;
}

async function collectedBytes(): Promise<number> {
  let bytes = memoryUsage().arrayBuffers;
  for (let quiet = 0; quiet < QUIET_COLLECTIONS; quiet += 1) {
    collect();
    await nextTurn();
    const now = memoryUsage().arrayBuffers;
    if (now !== bytes) quiet = 0;
    bytes = now;
  }
  return bytes;
}
