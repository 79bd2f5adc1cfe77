import { Buffer } from "node:buffer";
import { randomFillSync } from "node:crypto";

const pool = Buffer.alloc(4096);
let used = pool.length;

/** Random bytes out of a pool, because asking the system for a few costs as much as asking for many. */
export function randomBytes(count: number): Buffer {
  if (count > pool.length) return randomFillSync(Buffer.alloc(count));
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + count));
  // What has been given out is not left lying about for a later leak of memory to find.
  pool.fill(0, used, used + count);
  used += count;
  return bytes;
}
