import { SessionStoreError, type StoreOperation } from "../errors.ts";
import type { Awaitable, SessionData } from "../types.ts";
import { called } from "../shared/callback.ts";
import { checkFields, fieldsOf, type FrameworkFields, replaceFields } from "./fields.ts";
import { FLASH } from "../data/reserved.ts";

/** The session that another framework holds for one request. */
export interface HostSession {
  /** What it knows the session by; undefined where it has no such thing. */
  readonly key: () => string | undefined;
  /** The application's data in it; `{}` where there are none. */
  readonly read: () => Awaitable<SessionData>;
  /** The application's data are these from now on. */
  readonly write: (session: SessionData) => Awaitable<void>;
  /** The session goes on with these data under a new key, and the old key opens nothing. */
  readonly regenerate: (session: SessionData) => Awaitable<void>;
  readonly destroy: () => Awaitable<void>;
}

type Callback = (error?: unknown) => void;

/** What of a request with a session of express-session is used. */
export interface ExpressHostRequest {
  readonly session?:
    | {
        readonly id: string;
        save(callback: Callback): unknown;
        regenerate(callback: Callback): unknown;
        destroy(callback: Callback): unknown;
      }
    | null
    | undefined;
}

/** What of a request with a session of `@fastify/session` is used. */
export interface FastifyHostRequest {
  readonly session?:
    | { readonly sessionId: string; regenerate(): Promise<void>; destroy(): Promise<void> }
    | null
    | undefined;
}

/** What of a context with a session of koa-session is used. */
export interface KoaHostContext {
  readonly app: object;
  session?: unknown;
}

const EXPRESS: FrameworkFields = { framework: "express-session", isFrameworks: (name) => name === "cookie" };
const FASTIFY: FrameworkFields = { framework: "@fastify/session", isFrameworks: (name) => name === "cookie" };
/** It stores nothing whose name begins with an underscore. */
const KOA: FrameworkFields = {
  framework: "koa-session",
  isFrameworks: (name) => name === "isNew" || name.startsWith("_"),
};
const KOA_FLASH = "ring.flash";

/** The session of express-session, saved before the response is sent. */
export function expressHost(request: ExpressHostRequest): HostSession {
  const held = () => present("expressHost: request.session", request.session);
  const save = () => inStore("write", () => called((done) => held().save(done)));
  return {
    key: () => held().id,
    read: () => fieldsOf(EXPRESS, held()),
    async write(session) {
      replaceFields(EXPRESS, held(), session);
      await save();
    },
    async regenerate(session) {
      checkFields(EXPRESS, held(), session);
      await inStore("write", () => called((done) => held().regenerate(done)));
      replaceFields(EXPRESS, held(), session);
      await save();
    },
    destroy: () => inStore("delete", () => called((done) => held().destroy(done))),
  };
}

/** The session of `@fastify/session`, which saves it when the reply is sent: send it through Fastify, not `reply.raw`. */
export function fastifyHost(request: FastifyHostRequest): HostSession {
  const held = () => present("fastifyHost: request.session", request.session);
  return {
    key: () => held().sessionId,
    read: () => fieldsOf(FASTIFY, held()),
    write: (session) => replaceFields(FASTIFY, held(), session),
    async regenerate(session) {
      checkFields(FASTIFY, held(), session);
      await inStore("write", () => held().regenerate());
      replaceFields(FASTIFY, held(), session);
    },
    destroy: () => inStore("delete", () => held().destroy()),
  };
}

/** The session of koa-session, which saves it behind its middleware: answer through Koa, not `ctx.res`. */
export function koaHost(context: KoaHostContext): HostSession {
  const held = (): KoaSession | null => {
    if (context.session !== null) return present("koaHost: ctx.session", context.session as KoaSession);
    return null;
  };
  const write = (session: SessionData): KoaSession => {
    context.session ??= {};
    const made = present("koaHost: ctx.session", held());
    replaceFields(KOA, made, renameField(session, FLASH, KOA_FLASH));
    return made;
  };
  return {
    key: () => held()?.externalKey,
    read: () => renameField(fieldsOf(KOA, held() ?? {}), KOA_FLASH, FLASH),
    write: (session) => void write(session),
    async regenerate(session) {
      const made = write(session);
      await inStore("write", async () => made.regenerate());
    },
    destroy: () => void (context.session = null),
  };
}

interface KoaSession {
  readonly externalKey?: string | undefined;
  regenerate(): unknown;
}

function renameField(session: SessionData, from: string, to: string): SessionData {
  return Object.fromEntries(Object.entries(session).map(([name, value]) => [name === from ? to : name, value]));
}

/** Without the framework's own methods it is not its session: it may be switched off for the path, or destroyed. */
function present<T extends { regenerate: unknown }>(what: string, session: T | null | undefined): T {
  if (typeof session?.regenerate === "function") return session;
  throw new TypeError(`${what} is not there: nothing has made it for this request, or it was destroyed before`);
}

async function inStore(operation: StoreOperation, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new SessionStoreError(operation, "failed in the host's store", { cause });
  }
}
