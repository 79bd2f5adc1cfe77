import { createHmac } from "node:crypto";

import type { SessionData } from "../types.ts";
import type { AntiForgeryStrategy } from "./strategy.ts";
import { createSecret, isSecret, maskedToken, opens, unmask } from "./masked-token.ts";
import { isPlainObject } from "../shared/values.ts";
import { type OrderPart, refuseReserved, SAME_DATA, throughReserved, withReserved } from "../data/order.ts";
import { omit, SECRET } from "../data/reserved.ts";

/** The parts of a request that identify whose token it is. The session is the one that was read, with its secret. */
export interface SecretRequest {
  readonly session?: object | undefined;
  readonly sessionKey?: string | undefined;
}

/** The parts of a response that change the session. */
export interface SecretResponse extends OrderPart {
  readonly sessionRecreate?: boolean | undefined;
}

/** Strategy that keeps the secret in the session, under a key that handlers do not see. Ring's session strategy. */
export const inSession: AntiForgeryStrategy = {
  getToken(request) {
    if (request.session !== undefined) return maskedToken(secretIn(request.session) ?? firstSecret(request));
    throw new TypeError("antiForgeryToken: the request has no session; put wrapSession round wrapAntiForgery");
  },
  checkToken(request, token) {
    const secret = secretIn(request.session);
    if (secret === undefined) return "none";
    return opens(token, secret) ? "valid" : "wrong";
  },
  writeToken: (request, response, token) => keepSecret(request, response, token),
  hideToken: withoutSecret,
};

/** Whether the session has a secret. */
export function hasSecret({ session }: SecretRequest): boolean {
  return secretIn(session) !== undefined;
}

/** Returns a request whose session does not show the secret. */
function withoutSecret<R extends SecretRequest>(request: R): R {
  const session = request.session as SessionData | undefined;
  if (session === undefined || !Object.hasOwn(session, SECRET)) return request;
  return { ...request, session: Object.freeze(omit(session, SECRET)) };
}

/**
 * Returns a response whose session has the right secret.
 *
 * - A session with a secret keeps it, whatever the handler has changed.
 * - A session without one gets the secret of the token that was shown, if there is such a token.
 * - A session that gets a new key gets a new secret.
 * - A session that is deleted loses its secret too.
 *
 * @throws SessionDataError if the application has set a secret in the session of the response
 */
export function keepSecret<R extends SecretResponse>(
  request: SecretRequest,
  response: R,
  token: string | undefined,
): R {
  const { session: order, sessionRecreate } = response;
  refuseReserved(order, SECRET);
  if (order === null) return response;
  const secrets = token === undefined ? undefined : unmask(token);
  const hasSession = request.sessionKey !== undefined;
  if (sessionRecreate === true && hasSession) return withNewSecret(request, response, secrets?.next ?? createSecret());
  const before = secretIn(request.session);
  const secret = before ?? secrets?.secret;
  if (typeof order === "function") {
    return { ...response, session: throughReserved(order, SECRET, (current) => secretIn(current) ?? secret) };
  }
  const mustWrite = order === undefined ? before === undefined : isPlainObject(order);
  return secret !== undefined && mustWrite ? withSecret(request, response, order, secret) : response;
}

/** Returns a response whose session has a new secret, as its new key demands. An attacker who knew the old secret does not know the new one. */
function withNewSecret<R extends SecretResponse>(request: SecretRequest, response: R, secret: string): R {
  const { session: order } = response;
  if (isPlainObject(order)) return withSecret(request, response, order, secret);
  const update = typeof order === "function" ? order : sameSession;
  const session = throughReserved(update, SECRET, () => secret);
  return { ...response, session, ...(order === undefined && { [SAME_DATA]: true }) };
}

function withSecret<R extends SecretResponse>(
  { session = {} }: SecretRequest,
  response: R,
  order: SessionData | undefined,
  secret: string,
): R {
  return {
    ...response,
    ...withReserved({ ...response, session: order }, session, {
      name: SECRET,
      before: secretIn(session),
      after: secret,
    }),
    ...(order === undefined && { [SAME_DATA]: true }),
  };
}

function sameSession(session: SessionData): SessionData {
  return session;
}

function secretIn(session: object | undefined): string | undefined {
  const secret: unknown =
    session !== undefined && Object.hasOwn(session, SECRET) ? Reflect.get(session, SECRET) : undefined;
  return isSecret(secret) ? secret : undefined;
}

/**
 * Returns the first secret of a session. It is derived from the session key, so that overlapping requests show tokens
 * of one secret, whichever request stores it first. Requests without a session share nothing: each gets a random
 * secret.
 */
function firstSecret({ sessionKey }: SecretRequest): string {
  if (sessionKey === undefined) return createSecret();
  return createHmac("sha256", sessionKey).update("ringlet/anti-forgery/1").digest("base64url");
}
