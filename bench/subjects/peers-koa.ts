/** koa-session, in memory and in a signed cookie. It has no memory store, so five lines here are one. */
import { onKoa, type KoaContext, type KoaLike } from "./frameworks.ts";
import { load } from "./load.ts";
import { COOKIE, cookieInMilliseconds } from "./settings.ts";
import type { Setting, Subject } from "./subject.ts";
import { byProperty, newSession, type Bag, type Face } from "./work.ts";

type WithSession = KoaContext & { session: Bag | null };

function face(padding: number): Face<KoaContext> {
  const sessionOf = (context: KoaContext): Bag => (context as WithSession).session ?? {};
  return {
    ...byProperty(sessionOf),
    login: (context) => Object.assign(sessionOf(context), newSession(padding)),
    logout: (context) => void Object.assign(context, { session: null }),
  };
}

async function middleware(app: KoaLike, { store }: Setting): Promise<unknown> {
  type Make = (options: object, app: KoaLike) => unknown;
  const { createSession } = await load<{ createSession: Make }>("koa-session");
  const options = {
    key: COOKIE,
    ...cookieInMilliseconds,
    signed: true,
    ...(store === "memory" && { store: mapStore() }),
  };
  return createSession(options, app);
}

function mapStore(): object {
  const texts = new Map<string, string>();
  return {
    get: async (key: string): Promise<unknown> => JSON.parse(texts.get(key) ?? "null"),
    set: async (key: string, session: unknown): Promise<void> => void texts.set(key, JSON.stringify(session)),
    destroy: async (key: string): Promise<void> => void texts.delete(key),
  };
}

export const peers: readonly Subject[] = [
  {
    name: "koa-session",
    side: "peer",
    framework: "koa",
    packages: ["koa-session"],
    stores: ["memory", "cookie"],
    remark: "in memory: a store of five lines; in a cookie: signed, not sealed",
    make: (setting) => onKoa(face(setting.padding), (app) => middleware(app, setting)),
  },
];
