import { SessionStoreError, type StoreOperation } from "../errors.ts";
import type { Awaitable, SessionData } from "../types.ts";
import { called } from "../shared/callback.ts";
import { checkFields, fieldsOf, type FrameworkFields, replaceFields } from "./fields.ts";
import { FLASH } from "../data/reserved.ts";

/** Access to the session that another framework holds for one request. */
export interface HostSession {
  /** Returns the framework's key of the session, or undefined if it has none. */
  readonly key: () => string | undefined;
  /** Returns the application's data in the session, `{}` if there are none. */
  readonly read: () => Awaitable<SessionData>;
  /** Replaces the application's data. */
  readonly write: (session: SessionData) => Awaitable<void>;
  /** Gives the session a new key and these data. The old key opens no session any more. */
  readonly regenerate: (session: SessionData) => Awaitable<void>;
  readonly destroy: () => Awaitable<void>;
}

type Callback = (error?: unknown) => void;

/** The part of a request with a session of express-session that `expressHost` uses. */
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

/** The part of a request with a session of `@fastify/session` that `fastifyHost` uses. */
export interface FastifyHostRequest {
  readonly session?:
    | { readonly sessionId: string; regenerate(): Promise<void>; destroy(): Promise<void> }
    | null
    | undefined;
}

/** The part of a context with a session of koa-session that `koaHost` uses. */
export interface KoaHostContext {
  readonly app: object;
  session?: unknown;
}

const EXPRESS: FrameworkFields = { framework: "express-session", isFrameworks: (name) => name === "cookie" };
const FASTIFY: FrameworkFields = { framework: "@fastify/session", isFrameworks: (name) => name === "cookie" };
/** koa-session does not store properties whose names begin with an underscore. */
const KOA: FrameworkFields = {
  framework: "koa-session",
  isFrameworks: (name) => name === "isNew" || name.startsWith("_"),
};
const KOA_FLASH = "ring.flash";

/** Returns access to the session of express-session. The session is saved before the response is sent. */
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

/**
 * Returns access to the session of `@fastify/session`, which is saved when the reply is sent. Send the reply through
 * Fastify, not by `reply.raw`.
 */
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

/**
 * Returns access to the session of koa-session, which is saved after its middleware. Send the response through Koa, not
 * by `ctx.res`.
 */
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

/**
 * Returns the framework's session. Throws if it lacks the framework's methods: it may be switched off, or destroyed.
 */
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
