/**
 * The memory store's table: a compact one, from a session's handle to its text and times.
 *
 * A million sessions in a Map are millions of objects, and each full garbage collection walks them. Here they
 * are some thousand blocks of bytes, and nothing is ever copied or rebuilt as a whole:
 *
 * ```
 * handle ──▶ buckets.ts ──▶ slot 4711 of slots.ts        64 bytes: handle, links, address, times
 *            by hash         │       │
 *                            │       └── texts.ts ──▶    pages of up to 1 MiB (pages.ts)
 *            recency.ts ◀────┤
 *            oldest … newest │
 *                            └── principal-index.ts ──▶ the other slots of its principal
 * ```
 *
 * Slots have no gaps: the last slot moves to where one is removed. So memory shrinks as the table does, and a sweep is
 * a walk over the first `size` slots. The price: a slot's number is good until the next `remove` or `sweep` only.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createBuckets } from "./buckets.ts";
import { createPages } from "./pages.ts";
import { createPrincipalIndex } from "./principal-index.ts";
import { createRecency } from "./recency.ts";
import { CREATED_AT, createSlots, DIGEST, DIGEST_BYTES, RENEWED_AT, SEEN_AT } from "./slots.ts";
import { createTexts } from "./texts.ts";

/**
 * Sessions by handle: the SHA-256 of a key, as 32 bytes. Synchronous, without timers; no call takes longer for a larger
 * table. A slot's number is good until the next `remove` or `sweep`; −1 as a slot throws a `RangeError`.
 */
export interface Table {
  /** How many sessions it has. */
  readonly size: number;
  /** Returns the slot of a handle, or −1. */
  find(handle: Buffer): number;
  /** Adds a handle that is not in the table, as the most recently used. Its other times are 0. Returns its slot. */
  insert(handle: Buffer, text: string, expires: number): number;
  /** Returns the text of a slot. */
  text(slot: number): string;
  /** Gives a slot another text. */
  replace(slot: number, text: string): void;
  /** Removes a slot. */
  remove(slot: number): void;
  /** Makes a slot the most recently used. */
  markUsed(slot: number): void;
  /** Returns the least recently used slot, or −1. */
  oldest(): number;
  /** Returns a copy of a slot's handle. */
  handle(slot: number): Buffer;
  /** Files a slot under a principal, or under none. A fresh slot is filed under none. */
  file(slot: number, principal: string | undefined): void;
  /** Returns the slots that are filed under a principal, in any order. */
  slotsOf(principal: string): readonly number[];
  /** Returns when it expires: milliseconds since 1970, or Infinity. */
  expires(slot: number): number;
  setExpires(slot: number, milliseconds: number): void;
  /** Returns when it began: milliseconds since 1970, kept to the second, from 1970 to 2106. So are the next two. */
  created(slot: number): number;
  setCreated(slot: number, milliseconds: number): void;
  /** Returns when it was last read or written. */
  seen(slot: number): number;
  setSeen(slot: number, milliseconds: number): void;
  /** Returns when its cookie was last sent. */
  renewed(slot: number): number;
  setRenewed(slot: number, milliseconds: number): void;
  /**
   * Looks at up to `count` slots from where the last call stopped, and removes those that expired before `now`.
   * `onRemove` is called with each just before, and must not change the table. Returns how many it removed.
   *
   * It goes in rounds, from the last slot to the first. A round looks at all slots that were there when it began.
   */
  sweep(now: number, count: number, onRemove?: (slot: number) => void): number;
}

/** Makes an empty table, which allocates nothing yet. */
export function createTable(): Table {
  const slots = createSlots();
  const buckets = createBuckets(slots);
  const recency = createRecency(slots);
  const texts = createTexts(slots, createPages());
  const principals = createPrincipalIndex();
  let sweptTo = 0;

  function insert(handle: Buffer, text: string, expires: number): number {
    const slot = slots.reserve();
    for (let byte = 0; byte < DIGEST_BYTES; byte += 4) slots.set(slot, DIGEST + byte, handle.readInt32LE(byte));
    setTime(slot, CREATED_AT, 0);
    setTime(slot, SEEN_AT, 0);
    setTime(slot, RENEWED_AT, 0);
    slots.setExpires(slot, expires);
    // The text comes before what others can see: it may be refused for want of memory.
    texts.write(slot, text);
    slots.push();
    buckets.insert(slot);
    recency.insert(slot);
    return slot;
  }

  function remove(slot: number): void {
    const last = slots.length - 1;
    texts.remove(slot);
    buckets.remove(slot);
    recency.remove(slot);
    principals.remove(slot);
    if (slot !== last) fill(slot, last);
    slots.pop();
    principals.shrink(last);
  }

  function fill(gap: number, last: number): void {
    texts.move(last, gap);
    buckets.move(last, gap);
    recency.move(last, gap);
    principals.move(last, gap);
    slots.copy(last, gap);
  }

  function handle(slot: number): Buffer {
    const copy = Buffer.allocUnsafe(DIGEST_BYTES);
    for (let byte = 0; byte < DIGEST_BYTES; byte += 4) copy.writeInt32LE(slots.get(slot, DIGEST + byte), byte);
    return copy;
  }

  /** Goes downwards: a removal fills its gap with the last slot, which was looked at before. */
  function sweep(now: number, count: number, onRemove?: (slot: number) => void): number {
    const before = slots.length;
    for (let looks = Math.min(count, before); looks > 0; looks -= 1) {
      if (sweptTo === 0 || sweptTo > slots.length) sweptTo = slots.length;
      sweptTo -= 1;
      if (slots.expires(sweptTo) >= now) continue;
      onRemove?.(sweptTo);
      remove(sweptTo);
    }
    return before - slots.length;
  }

  // Fields are signed, and seconds since 1970 pass 2³¹ in 2038: taken as unsigned they last until 2106.
  function time(slot: number, field: number): number {
    return (slots.get(slot, field) >>> 0) * 1000;
  }

  function setTime(slot: number, field: number, milliseconds: number): void {
    slots.set(slot, field, milliseconds / 1000);
  }

  return {
    get size() {
      return slots.length;
    },
    find: buckets.find,
    insert,
    text: texts.read,
    replace: texts.replace,
    remove,
    markUsed: recency.markUsed,
    oldest: recency.oldest,
    handle,
    file: principals.file,
    slotsOf: principals.slotsOf,
    expires: slots.expires,
    setExpires: slots.setExpires,
    created: (slot) => time(slot, CREATED_AT),
    setCreated: (slot, milliseconds) => setTime(slot, CREATED_AT, milliseconds),
    seen: (slot) => time(slot, SEEN_AT),
    setSeen: (slot, milliseconds) => setTime(slot, SEEN_AT, milliseconds),
    renewed: (slot) => time(slot, RENEWED_AT),
    setRenewed: (slot, milliseconds) => setTime(slot, RENEWED_AT, milliseconds),
    sweep,
  };
}
