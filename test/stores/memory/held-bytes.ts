import { memoryUsage } from "node:process";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** So many collections in a row that free nothing: V8's own threads, which free and compile, are done by then. */
const QUIET_COLLECTIONS = 4;

/** How many more bytes of array buffers are held after some work than before it, garbage left out. */
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
