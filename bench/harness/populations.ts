/** Stores in memory that are filled with very many sessions. */
import { hash } from "node:crypto";

import { memoryStore } from "../../src/index.ts";
import type { SessionData, StoreContext } from "../../src/types.ts";
import { loadDefault } from "../subjects/load.ts";

/** A store to fill and empty. Its sessions expire half an hour after they were made. */
export interface Population {
  insert(number: number): void;
  read(number: number): void;
  /**
   * Runs one turn of the store's own sweep, an hour later. Returns whether expired sessions are left. Undefined for a
   * store that never sweeps.
   */
  readonly sweep?: () => boolean;
}

/** A limit that no run reaches. */
const ROOM = 2_000_000;
const START = 1_700_000_000_000;
const HALF_HOUR = 1_800_000;
const SLICE = 1_000;

/** Stores by name. The floor is a Map of texts, each with the time of its end, swept a thousand at a time. */
export const populations: Readonly<Record<string, () => Population | Promise<Population>>> = {
  floor: mapPopulation,
  Ringlet: ringletPopulation,
  "express-session": expressPopulation,
  "@fastify/session": fastifyPopulation,
};

export function keyOf(number: number): string {
  return `key-${number}`.padEnd(32, "x");
}

/** A session of a hundred bytes of JSON. */
export function sessionOf(number: number): SessionData {
  const user = `user-${number}`.padEnd(16, "-");
  return { user, roles: ["reader", "writer"], theme: "dark", cart: [1, 2], csrf: "0123456" };
}

function ringletPopulation(): Population {
  const store = memoryStore({ maxSessions: ROOM });
  const at = (now: number): StoreContext => ({ now, ttl: HALF_HOUR / 1000, cookieName: "ring-session" });
  return {
    insert: (number) => void store.writeSession(keyOf(number), sessionOf(number), at(START)),
    read: (number) => void store.readSession(keyOf(number), at(START)),
    sweep() {
      void store.readSession("unknown", at(START + 2 * HALF_HOUR));
      return store.size > 0;
    },
  };
}

function mapPopulation(): Population {
  const sessions = new Map<string, { readonly text: string; readonly expires: number }>();
  return {
    insert: (number) =>
      void sessions.set(hash("sha256", keyOf(number), "base64url"), {
        text: JSON.stringify(sessionOf(number)),
        expires: START + HALF_HOUR,
      }),
    read: (number) => void JSON.parse(sessions.get(hash("sha256", keyOf(number), "base64url"))?.text ?? "{}"),
    sweep() {
      let seen = 0;
      for (const [key, { expires }] of sessions) {
        if (expires < START + 2 * HALF_HOUR) sessions.delete(key);
        if (++seen === SLICE) break;
      }
      return sessions.size > 0;
    },
  };
}

/** The store methods that @fastify/session and express-session have in common. */
interface Store {
  set(key: string, session: object, done: () => void): void;
  get(key: string, done: () => void): void;
  length?(done: () => void): void;
}

const done = (): void => undefined;

/** The store of express-session. It sweeps all expired sessions at once, when somebody asks how many there are. */
async function expressPopulation(): Promise<Population> {
  const { MemoryStore } = await loadDefault<{ MemoryStore: new () => Store }>("express-session");
  const store = new MemoryStore();
  const cookie = { expires: new Date(Date.now() + HALF_HOUR) };
  return {
    insert: (number) => store.set(keyOf(number), { ...sessionOf(number), cookie }, done),
    read: (number) => store.get(keyOf(number), done),
    sweep() {
      const { now } = Date;
      Date.now = () => now() + 2 * HALF_HOUR;
      store.length?.(done);
      Date.now = now;
      return false;
    },
  };
}

/** The store of @fastify/session. It keeps the objects that it is given, and never looks at their age. */
async function fastifyPopulation(): Promise<Population> {
  const { Store } = await loadDefault<{ Store: new () => Store }>("@fastify/session/lib/store.js");
  const store = new Store();
  return {
    insert: (number) => store.set(keyOf(number), { ...sessionOf(number), cookie: { maxAge: HALF_HOUR } }, done),
    read: (number) => store.get(keyOf(number), done),
  };
}
