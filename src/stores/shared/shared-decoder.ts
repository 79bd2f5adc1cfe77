import type { SessionCodec, SessionData } from "../../types.ts";
import { jsonCodec } from "../../data/json-codec.ts";
import { freezeForGood } from "../../data/freeze.ts";
import { textCache } from "./text-cache.ts";

/** How many characters of text are kept. */
const DECODED_ROOM = 512 * 1024;

/**
 * Makes a decoder for a store that is asked for the same texts again and again. A text that comes for the third time in
 * a short while is not decoded any more: its session is frozen, and shared by all who ask for it. Only JSON is shared,
 * because what another codec makes may be more than data.
 *
 * `decode` makes the session of a text that is not kept, and may note something about it. Default: the codec's.
 */
export function sharedDecoder(
  codec: SessionCodec,
  decode: (text: string) => SessionData = codec.decode,
): (text: string) => SessionData {
  if (codec !== jsonCodec) return decode;
  const sessions = textCache<SessionData>(DECODED_ROOM);
  return (text) => {
    const known = sessions.get(text);
    if (known !== undefined) return known;
    const session = decode(text);
    if (sessions.setIfSeenBefore(text, session)) freezeForGood(session);
    return session;
  };
}
