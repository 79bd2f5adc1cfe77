/**
 * Sessions by their texts, for stores that are asked for the same ones again and again: a page, its images and its calls
 * are many requests of one visitor, and most of them find the session as the last one left it.
 *
 * @module
 */

import type { SessionCodec, SessionData } from "../types.ts";
import { jsonCodec } from "./data.ts";
import { freezeForGood } from "./freeze.ts";

/** Characters of text that each of the two generations may hold, and the longest text that is remembered. */
const ROOM = 512 * 1024;
const LONGEST = 4096;

/**
 * Decodes texts; the sessions are frozen and shared, also by visitors with the same data. Only JSON is remembered: what
 * another codec makes may be more than data.
 */
export function sharedDecoder(codec: SessionCodec): (text: string) => SessionData {
  return codec === jsonCodec ? decodeShared : codec.decode;
}

/** Two generations: whoever was not asked for while one filled is forgotten. */
let young = new Map<string, SessionData>();
let old = young;
let room = ROOM;

function decodeShared(text: string): SessionData {
  const known = young.get(text);
  if (known !== undefined) return known;
  const session = old.get(text) ?? freezeForGood(jsonCodec.decode(text));
  if (text.length <= LONGEST) remember(text, session);
  return session;
}

function remember(text: string, session: SessionData): void {
  if (text.length > room) {
    old = young;
    young = new Map();
    room = ROOM;
  }
  room -= text.length;
  young.set(text, session);
}
