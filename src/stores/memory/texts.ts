/**
 * Part of the memory store's table: its texts. Each lies in a page, behind a header that names its slot, so that pages
 * can be tidied.
 *
 * ```
 * a record   │ owner: slot, or −1 for dead │ size: header and room │ characters × 2 + wide │ text ... │
 * byte       0                             4                       8                       12
 * ```
 *
 * As in V8's own strings, characters have one byte each (latin1), or all have two if one of them needs it (UTF-16). So
 * every string comes back as it was.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Page, Pages } from "./pages.ts";
import { NO_SLOT, OFFSET, PAGE, type Slots } from "./slots.ts";

const OWNER = 0;
const SIZE = 4;
const LENGTH = 8;
const HEADER_BYTES = 12;

/**
 * How many bytes of a page are tidied for each byte that dies. At least a third of that page is idle, so 3 would keep
 * up with a steady table. The rest is for a table that shrinks, because fewer idle bytes are then allowed.
 */
const TIDY_PACE = 8;

/** The most bytes that one call tidies: some two thousand small records, a fraction of a millisecond. */
const LONGEST_TIDY = 256 * 1024;

/** The texts of all slots. */
export interface Texts {
  /** Gives a slot its first text. */
  write(slot: number, text: string): void;
  read(slot: number): string;
  /** Gives a slot another text; in its old place, if it fits there and does not waste half of the room. */
  replace(slot: number, text: string): void;
  /** Takes the text from a slot. */
  remove(slot: number): void;
  /** Is called just before the content of slot `from` goes to slot `to`. */
  move(from: number, to: number): void;
}

/** Makes the texts of an empty table, in pages that nothing else uses. */
export function createTexts(slots: Slots, pages: Pages): Texts {
  let tidied: Page | undefined;
  let tidiedTo = 0;

  function write(slot: number, text: string): void {
    const wide = isWide(text);
    const size = HEADER_BYTES + sizeOf(text, wide);
    const page = pages.take(size);
    own(slot, page, size);
    page.bytes.writeInt32LE(size, page.used - size + SIZE);
    writeText(page, page.used - size, text, wide);
  }

  function own(slot: number, page: Page, size: number): void {
    page.bytes.writeInt32LE(slot, page.used - size + OWNER);
    slots.set(slot, PAGE, page.id);
    slots.set(slot, OFFSET, page.used - size);
  }

  function read(slot: number): string {
    const { bytes } = pageOf(slot);
    const offset = slots.get(slot, OFFSET);
    const length = bytes.readInt32LE(offset + LENGTH);
    const start = offset + HEADER_BYTES;
    if (length % 2 === 1) return bytes.toString("utf16le", start, start + length - 1);
    return bytes.toString("latin1", start, start + length / 2);
  }

  function replace(slot: number, text: string): void {
    const wide = isWide(text);
    const page = pageOf(slot);
    const offset = slots.get(slot, OFFSET);
    const room = page.bytes.readInt32LE(offset + SIZE);
    const needed = HEADER_BYTES + sizeOf(text, wide);
    if (needed <= room && needed * 2 >= room) return writeText(page, offset, text, wide);
    write(slot, text);
    free(page, offset);
  }

  function remove(slot: number): void {
    free(pageOf(slot), slots.get(slot, OFFSET));
  }

  function move(from: number, to: number): void {
    pageOf(from).bytes.writeInt32LE(to, slots.get(from, OFFSET) + OWNER);
  }

  function free(page: Page, offset: number): void {
    const size = page.bytes.readInt32LE(offset + SIZE);
    page.bytes.writeInt32LE(NO_SLOT, offset + OWNER);
    pages.give(page, size);
    tidy(Math.min(size * TIDY_PACE, LONGEST_TIDY));
  }

  /** Moves texts out of the emptiest page, so that it can be dropped. It goes on where the last call stopped. */
  function tidy(bytes: number): void {
    const page = tidied ?? pages.emptiest();
    if (page === undefined) return;
    const end = tidiedTo + bytes;
    while (page.live > 0 && tidiedTo < end) tidiedTo += moveOut(page, tidiedTo);
    tidied = page.live > 0 ? page : undefined;
    if (tidied === undefined) tidiedTo = 0;
  }

  /** Moves the text at an offset to the current page, unless it is dead. Returns the size of its record. */
  function moveOut(page: Page, offset: number): number {
    const size = page.bytes.readInt32LE(offset + SIZE);
    const owner = page.bytes.readInt32LE(offset + OWNER);
    if (owner === NO_SLOT) return size;
    const target = pages.take(size);
    page.bytes.copy(target.bytes, target.used - size, offset, offset + size);
    own(owner, target, size);
    pages.give(page, size);
    return size;
  }

  function pageOf(slot: number): Page {
    return pages.get(slots.get(slot, PAGE));
  }

  return { write, read, replace, remove, move };
}

function writeText(page: Page, offset: number, text: string, wide: boolean): void {
  page.bytes.writeInt32LE(text.length * 2 + Number(wide), offset + LENGTH);
  page.bytes.write(text, offset + HEADER_BYTES, wide ? "utf16le" : "latin1");
}

function sizeOf(text: string, wide: boolean): number {
  return wide ? text.length * 2 : text.length;
}

/**
 * Returns whether a character needs two bytes. Most texts are ASCII, and counting bytes of UTF-8 shows that fastest.
 */
function isWide(text: string): boolean {
  return Buffer.byteLength(text) !== text.length && Buffer.from(text, "latin1").toString("latin1") !== text;
}
