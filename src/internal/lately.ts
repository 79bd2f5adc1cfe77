/**
 * What was looked up lately, by text: for what is dear to make and asked for again and again. A page, its images and its
 * calls are many requests of one visitor.
 *
 * @module
 */

/** Values by texts. It forgets what nobody has asked for lately. */
export interface Lately<Value> {
  get(text: string): Value | undefined;
  set(text: string, value: Value): void;
}

/** Longer texts are not remembered. */
const LONGEST = 4096;

/** Remembers texts of at most `room` characters altogether, or for a while of twice as many. */
export function lately<Value>(room: number): Lately<Value> {
  // Two generations: whoever was not asked for while one filled is forgotten with it.
  let young = new Map<string, Value>();
  let old: ReadonlyMap<string, Value> = young;
  let left = room;

  const set = (text: string, value: Value): void => {
    if (text.length > LONGEST) return;
    if (text.length > left) {
      old = young;
      young = new Map();
      left = room;
    }
    left -= text.length;
    young.set(text, value);
  };

  return {
    get(text) {
      const known = young.get(text);
      if (known !== undefined) return known;
      const older = old.get(text);
      if (older !== undefined) set(text, older);
      return older;
    },
    set,
  };
}
