/** express-session, cookie-session, iron-session and next-session, on `node:http`. */
import type { IncomingMessage, ServerResponse } from "node:http";

import { onExpress, onNode } from "./frameworks.ts";
import { load, loadDefault } from "./load.ts";
import { connectStore } from "./peer-stores.ts";
import { COOKIE, cookieInMilliseconds, cookieInSeconds, DAY, SECRET } from "./settings.ts";
import type { Setting, Subject } from "./subject.ts";
import { byProperty, newSession, seen, type Bag, type Face } from "./work.ts";

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

interface ExpressSession extends Bag {
  regenerate(done: (error?: Error | null) => void): void;
  destroy(done: (error?: Error | null) => void): void;
}
type WithSession<S> = IncomingMessage & { session: S };

function expressSessionFace(padding: number): Face<IncomingMessage> {
  const sessionOf = (request: IncomingMessage): ExpressSession => (request as WithSession<ExpressSession>).session;
  return {
    ...byProperty(sessionOf),
    login: (request) =>
      settled((done) => sessionOf(request).regenerate(done)).then(() =>
        Object.assign(sessionOf(request), newSession(padding)),
      ),
    logout: (request) => settled((done) => sessionOf(request).destroy(done)),
  };
}

/** Waits for a callback that may get an error. */
export function settled(work: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())));
}

async function expressSession({ store, url }: Setting): Promise<Middleware> {
  const session = await loadDefault<(options: object) => Middleware>("express-session");
  return session({
    name: COOKIE,
    secret: SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: cookieInMilliseconds,
    store: await connectStore(store, url),
  });
}

async function cookieSession(): Promise<Middleware> {
  const session = await loadDefault<(options: object) => Middleware>("cookie-session");
  return session({ name: COOKIE, keys: [SECRET], ...cookieInMilliseconds });
}

function cookieSessionFace(padding: number): Face<IncomingMessage> {
  return {
    ...byProperty((request) => (request as WithSession<Bag>).session),
    login: (request) => Object.assign((request as WithSession<Bag>).session, newSession(padding)),
    logout: (request) => void Object.assign(request, { session: null }),
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}
const exchange = (request: IncomingMessage, response: ServerResponse): Exchange => ({ request, response });

async function ironSession({ padding }: Setting): Promise<Face<Exchange>> {
  interface Iron extends Bag {
    save(): Promise<void>;
    destroy(): void;
  }
  const { getIronSession } = await load<{
    getIronSession: (request: IncomingMessage, response: ServerResponse, options: object) => Promise<Iron>;
  }>("iron-session");
  const options = { cookieName: COOKIE, password: SECRET, ttl: DAY, cookieOptions: cookieInSeconds };
  const open = ({ request, response }: Exchange): Promise<Iron> => getIronSession(request, response, options);
  return {
    read: async (context) => seen(await open(context)),
    async change(context) {
      const session = await open(context);
      session.count = (session.count ?? 0) + 1;
      await session.save();
      return seen(session);
    },
    login: async (context) => Object.assign(await open(context), newSession(padding)).save(),
    logout: async (context) => (await open(context)).destroy(),
  };
}

async function nextSession({ store, url, padding }: Setting): Promise<Face<Exchange>> {
  type Next = Bag & { destroy(): Promise<void> };
  type Make = (options: object) => (request: IncomingMessage, response: ServerResponse) => Promise<Next>;
  const make = await loadDefault<Make>("next-session");
  const { promisifyStore } = await load<{ promisifyStore: (store: unknown) => unknown }>("next-session/lib/compat");
  const other = await connectStore(store, url);
  const getSession = make({
    name: COOKIE,
    cookie: { ...cookieInSeconds },
    ...(other !== undefined && { store: promisifyStore(other) }),
  });
  const open = ({ request, response }: Exchange): Promise<Next> => getSession(request, response);
  return {
    read: async (context) => seen(await open(context)),
    async change(context) {
      const session = await open(context);
      session.count = (session.count ?? 0) + 1;
      return seen(session);
    },
    login: async (context) => Object.assign(await open(context), newSession(padding)),
    logout: async (context) => (await open(context)).destroy(),
  };
}

const byExpressSession = { name: "express-session", side: "peer", packages: ["express-session"] } as const;
const byCookieSession = {
  name: "cookie-session",
  side: "peer",
  packages: ["cookie-session"],
  stores: ["cookie"],
  remark: "signed, not sealed",
} as const;

export const peers: readonly Subject[] = [
  {
    ...byExpressSession,
    framework: "node",
    stores: ["memory", "redis", "postgres"],
    make: async (setting) =>
      onNode(expressSessionFace(setting.padding), (request) => request, await expressSession(setting)),
  },
  {
    ...byExpressSession,
    framework: "express",
    stores: ["memory"],
    make: async (setting) => onExpress(expressSessionFace(setting.padding), await expressSession(setting)),
  },
  {
    ...byCookieSession,
    framework: "node",
    make: async ({ padding }) => onNode(cookieSessionFace(padding), (request) => request, await cookieSession()),
  },
  {
    name: "iron-session",
    side: "peer",
    framework: "node",
    packages: ["iron-session"],
    stores: ["cookie"],
    perRoute: true,
    make: async (setting) => onNode(await ironSession(setting), exchange),
  },
  {
    name: "next-session",
    side: "peer",
    framework: "node",
    packages: ["next-session"],
    stores: ["memory", "redis"],
    perRoute: true,
    remark: "ids neither signed nor hashed",
    make: async (setting) => onNode(await nextSession(setting), exchange),
  },
];
