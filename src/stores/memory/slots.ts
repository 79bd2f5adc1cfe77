/**
 * Part of the memory store's table: its numbers. Each session has a slot of 64 bytes, from slot 0 to length − 1,
 * without gaps.
 *
 * ```
 * a slot    │ digest, 32 bytes │ chain │ newer │ older │ page │ offset │ created │ seen │ renewed │
 * byte      0                  32      36      40      44     48       52        56     60        64
 * ```
 *
 * A segment is 256 slots in one ArrayBuffer, and two columns beside them, because these are read alone: when each slot
 * expires (a sweep reads nothing else), and the heads of the buckets (see buckets.ts). A table that grows gets another
 * segment, and nothing moves.
 *
 * @module
 */

/** No slot: the end of a list. */
export const NO_SLOT = -1;

/** The fields of a slot, as bytes from its start. */
export const DIGEST = 0;
/** The next slot of the same bucket. */
export const CHAIN = 32;
/** The slot used next after this one. */
export const NEWER = 36;
/** The slot used last before this one. */
export const OLDER = 40;
/** The page that holds the text. */
export const PAGE = 44;
/** Where in the page it begins. */
export const OFFSET = 48;
/** Three times that the store keeps, in seconds since 1970. */
export const CREATED_AT = 52;
export const SEEN_AT = 56;
export const RENEWED_AT = 60;

/** The length of a SHA-256. */
export const DIGEST_BYTES = 32;

const SLOT_BYTES = 64;
const EXPIRES_BYTES = 8;
const HEAD_BYTES = 4;

/** Few enough that a table of ten sessions is small, and so many that a million sessions are few objects. */
export const SEGMENT_SLOTS = 256;
export const SEGMENT_SHIFT = 8;
export const SEGMENT_MASK: number = SEGMENT_SLOTS - 1;

const EXPIRES_START = SEGMENT_SLOTS * SLOT_BYTES;
const HEADS_START = EXPIRES_START + SEGMENT_SLOTS * EXPIRES_BYTES;
const SEGMENT_BYTES = HEADS_START + SEGMENT_SLOTS * HEAD_BYTES;

/** Slots by number. Links and addresses are signed 32-bit numbers, so that −1 can be {@link NO_SLOT}. */
export interface Slots {
  /** How many slots there are. */
  readonly length: number;
  /** Makes room for slot number `length`, and returns that number. `push` then counts it in. */
  reserve(): number;
  /** Adds the reserved slot. */
  push(): void;
  /** Removes the last slot. */
  pop(): void;
  /** Copies a slot over another one, with the time when it expires. The bucket's head stays. */
  copy(from: number, to: number): void;
  get(slot: number, field: number): number;
  set(slot: number, field: number, value: number): void;
  /** Returns when it expires, in milliseconds since 1970. */
  expires(slot: number): number;
  setExpires(slot: number, milliseconds: number): void;
  /** Returns the first slot of a bucket. */
  head(bucket: number): number;
  setHead(bucket: number, slot: number): void;
}

/** Makes an empty list of slots, which allocates nothing yet. */
export function createSlots(): Slots {
  const segments: DataView[] = [];
  let length = 0;

  function segmentOf(slot: number): DataView {
    const segment = segments[slot >>> SEGMENT_SHIFT];
    if (segment === undefined) throw new RangeError(`no slot ${slot}: there are ${length}`);
    return segment;
  }

  function reserve(): number {
    if (length === segments.length * SEGMENT_SLOTS) segments.push(new DataView(new ArrayBuffer(SEGMENT_BYTES)));
    return length;
  }

  function pop(): void {
    length -= 1;
    // One empty segment stays, or a table that sways about a multiple of 256 would allocate at each turn.
    if (length <= (segments.length - 2) * SEGMENT_SLOTS) segments.pop();
  }

  function copy(from: number, to: number): void {
    const source = segmentOf(from);
    const target = segmentOf(to);
    for (let field = 0; field < SLOT_BYTES; field += 4) {
      target.setInt32(start(to) + field, source.getInt32(start(from) + field, true), true);
    }
    setExpires(to, expires(from));
  }

  function get(slot: number, field: number): number {
    return segmentOf(slot).getInt32(start(slot) + field, true);
  }

  function set(slot: number, field: number, value: number): void {
    segmentOf(slot).setInt32(start(slot) + field, value, true);
  }

  function expires(slot: number): number {
    return segmentOf(slot).getFloat64(EXPIRES_START + (slot & SEGMENT_MASK) * EXPIRES_BYTES, true);
  }

  function setExpires(slot: number, milliseconds: number): void {
    segmentOf(slot).setFloat64(EXPIRES_START + (slot & SEGMENT_MASK) * EXPIRES_BYTES, milliseconds, true);
  }

  function head(bucket: number): number {
    return segmentOf(bucket).getInt32(HEADS_START + (bucket & SEGMENT_MASK) * HEAD_BYTES, true);
  }

  function setHead(bucket: number, slot: number): void {
    segmentOf(bucket).setInt32(HEADS_START + (bucket & SEGMENT_MASK) * HEAD_BYTES, slot, true);
  }

  return {
    get length() {
      return length;
    },
    reserve,
    push: () => {
      length += 1;
    },
    pop,
    copy,
    get,
    set,
    expires,
    setExpires,
    head,
    setHead,
  };
}

function start(slot: number): number {
  return (slot & SEGMENT_MASK) * SLOT_BYTES;
}
