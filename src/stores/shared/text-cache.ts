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
  /** Sets it where the text was offered before, a moment ago: what is seen once is not worth its room. Answers whether. */
  offer(text: string, value: Value): boolean;
}

/** Longer texts are not remembered. */
const LONGEST = 4096;

/** Of how many texts it is known that they were offered, and by how many characters of each that is told. */
const OFFERED = 4096;
const SAMPLES = 256;

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

  /** By hash; a text that is offered takes the place of another one, or is taken for it now and then. */
  const offered = new Int32Array(OFFERED);

  return {
    offer(text, value) {
      if (text.length > LONGEST) return false;
      const hash = sampled(text);
      const place = hash & (OFFERED - 1);
      const isKnown = offered[place] === hash;
      offered[place] = hash;
      if (isKnown) set(text, value);
      return isKnown;
    },
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

/** FNV-1a of some characters of a text, from all over it. Nobody gains by texts that share one. */
function sampled(text: string): number {
  const step = Math.max(1, Math.floor(text.length / SAMPLES));
  let hash = text.length;
  for (let at = 0; at < text.length; at += step) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  // Its lower bits choose the place, and hardly depend on the last character without this.
  return hash ^ (hash >>> 15);
}
