/** Remix 3's session packages and React Router's session storages, on functions from `Request` to `Response`. */
import { kindOfUrl, onFetch } from "./frameworks.ts";
import { load } from "./load.ts";
import { COOKIE, cookieInSeconds, DAY, SECRET } from "./settings.ts";
import type { Application, Setting, Subject } from "./subject.ts";
import { answer, byName, setAll, type Face, type NamedValues } from "./work.ts";

/** A session, and the cookie that the response sets for it. */
interface Opened<S extends NamedValues> {
  readonly session: S;
  cookie: string | null;
}

async function remix({ store, padding }: Setting): Promise<Application> {
  type Remix = NamedValues & { destroy(): void; regenerateId(deleteOld: boolean): void };
  interface Storage {
    read(value: string | null): Promise<Remix>;
    save(session: Remix): Promise<string | null>;
  }
  interface Cookie {
    parse(header: string | null): Promise<string | null>;
    serialize(value: string): Promise<string>;
  }
  const { createCookie } = await load<{ createCookie: (name: string, options: object) => Cookie }>("@remix-run/cookie");
  const made =
    store === "memory"
      ? (await load<{ createMemorySessionStorage: () => Storage }>("@remix-run/session/memory-storage"))
          .createMemorySessionStorage
      : (await load<{ createCookieSessionStorage: () => Storage }>("@remix-run/session/cookie-storage"))
          .createCookieSessionStorage;
  const storage = made();
  const cookie = createCookie(COOKIE, { ...cookieInSeconds, sameSite: "Lax", secrets: [SECRET] });
  const face: Face<Opened<Remix>> = {
    ...byName(({ session }) => session),
    login({ session }) {
      if (store === "memory") session.regenerateId(true);
      setAll(session, padding);
    },
    logout: ({ session }) => session.destroy(),
  };
  // This does the work of @remix-run/session-middleware, which needs a router that cannot be installed.
  return onFetch(async (request) => {
    const session = await storage.read(await cookie.parse(request.headers.get("cookie")));
    const response = new Response(await answer(face, kindOfUrl(request), { session, cookie: null }));
    const value = await storage.save(session);
    if (value !== null) response.headers.append("set-cookie", await cookie.serialize(value));
    return response;
  });
}

async function reactRouter({ store, padding }: Setting): Promise<Application> {
  interface Storage {
    getSession(header: string | null): Promise<NamedValues>;
    commitSession(session: NamedValues): Promise<string>;
    destroySession(session: NamedValues): Promise<string>;
  }
  type Make = (options: object) => Storage;
  const router = await load<Record<"createCookieSessionStorage" | "createMemorySessionStorage", Make>>("react-router");
  const make = store === "memory" ? router.createMemorySessionStorage : router.createCookieSessionStorage;
  const storage = make({ cookie: { name: COOKIE, ...cookieInSeconds, maxAge: DAY, secrets: [SECRET] } });
  const { read, change } = byName<Opened<NamedValues>>(({ session }) => session);
  const face: Face<Opened<NamedValues>> = {
    read,
    async change(opened) {
      const text = await change(opened);
      opened.cookie = await storage.commitSession(opened.session);
      return text;
    },
    async login(opened) {
      setAll(opened.session, padding);
      opened.cookie = await storage.commitSession(opened.session);
    },
    async logout(opened) {
      opened.cookie = await storage.destroySession(opened.session);
    },
  };
  return onFetch(async (request) => {
    const kind = kindOfUrl(request);
    if (kind === "none" || kind === "idle") return new Response("ok");
    const opened: Opened<NamedValues> = {
      session: await storage.getSession(request.headers.get("cookie")),
      cookie: null,
    };
    const body = await answer(face, kind, opened);
    return new Response(body, opened.cookie === null ? {} : { headers: { "set-cookie": opened.cookie } });
  });
}

export const peers: readonly Subject[] = [
  {
    name: "Remix session",
    side: "peer",
    framework: "fetch",
    packages: ["@remix-run/session", "@remix-run/cookie"],
    stores: ["memory", "cookie"],
    remark: "signed, not sealed",
    make: remix,
  },
  {
    name: "React Router session",
    side: "peer",
    framework: "fetch",
    packages: ["react-router"],
    stores: ["memory", "cookie"],
    perRoute: true,
    remark: "signed, not sealed",
    make: reactRouter,
  },
];
