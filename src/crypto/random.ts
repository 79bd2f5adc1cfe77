import { Buffer } from "node:buffer";
import { randomFillSync } from "node:crypto";

const pool = Buffer.alloc(4096);
let used = pool.length;

/** Returns random bytes from a pool. Asking the system for a few bytes costs as much as asking for many. */
export function randomBytes(count: number): Buffer {
  if (count > pool.length) return randomFillSync(Buffer.alloc(count));
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + count));
  // Bytes that were given out are erased here, so that a later leak of memory does not show them.
  pool.fill(0, used, used + count);
  used += count;
  return bytes;
}
