import { channel } from "node:diagnostics_channel";

import type { SessionStoreError } from "../../errors.ts";
import type { SessionEvent } from "../../types.ts";
import { tell } from "../../shared/listener.ts";
import { fingerprint, fingerprintOf } from "../../crypto/session-key.ts";

/** Sends the events of one wrapper. It costs next to nothing while nobody listens. */
export interface EventSender {
  /** Sends an event that has a key and nothing else. */
  readonly emit: (type: KeyedEvent, key: string) => void;
  readonly recreated: (key: string, previous: string) => void;
  /** Sends `revoked` for the handle of a session, because its key is not known. */
  readonly revoked: (handle: string) => void;
  readonly malformed: () => void;
  readonly ambiguous: (sessions: number) => void;
  readonly storeError: (key: string | undefined, error: SessionStoreError) => void;
  /** Whether anybody listens. For values that are expensive to compute. */
  readonly heard: () => boolean;
}

/** The types of events that have a key and nothing else. */
export type KeyedEvent = Exclude<
  SessionEvent["type"],
  "recreated" | "revoked" | "malformed-key" | "ambiguous-key" | "store-error"
>;

const sessions = channel("ringlet:session");

/** Creates the sender of one wrapper. It sends to `onEvent` and to the diagnostics channel `ringlet:session`. */
export function createEventSender(
  now: () => number,
  onEvent: ((event: SessionEvent) => void) | undefined,
): EventSender {
  const heard = (): boolean => onEvent !== undefined || sessions.hasSubscribers;
  const send = (event: SessionEvent): void => {
    sessions.publish(event);
    if (onEvent !== undefined) tell(onEvent, event);
  };
  return {
    heard,
    emit(type, key) {
      if (heard()) send({ type, at: now(), key: fingerprint(key) });
    },
    recreated(key, previous) {
      if (heard()) send({ type: "recreated", at: now(), key: fingerprint(key), previous: fingerprint(previous) });
    },
    revoked(handle) {
      if (heard()) send({ type: "revoked", at: now(), key: fingerprintOf(handle) });
    },
    malformed() {
      if (heard()) send({ type: "malformed-key", at: now() });
    },
    ambiguous(count) {
      if (heard()) send({ type: "ambiguous-key", at: now(), sessions: count });
    },
    storeError(key, error) {
      if (heard()) send({ type: "store-error", at: now(), key: key && fingerprint(key), error });
    },
  };
}
