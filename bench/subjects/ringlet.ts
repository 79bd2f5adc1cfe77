/** Ringlet: its core on request maps, and its adapters. */
import type { IncomingMessage } from "node:http";

import {
  cookieStore,
  memoryStore,
  wrapSession,
  type Request,
  type SessionRequest,
  type SessionStore,
} from "../../src/index.ts";
import { session as expressSession } from "../../src/adapters/express.ts";
import { session as fastifySession, type SessionDraft } from "../../src/adapters/fastify.ts";
import { session as fetchSession } from "../../src/adapters/fetch/fetch.ts";
import { session as h3Session } from "../../src/adapters/h3.ts";
import { session as honoSession } from "../../src/adapters/hono.ts";
import { session as koaSession } from "../../src/adapters/koa.ts";
import { toNodeListener } from "../../src/adapters/node/node.ts";
import { postgresStore } from "../../src/stores/postgres/postgres.ts";
import { redisStore } from "../../src/stores/redis/redis.ts";
import { sqliteStore } from "../../src/stores/sqlite/sqlite.ts";

import {
  kindOfUrl,
  onExpress,
  onFastify,
  onFetch,
  onH3,
  onHono,
  onKoa,
  onNode,
  type HonoContext,
} from "./frameworks.ts";
import { postgresPool, redisClient } from "./peer-stores.ts";
import { COOKIE, DAY } from "./settings.ts";
import type { Application, Framework, Kind, Setting, Subject } from "./subject.ts";
import { answer, byProperty, kindOf, newSession, seen, type Bag, type Face } from "./work.ts";

type Options = Parameters<typeof expressSession>[0] & object;

async function optionsOf(setting: Setting): Promise<Options> {
  return { store: await storeOf(setting), cookieName: COOKIE, timeout: { idle: DAY } };
}

async function storeOf({ store, url }: Setting): Promise<SessionStore> {
  switch (store) {
    case "memory":
      return memoryStore({ maxSessions: 2_000_000 });
    case "cookie":
      return cookieStore({ key: "bench".padEnd(43, "0") });
    case "redis":
      return redisStore((await redisClient(url)) as unknown as Parameters<typeof redisStore>[0]);
    case "postgres":
      return postgresStore((await postgresPool(url)) as unknown as Parameters<typeof postgresStore>[0]);
    default:
      return sqliteStore(url ?? ":memory:");
  }
}

async function onMaps(setting: Setting): Promise<Application> {
  const { padding } = setting;
  const maps = wrapSession(
    ({ uri, session }: Request & SessionRequest<Bag>) => {
      switch (kindOf(uri) as Kind) {
        case "read":
          return { body: seen(session) };
        case "change": {
          const next = { ...session, count: (session.count ?? 0) + 1 };
          return { body: seen(next), session: next };
        }
        case "login":
          return { body: "ok", session: newSession(padding), sessionRecreate: true };
        case "logout":
          return { body: "ok", session: null };
        default:
          return { body: "ok" };
      }
    },
    (await optionsOf(setting)) as object,
  );
  return { maps, listener: async () => toNodeListener(maps) };
}

type Draft = SessionDraft<Bag>;

function draftFace<C>(padding: number, draftOf: (context: C) => Draft): Face<C> {
  return {
    ...byProperty((context) => draftOf(context).session),
    login(context) {
      const draft = draftOf(context);
      draft.session = newSession(padding);
      draft.sessionRecreate = true;
    },
    logout: (context) => void (draftOf(context).session = null),
  };
}

function honoFace(padding: number): Face<HonoContext> {
  return {
    ...byProperty((context) => context.get("session") as Bag),
    login(context) {
      context.set("session", newSession(padding));
      context.set("sessionRecreate", true);
    },
    logout: (context) => context.set("session", null),
  };
}

async function onFetchFunctions(setting: Setting): Promise<Application> {
  const sessions = fetchSession(await optionsOf(setting));
  const face = draftFace<Draft>(setting.padding, (draft) => draft);
  return onFetch(
    sessions.wrap(async (request, draft) => new Response(await answer(face, kindOfUrl(request), draft as Draft))),
  );
}

type Make = (setting: Setting) => Promise<Application>;

const own = <C>(padding: number): Face<C> => draftFace<C>(padding, (context) => context as unknown as Draft);

const makers: Readonly<Record<Framework, Make>> = {
  maps: onMaps,
  node: async (setting) => {
    const sessions = expressSession(await optionsOf(setting));
    return onNode(
      draftFace(setting.padding, (request: IncomingMessage) => sessions.of(request) as Draft),
      (request) => request,
      sessions,
    );
  },
  express: async (setting) => onExpress(own(setting.padding), expressSession(await optionsOf(setting))),
  fastify: (setting) =>
    onFastify(own(setting.padding), async (app) => app.register(fastifySession(await optionsOf(setting)))),
  koa: (setting) => onKoa(own(setting.padding), async () => koaSession(await optionsOf(setting))),
  fetch: onFetchFunctions,
  hono: async (setting) => onHono(honoFace(setting.padding), honoSession(await optionsOf(setting))),
  h3: async (setting) =>
    onH3(
      draftFace(setting.padding, (event) => event.context as unknown as Draft),
      h3Session(await optionsOf(setting)),
    ),
};

const everywhere = { maps: ["memory", "cookie", "redis", "sqlite", "postgres"] } as const;

export const ringlets: readonly Subject[] = (Object.keys(makers) as Framework[]).map((framework) => ({
  name: "Ringlet",
  side: "ringlet",
  framework,
  packages: ["ringlet"],
  stores: framework === "maps" ? everywhere.maps : ["memory", "cookie"],
  make: makers[framework],
}));
