import type { AtomicSessionStore, Awaitable, RenewingSessionStore, SessionData, SessionStore } from "ringlet";

import { shortHash } from "./cookies.ts";
import { rounded, type StoreStep } from "./exchange.ts";

/** A store around a store that tells of each call. It has only the methods that the inner one has. */
export function observedStore(store: AnyStore, tell: (step: StoreStep) => void): AnyStore {
  const updateSession = store.updateSession?.bind(store);
  const renewSession = store.renewSession?.bind(store);
  return {
    readSession: (key, context) => timed(tell, { call: "readSession", key }, () => store.readSession(key, context)),
    writeSession: (key, session, context) =>
      timed(tell, { call: "writeSession", key, session }, () => store.writeSession(key, session, context)),
    deleteSession: (key, context) =>
      timed(tell, { call: "deleteSession", key }, () => store.deleteSession(key, context)),
    ...(updateSession && {
      updateSession(key, update, seen, context) {
        const call: Call = { call: "updateSession", key };
        const noted = (current: SessionData): SessionData | null => (call.session = update(current));
        return timed(tell, call, () => updateSession(key, noted, seen, context));
      },
    }),
    ...(renewSession && {
      renewSession: (key, session, context) =>
        timed(tell, { call: "renewSession", key }, () => renewSession(key, session, context)),
    }),
  };
}

type AnyStore = SessionStore & Partial<AtomicSessionStore & RenewingSessionStore>;

interface Call {
  readonly call: string;
  readonly key: string | undefined;
  session?: SessionData | null;
}

async function timed<T extends SessionData | string | void>(
  tell: (step: StoreStep) => void,
  call: Call,
  run: () => Awaitable<T>,
): Promise<T> {
  const start = performance.now();
  const answer = await run();
  const milliseconds = rounded(performance.now() - start);
  tell({ step: "store", ...call, key: call.key && shortHash(call.key), answer: shown(answer), milliseconds });
  return answer;
}

function shown(answer: SessionData | string | void): StoreStep["answer"] {
  if (typeof answer === "string") return { key: shortHash(answer) };
  return answer === undefined ? null : { session: answer };
}
