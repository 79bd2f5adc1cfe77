/** hono-sessions and @hono/session; h3's own `useSession`. */
import { onH3, onHono, type H3Event, type HonoContext } from "./frameworks.ts";
import { load } from "./load.ts";
import { COOKIE, cookieInSeconds, DAY, SECRET } from "./settings.ts";
import type { Application, Setting, Subject } from "./subject.ts";
import { byName, newSession, seen, setAll, type Bag, type Face, type NamedValues } from "./work.ts";

interface HonoSession extends NamedValues {
  deleteSession(): void;
}

function honoSessionsFace(padding: number): Face<HonoContext> {
  const sessionOf = (context: HonoContext): HonoSession => context.get("session") as HonoSession;
  return {
    ...byName(sessionOf),
    login: (context) => setAll(sessionOf(context), padding),
    logout: (context) => sessionOf(context).deleteSession(),
  };
}

async function honoSessions({ store, padding }: Setting): Promise<Application> {
  type Module = Record<"CookieStore" | "MemoryStore", new () => object> & {
    sessionMiddleware: (options: object) => unknown;
  };
  const { sessionMiddleware, CookieStore, MemoryStore } = await load<Module>("hono-sessions");
  const options = {
    store: store === "cookie" ? new CookieStore() : new MemoryStore(),
    sessionCookieName: COOKIE,
    expireAfterSeconds: DAY,
    cookieOptions: { ...cookieInSeconds, sameSite: "Lax" },
    ...(store === "cookie" && { encryptionKey: SECRET }),
  };
  return onHono(honoSessionsFace(padding), sessionMiddleware(options));
}

async function honoSession({ padding }: Setting): Promise<Application> {
  interface Session {
    get(): Promise<Bag | null>;
    update(data: Bag): Promise<void>;
    delete(): unknown;
  }
  const { useSession } = await load<{ useSession: (options: object) => unknown }>("@hono/session");
  const sessionOf = (context: HonoContext): Session => context.get("session") as Session;
  const face: Face<HonoContext> = {
    read: async (context) => seen((await sessionOf(context).get()) ?? {}),
    async change(context) {
      const session = (await sessionOf(context).get()) ?? {};
      const next = { ...session, count: (session.count ?? 0) + 1 };
      await sessionOf(context).update(next);
      return seen(next);
    },
    login: (context) => sessionOf(context).update(newSession(padding)),
    logout: (context) => sessionOf(context).delete(),
  };
  return onHono(face, useSession({ secret: "07".repeat(32), duration: { absolute: DAY } }));
}

async function h3Session({ padding }: Setting): Promise<Application> {
  interface Session {
    readonly data: Bag;
    update(data: Bag): Promise<unknown>;
    clear(): Promise<unknown>;
  }
  const { useSession } = await load<{ useSession: (event: H3Event, options: object) => Promise<Session> }>("h3");
  const options = { name: COOKIE, password: SECRET, maxAge: DAY, cookie: cookieInSeconds };
  return onH3({
    read: async (event) => seen((await useSession(event, options)).data),
    async change(event) {
      const session = await useSession(event, options);
      await session.update({ count: (session.data.count ?? 0) + 1 });
      return seen(session.data);
    },
    login: async (event) => (await useSession(event, options)).update(newSession(padding)),
    logout: async (event) => (await useSession(event, options)).clear(),
  });
}

export const peers: readonly Subject[] = [
  {
    name: "hono-sessions",
    side: "peer",
    framework: "hono",
    packages: ["hono-sessions"],
    stores: ["memory", "cookie"],
    remark: "in memory: ids neither signed nor hashed",
    make: honoSessions,
  },
  {
    name: "@hono/session",
    side: "peer",
    framework: "hono",
    packages: ["@hono/session"],
    stores: ["cookie"],
    make: honoSession,
  },
  {
    name: "h3 useSession",
    side: "peer",
    framework: "h3",
    packages: ["h3"],
    stores: ["cookie"],
    perRoute: true,
    make: h3Session,
  },
];
