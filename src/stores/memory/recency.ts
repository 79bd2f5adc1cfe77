/**
 * Part of the memory store's table: the order in which slots were last used. It is a doubly linked list, whose links
 * lie in the slots.
 *
 * @module
 */

import { NEWER, NO_SLOT, OLDER, type Slots } from "./slots.ts";

/** Slots from the least to the most recently used. */
export interface Recency {
  /** Returns the slot that was not used for longest, or −1. */
  oldest(): number;
  /** Adds a slot, as the most recently used. */
  insert(slot: number): void;
  /** Makes a slot the most recently used. */
  markUsed(slot: number): void;
  /** Removes a slot. */
  remove(slot: number): void;
  /** Is called just before the content of slot `from` goes to slot `to`. */
  move(from: number, to: number): void;
}

/** Makes an empty list. */
export function createRecency(slots: Slots): Recency {
  let oldest = NO_SLOT;
  let newest = NO_SLOT;

  function insert(slot: number): void {
    slots.set(slot, OLDER, newest);
    slots.set(slot, NEWER, NO_SLOT);
    setNewerOf(newest, slot);
    newest = slot;
  }

  function markUsed(slot: number): void {
    if (slot === newest) return;
    remove(slot);
    insert(slot);
  }

  function remove(slot: number): void {
    const older = slots.get(slot, OLDER);
    const newer = slots.get(slot, NEWER);
    setNewerOf(older, newer);
    setOlderOf(newer, older);
  }

  function move(from: number, to: number): void {
    setNewerOf(slots.get(from, OLDER), to);
    setOlderOf(slots.get(from, NEWER), to);
  }

  function setNewerOf(slot: number, newer: number): void {
    if (slot === NO_SLOT) oldest = newer;
    else slots.set(slot, NEWER, newer);
  }

  function setOlderOf(slot: number, older: number): void {
    if (slot === NO_SLOT) newest = older;
    else slots.set(slot, OLDER, older);
  }

  return { oldest: () => oldest, insert, markUsed, remove, move };
}
