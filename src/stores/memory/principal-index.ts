/**
 * Part of the memory store's table: finds slots by principal. All slots of a principal form one ring. The first of each
 * ring is found by the digest of its principal, through buckets of its own.
 *
 * ```
 * an entry  │ digest of the principal, 32 bytes │ chain │ next │ previous │
 * byte      0                                   32      36     40         44
 * ```
 *
 * An entry has the number of its slot. Entries lie in segments of 256, which are made when one of their slots is first
 * filed. A table without principals has none.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

import { createBuckets } from "./buckets.ts";
import { randomBytes } from "../../crypto/random.ts";
import { CHAIN, DIGEST, DIGEST_BYTES, NO_SLOT, SEGMENT_MASK, SEGMENT_SHIFT, SEGMENT_SLOTS } from "./slots.ts";

const NEXT = 36;
const PREVIOUS = 40;
const ENTRY_BYTES = 44;

/** Stands in place of a chain when the entry is not the first of its ring. */
const NOT_FIRST = -2;

/** Slots by the principal they are filed under. No call takes longer for a larger table, or a larger ring. */
export interface PrincipalIndex {
  /** Files a slot under a principal, or under none. */
  file(slot: number, principal: string | undefined): void;
  /** Returns the slots of a principal, in any order. */
  slotsOf(principal: string): readonly number[];
  /** Removes a slot, if it is filed. */
  remove(slot: number): void;
  /** Is called just before the content of slot `from` goes to slot `to`, which is not filed. */
  move(from: number, to: number): void;
  /** Frees the entries behind the first `length` slots. */
  shrink(length: number): void;
}

/** Makes an empty index, which allocates nothing yet. */
export function createPrincipalIndex(): PrincipalIndex {
  const segments: (Int32Array | undefined)[] = [];
  const heads: Int32Array[] = [];
  const buckets = createBuckets({ get, set, head, setHead });
  let salt: string | undefined;
  let principals = 0;

  function file(slot: number, principal: string | undefined): void {
    if (principal === undefined) return remove(slot);
    const digest = digestOf(principal);
    if (isFiled(slot) && holds(slot, digest)) return;
    remove(slot);
    add(slot, digest);
  }

  /**
   * Returns the digest of a principal. It is salted, because people choose their names, and could choose some that
   * share a bucket. It is made from UTF-16, which any text has.
   */
  function digestOf(principal: string): Buffer {
    // Made when it is needed: where workerd loads modules there is no randomness.
    salt ??= randomBytes(16).toString("latin1");
    return Buffer.from(hash("sha256", Buffer.from(salt + principal, "utf16le"), "binary"), "latin1");
  }

  function add(slot: number, digest: Buffer): void {
    const first = buckets.find(digest);
    for (let byte = 0; byte < DIGEST_BYTES; byte += 4) set(slot, DIGEST + byte, digest.readInt32LE(byte));
    if (first === NO_SLOT) {
      link(slot, slot);
      buckets.insert(slot);
      principals += 1;
    } else {
      link(slot, get(first, NEXT));
      link(first, slot);
      set(slot, CHAIN, NOT_FIRST);
    }
  }

  function holds(slot: number, digest: Buffer): boolean {
    for (let byte = 0; byte < DIGEST_BYTES; byte += 4) {
      if (get(slot, DIGEST + byte) !== digest.readInt32LE(byte)) return false;
    }
    return true;
  }

  function slotsOf(principal: string): readonly number[] {
    const first = buckets.find(digestOf(principal));
    if (first === NO_SLOT) return [];
    const slots = [first];
    for (let slot = get(first, NEXT); slot !== first; slot = get(slot, NEXT)) slots.push(slot);
    return slots;
  }

  function remove(slot: number): void {
    if (!isFiled(slot)) return;
    const next = get(slot, NEXT);
    if (next === slot) {
      buckets.remove(slot);
      principals -= 1;
    } else {
      link(get(slot, PREVIOUS), next);
      if (isFirst(slot)) replaceFirst(slot, next);
    }
    set(slot, NEXT, NO_SLOT);
  }

  function move(from: number, to: number): void {
    if (!isFiled(from)) return;
    for (let byte = 0; byte < DIGEST_BYTES; byte += 4) set(to, DIGEST + byte, get(from, DIGEST + byte));
    if (isFirst(from)) replaceFirst(from, to);
    else set(to, CHAIN, NOT_FIRST);
    // In this order it holds for a ring of one, too.
    link(get(from, PREVIOUS), to);
    link(to, get(from, NEXT));
    set(from, NEXT, NO_SLOT);
  }

  /** Puts another entry of the same digest into the chain. */
  function replaceFirst(first: number, other: number): void {
    buckets.move(first, other);
    set(other, CHAIN, get(first, CHAIN));
  }

  function link(slot: number, next: number): void {
    set(slot, NEXT, next);
    set(next, PREVIOUS, slot);
  }

  function isFiled(slot: number): boolean {
    return get(slot, NEXT) !== NO_SLOT;
  }

  function isFirst(slot: number): boolean {
    return get(slot, CHAIN) !== NOT_FIRST;
  }

  function get(slot: number, field: number): number {
    return segments[slot >>> SEGMENT_SHIFT]?.[place(slot, field)] ?? NO_SLOT;
  }

  function set(slot: number, field: number, value: number): void {
    const number = slot >>> SEGMENT_SHIFT;
    while (segments.length <= number) segments.push(undefined);
    const segment = (segments[number] ??= new Int32Array((SEGMENT_SLOTS * ENTRY_BYTES) / 4).fill(NO_SLOT));
    segment[place(slot, field)] = value;
  }

  function head(bucket: number): number {
    return heads[bucket >>> SEGMENT_SHIFT]?.[bucket & SEGMENT_MASK] ?? NO_SLOT;
  }

  function setHead(bucket: number, slot: number): void {
    const segment = (heads[bucket >>> SEGMENT_SHIFT] ??= new Int32Array(SEGMENT_SLOTS));
    segment[bucket & SEGMENT_MASK] = slot;
  }

  /**
   * Keeps one segment more than needed, or a table whose size sways about a multiple of 256 would allocate each time.
   */
  function shrink(length: number): void {
    if (segments.length > (length >>> SEGMENT_SHIFT) + 2) segments.pop();
    if (heads.length > (principals >>> SEGMENT_SHIFT) + 2) heads.pop();
  }

  return { file, slotsOf, remove, move, shrink };
}

function place(slot: number, field: number): number {
  return ((slot & SEGMENT_MASK) * ENTRY_BYTES + field) / 4;
}
