import type { SessionCodec, SessionData } from "../../types.ts";
import { jsonCodec } from "../../data/json-codec.ts";

/** The rows that sessions were decoded from. A row is what the store holds: the text alone, or with other columns. */
export interface Rows<Row> {
  readonly sessionOf: (row: Row) => SessionData;
  /** Returns the row that a session was decoded from; undefined for any other session. */
  readonly rowOf: (session: SessionData) => Row | undefined;
  /** Returns the session of a row, for an update: `seen`, if it was decoded from this very row and cannot have changed. */
  readonly currentOf: (row: Row, seen: SessionData | undefined) => SessionData;
}

type Decode<Row> = (row: Row) => SessionData;

/**
 * Decodes rows, and remembers the row of each session: an update of what was read needs neither another read nor
 * another decoding. `share` may wrap the decoder in one that decodes equal rows only once.
 */
export function createRows<Row>(
  codec: SessionCodec,
  textOf: (row: Row) => string,
  share: (decode: Decode<Row>) => Decode<Row> = (decode) => decode,
): Rows<Row> {
  const rows = new WeakMap<SessionData, Row>();
  const sessionOf = share((row) => {
    const session = codec.decode(textOf(row));
    rows.set(session, row);
    return session;
  });
  return {
    sessionOf,
    rowOf: (session) => rows.get(session),
    currentOf(row, seen) {
      // Another codec may return values that can change although the session is frozen, such as a Date.
      const isSame = seen !== undefined && codec === jsonCodec && Object.isFrozen(seen) && rows.get(seen) === row;
      return isSame ? seen : sessionOf(row);
    },
  };
}
