import { Buffer } from "node:buffer";

import { SessionDataError } from "../../errors.ts";
import type { SessionCodec } from "../../types.ts";
import { checkedCodec, jsonCodec } from "../../data/json-codec.ts";
import { kindOf } from "../../shared/values.ts";

/**
 * Returns a codec whose text comes back unchanged from a column of text, and whose errors show nothing of a session.
 * JSON always does both. `database` is its name in messages.
 *
 * @throws TypeError if it is not a codec
 */
export function textCodec(where: string, database: string, codec: SessionCodec | undefined): SessionCodec {
  if (codec === undefined) return jsonCodec;
  const { encode, decode } = checkedCodec(where, codec);
  return {
    encode(session) {
      const text: unknown = encode(session);
      if (typeof text === "string" && isStorable(text)) return text;
      const got = typeof text === "string" ? "text with a NUL or half a surrogate pair" : kindOf(text);
      throw new SessionDataError(
        `${where}: codec.encode must answer text that ${database} keeps, got ${got}; answer JSON or base64`,
      );
    },
    decode(text) {
      try {
        return decode(text);
      } catch {
        // What it says may quote the session.
        throw new TypeError(`${where}: codec.decode failed on a stored session`);
      }
    },
  };
}

/**
 * Returns whether a database gives a text back unchanged. Some databases and drivers refuse a NUL or stop at it, and
 * UTF-8 has no half surrogate pair.
 */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && Buffer.from(text).toString() === text;
}
