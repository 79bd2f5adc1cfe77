import type { Socket } from "node:net";

import type { ScriptAnswer } from "../../../src/testing/testing.ts";
import { type Exchange, merge, ownHeaders, send, type Steps } from "./sound-adapter.ts";

const COOKIE = "ring-session=";

/** Reads the store if there is no cookie. */
export const afterReading: Steps["open"] = async ({ incoming, options }, open) => {
  if (incoming.headers.cookie === undefined) await options.store?.readSession("", contextNow());
  return open();
};

/** Shows the flash on the request, where a copy reads it. */
export const enumerable: Steps["request"] = (url, draft) => ({
  url,
  get flash() {
    return draft.flash;
  },
});

/** Fails if a cookie has a quote. */
export const refusingQuotes: Steps["open"] = async ({ incoming }, open) => {
  if (incoming.headers.cookie?.includes('"')) throw new Error("a cookie that cannot be read");
  return open();
};

/** Makes a session under any key that is sent. */
export const adopting: Steps["open"] = async ({ incoming, options: { store } }, open) => {
  const { cookie = "" } = incoming.headers;
  const key = cookie.startsWith(COOKIE) ? cookie.slice(COOKIE.length) : "";
  if (key.length === 32 && (await store?.readSession(key, contextNow())) === undefined) {
    await store?.writeSession(key, {}, contextNow());
  }
  return open();
};

/** Makes a session for each visit. */
export const givingSessions: Steps["handle"] = async (answer, { draft }, { incoming }) => {
  if (incoming.url?.includes("plan=") === true) draft.session = structuredClone(draft.session);
  return answer();
};

/** Remembers the first Cookie header of a connection. */
export function knowingConnections(): Steps["open"] {
  const known = new WeakMap<Socket, string>();
  return async ({ incoming }, open) => {
    const { socket, headers } = incoming;
    const cookie = headers.cookie ?? known.get(socket);
    if (cookie !== undefined) known.set(socket, (headers.cookie = cookie));
    return open();
  };
}

/** Treats a request whose session cannot be read like one without a cookie. */
export const ignoringRead: Steps["open"] = async ({ incoming }, open) =>
  open().catch(async () => {
    delete incoming.headers.cookie;
    return open();
  });

/** Saves when the handler fails. */
export const savingAnyway: Steps["handle"] = async (answer, { save }) => {
  try {
    return await answer();
  } catch (error) {
    await save();
    throw error;
  }
};

/** Deletes the session when the connection closes early. */
export const loggingOut: Steps["handle"] = async (answer, { draft }, { outgoing, options }) => {
  const { sessionKey } = draft;
  outgoing.once("close", () => {
    if (!outgoing.writableFinished && sessionKey !== undefined) {
      void options.store?.deleteSession(sessionKey, contextNow());
    }
  });
  return answer();
};

/** Writes the whole session, over changes of other requests. */
export const overwriting: Steps["handle"] = async (answer, { draft }) => {
  const given = await answer();
  const whole = structuredClone(draft.session);
  if (draft.sessionKey !== undefined && Object.keys(whole).length > 0) draft.session = () => whole;
  return given;
};

/** Saves nothing if a condition is true. */
export function unless(isSo: (answer: ScriptAnswer, exchange: Exchange) => boolean): Steps["save"] {
  return async ({ save }, answer, exchange) => (isSo(answer, exchange) ? {} : ((await save()) ?? {}));
}

/** Sends the head of a stream before the session is saved. */
export const afterStream: Steps["save"] = async ({ save }, answer, { outgoing }) => {
  if (answer.body !== null && typeof answer.body !== "string") outgoing.writeHead(answer.status).flushHeaders();
  return (await save()) ?? {};
};

/** Saves after the response was sent, if no cookie is needed. */
export const afterHead: Steps["save"] = async ({ draft, save }, answer, exchange) => {
  const { sessionKey, sessionRecreate } = draft;
  const isKnown = sessionKey !== undefined && !sessionRecreate;
  if (!isKnown || Object.keys(draft.session).length === 0) return (await save()) ?? {};
  send(exchange, answer, ownHeaders(answer));
  await save();
  return {};
};

/** Answers even if saving fails. */
export const ignoringFailure: Steps["save"] = async ({ save }) =>
  Promise.resolve()
    .then(save)
    .then((headers) => headers ?? {})
    .catch(() => ({}));

/** Writes a session again that was deleted meanwhile. */
export const reviving: Steps["save"] = async ({ draft, save }, _answer, { options: { store } }) => {
  const { sessionKey } = draft;
  const session = structuredClone(draft.session);
  const headers = (await save()) ?? {};
  if (sessionKey === undefined || headers["set-cookie"] !== undefined || session === null) return headers;
  if ((await store?.readSession(sessionKey, contextNow())) === undefined) {
    await store?.writeSession(sessionKey, session, contextNow());
  }
  return headers;
};

/** Changes the Set-Cookie lines of the session. An empty line is left out. */
export function withLines(change: (line: string) => string): Steps["merge"] {
  return (own, added) => {
    const lines = [added["set-cookie"] ?? []].flat().map(change);
    return merge(own, { ...added, "set-cookie": lines.filter((line) => line !== "") });
  };
}

function contextNow(): { now: number; ttl: number; idle: number; cookieName: string } {
  return { now: Date.now(), ttl: 1800, idle: 1800, cookieName: "ring-session" };
}
