import { cookieStore, memoryStore, type SessionStore } from "ringlet";

const sessionKey = process.env["SESSION_KEY"];

/** What `--store` knows: a line for each. */
export const stores = {
  memory: (): SessionStore => memoryStore(),
  cookie: (): SessionStore => cookieStore(sessionKey === undefined ? {} : { key: sessionKey }),
};

/** A store of the demo. */
export type StoreName = keyof typeof stores;

/** Whether there is a store of this name. */
export function isStoreName(name: string): name is StoreName {
  return Object.hasOwn(stores, name);
}
