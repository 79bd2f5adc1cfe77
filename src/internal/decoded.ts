import type { SessionCodec, SessionData } from "../types.ts";
import { jsonCodec } from "./data.ts";
import { freezeForGood } from "./freeze.ts";
import { lately } from "./lately.ts";

/** In characters of JSON, for all stores of the process. */
const ROOM = 512 * 1024;

const sessions = lately<SessionData>(ROOM);

/**
 * Decodes texts for a store that is asked for the same ones again and again; the sessions are frozen and shared, also by
 * visitors with the same data. Only JSON is remembered: what another codec makes may be more than data.
 */
export function sharedDecoder(codec: SessionCodec): (text: string) => SessionData {
  return codec === jsonCodec ? decodeShared : codec.decode;
}

function decodeShared(text: string): SessionData {
  const known = sessions.get(text);
  if (known !== undefined) return known;
  const session = freezeForGood(jsonCodec.decode(text));
  sessions.set(text, session);
  return session;
}
