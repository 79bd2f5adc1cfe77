/**
 * Part of the memory store's table: finds slots by digest. It is a hash table that never has to be rebuilt (linear
 * hashing, Litwin 1980).
 *
 * There are as many buckets as slots. With one slot more, one bucket is split in two; with one fewer, the
 * last bucket is folded back. Both change a slot or two, so the millionth insert costs what the tenth does.
 *
 * ```
 * 6 buckets   0    1    2    3    4    5        a hash goes by its last 3 bits, or by its last 2
 *             ▲    ▲              │    │        where 3 bits name a bucket that is not there yet
 *             └────┼── split ─────┘    │
 *                  └── split ──────────┘        the next one is split from bucket 2 (6 = 110, 2 = 10)
 * ```
 *
 * The first four bytes of a digest are its hash. Digests are SHA-256, so nobody can choose to collide.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { CHAIN, DIGEST, DIGEST_BYTES, NO_SLOT, type Slots } from "./slots.ts";

/** The index of slots by their digests. */
export interface Buckets {
  /** Returns the slot that holds a digest, or −1. */
  find(digest: Buffer): number;
  /** Adds a slot, which holds its digest already. There must be a head for each slot that was added. */
  insert(slot: number): void;
  /** Removes a slot, and a bucket with it. */
  remove(slot: number): void;
  /** Is called just before the content of slot `from` goes to slot `to`. */
  move(from: number, to: number): void;
}

/** Makes the index of an empty table, or of anything else that has digests and chains in numbered places. */
export function createBuckets(slots: Pick<Slots, "get" | "set" | "head" | "setHead">): Buckets {
  let count = 0;

  function find(digest: Buffer): number {
    if (count === 0) return NO_SLOT;
    let slot = slots.head(bucketOf(digest.readInt32LE(0), count));
    while (slot !== NO_SLOT && !holds(slot, digest)) slot = slots.get(slot, CHAIN);
    return slot;
  }

  function insert(slot: number): void {
    slots.setHead(count, NO_SLOT);
    count += 1;
    if (count > 1) deal(parentOf(count - 1));
    hang(slot);
  }

  function remove(slot: number): void {
    relink(slot, slots.get(slot, CHAIN));
    count -= 1;
    if (count > 0) deal(count);
  }

  /** Gives each slot of a bucket to the bucket where it belongs by the present count. */
  function deal(bucket: number): void {
    let slot = slots.head(bucket);
    slots.setHead(bucket, NO_SLOT);
    while (slot !== NO_SLOT) {
      const next = slots.get(slot, CHAIN);
      hang(slot);
      slot = next;
    }
  }

  function hang(slot: number): void {
    const bucket = bucketOf(slots.get(slot, DIGEST), count);
    slots.set(slot, CHAIN, slots.head(bucket));
    slots.setHead(bucket, slot);
  }

  /** Makes whatever points at `slot` point at `replacement`. */
  function relink(slot: number, replacement: number): void {
    const bucket = bucketOf(slots.get(slot, DIGEST), count);
    let previous = slots.head(bucket);
    if (previous === slot) return slots.setHead(bucket, replacement);
    while (slots.get(previous, CHAIN) !== slot) previous = slots.get(previous, CHAIN);
    slots.set(previous, CHAIN, replacement);
  }

  function holds(slot: number, digest: Buffer): boolean {
    for (let byte = 0; byte < DIGEST_BYTES; byte += 4) {
      if (slots.get(slot, DIGEST + byte) !== digest.readInt32LE(byte)) return false;
    }
    return true;
  }

  return { find, insert, remove, move: relink };
}

/** Returns the bucket of a hash: its last bits, as many as `count` buckets need, or one fewer. */
function bucketOf(hash: number, count: number): number {
  const mask = (1 << (32 - Math.clz32(count - 1))) - 1;
  const bucket = hash & mask;
  return bucket < count ? bucket : hash & (mask >>> 1);
}

/** Returns the bucket that a new one is split from: its number without the highest bit. */
function parentOf(bucket: number): number {
  return bucket & ~(1 << (31 - Math.clz32(bucket)));
}
