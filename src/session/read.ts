import { Buffer } from "node:buffer";

import { SessionStoreError } from "../errors.ts";
import type { Awaitable, CookiesRequest, Request, SessionData, StoreFact } from "../types.ts";
import { andThen } from "../shared/awaitable.ts";
import { freeze } from "../data/freeze.ts";
import { isOver } from "./options/timeout.ts";
import { fit } from "./options/schema.ts";
import type { SessionConfig } from "./options/config.ts";
import { cookieValues } from "./options/cookie.ts";
import { deleteStored, read } from "./store-operations.ts";
import { createdOf, withoutCreated } from "../data/reserved.ts";
import type { Visit } from "./visit.ts";

const LONGEST_KEY = 4096;
/** Buffer for one key in UTF-8. */
const octets: Buffer = Buffer.alloc(3 * LONGEST_KEY);
const EMPTY: SessionData = Object.freeze({});
const NO_COOKIE: Visit = { key: undefined, session: EMPTY, stored: undefined, created: undefined, cookieSent: false };
const NO_SESSION: Visit = { ...NO_COOKIE, cookieSent: true };

/** Reads the session of a request. Without a cookie the store is not called. */
export function readSession(
  config: SessionConfig,
  request: Pick<Request, "headers"> & Partial<CookiesRequest>,
): Awaitable<Visit> {
  const values = cookieValues(config.cookie, request);
  if (values.length === 0) return NO_COOKIE;
  const keys = values.filter(isKey);
  if (keys.length < values.length) config.events.malformed();
  const [key, another] = keys;
  if (key === undefined) return NO_SESSION;
  if (config.emptyOnFailure) return readIfPossible(config, keys);
  return another === undefined ? readOne(config, key) : readSeveral(config, keys);
}

/** Whether a value can be a key. Any other value costs no call of the store. */
function isKey(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || value.length > LONGEST_KEY) return false;
  // As bytes: the engine keeps a long value as a slice of its header, and reading its characters is slow.
  const length = octets.write(value);
  for (let index = 0; index < length; index++) {
    const octet = octets[index] ?? 0;
    if (octet < 0x20 || octet === 0x7f) return false;
  }
  return true;
}

/** Returns an empty session if the store fails. */
async function readIfPossible(config: SessionConfig, keys: readonly string[]): Promise<Visit> {
  try {
    return await readSeveral(config, keys);
  } catch (error) {
    if (!(error instanceof SessionStoreError)) throw error;
    config.events.emit("read-only", keys[0] ?? "");
    return { ...NO_SESSION, readError: error };
  }
}

/**
 * Reads the sessions of several cookies of one name. Another path or a sibling host may have set one of them. So a session
 * counts only if exactly one cookie has one.
 */
async function readSeveral(config: SessionConfig, keys: readonly string[]): Promise<Visit> {
  const visits: Visit[] = [];
  for (const key of keys) visits.push(await readOne(config, key));
  const sessions = visits.filter((visit) => visit.key !== undefined);
  if (sessions.length > 1) config.events.ambiguous(sessions.length);
  return (sessions.length === 1 && sessions[0]) || NO_SESSION;
}

function readOne(config: SessionConfig, key: string): Awaitable<Visit> {
  let expired = false;
  const report = (fact: StoreFact): void => {
    if (fact === "expired") expired = true;
    if (fact === "old-key") config.events.emit("old-key", key);
  };
  return andThen(read(config, key, report), (stored) => {
    if (stored !== undefined) return visitFrom(config, key, stored);
    config.events.emit(expired ? "expired" : "unknown-key", key);
    return NO_SESSION;
  });
}

function visitFrom(config: SessionConfig, key: string, stored: SessionData): Awaitable<Visit> {
  freeze(stored);
  const created = createdOf(stored);
  if (isOver(config, created)) return deleteExpired(config, key);
  return andThen(fit(config.schema, withoutCreated(stored)), (fitted) => {
    config.events.emit(fitted === undefined ? "invalid" : "read", key);
    if (fitted === undefined) return NO_SESSION;
    const session = fitted === stored ? stored : freeze(fitted);
    return { key, session, stored, created, cookieSent: true };
  });
}

/** Deletes an expired session. The read has restarted its idle clock, so it could stay in the store for ever. */
async function deleteExpired(config: SessionConfig, key: string): Promise<Visit> {
  config.events.emit("expired", key);
  try {
    await deleteStored(config, key);
  } catch (error) {
    // It is expired either way, and the next read tries again.
    if (!(error instanceof SessionStoreError)) throw error;
  }
  return NO_SESSION;
}
