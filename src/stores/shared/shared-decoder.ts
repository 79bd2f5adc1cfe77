import type { SessionCodec, SessionData } from "../../types.ts";
import { jsonCodec } from "../../data/json-codec.ts";
import { freezeForGood } from "../../data/freeze.ts";
import { lately } from "./text-cache.ts";

/** In characters. */
const ROOM = 512 * 1024;

/**
 * Decodes texts for a store that is asked for the same ones again and again. From the third time on in a short while the
 * session is shared, also by visitors with the same text, and frozen. Only JSON is remembered: what another codec makes may be more than data. `decode` makes
 * the session of a text that is not remembered, and may note something about it. Default: the codec's.
 */
export function sharedDecoder(
  codec: SessionCodec,
  decode: (text: string) => SessionData = codec.decode,
): (text: string) => SessionData {
  if (codec !== jsonCodec) return decode;
  const sessions = lately<SessionData>(ROOM);
  return (text) => {
    const known = sessions.get(text);
    if (known !== undefined) return known;
    const session = decode(text);
    if (sessions.offer(text, session)) freezeForGood(session);
    return session;
  };
}
