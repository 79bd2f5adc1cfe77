/** The work of every subject's application: the same data, the same changes, the same responses. */
import type { Awaitable } from "../../src/index.ts";

import type { Kind } from "./subject.ts";

/** A session. Without padding it is 128 bytes of JSON. */
export interface Bag {
  user?: string;
  roles?: readonly string[];
  cart?: { readonly items: readonly number[]; readonly total: number };
  theme?: string;
  count?: number;
  note?: string;
}

/** The session of a visitor who has just logged in. */
export function newSession(padding: number): Required<Bag> {
  return {
    user: "ada@example.com",
    roles: ["editor", "admin"],
    cart: { items: [1, 2, 3], total: 12.5 },
    theme: "dark",
    count: 0,
    note: "n".repeat(padding),
  };
}

/** The kinds of requests, as a library does them. `C` is the value that its framework gives to a handler. */
export interface Face<C> {
  readonly read: (context: C) => Awaitable<string>;
  readonly change: (context: C) => Awaitable<string>;
  readonly login: (context: C) => unknown;
  readonly logout: (context: C) => unknown;
}

/** Does the work of a request. Returns the body of the response. */
export function answer<C>(face: Face<C>, kind: string, context: C): Awaitable<string> {
  switch (kind as Kind) {
    case "read":
      return face.read(context);
    case "change":
      return face.change(context);
    case "login":
      return after(face.login(context));
    case "logout":
      return after(face.logout(context));
    default:
      return "ok";
  }
}

/** The work of a handler without sessions. */
export const bare: Face<unknown> = { read: () => "ok", change: () => "ok", login: () => "ok", logout: () => "ok" };

/** Reads and changes a session that is an object with the application's own properties. */
export function byProperty<C>(sessionOf: (context: C) => Bag): Pick<Face<C>, "read" | "change"> {
  return {
    read: (context) => seen(sessionOf(context)),
    change: (context) => {
      const session = sessionOf(context);
      session.count = (session.count ?? 0) + 1;
      return seen(session);
    },
  };
}

/** The text that shows a session. */
export function seen({ user, count }: Bag): string {
  return `${user ?? "nobody"} ${count ?? 0}`;
}

/** A session with getters and setters by name. */
export interface NamedValues {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
}

/** Reads and changes a session with getters and setters. */
export function byName<C>(sessionOf: (context: C) => NamedValues): Pick<Face<C>, "read" | "change"> {
  const show = (session: NamedValues): string =>
    seen({ user: session.get("user"), count: session.get("count") } as Bag);
  return {
    read: (context) => show(sessionOf(context)),
    change: (context) => {
      const session = sessionOf(context);
      session.set("count", Number(session.get("count") ?? 0) + 1);
      return show(session);
    },
  };
}

/** Sets all values of a new session by name. */
export function setAll(session: NamedValues, padding: number): void {
  for (const [name, value] of Object.entries(newSession(padding))) session.set(name, value);
}

/** The kind of a request, from its path. */
export function kindOf(url = ""): string {
  return url.slice(1);
}

function after(work: unknown): Awaitable<string> {
  return work instanceof Promise ? work.then(() => "ok") : "ok";
}
