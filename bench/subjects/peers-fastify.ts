/** @fastify/session and @fastify/secure-session. */
import { onFastify, type FastifyLike, type FastifyRequest } from "./frameworks.ts";
import { loadDefault } from "./load.ts";
import { connectStore } from "./peer-stores.ts";
import { settled } from "./peers-node.ts";
import { COOKIE, cookieInMilliseconds, cookieInSeconds, DAY, SECRET } from "./settings.ts";
import type { Setting, Subject } from "./subject.ts";
import { byName, byProperty, newSession, setAll, type Bag, type Face, type NamedValues } from "./work.ts";

interface StoredSession extends Bag {
  regenerate(done: (error?: Error | null) => void): void;
  destroy(done: (error?: Error | null) => void): void;
}

function sessionFace(padding: number): Face<FastifyRequest> {
  const sessionOf = (request: FastifyRequest): StoredSession =>
    (request as unknown as { session: StoredSession }).session;
  return {
    ...byProperty(sessionOf),
    login: (request) =>
      settled((done) => sessionOf(request).regenerate(done)).then(() =>
        Object.assign(sessionOf(request), newSession(padding)),
      ),
    logout: (request) => settled((done) => sessionOf(request).destroy(done)),
  };
}

async function registerSession(app: FastifyLike, { store, url }: Setting): Promise<void> {
  const other = await connectStore(store, url);
  await app.register(await loadDefault("@fastify/cookie"));
  await app.register(await loadDefault("@fastify/session"), {
    cookieName: COOKIE,
    secret: SECRET,
    saveUninitialized: false,
    rolling: false,
    cookie: cookieInMilliseconds,
    ...(other !== undefined && { store: other }),
  });
}

interface SealedSession extends NamedValues {
  delete(): void;
}

function sealedFace(padding: number): Face<FastifyRequest> {
  const sessionOf = (request: FastifyRequest): SealedSession =>
    (request as unknown as { session: SealedSession }).session;
  return {
    ...byName(sessionOf),
    login: (request) => setAll(sessionOf(request), padding),
    logout: (request) => sessionOf(request).delete(),
  };
}

export const peers: readonly Subject[] = [
  {
    name: "@fastify/session",
    side: "peer",
    framework: "fastify",
    packages: ["@fastify/session", "@fastify/cookie"],
    stores: ["memory", "redis"],
    remark: "saveUninitialized and rolling off; both are on by default",
    make: (setting) => onFastify(sessionFace(setting.padding), (app) => registerSession(app, setting)),
  },
  {
    name: "@fastify/secure-session",
    side: "peer",
    framework: "fastify",
    packages: ["@fastify/secure-session"],
    stores: ["cookie"],
    remark: "libsodium, a native addon",
    make: ({ padding }) =>
      onFastify(sealedFace(padding), async (app) =>
        app.register(await loadDefault("@fastify/secure-session"), {
          cookieName: COOKIE,
          key: Buffer.alloc(32, 7),
          expiry: DAY,
          cookie: cookieInSeconds,
        }),
      ),
  },
];
