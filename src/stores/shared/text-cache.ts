/**
 * Cache of values by their texts, for values that are expensive to make and asked for again and again: a page, its
 * images and its calls are many requests of one visitor.
 *
 *     set ─▶ ┌───────┐  full   ┌───────┐  full
 *            │ young │ ──────▶ │  old  │ ──────▶ dropped
 *     get ◀─ └───────┘         └───────┘
 *                ▲   get moves it  │
 *                └─────────────────┘
 *
 * Two generations. When the young one is full it becomes the old one. Entries of the one before it that nobody read
 * meanwhile are dropped.
 *
 * @module
 */

/** Values by texts. */
export interface TextCache<Value> {
  get(text: string): Value | undefined;
  set(text: string, value: Value): void;
  /**
   * Sets the value if the text came a moment ago too: a text that comes once is not worth its room. Returns whether it
   * was set.
   */
  setIfSeenBefore(text: string, value: Value): boolean;
}

/** The longest text that is kept, in characters. */
const LONGEST_TEXT = 4096;

/** How many texts it remembers to have seen. */
const SEEN_TEXTS = 4096;
/** How many characters of a text its hash looks at. */
const SAMPLES = 256;

/** Makes a cache whose young generation holds texts of at most `room` characters altogether. */
export function textCache<Value>(room: number): TextCache<Value> {
  let young = new Map<string, Value>();
  let old: ReadonlyMap<string, Value> = young;
  let left = room;

  const set = (text: string, value: Value): void => {
    if (text.length > LONGEST_TEXT) return;
    if (text.length > left) {
      old = young;
      young = new Map();
      left = room;
    }
    left -= text.length;
    young.set(text, value);
  };

  /** Hashes of the texts seen lately. Two texts in one place push each other out, which costs a decoding. */
  const seen = new Int32Array(SEEN_TEXTS);

  return {
    get(text) {
      const known = young.get(text);
      if (known !== undefined) return known;
      const older = old.get(text);
      if (older !== undefined) set(text, older);
      return older;
    },
    set,
    setIfSeenBefore(text, value) {
      if (text.length > LONGEST_TEXT) return false;
      const hash = hashOf(text);
      const place = hash & (SEEN_TEXTS - 1);
      const isKnown = seen[place] === hash;
      seen[place] = hash;
      if (isKnown) set(text, value);
      return isKnown;
    },
  };
}

/** Hashes some characters of a text, from all over it, by FNV-1a. Nobody gains by texts that share a hash. */
function hashOf(text: string): number {
  const step = Math.max(1, Math.floor(text.length / SAMPLES));
  let hash = text.length;
  for (let at = 0; at < text.length; at += step) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  // Its lower bits choose the place, and hardly depend on the last character without this.
  return hash ^ (hash >>> 15);
}
